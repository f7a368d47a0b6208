"""Drawn pictures of homemade masks and of a receipt, so that the demo has photos of nobody's."""

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (800, 600)
GROUNDS = ("#e8dcc8", "#d7dfd6", "#e3d8e6", "#dfe3ec")
CLOTHS = ("#43387a", "#0d5c63", "#9a4f24", "#7a2048", "#3d5a80", "#588157", "#b08968", "#6d597a", "#c08497")


def mask(number: int) -> bytes:
    """Return a JPEG of a mask; the same number is always the same picture."""
    # Not for secrets: the same picture each time.
    chance = Random(number)  # noqa: S311  # nosec B311
    cloth = CLOTHS[number % len(CLOTHS)]
    picture = Image.new("RGB", SIZE, GROUNDS[number % len(GROUNDS)])
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = 190 + chance.randrange(30), 180, 610 - chance.randrange(30), 430
    for side, way in ((left, -1), (right, 1)):
        draw.arc(
            (side - 110, top + 20, side + 110, bottom - 20),
            90 if way < 0 else 270,
            270 if way < 0 else 450,
            "#6b6472",
            7,
        )
    draw.rounded_rectangle((left, top, right, bottom), 46, cloth)
    for fold in range(3):
        height = top + 60 + 62 * fold + chance.randrange(8)
        draw.line((left + 22, height, right - 22, height + chance.randrange(6)), "#fffdf8", 3 + fold)
    for _dot in range(chance.randrange(18, 40)):
        x, y = chance.randrange(left + 30, right - 30), chance.randrange(top + 24, bottom - 24)
        draw.ellipse((x, y, x + 9, y + 9), "#fffdf8")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def receipt() -> bytes:
    """Return a JPEG of a signed sheet on which nothing can be read."""
    picture = Image.new("RGB", SIZE, "#b9b2a6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((170, 40, 630, 560), "#fffdf8")
    for line in range(8):
        draw.line((215, 110 + 38 * line, 585 - 60 * (line % 3), 110 + 38 * line), "#8a8494", 5)
    draw.line([(380 + 22 * step, 500 + 26 * (step % 2) - 3 * step) for step in range(9)], "#2f4b7c", 5, "curve")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
