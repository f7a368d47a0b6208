"""PDF files: refused when they run, launch or carry something; who wrote them is blanked in place, so that every offset stays true."""

import re
import zlib

from django.utils.translation import gettext, gettext_lazy as _

from dialogues.validators.refusals import Refused

TAIL = 2_048
MOST_UNPACKED = 60_000_000
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|Movie|XFA|GoToE)(?![A-Za-z0-9])")
CARRIED = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm")
INFO = re.compile(rb"/Info\s+(\d+)\s+(\d+)\s+R")
XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>|<rdf:RDF.*?</rdf:RDF>", re.DOTALL)
LITERAL = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
STREAM = re.compile(rb"(?<!end)stream\r?\n")


class NotAPdf(Refused):
    message = _("The PDF file is damaged or cut off. Please save it anew and try again.")


class ActivePdf(Refused):
    message = _(
        "The PDF file runs a program or opens something when it is read. Please print it to a new PDF and try again."
    )


class CarryingPdf(Refused):
    message = _("The PDF file carries other files. Please take them out, and upload them by themselves.")


class LockedPdf(Refused):
    message = _("The PDF file is protected. Please save it without a password.")


def cleaned(content: bytes, extension: str) -> tuple[bytes, list[str]]:
    """Return the file up to its end mark with author, program and dates blanked, and a warning where that could not be done."""
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > TAIL or b"startxref" not in content[max(0, end - TAIL) : end]:
        raise NotAPdf
    content = content[: end + 5] + b"\n"
    spans = _streams(content)
    outside = _outside(content, spans)
    if b"/Encrypt" in outside:
        raise LockedPdf
    seen = [outside, *_object_streams(content, spans)]
    for text in seen:
        plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
        if ACTIVE.search(plain):
            raise ActivePdf
        if CARRIED.search(plain):
            raise CarryingPdf
    written = bytearray(content)
    told = _blank_info(content, written) & _blank_streams(content, spans, written)
    warning = gettext(
        "This PDF may still name its author in its properties. Print it to a new PDF if that must not be known."
    )
    return bytes(written), [] if told else [warning]


def _streams(content: bytes) -> list[tuple[int, int, int]]:
    """Return for each stream where the dictionary before it begins, where it begins itself, and where it ends."""
    spans, at = [], 0
    while found := STREAM.search(content, at):
        end = content.find(b"endstream", found.end())
        if end < 0:
            raise NotAPdf
        head = max(content.rfind(b"obj", at, found.start()), at)
        length = re.search(rb"/Length\s+(\d+)(?!\s+\d+\s+R)", content[head : found.start()])
        if length and content[found.end() + int(length[1]) :].lstrip()[:9] == b"endstream":
            end = found.end() + int(length[1])
        spans.append((head, found.end(), end))
        at = end
    return spans


def _outside(content: bytes, spans: list[tuple[int, int, int]]) -> bytes:
    parts, at = [], 0
    for _head, begin, end in spans:
        parts.append(content[at:begin])
        at = end
    return b"\n".join([*parts, content[at:]])


def _inflated(data: bytes, most: int) -> bytes:
    unpack = zlib.decompressobj()
    try:
        found = unpack.decompress(data, most)
    except zlib.error:
        return b""
    if unpack.unconsumed_tail:
        raise NotAPdf
    return found


def _object_streams(content: bytes, spans: list[tuple[int, int, int]]) -> list[bytes]:
    """Return the objects that are packed into streams, where a search would look past them."""
    found, left = [], MOST_UNPACKED
    for head, begin, end in spans:
        if OBJECT_STREAM.search(ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), content[head:begin])):
            text = _inflated(content[begin:end], left) or content[begin:end]
            left -= len(text)
            found.append(text)
    return found


def _blank_info(content: bytes, written: bytearray) -> bool:
    """Blank all words of the document's information; tell whether all of it was found."""
    complete = True
    for number, generation in set(INFO.findall(content)):
        begin = re.compile(rb"(?<!\d)" + number + rb"\s+" + generation + rb"\s+obj\b")
        objects = [(m.end(), content.find(b"endobj", m.end())) for m in begin.finditer(content)]
        complete = complete and bool(objects)
        for start, end in objects:
            dictionary = content[start:end]
            # An author who stands in an object of their own is out of reach here.
            complete = complete and not re.search(rb"/(?:Author|Creator|Company)\s+\d+\s+\d+\s+R", dictionary)
            for words in LITERAL.finditer(dictionary):
                filler = b" " if words[0].startswith(b"(") else b"20" * len(words[0])
                inner = len(words[0]) - 2
                blank = filler * inner if filler == b" " else filler[: inner - inner % 2].ljust(inner)
                written[start + words.start() + 1 : start + words.end() - 1] = blank
    return complete


def _blank_streams(content: bytes, spans: list[tuple[int, int, int]], written: bytearray) -> bool:
    """Blank the XMP metadata, and the metadata of photographs; tell whether all of it could be."""
    complete = True
    for head, begin, end in spans:
        dictionary = content[head:begin]
        if re.search(rb"/Type\s*/Metadata", dictionary):
            size = end - begin
            if b"/Filter" not in dictionary:
                written[begin:end] = b" " * size
            elif len(packed := zlib.compress(b" ")) <= size and b"FlateDecode" in dictionary:
                written[begin:end] = packed.ljust(size, b"\0")
            else:
                complete = False
        elif b"/DCTDecode" in dictionary and content.startswith(b"\xff\xd8", begin):
            _blank_photograph(content, begin, end, written)
    for found in XMP.finditer(bytes(written)):
        written[found.start() : found.end()] = b" " * (found.end() - found.start())
    return complete


def _blank_photograph(content: bytes, begin: int, end: int, written: bytearray) -> None:
    """Blank position, owner and comments of a photograph inside, segment by segment and without moving anything."""
    at = begin + 2
    while at + 4 <= end and content[at] == 0xFF and content[at + 1] != 0xDA:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFE or (0xE1 <= marker <= 0xEF and marker not in (0xE2, 0xEE)):
            stop = min(at + 2 + length, end)
            written[at + 4 : stop] = b"\0" * (stop - at - 4)
        at += 2 + length
