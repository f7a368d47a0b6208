"""Pictures, made anew from their pixels: position, owner, comments, thumbnails and whatever hangs at the end stay behind.

A web worker has 120 MB for this, whatever a picture says of its size: one is made at a time, a large photograph is read at a half, a
quarter or an eighth of its scale, and what is kept has a few megapixels. The limits below follow from what was measured.
"""

import io
import math
import warnings
from threading import Lock
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from network.uploads import headers
from network.uploads.refusals import Refused

FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
# What no camera makes and no screen shows.
BOMB = 250_000_000
# Pixels that are read at once take four bytes each, grey ones and those of a palette one, transparent ones eight while they are made fewer.
# WebP is read by way of several copies.
MOST_READ = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 26_000_000}
BYTES = {"1": 1, "L": 1, "P": 1, "LA": 8, "PA": 8, "RGBA": 8}
# A photograph in several scans is unpacked whole before it can be read at a smaller scale, and each scan goes over all its pixels.
MOST_UNPACKED, MOST_SCANNED = 105_000_000, 600_000_000
MOST_KEPT = {"JPEG": 7_500_000, "PNG": 8_000_000, "WEBP": 3_000_000}
SCALES = (1, 2, 4, 8)
SAVED = {
    "PNG": {"compress_level": 3},
    "JPEG": {"quality": 85},
    "WEBP": {"quality": 85, "method": 2},
}
one_at_a_time = Lock()
# On a page: the longer edge in pixels, and how many bytes a file may have, of which a browser loads one.
PAGE_EDGES, PAGE_BYTES = (720, 560, 400, 280), 30_000
PAGE_QUALITIES = (75, 60, 45, 30)
EXTENSIONS = {name: extension for extension, name in FORMATS.items()}


class OnPage(NamedTuple):
    """A picture for a page, as WebP and as JPEG for those who can't read that, and its size in pixels."""

    webp: bytes
    jpg: bytes
    width: int
    height: int


class NotAPicture(Refused):
    message = _("The picture is damaged. Please save it anew and try again.")


class TooManyPixels(Refused):
    message = _("The picture says that it is larger than any camera makes. Please take another one.")


class TooLargeToRead(Refused):
    message = _("This picture takes too much memory to be made anew. Please save it as an ordinary JPEG and try again.")


def cleaned(content: bytes, extension: str) -> bytes:
    """Return the picture as our own encoder writes it: its first frame, upright, no larger than is needed, without metadata."""
    # Of the web process's memory Pillow would take 10 MB for good, for a few uploads a month.
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    name = FORMATS[extension]
    try:
        with warnings.catch_warnings(), one_at_a_time:
            # Of broken metadata nothing is kept, and a bomb is told by its size below.
            warnings.simplefilter("ignore")
            picture = _read(content, name, Image)
            _turn_upright(picture, ImageOps)
            # A copy of the pixels, for the picture brings along what its file said.
            plain = Image.new(picture.mode, picture.size)
            plain.paste(picture)
            del picture
            out = io.BytesIO()
            plain.save(out, name, **SAVED[name])
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error
    return out.getvalue()


def for_page(content: bytes) -> OnPage:
    """Return a picture made anew and so small that it goes with a page: neither file has more than PAGE_BYTES. Raises Refused."""
    from PIL import Image  # noqa: PLC0415

    extension = EXTENSIONS.get(headers.kind_of(content))
    if extension is None:
        raise NotAPicture
    with Image.open(io.BytesIO(cleaned(content, extension)), formats=(FORMATS[extension],)) as opened:
        opened.thumbnail((PAGE_EDGES[0], PAGE_EDGES[0]), Image.Resampling.LANCZOS)
        transparent = opened.convert("RGBA")
    picture = Image.new("RGB", transparent.size, "white")
    picture.paste(transparent, (0, 0), transparent)
    del transparent
    for edge in PAGE_EDGES:
        picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        webp, jpg = (_fitting(picture, name) for name in ("WEBP", "JPEG"))
        if webp and jpg:
            return OnPage(webp, jpg, *picture.size)
    raise TooLargeToRead


def _fitting(picture: Any, name: str) -> bytes | None:
    """Return a picture in the best quality in which it is small enough, None where none is."""
    written = (_written(picture, name, quality) for quality in PAGE_QUALITIES)
    return next((content for content in written if len(content) <= PAGE_BYTES), None)


def _written(picture: Any, name: str, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, quality=quality, **({"optimize": True} if name == "JPEG" else {"method": 4}))
    return out.getvalue()


def _read(content: bytes, name: str, images: Any) -> Any:
    """Return the pixels in a mode that can be kept; what was read before they were made fewer is gone with this function."""
    header = headers.read(content)
    if header is None:
        raise NotAPicture
    with images.open(io.BytesIO(content), formats=(name,)) as opened:
        _scale(opened, name, header)
        opened.load()
        picture, mode = _smaller(opened, MOST_KEPT[name], images), _mode(opened, name)
    picture = eight_bits(picture)
    return picture if picture.mode == mode else picture.convert(mode)


def eight_bits(picture: Any) -> Any:
    """Return a grey picture of sixteen bits in eight, of which plain conversion would make white; any other as it is."""
    return (
        picture.convert("I").point(lambda value: value * (1 / 257)).convert("L") if picture.mode[0] == "I" else picture
    )


def _scale(picture: Any, name: str, header: headers.Header) -> None:
    """Have a large photograph read at a smaller scale; refuse what would take too much memory all the same."""
    pixels = picture.width * picture.height
    if pixels > BOMB:
        raise TooManyPixels
    each, most = BYTES.get(picture.mode, 4) if name == "PNG" else 4, MOST_READ[name]
    if name == "JPEG":
        if header.held:
            most = min(most, MOST_UNPACKED - header.held)
        by = next((scale for scale in SCALES if pixels * each <= most * scale**2), SCALES[-1])
        picture.draft(picture.mode, (max(picture.width // by, 1), max(picture.height // by, 1)))
        pixels = picture.width * picture.height
    if pixels * each > most or header.pixels * header.scans > MOST_SCANNED:
        raise TooLargeToRead


def _smaller(picture: Any, most: int, images: Any) -> Any:
    """Return a picture with at most so many pixels, in its own proportions."""
    pixels = picture.width * picture.height
    if pixels <= most:
        return picture
    scale = math.sqrt(most / pixels)
    size = max(int(picture.width * scale), 1), max(int(picture.height * scale), 1)
    # Places in a palette have no mean.
    how = images.Resampling.NEAREST if picture.mode in ("1", "P", "PA") else images.Resampling.BOX
    return picture.resize(size, how)


def _turn_upright(picture: Any, operations: Any) -> None:
    """Turn the pixels as the orientation says that is about to be dropped; a broken one says nothing."""
    try:
        operations.exif_transpose(picture, in_place=True)
    except Exception:  # noqa: BLE001 (metadata can be broken in any way, and none of it is kept)
        return


def _mode(picture: Any, name: str) -> str:
    mode = picture.mode
    if mode in ("1", "L", "I;16", "I"):
        return "L"
    transparent = mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    return "RGBA" if transparent and name != "JPEG" else "RGB"
