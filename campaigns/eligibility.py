"""Whether an entry may win: pure; the rule is data of the campaign.

    {"made": 20, "handed_in": 5}

So many made, as the entrant declares, and so many handed in, as somebody counted who has nothing to do with the entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from campaigns.lots import Id


class RuleInvalid(ValueError):
    """A rule is not one that this module knows."""


class Reason(StrEnum):
    """Why an entry may not win."""

    MADE_NOT_DECLARED = "made_not_declared"
    MADE_TOO_FEW = "made_too_few"
    NOT_HANDED_IN = "not_handed_in"
    HANDED_IN_TOO_FEW = "handed_in_too_few"
    COUNTED_BY_ENTRANT = "counted_by_entrant"  # It would be enough if counts by the entrant counted.
    COUNTED_BY_NOBODY = "counted_by_nobody"  # It would be enough if counts without a counter counted.


@dataclass(frozen=True, slots=True)
class Rule:
    """How many have to be made and how many handed in; 0 asks for nothing."""

    made: int
    handed_in: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Rule":
        """Read a rule. Raises RuleInvalid for a key that is missing or unknown, and for what is no whole number from 0 on."""
        if set(data) != {"made", "handed_in"} or any(type(value) is not int or value < 0 for value in data.values()):
            raise RuleInvalid("A rule has whole numbers for made and handed_in.")
        return cls(**data)

    @classmethod
    def of(cls, campaign: Any) -> "Rule":
        """Return the rule of a campaign."""
        return cls.read({"made": campaign.made_at_least or 0, "handed_in": campaign.handed_at_least or 0})


class Count(NamedTuple):
    """Pieces that were handed in, and who counted them: None where that is not known."""

    pieces: int
    by: Id | None


def missing(rule: Rule, *, made: int | None, counts: Iterable[Count], own: frozenset[Id]) -> dict[str, int]:
    """Return how many more have to be made or handed in, {"made" or "handed_in": more than 0}; nothing where nothing is missing.

    The parameters are those of `reasons`, and so is what it raises.
    """
    counts = list(counts)
    if (made or 0) < 0 or any(count.pieces < 0 for count in counts):
        raise ValueError("Nothing is made or counted below 0.")
    counted = sum(count.pieces for count in counts if count.by is not None and count.by not in own)
    short = {"made": rule.made - (made or 0), "handed_in": rule.handed_in - counted}
    return {name: more for name, more in short.items() if more > 0}


def reasons(rule: Rule, *, made: int | None, counts: Iterable[Count], own: frozenset[Id]) -> tuple[Reason, ...]:
    """Return why an entry may not win; nothing means that it may.

    `made` is what the entrant declares, None before they did; `own` the entrant and whoever acts for them, by whom no count counts.
    Raises ValueError for a number below 0.
    """
    counts = list(counts)
    short = missing(rule, made=made, counts=counts, own=own)
    found = []
    if "made" in short:
        found.append(Reason.MADE_NOT_DECLARED if made is None else Reason.MADE_TOO_FEW)
    if "handed_in" in short:
        by_own = sum(count.pieces for count in counts if count.by in own)
        by_nobody = sum(count.pieces for count in counts if count.by is None)
        found.append(Reason.HANDED_IN_TOO_FEW if counts else Reason.NOT_HANDED_IN)
        if by_own and by_own + by_nobody >= short["handed_in"]:
            found.append(Reason.COUNTED_BY_ENTRANT)
        if by_nobody and by_own + by_nobody >= short["handed_in"]:
            found.append(Reason.COUNTED_BY_NOBODY)
    return tuple(found)
