"""What may be told of how the sides voted: pure.

Two promises stand against telling everything. A side's answers are not shown where fewer than five of it voted. And whoever objected was
told that their reason is shown without their side: where there were objections a side's answers are told only as "agreed" and "the others",
which stay the same when an objection is taken back, and not even so where it would follow from them that some side has objected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from measures.adoption import Side, Tally
from network.disclosure import SMALLEST


class Level(IntEnum):
    """How much is told of a side; each tells what those below it tell."""

    REACHED = 0  # whether it has reached what it had to
    TURNOUT = 1  # and how many voted
    AGREED = 2  # and how many agreed
    ALL = 3  # and each answer


@dataclass(frozen=True, slots=True)
class Told:
    """How much is told of each side, and whether the sum of all votes may stand beside it."""

    levels: Mapping[Side, Level]
    total: bool


def others(tally: Tally) -> int:
    """Return the votes that did not agree, whatever they said."""
    return tally.votes - tally.agree


def tell(tallies: Mapping[Side, Tally], *, objections: int) -> Told:
    """Return what may be told; `objections` is how many there were at the close, whether or not they stand since."""
    small = {side for side, tally in tallies.items() if tally.votes < SMALLEST}
    if not objections:
        level = Level.ALL
    elif any(_must_have_objected(side, tallies, small, objections) for side in tallies):
        level = Level.TURNOUT
    else:
        level = Level.AGREED
    levels = {side: Level.REACHED if side in small else level for side in tallies}
    # A side that is left out would follow from the sum.
    return Told(levels, total=not small)


def _must_have_objected(side: Side, tallies: Mapping[Side, Tally], small: set[Side], objections: int) -> bool:
    """Tell whether it would follow that somebody of this side objected: elsewhere too few did not agree."""
    elsewhere = sum(others(tally) for other, tally in tallies.items() if other != side and other not in small)
    return elsewhere < objections
