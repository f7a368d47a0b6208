"""Photos as entrants and attackers hand them in, made in code: position and names in every place that a container has for them."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageCms

from tests.factories import files

CANARY = b"Qxzphoto Salem 32.8872N"
TRAILS = {
    "zip": lambda: zipped(),
    "html": lambda: b"<html><script>alert('" + CANARY + b"')</script></html>",
    "pdf": lambda: files.pdf(),
    "bytes": lambda: CANARY * 40,
    "end of a jpeg": lambda: CANARY + b"\xff\xd9",
    "php": lambda: b"<?php system($_GET['c']); // " + CANARY,
}
NAMES = [
    "photo.jpg", "../../etc/passwd", "C:\\Users\\salem\\كمامة.jpg", "a\r\nSet-Cookie: x.jpg", "x.php", "photo\u202egpj.exe", "\0.png",
    "a" * 4_000 + ".jpg", ".htaccess", "CON", "photo.jpg.html", '"; rm -rf /.webp', "", "صورة.jpeg",
]  # fmt: skip


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.class", CANARY)
    return out.getvalue()


def scene(dice: random.Random, size: tuple[int, int] = (280, 210)) -> Image.Image:
    """Return a picture with light, shade and edges, another one at every call."""
    small = Image.frombytes("RGB", (12, 9), dice.randbytes(12 * 9 * 3))
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


# --- what is put into a container ---------------------------------------------------------------------------------------


def exif(orientation: int = 1) -> bytes:
    """Return EXIF with author, telephone, serial number and position."""
    made = Image.Exif()
    made.update({0x010F: "Phone", 0x013B: CANARY.decode(), 0x0112: orientation, 0x8298: CANARY.decode()})
    made.get_ifd(0x8769).update({0xA431: CANARY.decode(), 0x9286: b"ASCII\0\0\0" + CANARY})
    made.get_ifd(0x8825).update({1: "N", 2: (32.0, 53.0, 14.0), 3: "E", 4: (13.0, 11.0, 29.0), 27: b"ASCII\0\0\0GPS"})
    return made.tobytes()


def exif_with_thumbnail(dice: random.Random) -> bytes:
    """Return EXIF with a second directory (TIFF 6.0, EXIF 2.32 section 4.5.8) that holds a small picture with a comment."""
    small = saved(scene(dice, (40, 30)), "JPEG", comment=CANARY)
    first = struct.pack("<HHHII", 1, 0x0112, 3, 1, 1) + struct.pack("<I", 26)
    second = (
        struct.pack("<H", 2) + struct.pack("<HHII", 0x0201, 4, 1, 56) + struct.pack("<HHII", 0x0202, 4, 1, len(small))
    )
    return b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + first + second + struct.pack("<I", 0) + small


def profile() -> bytes:
    """Return an sRGB profile with words after its tags."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + CANARY
    return struct.pack(">I", len(plain)) + plain[4:]


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>" + CANARY + b"</exif:GPSLatitude></x:xmpmeta>"
IPTC = (
    b"Photoshop 3.0\x008BIM\x04\x04\0\0"
    + struct.pack(">I", len(CANARY) + 5)
    + b"\x1c\x02\x50"
    + struct.pack(">H", len(CANARY))
    + CANARY
)


def jpeg(dice: random.Random) -> bytes:
    """Return a JPEG with one or all of what a JPEG can carry."""
    options = {"quality": dice.randint(40, 95), "progressive": dice.random() < 0.3, "subsampling": dice.randint(0, 2)}
    plain = saved(scene(dice, (dice.randint(200, 320), dice.randint(200, 320))), "JPEG", **options)
    carried = [
        segment(0xE1, exif(dice.randint(1, 8))),
        segment(0xE1, exif_with_thumbnail(dice)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + XMP),
        segment(0xED, IPTC),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01" + profile()),
        segment(0xE2, b"FPXR\0" + CANARY),
        segment(0xEB, b"JP\0\0" + CANARY),
        segment(0xFE, CANARY),
        segment(0xEF, CANARY * 100),
    ]
    return plain[:2] + b"".join(_some(dice, carried)) + plain[2:]


