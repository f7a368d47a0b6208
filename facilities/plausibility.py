"""Whether the figures of a month can be right, beside those of the months before: pure. A doubt refuses nothing, it asks for a word.

- A jump: more than `factor` times the median of the last six months, or less than the median by that factor, and by five at least.
- A zero where there never was one.
- A part that is more than the whole: more referrals than consultations.

Against fewer than three months nothing is compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MONTHS_COMPARED = 6
MONTHS_NEEDED = 3
# Smaller differences are chance: from one to four is no jump.
LEAST_JUMP = 5


class Kind(TextChoices):
    JUMP = "jump", _("Far from what is usual here. Is it right?")
    ZERO = "zero", _("This was never 0 before. Is it right?")
    ABOVE = "above", _("This is more than the whole of which it is a part. Is it right?")


@dataclass(frozen=True, slots=True)
class Rule:
    """How the figure of one indicator is looked at: by what factor it may differ, and above which other one it can't be."""

    code: str
    factor: Any
    not_above: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a figure may be wrong; `usual` is the median, or the figure above which it can't be."""

    code: str
    kind: Kind
    usual: Fraction


def is_jump(value: int, usual: Fraction, factor: Fraction) -> bool:
    """Tell whether a figure is far from the usual one, up or down."""
    far = value > usual * factor or value * factor < usual
    return far and abs(value - usual) >= LEAST_JUMP


def doubts(
    rules: Iterable[Rule], values: Mapping[str, int | None], history: Mapping[str, Sequence[int]]
) -> list[Doubt]:
    """Return what is to be confirmed, in the order of the rules, one doubt for each figure.

    `history` holds the figures of the months before, the newest first; None is a figure that was not given.
    """
    found = []
    for rule in rules:
        value = values.get(rule.code)
        if value is None:
            continue
        before = list(history.get(rule.code, ()))[:MONTHS_COMPARED]
        whole = values.get(rule.not_above) if rule.not_above else None
        if whole is not None and value > whole:
            found.append(Doubt(rule.code, Kind.ABOVE, Fraction(whole)))
        elif len(before) >= MONTHS_NEEDED and value == 0 and all(before):
            found.append(Doubt(rule.code, Kind.ZERO, Fraction(median(before))))
        elif len(before) >= MONTHS_NEEDED and is_jump(value, Fraction(median(before)), Fraction(rule.factor)):
            found.append(Doubt(rule.code, Kind.JUMP, Fraction(median(before))))
    return found
