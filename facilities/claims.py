"""Contested values: what sources of different sides say of the same facility, and what follows from it.

Nobody overwrites another side: a claim is a row that stays, and what is shown is a rule over all of them. A source that belongs to
no side (an open map, a survey) is heard only where no side has spoken.

Whoever says that they do not know, or empties what they said, contradicts nobody: so a side takes its word back. Where no side says
anything else, that word stands, also against a source of no side.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from facilities.enums import Functionality

# An emptied box, and that nobody knows.
SILENT = frozenset({"", Functionality.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Said:
    """One claim: what a source said on a day. `side` is the id of its side, None for a source of no side; `id` grows with time."""

    id: int
    side: int | None
    value: str
    said_on: date


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement: this value, in view of all claims up to this id."""

    value: str
    upto: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows: the agreed value or None, and the newest claim of each side that has to be shown beside a dispute."""

    value: str | None
    claims: tuple[Said, ...]

    @property
    def disputed(self) -> bool:
        return self.value is None and bool(self.claims)


def latest(said: Iterable[Said]) -> list[Said]:
    """Return the newest claim of each side, by the day of which it tells, then by when it came; of no side only if no side spoke.

    A claim that says nothing is left out once another side says something.
    """
    newest: dict[int | None, Said] = {}
    for claim in said:
        known = newest.get(claim.side)
        if known is None or (claim.said_on, claim.id) > (known.said_on, known.id):
            newest[claim.side] = claim
    ofsides = [claim for side, claim in newest.items() if side is not None]
    telling = [claim for claim in ofsides if claim.value not in SILENT]
    return sorted(telling or ofsides or newest.values(), key=lambda claim: claim.id)


def standing(said: Sequence[Said], settled: Settled | None, same: Callable[[str], str] = str) -> Standing:
    """Return what stands.

    All sides' newest claims equal (as compared by `same`): that value. Different: none, unless it was settled, no side has said
    anything but the settled value since, and one still says that.
    """
    newest = latest(said)
    if not newest:
        return Standing(None, ())
    values = {same(claim.value) for claim in newest}
    if settled and same(settled.value) in values:
        since = {same(claim.value) for claim in newest if claim.id > settled.upto}
        if since <= {same(settled.value)}:
            return Standing(settled.value, tuple(newest))
    agreed = len(values) == 1 or all(claim.value in SILENT for claim in newest)
    return Standing(newest[-1].value if agreed else None, tuple(newest))