def png(dice: random.Random) -> bytes:
    plain = saved(scene(dice, (dice.randint(200, 320), dice.randint(200, 320))), "PNG", compress_level=1)
    carried = [
        chunk(b"eXIf", exif(dice.randint(1, 8))[6:]),
        chunk(b"tEXt", b"Comment\0" + CANARY),
        chunk(b"zTXt", b"Author\0\0" + zlib.compress(CANARY)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 8\n" + CANARY.hex().encode()),
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile())),
        chunk(b"tIME", struct.pack(">HBBBBB", 2020, 9, 12, 10, 0, 0)),
        chunk(b"prVt", CANARY),
    ]
    # After the header (13 bytes in 25), or behind the pixels, where some programs put it.
    at = 33 if dice.random() < 0.7 else len(plain) - 12
    return plain[:at] + b"".join(_some(dice, carried)) + plain[at:]


def webp(dice: random.Random) -> bytes:
    picture = scene(dice, (dice.randint(200, 320), dice.randint(200, 320)))
    carried = {"exif": exif(dice.randint(1, 8)), "xmp": XMP, "icc_profile": profile()}
    kept = dict(_some(dice, list(carried.items())))
    made = saved(picture, "WEBP", lossless=dice.random() < 0.3, method=0, quality=70, **kept)
    if dice.random() < 0.3:
        made += b"QXZ " + struct.pack("<I", len(CANARY) + 1) + CANARY + b"\0"
        made = made[:4] + struct.pack("<I", len(made) - 8) + made[8:]
    return made


def _some(dice: random.Random, carried: list[Any]) -> list[Any]:
    return carried if dice.random() < 0.2 else dice.sample(carried, dice.randint(1, 3))


CONTAINERS: dict[str, Callable[[random.Random], bytes]] = {"JPEG": jpeg, "PNG": png, "WEBP": webp}


# --- odd pictures, and what is none -------------------------------------------------------------------------------------


def two_in_one(dice: random.Random) -> bytes:
    """Return a photograph with a second one behind it, as telephones keep depth and light (CIPA DC-007)."""
    return saved(scene(dice), "MPO", save_all=True, append_images=[scene(dice)], exif=exif(6))


def moving(dice: random.Random, kind: str) -> bytes:
    return saved(scene(dice), kind, save_all=True, append_images=[scene(dice), scene(dice)], duration=100)


def odd(dice: random.Random) -> bytes:
    """Return a picture in pixels that are neither plain nor of a camera."""
    picture, mode = scene(dice), dice.choice(["CMYK", "L", "I;16", "P", "LA", "RGBA", "1", "PA"])
    if mode == "CMYK":
        return saved(picture.convert("CMYK"), "JPEG", comment=CANARY)
    if mode == "I;16":
        grey = Image.frombytes("I;16", picture.size, dice.randbytes(2 * picture.width * picture.height))
        return saved(grey, "PNG", compress_level=1)
    if mode in ("P", "PA"):
        flat = picture.quantize(64)
        return saved(flat, "PNG", transparency=bytes(dice.randrange(256) for _ in range(64)) if mode == "PA" else 3)
    return saved(picture.convert(mode), dice.choice(["PNG", "WEBP"]) if mode == "RGBA" else "PNG")


def frame(
    width: int, height: int, *, kind: int = 0xC0, sampling: int = 0x11, at_once: int = 3, scans: int = 1
) -> bytes:
    """Return a JPEG that has a header, scans and no pixels."""
    parts = b"".join(bytes((n, sampling if n == 1 else 0x11, 0)) for n in (1, 2, 3))
    scan = segment(0xDA, bytes((at_once,)) + b"".join(bytes((n, 0)) for n in range(1, at_once + 1)) + b"\0\x3f\0")
    return b"\xff\xd8" + segment(kind, struct.pack(">BHHB", 8, height, width, 3) + parts) + scan * scans + b"\xff\xd9"


