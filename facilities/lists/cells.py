"""What one cell says: numbers in any digits, choices by code or by name in both languages, days."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import override

from facilities.enums import Functionality, Level, Owner
from facilities.lists.faults import Fault
from network import numerals
from network.search import fold
from network.validators import plain_line

SIX_PLACES = Decimal("0.000001")
# A number is written in no more digits than this.
LONGEST_FIGURE = 30
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
# How lists call what has a code here; the codes and both languages' words are known anyway.
ALIASES: dict[type[TextChoices], dict[str, str]] = {
    Owner: {
        "government": "public", "governmental": "public", "moh": "public", "ministry of health": "public",
        "عام": "public", "حكومي": "public",
        "خاص": "private", "أهلي": "private", "ngo": "charity", "police": "military", "army": "military", "عسكري": "military",
    },
    Level: {
        "phc": "primary", "1": "primary", "2": "secondary", "3": "tertiary", "أولي": "primary", "ابتدائي": "primary", "ثانوي": "secondary",
        "ثالثي": "tertiary", "مرجعي": "tertiary",
    },
    Functionality: {
        "functional": "full", "fully functional": "full", "fully functioning": "full", "open": "full", "operational": "full",
        "يعمل": "full",
        "يعمل بالكامل": "full", "partially functional": "partial", "partially functioning": "partial", "يعمل جزئيا": "partial",
        "non functional": "none", "not functional": "none", "not functioning": "none", "closed": "none", "لا يعمل": "none", "مغلق": "none",
        "متوقف": "none", "no information": "unknown",
    },
}  # fmt: skip
YES = frozenset(fold(word) for word in ("1", "yes", "true", "y", "x", "نعم"))


def western(text: str) -> str:
    """Return a figure in 0-9 with a point, whatever digits and separators it was written with."""
    return numerals.western(text.strip()).replace("٬", "").replace("٫", ".").replace("\u2212", "-")


def degrees(text: str, column: str, most: int) -> Decimal:
    """Return degrees to six places, about ten centimetres. Raises Fault."""
    figure = western(text)
    if figure.count(",") == 1 and "." not in figure:
        figure = figure.replace(",", ".")
    try:
        value = Decimal(figure) if len(figure) <= LONGEST_FIGURE else Decimal("NaN")
    except InvalidOperation as error:
        raise Fault("no-number", column, text) from error
    if not value.is_finite() or abs(value) > most:
        raise Fault("no-number", column, text)
    return value.quantize(SIX_PLACES)


def whole(text: str, column: str, most: int) -> int:
    """Return a whole number from 0 to `most`. Raises Fault."""
    figure = re.sub(r"\.0+$", "", THOUSANDS.sub("", western(text)))
    if not (figure.isascii() and figure.isdigit() and len(figure) <= LONGEST_FIGURE) or int(figure) > most:
        raise Fault("no-number", column, text)
    return int(figure)


@lru_cache(maxsize=8)
def _words(choices: type[TextChoices]) -> dict[str, str]:
    known = {fold(word): code for word, code in ALIASES.get(choices, {}).items()}
    for language in ("ar", "en"):
        with override(language):
            known |= {fold(str(label)): code for code, label in choices.choices}
    return known | {fold(code): code for code in choices.values}


def choice(text: str, column: str, choices: type[TextChoices]) -> str:
    """Return the code of what a cell names. Raises Fault."""
    code = _words(choices).get(fold(text))
    if code is None:
        raise Fault("unknown", column, text)
    return code


def day(text: str, column: str, today: date) -> date:
    """Return a day that is not to come. Raises Fault."""
    figure = western(text).partition(" ")[0].partition("T")[0]
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y"):
        try:
            found = datetime.strptime(figure, pattern).date()
        except ValueError:
            continue
        if found <= today:
            return found
    raise Fault("no-day", column, text)


def yes(text: str) -> bool:
    return fold(text) in YES


def line(text: str, column: str, longest: int) -> str:
    """Return one line of text. Raises Fault."""
    text = " ".join(text.split())
    try:
        plain_line(text)
    except ValidationError as error:
        raise Fault("controls", column) from error
    if len(text) > longest:
        raise Fault("too-long", column)
    return text
