"""The panel of a contest and its rules: pure.

The rules, for each entry, the first the strongest:

1. no juror has a conflict with it: declared, or of the same municipality, facility or organisation;
2. at least one juror is of another side than the entrant, and all are not of one side (where the panel has more sides and each entry more
   jurors than one); whoever has no side counts as of a side of their own, that of those abroad;
3. it has as many jurors as the quorum says.

An entry for which this can't be had stays short, and is told; no rule gives way to another entry's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from campaigns import lots
from campaigns.lots import Id

# A side: its id in the network, None for people abroad.
Side = int | None


@dataclass(frozen=True, slots=True)
class Juror:
    """Somebody who judges. `keys` name what nobody may share with whom they judge: facilities and organisations ("facility:7"), the
    person who enters ("practitioner:12"). `conflicts` are the entries that they declared themselves.

    Who pauses or left is not `active`: what they scored stands, what they have not scored goes to others.
    """

    id: Id
    side: Side
    municipality: Id | None = None
    keys: frozenset[str] = frozenset()
    conflicts: frozenset[Id] = frozenset()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """What is judged, with what is known of the entrant; `keys` as those of jurors."""

    id: Id
    side: Side
    municipality: Id | None = None
    keys: frozenset[str] = frozenset()


class Task(NamedTuple):
    """One entry before one juror; done when it is scored."""

    entry: Id
    juror: Id
    done: bool = False


class Lack(StrEnum):
    """Why an entry stays short."""

    JURORS = "jurors"  # Too few jurors have no conflict with it.
    SIDES = "sides"  # Those who have none are all of one side, or of the entrant's.


class Unfilled(NamedTuple):
    """An entry that lacks so many jurors."""

    entry: Id
    missing: int
    lack: Lack


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be kept, added and dropped, each in the order of the lot, and what nobody can be found for."""

    kept: list[Task]
    added: list[Task]
    dropped: list[Task]
    unfilled: list[Unfilled]
    # Scored, kept, and not counted: a conflict is known now. Another juror is found in their place where there is one.
    conflicted: list[Task]
    # How many entries each active juror has, with those that are scored.
    loads: dict[Id, int]


def is_mixed(entrant: Side, judging: Iterable[Side], *, panel: Iterable[Side], quorum: int) -> bool:
    """Tell whether the sides of those who judge an entry are mixed as rule 2 asks; `panel` has the sides of all active jurors."""
    sides = set(judging)
    return bool(sides - {entrant}) and (quorum < 2 or len(set(panel)) < 2 or len(sides) > 1)


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the bits of a number, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Panel:
    """The jurors as bits of a number: who may judge, who is of which side, who has a conflict is one operation each.

    Raises ValueError for a quorum below one and for a juror who comes twice.
    """

    def __init__(self, jurors: Iterable[Juror], quorum: int, seed: str) -> None:
        if quorum < 1:
            raise ValueError("A quorum is at least one.")
        self.jurors = sorted(jurors, key=lambda juror: (lots.draw(seed, "juror", juror.id), str(juror.id)))
        self.quorum = quorum
        self.position = {juror.id: position for position, juror in enumerate(self.jurors)}
        if len(self.position) < len(self.jurors):
            raise ValueError("A juror comes twice.")
        self.active = 0
        self.sides: dict[Side, int] = defaultdict(int)
        self._of_municipality: dict[Id, int] = defaultdict(int)
        self._of_key: dict[str, int] = defaultdict(int)
        self._declared: dict[Id, int] = defaultdict(int)
        for position, juror in enumerate(self.jurors):
            bit = 1 << position
            self.active |= bit if juror.active else 0
            self.sides[juror.side] |= bit
            if juror.municipality is not None:
                self._of_municipality[juror.municipality] |= bit
            for key in juror.keys:
                self._of_key[key] |= bit
            for entry in juror.conflicts:
                self._declared[entry] |= bit
        judging = [mask for mask in self.sides.values() if mask & self.active]
        # Whether no entry may have jurors of one side alone, or only none of the entrant's alone.
        self._several = list(self.sides.values()) if len(judging) > 1 and quorum > 1 else None

    def barred(self, entry: Entry) -> int:
        """Return those who have a conflict with an entry."""
        mask = self._declared.get(entry.id, 0)
        if entry.municipality is not None:
            mask |= self._of_municipality.get(entry.municipality, 0)
        for key in entry.keys:
            mask |= self._of_key.get(key, 0)
        return mask

    def lone_side(self, entrant: Side, held: int) -> int:
        """Return those of the side that may not have the last place too, because it has all others; 0 if it is anybody's."""
        for mask in (self.sides.get(entrant, 0),) if self._several is None else self._several:
            if not held & ~mask:
                return mask
        return 0
