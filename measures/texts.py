"""The limited rich text of measures: written with a few marks that any keyboard has, shown as clean HTML, compared by hash.

Paragraphs by blank lines, `## heading`, `- list`, `1. list`, `> quotation`, `**strong**`, `*emphasis*`, links. Anything else is shown as it
was typed.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "hr"}
_SWITCHED_OFF = ["image", "html_block", "html_inline", "code", "fence", "backticks", "table", "reference", "autolink"]


def _parser() -> MarkdownIt:
    # The zero preset of nesting is enough for any honest text.
    return MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12}).disable(_SWITCHED_OFF, True)


_marks = _parser()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or list of a text: its number from 1, clean HTML, and its hash by which a comment finds it again."""

    number: int
    html: str
    anchor: str

    def __html__(self) -> str:
        """Let templates show it as it is: it was cleaned."""
        return self.html


def _clean(html: str) -> str:
    # Headings of a text stand below those of the page.
    html = html.replace("<h1>", "<h3>").replace("</h1>", "</h3>").replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    html = html.replace("<h5>", "<h4>").replace("</h5>", "</h4>").replace("<h6>", "<h4>").replace("</h6>", "</h4>")
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={tag: {"dir": "auto"} for tag in ("p", "h3", "h4", "li", "blockquote")},
    )


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text in order."""
    tokens = _marks.parse(text or "")
    found: list[Block] = []
    start = 0
    for position, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            html = _clean(_marks.renderer.render(tokens[start : position + 1], _marks.options, {})).strip()
            if html:
                found.append(Block(len(found) + 1, html, _short_hash(html)))
            start = position + 1
    return found


def html(text: str) -> str:
    """Return a whole text as clean HTML."""
    return "\n".join(block.html for block in blocks(text))


def plain(text: str) -> str:
    """Return a text without its marks, a line a block."""
    return "\n".join(unescape(nh3.clean(block.html.replace("<br>", "\n"), tags=set())) for block in blocks(text))


def shortened(html: str, length: int) -> str:
    """Return the first words of a block of clean HTML, as plain text."""
    said = unescape(" ".join(nh3.clean(html.replace("<br>", " "), tags=set()).split()))
    return said if len(said) <= length else said[: length - 1].rsplit(" ", 1)[0] + "…"


def _short_hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def sha256(parts: Iterable[str]) -> str:
    """Return the SHA-256, in hexadecimal, of texts in their order, each exactly as it was written."""
    said = json.dumps([part or "" for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
