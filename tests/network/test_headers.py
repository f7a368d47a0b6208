"""What a picture says of itself, read without a decoder: as the decoder reads it, and never more than it costs to look."""

import io
import random

import pytest
from hypothesis import example, given, strategies as st
from PIL import Image

from network.uploads import headers
from tests.factories import photos as made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("more", [{}, {"exif": made.exif()}, {"lossless": True}, {"progressive": True}])
def test_it_is_read_as_the_decoder_reads_it(kind: str, more: dict[str, object]) -> None:
    dice = random.Random(1)
    for _ in range(5):
        content = made.saved(made.scene(dice, (dice.randint(1, 900), dice.randint(1, 900))), kind, **more)
        with Image.open(io.BytesIO(content)) as opened:
            header = headers.read(content)
            assert header is not None
            assert (header.kind, (header.width, header.height)) == (opened.format, opened.size)
            assert (header.held > 0) == (kind == "JPEG" and "progressive" in more)


@pytest.mark.parametrize(
    ("content", "held", "scans"),
    [
        (made.frame(800, 600), 0, 1),
        (made.frame(800, 600, scans=3), 0, 3),
        # Three samples a pixel, of two bytes each; with colours at half the width and height half of that.
        (made.frame(800, 600, kind=0xC2), 800 * 600 * 6, 1),
        (made.frame(800, 600, kind=0xC2, sampling=0x22), 800 * 600 * 3, 1),
        (made.frame(800, 600, at_once=1, scans=3), 800 * 600 * 6, 3),
    ],
)
def test_what_a_photograph_in_several_scans_takes(content: bytes, held: int, scans: int) -> None:
    assert headers.read(content) == headers.Header("JPEG", 800, 600, held, scans)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        made.frame(0, 600),
        made.frame(800, 600)[:-2],
        made.frame(800, 600, kind=0xC3),
        made.frame(800, 600).replace(b"\xff\xda", made.frame(900, 600)[2:21] + b"\xff\xda", 1),
        b"\xff\xd8" + made.segment(0xFE, b"") * 1_001 + made.frame(800, 600)[2:],
        b"\xff\xd8" + b"\xff\xe0\0\0" * 400_000,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"RIFF\x40\0\0\0WEBPVP8 " + b"\0" * 60,
    ],
    ids=[
        "nothing", "beginning", "no width", "no end", "lossless", "two frames", "endless", "empty segments", "png", "webp",
    ],
)  # fmt: skip
def test_what_no_camera_writes_is_no_header(content: bytes) -> None:
    assert headers.read(content) is None


@given(st.sampled_from([b"\xff\xd8\xff", headers.PNG_BEGINS, b"RIFF\0\0\0\0WEBPVP8X", b""]), st.binary(max_size=200))
@example(b"\xff\xd8", b"\xff" * 60)
def test_no_bytes_break_the_reader(begins: bytes, rest: bytes) -> None:
    header = headers.read(begins + rest + headers.PNG_ENDS + b"\xff\xd9")

    assert header is None or header.pixels > 0
