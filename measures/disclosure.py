"""What may be told of how the sides voted: pure.

Two promises stand against telling everything. A side's answers are not shown where fewer than five of it voted. And whoever objected was
told that their reason is shown without their side: where there were objections a side's answers are told only as "agreed" and "the others",
which stay the same when an objection is taken back; with no more than the turnout, or not even that, where it would follow which side
objected.
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
    large = {side: tally for side, tally in tallies.items() if side not in small}
    if not objections:
        level = Level.ALL
    elif not _names_a_side({side: others(tally) for side, tally in large.items()}, objections):
        level = Level.AGREED
    # In a side that has its threshold one at least has agreed, and has not objected.
    elif not _names_a_side({side: tally.votes - 1 for side, tally in large.items()}, objections):
        level = Level.TURNOUT
    else:
        level = Level.REACHED
    levels = {side: Level.REACHED if side in small else level for side in tallies}
    # A side that is left out would follow from the sum.
    return Told(levels, total=not small)


def _names_a_side(room: Mapping[Side, int], objections: int) -> bool:
    """Tell whether it would follow that somebody of some side objected: elsewhere there is not `room` for all objections."""
    return any(sum(room.values()) - found < objections for found in room.values())
