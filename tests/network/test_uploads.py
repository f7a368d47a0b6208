"""What may be uploaded by a coordinator, and what is left of it: no author, no position, no program, no byte that was not looked at."""

import io
import random
import re
import subprocess
import sys
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image

from network.uploads import archives, documents, pdf, pictures
from network.uploads.refusals import Refused
from tests.factories import files, photos

OFFICE = ["docx", "pptx", "xlsx", "odt", "odp"]
PICTURES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
GOOD = {
    "pdf": files.pdf(),
    **{extension: files.office(extension) for extension in OFFICE},
    **{extension: files.picture(kind) for extension, kind in PICTURES.items()},
}


def rels(kind: str) -> dict[str, bytes]:
    target = f'<Relationship Type="http://x/{kind}" Target="https://elsewhere.example" TargetMode="External"/>'
    return {"word/_rels/document.xml.rels": f"<Relationships>{target}</Relationships>".encode()}


@pytest.mark.parametrize("extension", GOOD)
def test_nothing_that_tells_who_made_it_is_kept(extension):
    given = GOOD[extension]
    words = files.AUTHOR.encode()
    assert words in given or words in b"".join(unpacked(given))

    kept = documents.examined(f"Plan.{extension.upper()}", given)

    assert kept.filename == f"Plan.{extension}"
    assert words not in kept.content
    assert not any(words in part for part in unpacked(kept.content))
    # What is kept is taken again, and stays as it is.
    assert documents.examined("again." + extension, kept.content).filename == f"again.{extension}"


def unpacked(content):
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize(("extension", "kind"), PICTURES.items())
def test_a_picture_is_made_anew_without_its_position(extension, kind):
    tail = b"<script>alert(1)</script>PK\x03\x04"

    kept = documents.examined(f"photo.{extension}", files.picture(kind) + tail).content

    with Image.open(io.BytesIO(kept)) as made:
        assert (made.format, made.size, dict(made.getexif())) == (kind, (60, 40), {})
        assert not set(made.info) & {"exif", "comment", "icc_profile", "xmp", "photoshop"}
    assert b"script" not in kept
    assert b"Exif" not in kept


def test_a_picture_is_turned_as_it_says_before_that_is_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)

    with Image.open(io.BytesIO(documents.examined("a.jpeg", out.getvalue()).content)) as made:
        assert made.size == (40, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixels_is_taken(mode):
    out, kind = io.BytesIO(), "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (10, 10)).save(out, kind)

    assert documents.examined(f"a.{'jpg' if kind == 'JPEG' else 'png'}", out.getvalue()).content


def test_sixteen_bits_of_grey_stay_grey():
    grey = Image.frombytes("I;16", (30, 30), (30_000).to_bytes(2, "little") * 900)

    with Image.open(io.BytesIO(documents.examined("scan.png", photos.saved(grey, "PNG")).content)) as made:
        assert (made.mode, made.getextrema()) == ("L", (116, 116))


@pytest.mark.parametrize(
    "content",
    [
        photos.frame(8_000, 6_000, at_once=1, scans=3),
        photos.frame(5_000, 4_000, kind=0xC2, sampling=0x22, scans=40),
    ],
    ids=["colour by colour", "scan upon scan"],
)
def test_a_photograph_that_takes_much_to_unpack_is_refused(content):
    with pytest.raises(pictures.TooLargeToRead):
        documents.examined("a.jpg", content)


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("virus.exe", b"MZ", documents.WrongType),
        ("page.html", b"<script>", documents.WrongType),
        ("drawing.svg", b"<svg onload='x'/>", documents.WrongType),
        ("old.doc", b"\xd0\xcf\x11\xe0", documents.WrongType),
        ("macros.docm", files.office(), documents.WrongType),
        ("none", b"%PDF-", documents.WrongType),
        ("empty.pdf", b"", documents.EmptyFile),
        ("photo.png", files.picture("JPEG"), documents.NotWhatItSays),
        ("paper.pdf", files.picture("JPEG"), documents.NotWhatItSays),
        ("photo.jpg", files.pdf(), documents.NotWhatItSays),
        ("paper.pdf", b"<html>" + files.pdf(), documents.NotWhatItSays),
        ("paper.docx", files.pdf(), documents.NotWhatItSays),
        ("paper.docx", files.office("xlsx"), archives.NotAnOfficeFile),
        ("paper.xlsx", files.office("odt"), archives.NotAnOfficeFile),
        ("paper.odt", files.office("odp"), archives.NotAnOfficeFile),
        ("photo.jpg", files.picture()[:400], pictures.NotAPicture),
        ("photo.png", files.picture("PNG")[:-60], pictures.NotAPicture),
        ("photo.webp", b"RIFF\x10\0\0\0WEBPVP8 ", pictures.NotAPicture),
        ("photo.png", files.bomb_of_pixels(), pictures.TooManyPixels),
        ("paper.docx", files.office()[:-30], archives.NotAnOfficeFile),
        ("paper.docx", b"PK\x03\x04" + b"x" * 400, archives.NotAnOfficeFile),
        ("paper.pdf", files.pdf()[:-200], pdf.NotAPdf),
        ("paper.pdf", files.pdf() + b"\0" * 9_000, pdf.NotAPdf),
        ("paper.pdf", b"%PDF-1.7 no more", pdf.NotAPdf),
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused(name, content, refused):
    with pytest.raises(refused):
        documents.examined(name, content)


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        ({"word/vbaProject.bin": b"x"}, archives.Macros),
        ({"[Content_Types].xml": b"wordprocessingml.document.main+xml macroEnabled"}, archives.Macros),
        ({"word/activeX/activeX1.xml": b"x"}, archives.Macros),
        ({"word/embeddings/oleObject1.bin": b"x"}, archives.Embedded),
        (rels("attachedTemplate"), archives.Outside),
        (rels("image"), archives.Outside),
        ({"word/comments.xml": b"x"}, archives.NamesPeople),
        ({"word/document.xml": b'<w:ins w:id="1" w:author="Salem">'}, archives.NamesPeople),
        ({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, archives.NotAnOfficeFile),
        ({"word/document.xml": '<w:ins w:author="S">'.encode("utf-16")}, archives.NotAnOfficeFile),
        ({"../../etc/passwd": b"x"}, archives.NotAnOfficeFile),
        ({"/etc/passwd": b"x"}, archives.NotAnOfficeFile),
        ({"word/media/big.xml": b"\0" * 5_000_000}, archives.Bomb),
        ({f"word/{n}.xml": b"x" for n in range(3_100)}, archives.Bomb),
    ],
)  # fmt: skip
def test_a_dangerous_office_file_is_refused(parts, refused):
    with pytest.raises(refused):
        documents.examined("paper.docx", files.office("docx", parts))


