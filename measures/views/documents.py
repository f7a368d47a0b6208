"""The text of a measure as pages show it: both languages, that of the page first, block by block."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from measures import texts
from measures.discussion import Blocks, Placed, Thread
from measures.forms.drafting import LABELS
from measures.models.measures import PARTS


def shown(block: texts.Block) -> SafeString:
    """Return a block for a template: it was cleaned."""
    return format_html("{}", block)


def whole(text: str) -> SafeString:
    """Return all blocks of a text for a template."""
    return format_html_join("\n", "{}", ((block,) for block in texts.blocks(text)))


@dataclass(frozen=True, slots=True)
class Line:
    """One block with the comments on it."""

    block: texts.Block
    threads: list[Thread]

    @property
    def html(self) -> SafeString:
        return shown(self.block)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a text: its code, its name in the language of the text, its blocks."""

    part: str
    label: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Document:
    """A measure in one language."""

    code: str
    name: str
    title: str
    sections: list[Section] = field(default_factory=list)

    @property
    def direction(self) -> str:
        return "rtl" if self.code == "ar" else "ltr"


def languages() -> list[tuple[str, str]]:
    """Return both languages with their own names, that of the page first."""
    here = (get_language() or "ar")[:2]
    return sorted(settings.LANGUAGES, key=lambda language: language[0] != here)


def of_words(words: Mapping[str, str]) -> list[Document]:
    """Return the documents of texts by column, for a preview."""
    blocks = {(code, part): texts.blocks(words.get(f"{part}_{code}", "")) for code, _ in languages() for part in PARTS}
    return of_blocks(blocks, {code: words.get(f"title_{code}", "") for code, _ in languages()})


def of_blocks(blocks: Blocks, titles: Mapping[str, str], placed: Placed | None = None) -> list[Document]:
    """Return the documents of blocks by (language, part), with the comments on them."""
    found = []
    for code, name in languages():
        sections = []
        with override(code):
            for part in PARTS[1:]:
                lines = [
                    Line(block, placed.at.get((code, part, block.number), []) if placed else [])
                    for block in blocks.get((code, part), [])
                ]
                if lines:
                    sections.append(Section(part, str(LABELS[part]), lines))
        found.append(Document(code, name, titles.get(code) or "", sections))
    return found


def titles(version: Any) -> dict[str, str]:
    return {code: getattr(version, f"title_{code}", "") or "" for code, _ in settings.LANGUAGES}
