"""What a picture says of itself in its first bytes, read without decoding anything and without any library: for the moment of upload.

Sources: JPEG, ITU-T T.81 annex B; PNG, W3C PNG third edition, 5.6 and 11.2.1; WebP, RFC 9649.
"""

from dataclasses import dataclass

PNG_BEGINS, PNG_ENDS = b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x00IEND\xaeB\x60\x82"
# More segments than any camera writes: each costs a step.
MOST_SEGMENTS = 1_000
BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN = b"\xff\xda"
# The brands under which the HEIF container says that it holds a photograph (ISO/IEC 23008-12).
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True, slots=True)
class Header:
    """A picture's format as Pillow calls it, its size in pixels, the bytes that decoding holds beside the pixels, and its scans."""

    kind: str
    width: int
    height: int
    held: int = 0
    scans: int = 1

    @property
    def pixels(self) -> int:
        return self.width * self.height


def kind_of(content: bytes) -> str:
    """Return JPEG, PNG, WEBP or HEIF by the first bytes, "" for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(PNG_BEGINS):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    return "HEIF" if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS else ""


def read(content: bytes) -> Header | None:
    """Return what a JPEG, PNG or WebP says of itself; None where that is damaged, cut off, or of a kind that no camera writes."""
    reader = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}.get(kind_of(content))
    header = reader(content) if reader else None
    return header if header and header.pixels else None


def _jpeg(content: bytes) -> Header | None:
    """Walk the segments to the first scan. A picture in several scans is held whole, two bytes a sample, before it becomes pixels."""
    at, frame, kind = 2, b"", 0
    for _segment in range(MOST_SEGMENTS):
        while content[at + 1 : at + 2] == b"\xff":
            at += 1
        if content[at : at + 1] != b"\xff" or at + 4 > len(content):
            return None
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at + 4 : at + 2 + length]
        if marker == START_OF_SCAN[1]:
            whole = content.rfind(b"\xff\xd9") > at
            return _framed(content, kind, frame, segment) if whole and frame and segment else None
        if marker in FRAMES:
            if frame or marker not in (BASELINE, EXTENDED, PROGRESSIVE):
                return None
            kind, frame = marker, segment
        at += 2 + max(length, 2)
    return None


def _framed(content: bytes, kind: int, frame: bytes, scan: bytes) -> Header | None:
    """Return the header of a JPEG by its frame: precision, height, width, then for each component its sampling."""
    components = frame[5] if len(frame) > 5 else 0
    if components not in (1, 3, 4) or len(frame) != 6 + 3 * components or frame[0] != 8:
        return None
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    held = 0
    if kind == PROGRESSIVE or scan[0] < components:
        parts = [(byte >> 4) * (byte & 15) for byte in frame[7::3]]
        held = 2 * width * height * sum(parts) // max(*parts, 1)
    # No byte of a scan's own data follows 0xFF but 0 and restarts, so that every scan is counted, and some that are none.
    return Header("JPEG", width, height, held, content.count(START_OF_SCAN))


def _png(content: bytes) -> Header | None:
    if content[12:16] != b"IHDR" or PNG_ENDS not in content:
        return None
    return Header("PNG", int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))


def _webp(content: bytes) -> Header | None:
    if len(content) < 30 or int.from_bytes(content[4:8], "little") + 8 > len(content):
        return None
    match content[12:16]:
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            width, height = (int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        case b"VP8L" if content[20] == 0x2F:
            bits = int.from_bytes(content[21:25], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        case _:
            return None
    return Header("WEBP", width, height)
