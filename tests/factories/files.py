"""Files as coordinators upload them, made in code: good ones, and those that must not come in."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

AUTHOR = "Qxzauthor Salem"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/></Types>'
)
MAINS = {"docx": "wordprocessingml.document", "pptx": "presentationml.presentation", "xlsx": "spreadsheetml.sheet"}
MIMETYPES = {
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
}


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), *, gps: bool = True, **options: Any) -> bytes:
    """Return a picture with an author, a position and a comment."""
    made = Image.effect_noise(size, 40).convert("RGB")
    exif = Image.Exif()
    exif[0x013B] = AUTHOR
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 53.0, 14.0), 3: "E", 4: (13.0, 11.0, 29.0)})
    out = io.BytesIO()
    made.save(out, kind, exif=exif, **({"comment": AUTHOR.encode()} if kind == "JPEG" else {}), **options)
    return out.getvalue()


def office(
    extension: str = "docx", parts: dict[str, bytes] | None = None, *, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return an office file with an author; `parts` adds or replaces parts."""
    core = f"<cp:coreProperties><dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>".encode()
    if extension in MIMETYPES:
        inside = {
            "mimetype": MIMETYPES[extension].encode(),
            "content.xml": b"<office:document-content/>",
            "meta.xml": core,
            "META-INF/manifest.xml": b"<manifest/>",
        }
    else:
        inside = {
            "[Content_Types].xml": CONTENT_TYPES.format(main=MAINS[extension]).encode(),
            "docProps/core.xml": core,
            "docProps/app.xml": f"<Properties><Company>{AUTHOR}</Company></Properties>".encode(),
            "main.xml": b"<w:document>words</w:document>",
        }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in (inside | (parts or {})).items():
            archive.writestr(name, part)
    return out.getvalue()


def pdf(
    *objects: bytes, info: bytes = b"", packed: bytes = b"", trailer: bytes = b"", first: int = 4, squeezed: bool = True,
    filters: bytes = b"/Filter /FlateDecode",
) -> bytes:  # fmt: skip
    """Return a small PDF of one empty page with an author in its information and its XMP, and further objects."""
    xmp = f"<?xpacket?><x:xmpmeta><dc:creator>{AUTHOR}</dc:creator></x:xmpmeta>".encode()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        info or b"<< /Author (" + AUTHOR.encode() + rb") /Creator (Word \(2019\)) /Producer <51787A> >>",
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp),
        *objects,
    ]
    if packed:
        text = zlib.compress(packed) if squeezed else packed
        bodies.append(
            b"<< /Type /ObjStm /First %d %s /Length %d >>\nstream\n%s\nendstream"
            % (first, filters if squeezed else b"", len(text), text)
        )
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 4 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(bodies) + 1, table, len(bodies) + 1, trailer, len(out))
    )


def bomb_of_pixels() -> bytes:
    """Return a PNG of a few kilobytes that says it is 20,000 by 20,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 50_000))
        + chunk(b"IEND", b"")
    )