def test_a_link_in_an_office_file_is_no_danger():
    assert documents.examined("paper.docx", files.office("docx", rels("hyperlink")))


@pytest.mark.parametrize("part", [{"Basic/Standard/x.xml": b"x"}, {"Scripts/python/x.py": b"x"}])
def test_an_open_document_with_scripts_is_refused(part):
    with pytest.raises(archives.Macros):
        documents.examined("a.odt", files.office("odt", part))


def test_an_archive_that_lies_about_its_size_is_refused_before_it_fills_the_memory():
    content = bytearray(files.office("docx", {"word/media/big.bin": b"\0" * 3_000_000}))
    for header, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = -1
        while (place := content.find(header, place + 1)) >= 0:
            length = int.from_bytes(content[place + at : place + at + 4], "little")
            if length == 3_000_000:
                content[place + at : place + at + 4] = (100).to_bytes(4, "little")

    with pytest.raises((archives.Bomb, archives.NotAnOfficeFile)):
        documents.examined("paper.docx", bytes(content))


def test_photographs_in_an_office_file_lose_their_position():
    photo, drawing = files.picture(size=(30, 20)), files.picture("PNG", (30, 20))
    given = files.office("pptx", {"ppt/media/image1.jpeg": photo, "ppt/media/image2.png": drawing})

    with zipfile.ZipFile(io.BytesIO(documents.examined("a.pptx", given).content)) as archive:
        for name, original in (("ppt/media/image1.jpeg", photo), ("ppt/media/image2.png", drawing)):
            part = archive.read(name)
            with Image.open(io.BytesIO(part)) as made, Image.open(io.BytesIO(original)) as before:
                assert made.tobytes() == before.tobytes()
                assert (dict(made.getexif()), "comment" in made.info) == ({}, False)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (files.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), pdf.ActivePdf),
        (files.pdf(b"<< /S /#4aavaScript >>"), pdf.ActivePdf),
        (files.pdf(b"<< /S /Launch /F (cmd.exe) >>"), pdf.ActivePdf),
        (files.pdf(packed=b"7 0 << /S /JavaScript >>"), pdf.ActivePdf),
        (files.pdf(b"<< /Names << /EmbeddedFiles 8 0 R >> >>"), pdf.CarryingPdf),
        (files.pdf(b"<< /Type /Filespec /EF << >> /EmbeddedFile 1 0 R >>"), pdf.CarryingPdf),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), pdf.LockedPdf),
    ],
)  # fmt: skip
def test_a_dangerous_pdf_is_refused(content, refused):
    with pytest.raises(refused):
        documents.examined("paper.pdf", content)


