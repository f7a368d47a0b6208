"""A file that a coordinator uploads: what it may be, and what of it is kept.

What it is follows from its first bytes, and its name must say the same. Pictures are taken apart and made anew, office files packed anew
without their authors, PDF files emptied of theirs in place; what is dangerous is refused with a sentence.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from network.uploads import archives, pdf, pictures
from network.uploads.refusals import Refused

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
SAME = {"jpeg": "jpg"}
CLEANERS: dict[str, Callable[[bytes, str], bytes]] = {
    "pdf": pdf.cleaned,
    **dict.fromkeys(("docx", "pptx", "xlsx", "odt", "odp"), archives.cleaned),
    **dict.fromkeys(("png", "jpg", "webp"), pictures.cleaned),
}
LONGEST_NAME = 80
UNSAFE = re.compile(r'[<>:"/\\|?*%;]')


class WrongType(Refused):
    message = _(
        "Only PDF, Word, PowerPoint, Excel (docx, pptx, xlsx), OpenDocument (odt, odp) and pictures (PNG, JPEG, WebP)."
    )


class NotWhatItSays(Refused):
    message = _("The file is something else than its name says. Please save it anew from the program that made it.")


class EmptyFile(Refused):
    message = _("The file is empty.")


@dataclass(frozen=True, slots=True)
class Clean:
    """What is kept of an upload, under a harmless name."""

    content: bytes
    filename: str


def examined(name: str, content: bytes) -> Clean:
    """Return what is kept of a file. Raises Refused with a sentence for its uploader."""
    stem, extension = parted(name)
    if extension not in TYPES:
        raise WrongType
    if not content:
        raise EmptyFile
    if not _begins_like(extension, content):
        raise NotWhatItSays
    return Clean(CLEANERS[extension](content, extension), f"{stem}.{extension}")


def parted(name: str) -> tuple[str, str]:
    """Return a harmless name and the extension: no directories, no controls, nothing that turns the direction."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    base = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    stem, _dot, extension = base.rpartition(".")
    extension = extension.strip().lower()
    stem = re.sub(r"\s+", " ", UNSAFE.sub(" ", stem)).strip(" .")
    return stem[:LONGEST_NAME].strip() or "file", SAME.get(extension, extension)


def _begins_like(extension: str, content: bytes) -> bool:
    match extension:
        case "pdf":
            return content.startswith(b"%PDF-")
        case "png":
            return content.startswith(b"\x89PNG\r\n\x1a\n")
        case "jpg":
            return content.startswith(b"\xff\xd8\xff")
        case "webp":
            return content.startswith(b"RIFF") and content[8:12] == b"WEBP"
        case _:
            return content.startswith(b"PK\x03\x04")
