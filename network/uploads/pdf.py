"""PDF files: refused when they run, launch or carry something; who wrote them is blanked in place, so that every offset stays true.

Objects that are packed into streams are blanked there, and packed again: what is blanked packs smaller, so that it fits. Where something
can't be reached, the file is refused: nobody can be asked to judge what its properties tell.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from network.uploads.refusals import Refused

TAIL = 2_048
MOST_UNPACKED = 60_000_000
# The information of a document has nine entries; each may stand in an object of its own.
MOST_INFO = 50
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|Movie|XFA|GoToE)(?![A-Za-z0-9])")
CARRIED = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm")
FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])")
INFO = re.compile(rb"/Info\s+(\d+)\s+(\d+)\s+R")
REFERENCE = re.compile(rb"(?<!\d)(\d+)\s+\d+\s+R(?![A-Za-z])")
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


class TellingPdf(Refused):
    message = _(
        "The properties of this PDF name its author in a way that we can't take out. Please print it to a new PDF (in the browser or "
        "the office program: Print, Save as PDF) and upload that one."
    )


@dataclass(slots=True)
class _Pack:
    """A stream that holds objects: where it lies, its text, and where in that each object is, by number."""

    begin: int
    end: int
    text: bytearray
    objects: dict[bytes, list[tuple[int, int]]]
    # How its text is written down again; None where it was written in a way that is not known here.
    write: Callable[[bytes], bytes] | None


def cleaned(content: bytes, extension: str) -> bytes:
    """Return the file up to its end mark with author, program and dates blanked. Raises TellingPdf where that can't be done."""
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > TAIL or b"startxref" not in content[max(0, end - TAIL) : end]:
        raise NotAPdf
    content = content[: end + 5] + b"\n"
    spans = _streams(content)
    outside = _outside(content, spans)
    if b"/Encrypt" in outside:
        raise LockedPdf
    packs = _packs(content, spans)
    for text in (outside, *(bytes(pack.text) for pack in packs)):
        plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
        if ACTIVE.search(plain):
            raise ActivePdf
        if CARRIED.search(plain):
            raise CarryingPdf
    written = bytearray(content)
    if not (_blank_info(content, written, packs) and _blank_streams(content, spans, written)):
        raise TellingPdf
    return bytes(written)


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


def _deflated(text: bytes) -> bytes:
    return zlib.compress(text, 9)


def _packs(content: bytes, spans: list[tuple[int, int, int]]) -> list[_Pack]:
    """Return the streams into which objects are packed, where a search would look past them."""
    found, left = [], MOST_UNPACKED
    for head, begin, end in spans:
        dictionary = ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), content[head:begin])
        if OBJECT_STREAM.search(dictionary):
            inflated = _inflated(content[begin:end], left)
            text = inflated or content[begin:end]
            left -= len(text)
            write: Callable[[bytes], bytes] | None = None
            if b"/Filter" not in dictionary:
                write = bytes
            elif inflated and FLATE.search(dictionary) and b"/DecodeParms" not in dictionary:
                write = _deflated
            found.append(_Pack(begin, end, bytearray(text), _packed_objects(dictionary, text), write))
    return found


def _packed_objects(dictionary: bytes, text: bytes) -> dict[bytes, list[tuple[int, int]]]:
    """Return where in a stream of objects each of them lies: the stream begins with pairs of their numbers and places."""
    first = re.search(rb"/First\s+(\d+)", dictionary)
    if first is None:
        return {}
    begin = int(first[1])
    pairs = re.findall(rb"(\d+)\s+(\d+)", text[:begin])
    places = [begin + int(place) for _number, place in pairs]
    objects: dict[bytes, list[tuple[int, int]]] = {}
    for (number, _place), start, stop in zip(pairs, places, [*places[1:], len(text)], strict=True):
        objects.setdefault(number, []).append((start, stop))
    return objects


def _blank_info(content: bytes, written: bytearray, packs: list[_Pack]) -> bool:
    """Blank all words of the document's information, and of what it points to; tell whether all of it was found."""
    left, seen, touched = [number for number, _generation in INFO.findall(content)], set(), {}
    while left:
        number = left.pop()
        if number in seen:
            continue
        seen.add(number)
        bodies = list(_bodies(content, written, packs, number))
        if not bodies or len(seen) > MOST_INFO:
            return False
        for text, start, stop, pack in bodies:
            left += REFERENCE.findall(bytes(text[start:stop]))
            _blank_words(text, start, stop)
            if pack:
                touched[pack.begin] = pack
    return all(_pack_again(pack, written) for pack in touched.values())


def _bodies(
    content: bytes, written: bytearray, packs: list[_Pack], number: bytes
) -> Iterator[tuple[bytearray, int, int, _Pack | None]]:
    """Yield every place where an object of this number is written: an edited file has it several times."""
    for found in re.finditer(rb"(?<!\d)" + number + rb"\s+\d+\s+obj\b", content):
        yield written, found.end(), content.find(b"endobj", found.end()), None
    for pack in packs:
        for start, stop in pack.objects.get(number, []):
            yield pack.text, start, stop, pack


def _blank_words(text: bytearray, start: int, stop: int) -> None:
    for words in LITERAL.finditer(bytes(text[start:stop])):
        inner = len(words[0]) - 2
        blank = b" " * inner if words[0].startswith(b"(") else (b"20" * inner)[: inner - inner % 2].ljust(inner)
        text[start + words.start() + 1 : start + words.end() - 1] = blank


def _pack_again(pack: _Pack, written: bytearray) -> bool:
    """Put a changed stream of objects back into its place; tell whether that could be done."""
    size = pack.end - pack.begin
    packed = pack.write(bytes(pack.text)) if pack.write else None
    if packed is None or len(packed) > size:
        return False
    written[pack.begin : pack.end] = packed.ljust(size, b"\0")
    return True


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