def test_blanking_a_pdf_moves_nothing_and_leaves_words_on_its_pages():
    page = b"<< /Length 40 >>\nstream\nBT (/Author and /JavaScript explained) Tj\nendstream"
    given = files.pdf(page, b"<< /Title (A chapter) /Parent 3 0 R >>")

    kept = documents.examined("paper.pdf", given).content

    assert len(kept) == len(given)
    assert kept.index(b"xref") == given.index(b"xref")
    assert b"explained" in kept
    assert b"(A chapter)" in kept
    assert b"2019" not in kept


def packs_of(content: bytes) -> bytes:
    """Return the text of all that is packed in a PDF."""
    return b"".join(
        zlib.decompressobj().decompress(part) for part in re.findall(rb"stream\n(x.*?)endstream", content, re.DOTALL)
    )


PACKED = (
    b"12 0 13 99 << /Author (Salem Canary) /Company <43616e617279> /Title 13 0 R /Producer (Word 2019) >>".ljust(110)
    + b"(Canary)"
)


@pytest.mark.parametrize(
    "given",
    [
        files.pdf(b"(Canary)", info=b"<< /Author 6 0 R >>"),
        files.pdf(packed=PACKED, first=11, info=b"null", trailer=b"/Info 12 0 R"),
        files.pdf(packed=PACKED, first=11, info=b"null", trailer=b"/Info 12 0 R", squeezed=False),
    ],
    ids=["in an object of its own", "packed", "gathered"],
)
def test_an_author_is_blanked_wherever_the_information_lies(given):
    assert b"Canary" in given + packs_of(given)

    kept = documents.examined("paper.pdf", given).content

    assert len(kept) == len(given)
    for word in (b"Canary", b"43616e617279", b"2019", files.AUTHOR.encode()):
        assert word not in kept + packs_of(kept)
    # The rest of the pack is as it was.
    assert (b"/Producer" in packs_of(kept)) == (b"/Producer" in packs_of(given))


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    "given",
    [
        files.pdf(info=b"<< /Author 77 0 R >>"),
        files.pdf(trailer=b"/Info 78 0 R"),
        files.pdf(packed=PACKED, first=11, trailer=b"/Info 12 0 R", filters=b"/Filter [/ASCII85Decode /FlateDecode]"),
        files.pdf(
            packed=PACKED,
            first=11,
            trailer=b"/Info 12 0 R",
            filters=b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
        ),
        files.pdf(b"<< /Type /Metadata /Filter /LZWDecode /Length 3 >>\nstream\nabc\nendstream"),
    ],
    ids=["author nowhere", "information nowhere", "packed twice", "predicted", "metadata in another way"],
)
def test_an_author_that_can_not_be_blanked_is_refused(given, language):
    with pytest.raises(pdf.TellingPdf) as refused, translation.override(language):
        documents.examined("paper.pdf", given)
    with translation.override(language):
        assert "PDF" in str(refused.value)


def test_what_hangs_after_the_end_of_a_pdf_is_cut_off():
    assert documents.examined("paper.pdf", files.pdf() + b"PK\x03\x04 <script>").content.endswith(b"%%EOF\n")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cron.d/خطة.pdf", "خطة.pdf"),
        ("C:\\Users\\salem\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe.pdf", "planfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ('"quoted"; filename=x.pdf', "quoted filename=x.pdf"),
        (".pdf", "file.pdf"),
        ("...pdf", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("\0\x1b[31m.pdf", "[31m.pdf"),
    ],
)  # fmt: skip
def test_a_hostile_name_becomes_a_harmless_one(name, kept):
    assert documents.examined(name, files.pdf()).filename == kept


