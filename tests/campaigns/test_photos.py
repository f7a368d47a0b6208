"""Photos of entrants: what is kept is our own encoder's output, tells nothing but its pixels, and ends where its picture ends."""

import io
import random
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import Http404, StreamingHttpResponse
from django.utils import translation
from PIL import Image, ImageCms

from campaigns import duplicates, photos
from network import files
from network.uploads import pictures
from network.uploads.documents import EmptyFile
from network.uploads.refusals import Refused
from tests.factories import photos as made

# --- reading containers by ourselves ------------------------------------------------------------------------------------


def jpeg_parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker of a JPEG with its data, to the end of the image, then 0 with the bytes behind that (T.81, annex B)."""
    assert content[:2] == b"\xff\xd8"
    at = 2
    while True:
        assert content[at] == 0xFF, at
        marker = content[at + 1]
        if marker == 0xD9:
            yield 0, content[at + 2 :]
            return
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        yield marker, content[at + 4 : at + 2 + length]
        at += 2 + length
        while marker == 0xDA and (content[at] != 0xFF or content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7):
            at += 1


def webp_parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk of a WebP, then "" with the bytes behind the file (RFC 9649, 2.4)."""
    assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP")
    at, end = 12, 8 + int.from_bytes(content[4:8], "little")
    while at < end:
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    assert at == end
    yield b"", content[end:]


JFIF = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def faults(content: bytes) -> set[str]:
    """Return what a kept file has that only pixels' own encoder would not have written; nothing for a clean one."""
    found = {"canary"} if made.CANARY in content or b"Exif" in content or b"GPS" in content else set()
    try:
        if content.startswith(b"RIFF"):
            parts = list(webp_parts(content))
            return found | {
                f"chunk {kind!r}" for kind, data in parts if kind not in (b"VP8 ", b"") or (not kind and data)
            }
        for marker, data in jpeg_parts(content):
            if not marker and data:
                found.add("trailing")
            elif marker == 0xE0 and data != JFIF:
                found.add("header")
            elif marker not in (0, 0xDB, 0xC4, 0xC0, 0xC2, 0xDA, 0xE0):
                found.add(f"marker {marker:x}")
    except (AssertionError, IndexError):
        found.add("no container")
    return found


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def on_disk(folder: str) -> list[Path]:
    place = files.path_of("x", folder).parent
    return sorted(place.iterdir()) if place.exists() else []


def through(name: str, content: bytes) -> dict[str, str]:
    """Take a photo the whole way: received, kept in quarantine, made anew from there, kept, and the original destroyed."""
    waiting = photos.quarantine(photos.received(name, content))
    try:
        return photos.keep(photos.rebuilt(files.path_of(waiting, photos.QUARANTINE).read_bytes()))
    finally:
        photos.remove([waiting], photos.QUARANTINE)


def resaved(name: str, content: bytes) -> dict[str, str]:
    """Do what looks enough: open the picture and save it again."""
    with Image.open(io.BytesIO(content)) as opened:
        out = io.BytesIO()
        if opened.format == "WEBP":
            opened.save(out, "WEBP")
        else:
            opened.convert("RGB").save(out, "JPEG")
    return {"one": files.keep(out.getvalue(), photos.ENTRIES)}


def as_it_came(name: str, content: bytes) -> dict[str, str]:
    """Do what a plain ImageField does: verify the picture, keep its bytes."""
    with Image.open(io.BytesIO(content)) as opened:
        opened.verify()
    return {"one": files.keep(content, photos.ENTRIES)}


# --- the promise --------------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.slow
def test_of_a_thousand_files_nothing_is_kept_but_pixels(record_property: Callable[[str, object], None]) -> None:
    taken, refused, slowest, given = Counter(), Counter(), 0.0, 0
    for what, name, content, wanted in made.thousand():
        given += 1
        began = time.process_time()
        try:
            stored = through(name, content)
        except Refused:
            refused[what] += 1
            stored = {}
        else:
            taken[what] += 1
        assert wanted in (None, bool(stored)), (what, given)
        slowest = max(slowest, time.process_time() - began)
        assert on_disk(photos.QUARANTINE) == []
        left = on_disk(photos.ENTRIES)
        assert {path.name for path in left} == set(stored.values())
        assert len(left) == (6 if stored else 0)
        for path in left:
            kept = path.read_bytes()
            assert (faults(kept), kept in content) == (set(), False), (what, given)
            path.unlink()
    record_property("slowest_seconds", round(slowest, 3))
    record_property("taken_and_refused", f"{sum(taken.values())} {sum(refused.values())}")

    assert given == 1_000
    assert sum(taken.values()) > 500
    assert sum(refused.values()) > 300


