"""Photos of entrants: looked at when they come in, made anew from their pixels by a worker, sent as our own encoder wrote them.

What came in waits in quarantine, where nothing is ever served from, and is destroyed by the caller once the photo is made anew or refused.
A worker takes up to 400 MB for one photo; the limits follow from what was measured (tests/campaigns/test_photos.py).
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from network import files, sending
from network.uploads import headers
from network.uploads.documents import EmptyFile
from network.uploads.pictures import MOST_SCANNED, NotAPicture, TooLargeToRead, eight_bits, one_at_a_time
from network.uploads.refusals import Refused

QUARANTINE, ENTRIES = "quarantine", "entries"
# For the `accept` of the file field: where HEIC is not in it, Safari hands in the first of these instead.
ACCEPTED = "image/jpeg,image/png,image/webp"
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
# The longer edges of what is kept, in pixels: to judge by, for a page, for a list.
EDGES = (1600, 800, 320)
# Neither a thumbnail nor a single line of pixels is a photo that somebody could judge.
SMALLEST = 200
MOST_PIXELS = 50_000_000
# WebP is decoded by way of five copies of four bytes a pixel; cameras write JPEG.
MOST_READ = {"JPEG": MOST_PIXELS, "PNG": MOST_PIXELS, "WEBP": 12_600_000}
# What a photo in several scans may take beside its pixels.
MOST_HELD = 200_000_000
# So many pixels are turned into plain ones at a time.
BAND = 1_000_000
LONGEST_PROFILE = 100_000
SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "webp": ("WEBP", {"quality": 75, "method": 4}),
    "jpg": ("JPEG", {"quality": 80, "optimize": True, "progressive": True}),
}
CACHED = "public, max-age=3600"
# How a reader of hostile bytes may fail; that memory runs out says nothing about the photo.
BROKEN: tuple[type[Exception], ...] = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, SyntaxError, EOFError, struct.error, zlib.error,
)  # fmt: skip
ORIENTATION = 0x0112


class PhotoTooLarge(Refused):
    message = _(
        "The photo is larger than %(megabytes)s MB. Please choose a lower resolution in the camera's settings and take it again."
    )


class NotAPhoto(Refused):
    message = _("This file is not a photo that we can read. Please send a photo as JPEG, PNG or WebP.")


class HeicPhoto(Refused):
    message = _(
        "This photo is in the HEIC format, which most browsers can't show. Please send it as JPEG: on an iPhone open Settings, Camera, "
        "Formats, choose Most Compatible, and take the photo again; or send a screenshot of it."
    )


class PhotoCutOff(Refused):
    message = _("The photo is damaged, or did not arrive whole. Please send it once more, or take it again.")


class PhotoTooSmall(Refused):
    message = _("The photo is too small to be judged. Please send one of at least %(pixels)s pixels on each side.")


class TooManyPixels(Refused):
    message = _(
        "The photo has more than %(megapixels)s million pixels. Please choose a lower resolution in the camera's settings and take it "
        "again."
    )


# Why a worker may refuse a photo, by the code under which it is kept.
REFUSALS: dict[str, type[Refused]] = {
    "cut_off": PhotoCutOff,
    "small": PhotoTooSmall,
    "pixels": TooManyPixels,
    "memory": TooLargeToRead,
    "broken": NotAPicture,
}


def code_of(refused: Refused) -> str:
    return next((code for code, kind in REFUSALS.items() if type(refused) is kind), "broken")


def sentence(code: str) -> str:
    """Say in the reader's language why a photo was refused."""
    return str(REFUSALS[code](pixels=SMALLEST, megapixels=MOST_PIXELS // 1_000_000))


@dataclass(frozen=True, slots=True)
class Received:
    """A photo as it came in, of which only the header was read: for quarantine alone."""

    content: bytes
    header: headers.Header


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A photo as our encoder wrote it: bytes by edge and format ("webp", "jpg"), the size of the largest, and its fingerprint."""

    files: Mapping[tuple[int, str], bytes]
    width: int
    height: int
    fingerprint: str


# --- at the upload ------------------------------------------------------------------------------------------------------


def received(name: str, content: bytes) -> Received:
    """Return what may wait in quarantine, by its header alone. Raises Refused with a sentence for its entrant.

    What it is follows from its bytes, for telephones and messengers name photos wrongly; of the name nothing is kept.
    """
    if not content:
        raise EmptyFile
    if len(content) > settings.PHOTO_LARGEST:
        raise PhotoTooLarge(megabytes=settings.PHOTO_LARGEST // 1_000_000)
    kind = headers.kind_of(content)
    if kind == "HEIF" or (not kind and name.lower().endswith((".heic", ".heif"))):
        raise HeicPhoto
    if not kind:
        raise NotAPhoto
    return Received(content, _looked_at(content))


def _looked_at(content: bytes) -> headers.Header:
    header = headers.read(content)
    if header is None:
        raise PhotoCutOff
    if header.pixels > MOST_PIXELS:
        raise TooManyPixels(megapixels=MOST_PIXELS // 1_000_000)
    if min(header.width, header.height) < SMALLEST:
        raise PhotoTooSmall(pixels=SMALLEST)
    scanned = header.pixels * header.scans
    if header.pixels > MOST_READ[header.kind] or header.held > MOST_HELD or scanned > MOST_SCANNED:
        raise TooLargeToRead
    return header


def quarantine(photo: Received) -> str:
    """Write what came in where nothing is served from, and return its random name."""
    return files.keep(photo.content, QUARANTINE)


# --- in a worker --------------------------------------------------------------------------------------------------------


def rebuilt(content: bytes) -> Rebuilt:
    """Return the photo made anew from its pixels: the first frame, upright, in sRGB, on white. Raises Refused.

    Takes up to 400 MB and a second, one photo at a time in each process.
    """
    # A web process, which imports this module too, never needs Pillow's 10 MB.
    from PIL import Image, ImageCms  # noqa: PLC0415

    header = _looked_at(content)
    try:
        with warnings.catch_warnings(), one_at_a_time:
            # Of broken metadata nothing is kept; more pixels than the header admitted are an error.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = _pixels(content, header, Image, ImageCms)
            width, height = picture.size
            return Rebuilt(_encoded(picture, Image), width, height, _fingerprint(picture, Image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(megapixels=MOST_PIXELS // 1_000_000) from error
    except BROKEN as error:
        raise NotAPicture from error


def _pixels(content: bytes, header: headers.Header, images: Any, colours: Any) -> Any:
    """Return plain RGB pixels, no more than the longest edge, in a picture that knows nothing of the file."""
    with images.open(io.BytesIO(content), formats=(header.kind,)) as opened:
        if opened.size != (header.width, header.height):
            # Two readers that see two pictures: one of them is meant to be deceived.
            raise NotAPicture
        by = max(max(opened.size) // EDGES[0], 1)
        opened.draft(None, (max(opened.width // by, 1), max(opened.height // by, 1)))
        opened.load()
        profile, turn = opened.info.get("icc_profile"), _turn(opened, images)
        picture = _plain(opened, images)
    picture = _in_srgb(picture, profile, colours)
    picture = picture.resize(shrunk(picture.size, EDGES[0]), images.Resampling.LANCZOS)
    if turn is not None:
        picture = picture.transpose(turn)
    # A picture brings along what its file and its profile said; bytes bring nothing.
    return images.frombytes("RGB", picture.size, picture.tobytes())


def _turn(opened: Any, images: Any) -> Any:
    """Return how the pixels are to be turned, None for not at all; broken metadata says nothing."""
    how = images.Transpose
    turns = {2: how.FLIP_LEFT_RIGHT, 3: how.ROTATE_180, 4: how.FLIP_TOP_BOTTOM, 5: how.TRANSPOSE, 6: how.ROTATE_270}
    turns |= {7: how.TRANSVERSE, 8: how.ROTATE_90}
    try:
        return turns.get(opened.getexif().get(ORIENTATION))
    except BROKEN:
        return None


def _plain(opened: Any, images: Any) -> Any:
    """Return the decoded picture in RGB, fewer pixels by a whole number, made band by band so that no second copy of it is held."""
    width, height = opened.size
    by = max(max(opened.size) // EDGES[0], 1)
    rows = max(BAND // (width * by), 1) * by
    made = images.new("RGB", (-(-width // by), -(-height // by)))
    for top in range(0, height, rows):
        band = _on_white(opened.crop((0, top, width, min(top + rows, height))), images)
        made.paste(band.reduce(by), (0, top // by))
    return made


def _on_white(band: Any, images: Any) -> Any:
    band = eight_bits(band)
    if band.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in band.info:
        band = band.convert("RGBA")
        ground = images.new("RGB", band.size, "white")
        ground.paste(band, (0, 0), band)
        return ground
    return band.convert("RGB")


def _in_srgb(picture: Any, profile: bytes | None, colours: Any) -> Any:
    """Return the picture in the colours that a screen shows without a profile; one that can't be read changes nothing."""
    # ICC.1:2022, 7.2: the space of the data stands at byte 16. Telephones write RGB profiles of some hundred bytes.
    if not profile or len(profile) > LONGEST_PROFILE or profile[16:20] != b"RGB ":
        return picture
    try:
        given, plain = colours.ImageCmsProfile(io.BytesIO(profile)), colours.createProfile("sRGB")
        return colours.profileToProfile(picture, given, plain)
    except (colours.PyCMSError, *BROKEN):
        return picture


def shrunk(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """Return the size of a photo whose longer edge is at most so long, in its own proportions."""
    (width, height), longer = size, max(size)
    if longer <= edge:
        return size
    return max(round(width * edge / longer), 1), max(round(height * edge / longer), 1)


def _encoded(picture: Any, images: Any) -> dict[tuple[int, str], bytes]:
    """Return every edge in every format; nothing is enlarged, so that those of a small photo may be the same."""
    made: dict[tuple[int, str], bytes] = {}
    for edge in EDGES:
        size = shrunk(picture.size, edge)
        if size != picture.size or not made:
            picture = picture.resize(size, images.Resampling.LANCZOS)
            written = {extension: _written(picture, extension) for extension in SAVED}
        made |= {(edge, extension): content for extension, content in written.items()}
    return made


def _written(picture: Any, extension: str) -> bytes:
    (name, options), out = SAVED[extension], io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def _fingerprint(picture: Any, images: Any) -> str:
    """Return 64 bits as 16 hexadecimal digits: for eight rows of nine greys, whether each is darker than the next.

    dHash: Neal Krawetz, "Kind of Like That", 2013, https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
    """
    greys = picture.convert("L").resize((9, 8), images.Resampling.BOX).tobytes()
    bits = (greys[row + at] < greys[row + at + 1] for row in range(0, 72, 9) for at in range(8))
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"


# --- kept and sent ------------------------------------------------------------------------------------------------------


def keep(photo: Rebuilt) -> dict[str, str]:
    """Write every edge and format under a random name, and return the names by "1600.webp"; failing half-way leaves nothing."""
    stored: dict[str, str] = {}
    try:
        for (edge, extension), content in photo.files.items():
            stored[f"{edge}.{extension}"] = files.keep(content, ENTRIES)
    except BaseException:
        remove(stored.values())
        raise
    return stored


def remove(stored: Iterable[str], folder: str = ENTRIES) -> None:
    """Remove files at once: where a row could not be written, or what came in was dealt with."""
    for name in stored:
        files.path_of(name, folder).unlink(missing_ok=True)


def served(stored: str, extension: str, *, published: bool) -> HttpResponseBase:
    """Return a kept photo to be shown on a page; until it is published nobody on the way keeps it. Raises Http404 where it is gone.

    The caller has made sure that this reader may see it. Once published it may be kept for an hour, so that a withdrawn one is gone then.
    """
    return sending.sent(
        stored,
        ENTRIES,
        content_type=TYPES[extension],
        disposition=f'inline; filename="photo.{extension}"',
        cached=CACHED if published else sending.NOT_KEPT,
    )