def test_a_thousand_damaged_files_are_refused_or_made_anew_in_time():
    dice = random.Random(7)
    started = time.perf_counter()
    for extension, content in GOOD.items():
        for _ in range(110):
            damaged = bytearray(content)
            for _ in range(dice.randint(1, 12)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            cut = dice.randrange(1, len(damaged) + 1) if dice.random() < 0.3 else len(damaged)
            try:
                kept = documents.examined(f"a.{extension}", bytes(damaged[:cut])).content
            except Refused:
                continue
            assert extension == "pdf" or kept != bytes(damaged[:cut])
    assert time.perf_counter() - started < 60


# --- large pictures -----------------------------------------------------------------------------------------------------

# What the web worker may take for a picture, beside what it has.
BUDGET = 120_000
# In processes of their own: the one that makes a picture, and the one in which the memory is measured.
MAKE = """
import random, sys
from PIL import Image
width, height, mode, path, kept = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], eval(sys.argv[5])
turned = Image.Exif()
turned[0x112] = 6
small = Image.frombytes("RGB", (68, 51), random.Random(1).randbytes(68 * 51 * 3))
small.resize((width, height)).convert(mode).save(path, exif=turned, **kept)
"""
READ = """
import io, sys, time
from django.conf import settings
settings.configure(USE_I18N=False)
from network.uploads import pictures
from PIL import Image, ImageOps
path = sys.argv[1]
content = open(path, "rb").read()
def most_so_far():
    # The ru_maxrss of getrusage begins with what the process had from which this one was forked.
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
before, began = most_so_far(), time.process_time()
try:
    kept = pictures.cleaned(content, path.rpartition(".")[2])
except pictures.Refused as error:
    print(type(error).__name__)
else:
    most, took = most_so_far() - before, time.process_time() - began
    with Image.open(io.BytesIO(kept)) as made:
        print(*made.size, made.info.get("exif", b"") != b"", most, took)
"""


def large(path: Path, width: int, height: int, *, mode: str = "RGB", **kept: Any) -> list[str]:
    """Return what becomes of a photograph of this size that stands on its side: its size, whether it tells anything, memory and time."""
    for script, given in ((MAKE, [width, height, mode, path, kept]), (READ, [path])):
        command = [sys.executable, "-c", script, *map(str, given)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=settings.BASE_DIR)
    return done.stdout.split()


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "width", "height", "more", "size"),
    [
        ("of a phone.jpg", 8160, 6120, {}, (2371, 3162)),
        ("twelve.jpg", 4000, 3000, {}, (2371, 3162)),
        ("twice.jpg", 6000, 4000, {}, (2000, 3000)),
        ("unpacked whole.jpg", 6400, 4800, {"progressive": True}, (1200, 1600)),
        ("full colours.jpg", 4000, 3000, {"progressive": True, "subsampling": 0}, (1500, 2000)),
        ("scan.png", 7000, 5000, {"mode": "L", "compress_level": 1}, (2390, 3346)),
        ("twelve.png", 4000, 3000, {"compress_level": 1}, (2448, 3265)),
        ("six.webp", 2900, 2200, {}, (1507, 1988)),
    ],
)
def test_a_large_picture_is_made_anew_within_the_memory_of_a_worker(
    tmp_path: Path, name: str, width: int, height: int, more: dict[str, Any], size: tuple[int, int]
) -> None:
    across, down, tells, memory, seconds = large(tmp_path / name, width, height, **more)

    assert abs(int(across) - size[0]) <= 1
    assert abs(int(down) - size[1]) <= 1
    assert tells == "False"
    assert int(memory) < BUDGET
    assert float(seconds) < 10


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "more"),
    [("a.jpg", {"progressive": True}), ("a.png", {"compress_level": 1}), ("a.webp", {"method": 0})],
)
def test_what_would_take_more_is_refused_with_a_way_out(tmp_path: Path, name: str, more: dict[str, Any]) -> None:
    assert large(tmp_path / name, 8160, 6120, **more) == ["TooLargeToRead"]


def test_only_one_picture_is_made_at_a_time() -> None:
    with pictures.one_at_a_time, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pictures.cleaned, files.picture("JPEG"), "jpg")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
        pictures.one_at_a_time.release()
        try:
            assert waiting.result(timeout=10)
        finally:
            pictures.one_at_a_time.acquire()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_refusal_is_a_sentence_in_the_readers_language(language):
    def kinds(kind):
        return [kind, *(deeper for below in kind.__subclasses__() for deeper in kinds(below))]

    with translation.override(language):
        sentences = [str(kind(megabytes=8, megapixels=50, pixels=200)) for kind in kinds(Refused)[1:]]
    assert len(sentences) > 10
    assert all(sentence.endswith(".") for sentence in sentences)
    assert all(any("\u0600" < c < "\u06ff" for c in sentence) == (language == "ar") for sentence in sentences)
    assert settings.MATERIAL_LARGEST == 10_000_000