def bomb(dice: random.Random) -> bytes:
    """Return a small file that says it is huge."""
    match dice.randrange(5):
        case 0:
            return files.bomb_of_pixels()
        case 1:
            made = bytearray(saved(scene(dice), "JPEG"))
            at = made.index(b"\xff\xc0")
            made[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
            return bytes(made)
        case 2:
            made = bytearray(saved(scene(dice), "WEBP", exif=exif()))
            made[24:30] = b"\xff\xff\x00" * 2
            return bytes(made)
        case 3:
            return frame(7_000, 7_000, kind=0xC2, scans=400)
        case _:
            made = bytearray(saved(scene(dice), "PNG"))
            made[16:24] = struct.pack(">II", 7_000, 7_000)
            made[29:33] = struct.pack(">I", zlib.crc32(bytes(made[12:29])))
            return bytes(made)


def line(dice: random.Random) -> bytes:
    size = (1, dice.randint(200, 30_000))
    return saved(Image.new("RGB", size if dice.random() < 0.5 else size[::-1]), dice.choice(["JPEG", "PNG"]))


def wrong(dice: random.Random) -> bytes:
    """Return something else than a photo."""
    return dice.choice(
        [
            lambda: b"", lambda: files.pdf(), lambda: zipped(), lambda: TRAILS["html"](), lambda: b"GIF89a" + dice.randbytes(400),
            lambda: saved(scene(dice), "GIF"), lambda: saved(scene(dice), "TIFF"), lambda: saved(scene(dice), "BMP"),
            lambda: saved(scene(dice), "AVIF"), lambda: saved(scene(dice), "JPEG2000"), lambda: saved(scene(dice), "ICO"),
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", lambda: dice.randbytes(3_000),
            lambda: b"\0\0\0\x18ftypheic" + dice.randbytes(300), lambda: b"%!PS-Adobe", lambda: b"\xff\xd8\xff" + dice.randbytes(900),
            lambda: b"push graphic-context\nfill 'url(https://x/)'", lambda: b"\x89PNG\r\n\x1a\n" + dice.randbytes(300),
        ]
    )()  # fmt: skip


def damaged(dice: random.Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(dice.randint(1, 12)):
        made[dice.randrange(len(made))] = dice.randrange(256)
    return bytes(made)


def thousand(seed: int = 1) -> Iterator[tuple[str, str, bytes, bool | None]]:
    """Yield a thousand files: what each is, its name, its bytes, and whether it has to be taken (None where either is right)."""
    dice = random.Random(seed)

    def one() -> bytes:
        return dice.choice(list(CONTAINERS.values()))(dice)

    kinds: list[tuple[str, int, Callable[[], bytes], bool | None]] = [
        *((f"{kind} that tells", 110, lambda make=make: make(dice), True) for kind, make in CONTAINERS.items()),
        *((f"photo and {what}", 20, lambda trail=trail: one() + trail(), True) for what, trail in TRAILS.items()),
        *((f"{what} before a photo", 15, lambda trail=trail: trail() + one(), False) for what, trail in TRAILS.items()),
        ("two in one", 30, lambda: two_in_one(dice), True),
        ("animated WebP", 15, lambda: moving(dice, "WEBP"), True),
        ("animated PNG", 15, lambda: moving(dice, "PNG"), True),
        ("odd pixels", 70, lambda: odd(dice), True),
        ("line", 20, lambda: line(dice), False),
        ("bomb", 40, lambda: bomb(dice), False),
        ("wrong", 70, lambda: wrong(dice), False),
        ("truncated", 120, lambda: (whole := one())[: dice.randrange(1, len(whole) - 40)], False),
        ("damaged", 80, lambda: damaged(dice, one()), None),
    ]
    for what, count, make, taken in kinds:
        for _ in range(count):
            yield what, dice.choice(NAMES), make(), taken
