"""Pictures, made anew from their pixels: position, owner, comments, thumbnails and whatever hangs at the end stay behind."""

import io
import warnings
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.validators.refusals import Refused

FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
# So many are made anew in about 0.3 s, while a web request waits.
MOST_PIXELS = 12_000_000
SAVED = {
    "PNG": {"compress_level": 3},
    "JPEG": {"quality": 85},
    "WEBP": {"quality": 85, "method": 2},
}


class NotAPicture(Refused):
    message = _("The picture is damaged. Please save it anew and try again.")


class TooManyPixels(Refused):
    message = _("The picture is too large: at most 12 megapixels. Please make it smaller and try again.")


def cleaned(content: bytes, extension: str) -> bytes:
    """Return the picture as our own encoder writes it: its first frame, upright, without metadata."""
    # Of the web process's memory Pillow would take 10 MB for good, for a few uploads a month.
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    name = FORMATS[extension]
    try:
        with warnings.catch_warnings():
            # Of broken metadata nothing is kept, and a bomb is told by its size below.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=(name,)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise TooManyPixels
                opened.load()
                picture = _upright(opened, ImageOps).convert(_mode(opened, name))
        plain = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error
    out = io.BytesIO()
    plain.save(out, name, **SAVED[name])
    return out.getvalue()


def _upright(picture: Any, operations: Any) -> Any:
    """Turn the pixels as the orientation says that is about to be dropped; a broken one says nothing."""
    try:
        return operations.exif_transpose(picture)
    except Exception:  # noqa: BLE001 (metadata can be broken in any way, and none of it is kept)
        return picture


def _mode(picture: Any, name: str) -> str:
    mode = picture.mode
    if mode in ("1", "L", "I;16", "I"):
        return "L"
    transparent = mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    return "RGBA" if transparent and name != "JPEG" else "RGB"