@pytest.mark.once
@pytest.mark.parametrize("control", [resaved, as_it_came])
def test_without_the_control_the_same_files_tell(control: Callable[[str, bytes], dict[str, str]]) -> None:
    told: set[str] = set()
    for number, (_what, name, content, wanted) in enumerate(made.thousand()):
        if wanted and number % 7 == 0:
            stored = control(name, content)
            told |= faults(files.path_of(stored["one"], photos.ENTRIES).read_bytes())

    # A comment stays through a plain re-save; the original has everything.
    assert {"canary", "marker fe"} <= told
    assert ("trailing" in told) == (control is as_it_came)


def test_a_photo_that_can_not_be_kept_whole_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, calls = files.keep, []

    def fails(content: bytes, folder: str) -> str:
        calls.append(folder)
        if len(calls) == 5:
            raise OSError("no space left on device")
        return plain(content, folder)

    monkeypatch.setattr(files, "keep", fails)
    with pytest.raises(OSError, match="no space"):
        through("a.jpg", made.jpeg(random.Random(1)))

    assert (len(calls), on_disk(photos.QUARANTINE), on_disk(photos.ENTRIES)) == (5, [], [])


# --- what it costs ------------------------------------------------------------------------------------------------------

MOST = 400_000
# In processes of their own: the one that makes a photo, and a worker with all that a worker has loaded.
MAKE = """
import random, sys
from PIL import Image
width, height, mode, path, options = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], eval(sys.argv[5])
small = Image.frombytes("RGB", (68, 51), random.Random(1).randbytes(68 * 51 * 3))
large = small.resize((width, height), Image.Resampling[options.pop("by", "BICUBIC")]).convert(mode)
if options.pop("moving", False):
    options |= {"save_all": True, "append_images": [large.rotate(180)]}
large.save(path, **options)
"""
WORK = """
import sys, time
import django
django.setup()
from config.celery import app
app.loader.import_default_modules()
from campaigns import duplicates, photos
content = open(sys.argv[1], "rb").read()
def most():
    # The ru_maxrss of getrusage begins with what the process had from which this one was forked.
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, began = most(), time.process_time()
made = photos.rebuilt(content)
print(made.width, made.height, before, most(), round(time.process_time() - began, 2))
"""


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width", "height", "mode", "options"),
    [
        ("telephone.jpg", 8160, 6120, "RGB", {}),
        ("progressive.jpg", 8160, 6120, "RGB", {"progressive": True}),
        ("four colours.jpg", 6400, 4800, "CMYK", {}),
        ("transparent.png", 8160, 6120, "RGBA", {"by": "NEAREST", "compress_level": 1}),
        ("plain.png", 8160, 6120, "RGB", {"by": "NEAREST", "compress_level": 1}),
        ("palette.png", 8160, 6120, "P", {"by": "NEAREST", "compress_level": 1, "transparency": 3}),
        ("lossless.webp", 4090, 3070, "RGBA", {"by": "NEAREST", "lossless": True, "method": 0, "quality": 0}),
        ("moving.webp", 4090, 3070, "RGB", {"by": "NEAREST", "lossless": True, "method": 0, "quality": 0, "moving": True}),
    ],
)  # fmt: skip
def test_a_worker_stays_under_400_megabytes(
    tmp_path: Path, name: str, width: int, height: int, mode: str, options: dict[str, Any],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    path = tmp_path / name
    for script, given in ((MAKE, [width, height, mode, path, options]), (WORK, [path])):
        command = [sys.executable, "-c", script, *map(str, given)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=configured.BASE_DIR)
    across, down, before, most, seconds = done.stdout.split()
    record_property("megabytes_before_and_at_most", f"{int(before) // 1000} {int(most) // 1000}")
    record_property("cpu_seconds", seconds)

    assert (int(across), int(down)) == photos.shrunk((width, height), 1600)
    assert int(before) < int(most) < MOST


@pytest.mark.parametrize(
    ("size", "decoded"),
    [
        ((4000, 3000), (2000, 1500)),
        ((6500, 4900), (1625, 1225)),
        ((1700, 1300), (1700, 1300)),
        ((3000, 4000), (1500, 2000)),
    ],
)
def test_a_large_photograph_is_decoded_at_a_smaller_scale(
    size: tuple[int, int], decoded: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, plain = [], photos._plain
    monkeypatch.setattr(photos, "_plain", lambda opened, images: (seen.append(opened.size), plain(opened, images))[1])

    photo = photos.rebuilt(made.saved(made.scene(random.Random(2), size), "JPEG"))

    assert seen == [decoded]
    assert max(photo.width, photo.height) == 1600


# --- what may come in ---------------------------------------------------------------------------------------------------

PHOTO = made.saved(made.scene(random.Random(3)), "JPEG")


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("a.jpg", b"", EmptyFile),
        ("a.jpg", b"<html>", photos.NotAPhoto),
        ("a.gif", b"GIF89a", photos.NotAPhoto),
        ("a.jpg", b"\0\0\0\x18ftypheic0000", photos.HeicPhoto),
        ("a.jpg", b"\0\0\0\x18ftypmif10000", photos.HeicPhoto),
        ("IMG_0001.HEIC", b"something else", photos.HeicPhoto),
        ("a.avif", b"\0\0\0\x18ftypavif0000", photos.NotAPhoto),
        ("a.jpg", PHOTO + b"\0" * 8_000_000, photos.PhotoTooLarge),
        ("a.jpg", PHOTO[:-400], photos.PhotoCutOff),
        ("a.png", made.saved(made.scene(random.Random(3)), "PNG")[:-30], photos.PhotoCutOff),
        ("a.webp", made.saved(made.scene(random.Random(3)), "WEBP")[:-30], photos.PhotoCutOff),
        ("a.jpg", made.saved(Image.new("RGB", (199, 900)), "JPEG"), photos.PhotoTooSmall),
        ("a.jpg", made.frame(9_000, 6_000), photos.TooManyPixels),
        ("a.jpg", made.frame(8_000, 6_000, kind=0xC2), pictures.TooLargeToRead),
        ("a.jpg", made.frame(8_000, 6_000, at_once=1), pictures.TooLargeToRead),
        ("a.jpg", made.frame(6_000, 4_000, kind=0xC2, sampling=0x22, scans=40), pictures.TooLargeToRead),
        ("a.jpg", made.frame(4_000, 3_000, kind=0xC9), photos.PhotoCutOff),
        ("a.jpg", made.frame(0, 3_000), photos.PhotoCutOff),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_refused_at_once(name: str, content: bytes, refused: type[Refused]) -> None:
    with pytest.raises(refused):
        photos.received(name, content)


@pytest.mark.parametrize(
    "content", [PHOTO, made.frame(8_000, 6_000), made.frame(8_000, 6_000, kind=0xC2, sampling=0x22)]
)
@pytest.mark.parametrize("name", made.NAMES)
def test_a_photo_is_taken_whatever_it_is_called(name: str, content: bytes) -> None:
    assert photos.received(name, content).content == content


LOOK = """
import sys
from django.conf import settings
settings.configure(USE_I18N=False, PHOTO_LARGEST=8_000_000)
from campaigns import duplicates, photos
for path in sys.argv[1:]:
    print(photos.received(path, open(path, "rb").read()).header.kind, "PIL" in sys.modules)
"""


@pytest.mark.once
def test_looking_at_what_comes_in_needs_no_decoder(tmp_path: Path) -> None:
    paths = [tmp_path / kind for kind in made.CONTAINERS]
    for path in paths:
        path.write_bytes(made.CONTAINERS[path.name](random.Random(1)))

    command = [sys.executable, "-c", LOOK, *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=configured.BASE_DIR)

    assert done.stdout.splitlines() == [f"{kind} False" for kind in made.CONTAINERS]


def test_two_readers_that_see_two_pictures_are_refused() -> None:
    content = bytearray(made.saved(made.scene(random.Random(4)), "WEBP", exif=made.exif()))
    content[24:27] = (299).to_bytes(3, "little")

    with pytest.raises(pictures.NotAPicture):
        photos.rebuilt(bytes(content))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_refusal_is_a_sentence_with_its_figures(language: str) -> None:
    refusals = [
        photos.PhotoTooLarge(megabytes=8), photos.NotAPhoto(), photos.HeicPhoto(), photos.PhotoCutOff(),
        photos.PhotoTooSmall(pixels=200), photos.TooManyPixels(megapixels=50),
    ]  # fmt: skip
    with translation.override(language):
        sentences = [str(refusal) for refusal in refusals]
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in sentences)
    assert all(any("\u0600" < c < "\u06ff" for c in sentence) == (language == "ar") for sentence in sentences)


# --- what it looks like -------------------------------------------------------------------------------------------------


def shown(photo: photos.Rebuilt, extension: str = "jpg", edge: int = 1600) -> Image.Image:
    with Image.open(io.BytesIO(photo.files[edge, extension])) as opened:
        opened.load()
    return opened


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 8) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("extension", ["jpg", "webp"])
def test_three_sizes_in_two_formats(extension: str) -> None:
    photo = photos.rebuilt(made.saved(made.scene(random.Random(5), (2400, 1800)), "JPEG"))

    assert [shown(photo, extension, edge).size for edge in photos.EDGES] == [(1600, 1200), (800, 600), (320, 240)]
    assert (photo.width, photo.height) == (1600, 1200)
    assert set(photo.files) == {(edge, kind) for edge in photos.EDGES for kind in photos.TYPES}


