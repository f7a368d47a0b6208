"""A certificate of attendance as one sheet of A4: Arabic on the right, English on the left, the bridge between them."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from dialogues.models import Certificate

FONTS = settings.BASE_DIR / "data" / "fonts"
WIDTH, HEIGHT = 297, 210
MARGIN, GUTTER = 24, 15
COLUMN = (WIDTH - 2 * MARGIN - 2 * GUTTER) / 2
# The colours of jisr.css and favicon.svg; none is a side's.
INK, SOFT, BRAND, ACCENT, LINE, GROUND = (
    (40, 34, 63), (92, 84, 112), (67, 56, 122), (154, 79, 36), (224, 213, 195), (250, 246, 238)
)  # fmt: skip
# Kept from turning what stands around them, whatever their letters are.
ISOLATE, END = "\u2068", "\u2069"
QR_SIZE, QR_QUIET = 27, 2
# The same on both sides, so that they stand on one line.
ONE_LINE = 0.62


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two columns: its language, how that runs and is written, and where it begins."""

    language: str
    font: str
    other: str
    align: str
    shaping: dict[str, str]
    start: float
    # Arabic letters are lower than Latin ones of the same size, and need more room above and below: millimetres for a point.
    scale: float
    leading: float


SIDES = (
    Side("en", "latin", "arabic", "L", {"direction": "ltr"}, MARGIN, 1.0, 0.5),
    Side("ar", "arabic", "latin", "R", {"direction": "rtl"}, WIDTH / 2 + GUTTER, 1.12, 0.6),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a column says at one height: in which sizes (points, each with how many lines it may take), and how much room follows."""

    says: str
    sizes: tuple[tuple[float, int], ...]
    color: tuple[int, int, int]
    style: str = ""
    gap: float = 2


ROWS = (
    Row("heading", ((25, 1), (20, 1)), BRAND, "B", gap=3),
    Row("certifies", ((13, 1), (12, 2)), SOFT, gap=1),
    Row("name", ((23, 1), (20, 1), (19, 2), (15, 2), (12, 3), (11, 3), (10, 4)), INK, "B"),
    Row("attended", ((13, 1),), SOFT, gap=0),
    Row("session", ((17, 1), (15, 2), (12, 3), (11, 4)), INK, "B", gap=4),
    Row("date", ((11.5, 1), (10, 2)), INK, gap=0),
    Row("hours", ((11.5, 1),), INK, gap=0),
    Row("issued", ((11.5, 1), (10, 2)), INK),
)
NETWORK = Row("network", ((16, 1),), SOFT, "B")
ASKING = Row("asking", ((11, 2), (9, 3)), SOFT)
ADDRESS = Row("address", ((10.5, 1), (9, 2), (7, 4)), BRAND)


def drawn(certificate: Certificate) -> bytes:
    """Return the PDF, one page; made each time, for it takes a fraction of a second and a file would have to be guarded."""
    pdf = blank(certificate.spelled_code, certificate.issued_at, orientation="landscape")
    pdf.add_page()
    _frame(pdf)
    _columns(pdf, certificate)
    _proof(pdf, certificate)
    return bytes(pdf.output())


def blank(title: str, made_at: datetime, **options: Any) -> Any:
    """Return an empty PDF of A4 with the two fonts."""
    # Memory of every worker: fpdf2 takes 40 MB with its fonts, and sheets are drawn seldom.
    import fpdf  # noqa: PLC0415

    class Sheet(fpdf.FPDF):
        def _preload_font_styles(self, *args: Any, **kwargs: Any) -> Any:
            """Join what fpdf2 takes apart at every vowel sign, for they have no script of their own: letters beside it would not join."""
            joined: list[Any] = []
            for fragment in super()._preload_font_styles(*args, **kwargs):
                if joined and joined[-1].font is fragment.font:
                    joined[-1].characters = [*joined[-1].characters, *fragment.characters]
                else:
                    joined.append(fragment)
            return joined

    pdf = Sheet(format="A4", **options)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_lang("ar")
    for family, file in (("arabic", "NotoNaskhArabic"), ("latin", "NotoSerif")):
        pdf.add_font(family, "", FONTS / f"{file}-Regular.ttf")
        pdf.add_font(family, "B", FONTS / f"{file}-Bold.ttf")
    return pdf


def _frame(pdf: Any) -> None:
    pdf.set_fill_color(*GROUND)
    pdf.rect(0, 0, WIDTH, HEIGHT, style="F")
    pdf.set_draw_color(*BRAND)
    pdf.set_line_width(1.1)
    pdf.rect(9, 9, WIDTH - 18, HEIGHT - 18, style="D", round_corners=True, corner_radius=5)
    pdf.set_draw_color(*ACCENT)
    pdf.set_line_width(0.3)
    pdf.rect(11.5, 11.5, WIDTH - 23, HEIGHT - 23, style="D", round_corners=True, corner_radius=3.5)
    badge = 20
    pdf.image(
        io.BytesIO((settings.BASE_DIR / "static" / "favicon.svg").read_bytes()), (WIDTH - badge) / 2, 21, badge, badge
    )
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.4)
    pdf.line(WIDTH / 2, 50, WIDTH / 2, 147)


def _columns(pdf: Any, certificate: Certificate) -> None:
    """Write both columns row by row, so that what says the same stands at the same height."""
    said = {}
    for side in SIDES:
        with override(side.language):
            said[side.language] = _words(certificate, side.language)
    y = 48.0
    for row in ROWS:
        below = [_write(pdf, side, said[side.language][row.says], y, row) for side in SIDES]
        y = max(below) + row.gap
        if row.says == "session":
            y = max(y, 119)


def _words(certificate: Certificate, language: str) -> dict[str, Any]:
    """Return what a column says, in the language of the moment."""
    names = [certificate.name_ar, certificate.name_latin]
    titles = [certificate.session_title_ar, certificate.session_title_en]
    name, title = (next(filter(None, pair if language == "ar" else pair[::-1]), "") for pair in (names, titles))
    if certificate.confidential:
        title = gettext("A session of the network")
    return {
        "heading": gettext("Certificate of attendance"),
        "certifies": gettext("The Jisr network of health practitioners certifies that"),
        "name": f"{ISOLATE}{name}{END}",
        "attended": gettext("was present at"),
        "session": f"{ISOLATE}{title}{END}",
        "date": gettext("Date: %(date)s") % {"date": told_day(certificate, certificate.held_on)},
        "hours": gettext("Hours: %(hours)s") % {"hours": spoken_hours(certificate)},
        "issued": gettext("Issued: %(date)s") % {"date": issued_on(certificate)},
    }


def told_day(certificate: Certificate, day: date) -> str:
    """Return a day as it is told; of a confidential session the month alone, or the day would tell which one it was."""
    return date_format(day, "F Y" if certificate.confidential else "DATE_FORMAT")


def issued_on(certificate: Certificate) -> str:
    return told_day(certificate, timezone.localdate(certificate.issued_at))


def spoken_hours(certificate: Certificate) -> str:
    """Return the hours without needless noughts, in digits that both languages read."""
    return f"{certificate.hours.normalize():f}"


def _write(pdf: Any, side: Side, text: str, y: float, row: Row, *, font: str = "") -> float:
    """Write a text into a column, smaller and on more lines the longer it is; return where it ends."""
    pdf.set_text_shaping(use_shaping_engine=True, **side.shaping)
    font = font or side.font
    pdf.set_fallback_fonts([family for family in ("arabic", "latin") if family != font], exact_match=False)
    pdf.set_text_color(*row.color)
    for size, most in row.sizes:
        pdf.set_font(font, row.style, size * side.scale)
        height = size * (ONE_LINE if most == 1 else side.leading)
        pdf.set_xy(side.start, y)
        lines = pdf.multi_cell(COLUMN, height, text, align=side.align, dry_run=True, output="LINES")
        if len(lines) <= most:
            break
    pdf.set_xy(side.start, y)
    pdf.multi_cell(COLUMN, height, text, align=side.align)
    return y + height * len(lines)


def _proof(pdf: Any, certificate: Certificate) -> None:
    """Draw the square and the code, by which anybody can ask whether the sheet is genuine."""
    import segno  # noqa: PLC0415 (as fpdf2 above)

    address = f"{settings.SITE_URL}/certificates/"
    matrix = segno.make(f"{address}{certificate.spelled_code}/", error="m", micro=False).matrix
    shown = address.partition("://")[2]
    left, top = (WIDTH - QR_SIZE) / 2, 155
    pdf.set_fill_color(255, 255, 255)
    pdf.rect(
        left - QR_QUIET, top - QR_QUIET, QR_SIZE + 2 * QR_QUIET, QR_SIZE + 2 * QR_QUIET, style="F",
        round_corners=True, corner_radius=1.5,
    )  # fmt: skip
    pdf.set_fill_color(*INK)
    unit = QR_SIZE / len(matrix)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                # A hair wider than a module, so that no printer leaves a seam.
                pdf.rect(left + column * unit, top + row * unit, unit + 0.02, unit + 0.02, style="F")
    pdf.set_text_shaping(use_shaping_engine=True, direction="ltr")
    pdf.set_font("latin", "B", 12)
    pdf.set_text_color(*INK)
    pdf.set_xy(0, top + QR_SIZE + 3.5)
    pdf.cell(WIDTH, 6, certificate.spelled_code, align="C")
    for side in SIDES:
        with override(side.language):
            _write(pdf, side, gettext("Jisr"), 26, NETWORK)
            y = _write(pdf, side, gettext("Whether this certificate is valid can be seen at:"), 162, ASKING)
            _write(pdf, side, f"{ISOLATE}{shown}{END}", y + 1, ADDRESS, font="latin")
