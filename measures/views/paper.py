"""An adopted measure on paper: Arabic on the right, English on the left, the hashes of both texts at the foot of every page."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from dialogues.views.certificate_sheet import ACCENT, BRAND, END, INK, ISOLATE, LINE, SOFT, blank
from measures import texts
from measures.accountability import Row, side_name

WIDTH, HEIGHT = 210, 297
MARGIN, GUTTER, TOP, BOTTOM = 16, 8, 16, 26
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
INDENT = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two columns: its language, how that runs and is written, and where it begins."""

    language: str
    font: str
    other: str
    align: str
    direction: str
    start: float
    # Arabic letters are lower than Latin ones of the same size, and need more room above and below.
    scale: float


SIDES = (
    Side("en", "latin", "arabic", "L", "ltr", MARGIN, 1.0),
    Side("ar", "arabic", "latin", "R", "rtl", MARGIN + COLUMN + GUTTER, 1.12),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of line is written: points, millimetres from line to line (the same in both columns), room below."""

    size: float
    height: float
    gap: float
    color: tuple[int, int, int] = INK
    style: str = ""
    indent: float = 0


LOOKS = {
    "number": Look(10.5, 6, 1, SOFT),
    "title": Look(17, 8.6, 4, BRAND, "B"),
    "part": Look(12.5, 7, 1.5, BRAND, "B"),
    "h": Look(11, 6.2, 1, INK, "B"),
    "p": Look(10, 5.7, 2.2),
    "li": Look(10, 5.7, 1.2, INK, "", INDENT),
    "q": Look(10, 5.7, 2.2, SOFT, "", INDENT),
    "small": Look(8.5, 5, 1.5, SOFT),
}


def drawn(document: dict[str, Any]) -> bytes:
    """Return the PDF of `public.document`; made each time, and kept for a minute like every public page."""
    measure = document["measure"]
    pdf = blank(f"{measure.reference} {document['version'].title}", measure.adopted_at)
    sheet = Sheet(pdf)
    sheet.badge()
    for kind, words in _rows(document):
        sheet.write(kind, words)
    _feet(pdf, document)
    return bytes(pdf.output())


class Sheet:
    """Two columns that go down the pages side by side."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a page."""
        self.pdf.add_page()
        self.y = TOP
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.3)
        self.pdf.line(WIDTH / 2, TOP, WIDTH / 2, HEIGHT - BOTTOM - 2)

    def badge(self) -> None:
        picture = io.BytesIO((settings.BASE_DIR / "static" / "favicon.svg").read_bytes())
        self.pdf.set_fill_color(255, 255, 255)
        self.pdf.rect(WIDTH / 2 - 7, TOP - 3, 14, 14, style="F")
        self.pdf.image(picture, WIDTH / 2 - 5, TOP - 2, 10, 10)

    def write(self, kind: str, words: dict[str, str]) -> None:
        """Write what says the same at the same height, line by line, on the next page where this one is full."""
        look = LOOKS[kind]
        lines = [self._lines(side, look, words.get(side.language, "")) for side in SIDES]
        # A heading does not stand alone at the foot of a page.
        alone = look.height * (4 if kind in ("part", "h") else 1)
        if self.y + alone > HEIGHT - BOTTOM:
            self.turn()
        for pair in zip_longest(*lines):
            if self.y + look.height > HEIGHT - BOTTOM:
                self.turn()
            for side, line in zip(SIDES, pair, strict=True):
                if line:
                    self._font(side, look)
                    start = side.start + (look.indent if side.direction == "ltr" else 0)
                    self.pdf.set_xy(start, self.y)
                    self.pdf.cell(COLUMN - look.indent, look.height, line, align=side.align)
            self.y += look.height
        self.y += look.gap

    def _font(self, side: Side, look: Look) -> None:
        self.pdf.set_text_shaping(use_shaping_engine=True, direction=side.direction)
        self.pdf.set_fallback_fonts([side.other], exact_match=False)
        self.pdf.set_text_color(*look.color)
        self.pdf.set_font(side.font, look.style, look.size * side.scale)

    def _lines(self, side: Side, look: Look, said: str) -> list[str]:
        if not said:
            return []
        self._font(side, look)
        return list(
            self.pdf.multi_cell(COLUMN - look.indent, look.height, said, align=side.align, dry_run=True, output="LINES")
        )


# --- what it says -------------------------------------------------------------------------------------------------------

Words = dict[str, str]


def _both(say: Callable[[], str]) -> Words:
    """Return a sentence in both languages."""
    said = {}
    for side in SIDES:
        with override(side.language):
            said[side.language] = say()
    return said