def test_a_small_photo_is_not_enlarged() -> None:
    photo = photos.rebuilt(made.saved(made.scene(random.Random(5), (500, 400)), "JPEG"))

    assert [shown(photo, edge=edge).size for edge in photos.EDGES] == [(500, 400), (500, 400), (320, 256)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_as_it_says(kind: str, orientation: int) -> None:
    """A red top left corner is where EXIF 2.32, 4.6.5 says that row 0 and column 0 are."""
    picture = Image.new("RGB", (320, 240), "white")
    picture.paste("red", (0, 0, 80, 60))
    photo = photos.rebuilt(made.saved(picture, kind, exif=made.exif(orientation)))

    across, down = (320, 240) if orientation < 5 else (240, 320)
    left, top = orientation in (1, 4, 5, 8), orientation in (1, 2, 5, 6)
    assert (photo.width, photo.height) == (across, down)
    corner = (20 if left else across - 20, 20 if top else down - 20)
    assert near(shown(photo).getpixel(corner), (254, 0, 0))


def test_colours_of_another_profile_become_those_of_a_screen() -> None:
    """With red and green exchanged in the profile, what the file calls red is shown green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    picture = Image.new("RGB", (300, 300), (255, 0, 0))

    for kind in ("JPEG", "PNG", "WEBP"):
        assert near(shown(photos.rebuilt(made.saved(picture, kind, icc_profile=turned))).getpixel((9, 9)), (0, 255, 0))
        for broken in (b"no profile", turned[:200], turned[:16] + b"CMYK" + turned[20:], turned + b"\0" * 100_000):
            kept = photos.rebuilt(made.saved(picture, kind, icc_profile=broken))
            assert near(shown(kept).getpixel((9, 9)), (255, 0, 0))


def _sixteen_bits() -> bytes:
    return made.saved(Image.frombytes("I;16", (300, 300), struct.pack("<H", 30_000) * 90_000), "PNG")


def _palette() -> bytes:
    picture = Image.new("P", (300, 300), 1)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    return made.saved(picture, "PNG", transparency=bytes((255, 0)))


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (_sixteen_bits(), (117, 117, 117)),
        (_palette(), (255, 255, 255)),
        (made.saved(Image.new("RGBA", (300, 300), (0, 0, 0, 128)), "PNG"), (127, 127, 127)),
        (made.saved(Image.new("RGBA", (300, 300), (0, 0, 255, 0)), "WEBP", lossless=True), (255, 255, 255)),
        (made.saved(Image.new("LA", (300, 300), (90, 255)), "PNG"), (90, 90, 90)),
        (made.saved(Image.new("CMYK", (300, 300), (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
        (made.saved(Image.new("1", (300, 300), 1), "PNG"), (255, 255, 255)),
    ],
    ids=["16 bits", "palette", "half transparent", "transparent", "grey", "four colours", "one bit"],
)  # fmt: skip
def test_pixels_of_every_kind_keep_their_colour(content: bytes, colour: tuple[int, int, int]) -> None:
    assert near(shown(photos.rebuilt(content)).getpixel((150, 150)), colour)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    first, second = Image.new("RGB", (300, 300), "red"), Image.new("RGB", (300, 300), "blue")
    content = made.saved(first, kind, save_all=True, append_images=[second], duration=100)

    assert near(shown(photos.rebuilt(content)).getpixel((9, 9)), (255, 0, 0))


# --- fingerprints -------------------------------------------------------------------------------------------------------


def copies(picture: Image.Image) -> Iterator[bytes]:
    """Yield what becomes of a photo on its way through messengers and programs."""
    for quality in (30, 60, 95):
        yield made.saved(picture, "JPEG", quality=quality)
    yield made.saved(picture, "WEBP", quality=50)
    yield made.saved(picture, "PNG", compress_level=1)
    yield made.saved(picture.point(lambda value: min(int(value * 1.1) + 6, 255)), "JPEG")
    for scale in (0.45, 0.8, 1.6):
        size = int(picture.width * scale), int(picture.height * scale)
        yield made.saved(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=70)


def apart(one: str, other: str) -> int:
    return duplicates.distance(int(one, 16), int(other, 16))


@pytest.mark.once
@pytest.mark.slow
def test_copies_of_a_photo_are_alike_and_other_photos_are_not(record_property: Callable[[str, object], None]) -> None:
    dice, farthest, prints = random.Random(8), 0, []
    for _ in range(12):
        picture = made.scene(dice, (640, 480))
        first = photos.rebuilt(made.saved(picture, "PNG", compress_level=1)).fingerprint
        farthest = max(farthest, *(apart(first, photos.rebuilt(copy).fingerprint) for copy in copies(picture)))
        prints.append(first)
    nearest = min(apart(one, other) for at, one in enumerate(prints) for other in prints[:at])
    record_property("farthest_copy_and_nearest_other", f"{farthest} {nearest}")

    assert farthest <= duplicates.FARTHEST < nearest
    assert all(len(one) == 16 and apart(one, one) == 0 for one in prints)


def test_a_fingerprint_says_where_it_grows_lighter() -> None:
    rising = Image.linear_gradient("L").rotate(90).resize((400, 300)).convert("RGB")

    assert {photos.rebuilt(made.saved(rising.rotate(turn), "PNG")).fingerprint for turn in (0, 180)} == {
        "0" * 16,
        "f" * 16,
    }
    assert apart("0" * 16, "f" * 16) == 64


# --- sent ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("extension", "content_type"), photos.TYPES.items())
@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("by_proxy", [False, True])
def test_a_photo_is_sent_as_what_it_is(
    extension: str, content_type: str, published: bool, by_proxy: bool, settings: Any
) -> None:
    settings.FILES_BY_PROXY = by_proxy
    stored = through('"x.html', made.jpeg(random.Random(6)))[f"800.{extension}"]

    answer = photos.served(stored, extension, published=published)

    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'inline; filename="photo.{extension}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == ("public, max-age=3600" if published else "private, no-cache, no-store")
    assert answer.get("X-Accel-Redirect") == (f"/media-private/entries/{stored}" if by_proxy else None)
    if isinstance(answer, StreamingHttpResponse):
        body = b"".join(answer)
        assert (faults(body), len(body)) == (set(), int(answer["Content-Length"]))


def test_what_waits_in_quarantine_is_never_sent() -> None:
    waiting = photos.quarantine(photos.received("a.jpg", PHOTO))

    with pytest.raises(Http404):
        photos.served(waiting, "jpg", published=True)
    assert files.path_of(waiting, photos.QUARANTINE).read_bytes() == PHOTO
