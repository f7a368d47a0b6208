"""Office files are ZIP archives: the directory is read before anything is unpacked, and all is packed anew without who wrote it."""

import io
import re
import zipfile
import zlib

from django.utils.translation import gettext_lazy as _

from network.uploads.refusals import Refused

MOST_ENTRIES = 3_000
MOST_UNPACKED = 80_000_000
# A part may unpack to so many times its size, once it is larger than this.
MOST_RATIO, RATIO_FROM = 150, 1_000_000
PACKED_AT = (1980, 1, 1, 0, 0, 0)

MAIN_PART = {
    "docx": b"wordprocessingml.document.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
}
MIMETYPE = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PROPERTIES = b"http://schemas.openxmlformats.org/officeDocument/2006/"
EMPTIED = {
    "docprops/core.xml": XML
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": XML + b'<Properties xmlns="' + PROPERTIES + b'extended-properties"/>',
    "docprops/custom.xml": XML + b'<Properties xmlns="' + PROPERTIES + b'custom-properties"/>',
    "meta.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"/>',
}
MACROS = re.compile(r"vbaproject|vbadata|^basic/|^scripts/|activex|macrosheets|intlmacrosheets|attachedtoolbars")
EMBEDDED = re.compile(r"/embeddings/.*(\.bin|\.exe|\.js|\.vbs|\.bat|\.cmd|\.hta|\.lnk)$|oleobject")
NAMED = re.compile(
    r"^(word/comments|word/people|ppt/comments|ppt/commentauthors|ppt/authors|xl/comments|xl/threadedcomments)"
)
# Marks in the text itself that name whoever changed it.
TRACKED = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo)\s[^>]*w:author=|<text:tracked-changes|<office:annotation[\s>]")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
TEXTS = (".xml", ".rels", ".vml", ".rdf")


class NotAnOfficeFile(Refused):
    message = _("The file is damaged, or not what its name says. Please save it anew from the program that made it.")


class Locked(Refused):
    message = _("The file is protected by a password. Please save it without one.")


class Bomb(Refused):
    message = _("The file unpacks to far more than it holds. Please save it anew from the program that made it.")


class Macros(Refused):
    message = _("The file holds macros (small programs). Please save it without them.")


class Embedded(Refused):
    message = _("The file holds another file or program inside. Please take it out, and upload it by itself.")


class Outside(Refused):
    message = _(
        "The file loads something from elsewhere when it is opened. Please put it into the file, or take it out."
    )


class NamesPeople(Refused):
    message = _(
        "The file holds comments or tracked changes, which name who made them. Please accept the changes, delete the comments, "
        "and upload it again."
    )


def cleaned(content: bytes, extension: str) -> bytes:
    """Return the office file packed anew: no author, company or dates, no metadata in its pictures, nothing before or after the archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _directory(entries)
            parts = {entry.filename: _unpacked(archive, entry) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeError, ValueError) as error:
        raise NotAnOfficeFile from error
    _what_it_says(parts, extension)
    for name, part in parts.items():
        _harmless(name, part)
    return _packed({name: _without_people(name, part) for name, part in parts.items()})


def _directory(entries: list[zipfile.ZipInfo]) -> None:
    """Look at what the archive says of itself, before any of it is unpacked."""
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise Locked
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Bomb
    if any(e.file_size > RATIO_FROM and e.file_size > MOST_RATIO * max(e.compress_size, 1) for e in entries):
        raise Bomb
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name or "\\" in name for name in names):
        raise NotAnOfficeFile
    if any(MACROS.search(name) for name in names):
        raise Macros
    if any(EMBEDDED.search(name) for name in names):
        raise Embedded
    if any(NAMED.search(name) for name in names):
        raise NamesPeople


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        found = part.read(entry.file_size + 1)
    if len(found) != entry.file_size:
        raise Bomb
    return found


def _what_it_says(parts: dict[str, bytes], extension: str) -> None:
    if extension in MIMETYPE:
        right = parts.get("mimetype", b"").strip() == MIMETYPE[extension] and "content.xml" in parts
        if b"manifest:encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise Locked
    else:
        types = parts.get("[Content_Types].xml", b"")
        if b"macroEnabled" in types:
            raise Macros
        right = MAIN_PART[extension] in types
    if not right:
        raise NotAnOfficeFile


def _harmless(name: str, part: bytes) -> None:
    if not name.lower().endswith(TEXTS):
        return
    if part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:100]:
        # Office programs write UTF-8; in anything else the searches below would look past what they seek.
        raise NotAnOfficeFile
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise NotAnOfficeFile
    if TRACKED.search(part):
        raise NamesPeople
    for relation in RELATION.findall(part) if name.lower().endswith(".rels") else ():
        if re.search(rb"TargetMode\s*=\s*[\"']External", relation) and b"/hyperlink" not in relation:
            raise Outside


def _without_people(name: str, part: bytes) -> bytes:
    lowered = name.lower()
    if lowered in EMPTIED:
        return EMPTIED[lowered]
    if part.startswith(b"\xff\xd8\xff"):
        return jpeg_without_metadata(part)
    if part.startswith(b"\x89PNG\r\n\x1a\n"):
        return png_without_metadata(part)
    return part


def _packed(parts: dict[str, bytes]) -> bytes:
    """Pack in the same order; OpenDocument wants its type first and as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, PACKED_AT)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return out.getvalue()


def jpeg_without_metadata(picture: bytes) -> bytes:
    """Return a JPEG without its comments and application segments, the pixels untouched; a damaged one is nothing."""
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xDA:
            end = picture.rfind(b"\xff\xd9")
            return bytes(kept + picture[at : end + 2]) if end > at else b""
        length = int.from_bytes(picture[at + 2 : at + 4], "big")
        # Kept: the plain header (APP0), and Adobe's (APP14) without which colours turn.
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept += picture[at : at + 2 + length]
        at += 2 + length
    return b""


def png_without_metadata(picture: bytes) -> bytes:
    """Return a PNG with the chunks alone that make up the picture; a damaged one is nothing."""
    kept, at = bytearray(picture[:8]), 8
    while at + 12 <= len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        kind, end = picture[at + 4 : at + 8], at + 12 + length
        if kind not in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"):
            kept += picture[at:end]
        if kind == b"IEND":
            return bytes(kept)
        at = end
    return b""