def _rows(document: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    """Yield what the paper says, top to bottom: the kind of each row, and its words in both languages."""
    measure, columns = document["measure"], {column["language"]: column for column in document["columns"]}
    yield "number", _both(lambda: gettext("Collective measure %(number)s") % {"number": isolated(measure.reference)})
    yield "title", {language: column["title"] for language, column in columns.items()}
    if not document["in_force"]:
        ended = measure.ended_at
        if measure.state == "superseded":
            yield "small", _both(lambda: gettext("superseded on %(day)s") % {"day": date_format(ended)})
        else:
            yield "small", _both(lambda: gettext("ended on %(day)s") % {"day": date_format(ended)})
    yield from _part(columns, "text")
    for part, name in (("reasons", "Reasons"), ("evidence", "Evidence")):
        if any(column["raw"].get(part) for column in columns.values()):
            yield "part", _both(lambda name=name: gettext(name))  # type: ignore[misc]
            yield from _part(columns, part)
    if document["adoption"]:
        yield from _adoption(document["adoption"])
    if document["actions"]["rows"]:
        yield from _actions(document)
    if document["evidence_told"]:
        yield (
            "small",
            _both(
                lambda: gettext(
                    "The hashes are of title, text, reasons and evidence; the evidence is kept for the members."
                )
            ),
        )


def _part(columns: dict[str, dict[str, Any]], part: str) -> Iterator[tuple[str, Words]]:
    """Yield the paragraphs of a part, each beside its counterpart."""
    written = {language: texts.lines(column["raw"].get(part, "")) for language, column in columns.items()}
    for pair in zip_longest(*written.values()):
        kind = next(found[0] for found in pair if found)
        yield kind, {language: found[1] for language, found in zip(written, pair, strict=True) if found}


def _adoption(adoption: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    yield "part", _both(lambda: gettext("How it was adopted"))
    yield (
        "p",
        _both(
            lambda: (
                gettext(
                    "The vote was opened on %(opened)s and closed on %(closed)s. Every side decided for itself, and each of them reached "
                    "what had been fixed before."
                )
                % {"opened": _day(adoption["opened_at"]), "closed": _day(adoption["closed_at"])}
            )
        ),
    )
    yield "p", _both(lambda: gettext("The rule:") + " " + str(adoption["method"]))
    for side in adoption["sides"]:
        yield "li", _both(lambda side=side: _standing(side, consent=adoption["consent"]))  # type: ignore[misc]
    yield (
        "small",
        _both(
            lambda: (
                gettext(
                    "Somebody who wrote none of it read both texts on %(day)s and confirmed that they say the same. Both hold equally."
                )
                % {"day": _day(adoption["compared_at"])}
            )
        ),
    )


def _standing(side: dict[str, Any], *, consent: bool) -> str:
    name = side["region"].name if side["region"] else gettext("Members abroad")
    reached = gettext("reached") if side["quorum_reached"] and side["threshold_reached"] else gettext("not reached")
    rule = (
        gettext("quorum and threshold")
        if consent
        else gettext("quorum, and %(share)s of 100 deciding votes") % {"share": side["threshold"]}
    )
    return f"• {isolated(name)}: {rule}: {reached}"


def _actions(document: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    yield "part", _both(lambda: gettext("What is done about it"))
    for number, row in enumerate(document["actions"]["rows"], 1):
        yield "li", _both(lambda number=number, row=row: _action(number, row))  # type: ignore[misc]
    yield "small", _both(lambda: gettext("As of %(moment)s") % {"moment": _day(document["printed_on"])})


def _action(number: int, row: Row) -> str:
    action = row.action
    # Professions and sides, not names: a sheet of paper goes further than a page.
    owners = "; ".join(f"{isolated(str(owner.what))} · {side_name(owner.region)}" for owner in row.owners)
    where = " · ".join(
        isolated(str(place))
        for place in (action.shown_facility, action.place, action.municipality or action.region)
        if place
    ) or gettext("The whole country")
    state = str(action.get_state_display())
    if row.late:
        state += " · " + gettext("late since %(day)s") % {"day": date_format(action.due)}
    return "\n".join(
        (
            f"{number}. {isolated(action.title)}",
            where,
            owners,
            gettext("Due: %(day)s") % {"day": date_format(action.due)} + " · " + state,
        )
    )


def isolated(text: str) -> str:
    """Keep a name or number from turning what stands around it."""
    return f"{ISOLATE}{text}{END}"


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment))


# --- at the foot --------------------------------------------------------------------------------------------------------


def _feet(pdf: Any, document: dict[str, Any]) -> None:
    """Write the hashes, the address and the number of the page at the foot of each; how many there are is known only now."""
    address = settings.SITE_URL + reverse("measures:detail", args=[document["measure"].slug])
    hashes = {column["language"]: column["sha256"] for column in document["columns"]}
    pages = pdf.pages_count
    for number in range(1, pages + 1):
        pdf.page = number
        # Another colour and width first, as for the font below.
        pdf.set_draw_color(*LINE)
        pdf.set_draw_color(*ACCENT)
        pdf.set_line_width(0.2)
        pdf.set_line_width(0.3)
        pdf.line(MARGIN, HEIGHT - BOTTOM + 4, WIDTH - MARGIN, HEIGHT - BOTTOM + 4)
        pdf.set_text_shaping(use_shaping_engine=True, direction="ltr")
        for row, (language, name) in enumerate((("ar", "AR"), ("en", "EN"))):
            _foot(pdf, f"SHA-256 {name}: {hashes[language]}", HEIGHT - BOTTOM + 5.5 + 4 * row, align="L")
        _foot(pdf, address, HEIGHT - BOTTOM + 13.5, align="L")
        _foot(pdf, f"{number} / {pages}", HEIGHT - BOTTOM + 13.5, align="R")


def _foot(pdf: Any, words: str, y: float, *, align: str) -> None:
    # Another size first, so that the page gets its own word of the font: pages are written in any order here.
    pdf.set_font("latin", "", 8)
    pdf.set_font("latin", "", 7)
    pdf.set_text_color(*SOFT)
    pdf.set_xy(MARGIN, y)
    pdf.cell(WIDTH - 2 * MARGIN, 4, words, align=align)
