"""Who gets a seat: the rule that shares the seats of one site between the sides, pure and deterministic.

A *floor* keeps seats for people of one side, or of one profession, until a moment that the session names. The two kinds of floor
are counted apart: a nurse of the West fills a seat of the West's floor and one of the nurses'. A seat may be given to somebody only
if what is left free afterwards still covers every floor of either kind; so no floor can be broken, whoever comes first.

Among those who wait and may have the seat, it goes to the first of the side that is furthest below its floor, then of the
profession that is, then to whoever asked first. Nobody is overtaken by somebody of their own side and profession.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# Somebody abroad has no side: for them the id is None.
Id = int | None


class Rule(StrEnum):
    """Why somebody has a seat, or has none yet."""

    FREE = "free"  # Seats were free, none of them needed for a floor.
    FLOOR = "floor"  # The seat is one of those kept for the person's side or profession.
    TURN = "turn"  # First come, first served.
    FULL = "full"  # No seat is free.
    KEPT = "kept"  # What is free is kept for other sides or professions.
    BEHIND = "behind"  # Others who wait come first.


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who wants a seat. `number` grows with the order of asking."""

    number: int
    side: Id
    profession: Id


@dataclass(frozen=True, slots=True)
class Floors:
    """How many seats are kept, by side and by profession."""

    sides: Mapping[Id, int] = field(default_factory=dict)
    professions: Mapping[Id, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sides or self.professions)


NO_FLOORS = Floors()


@dataclass(frozen=True, slots=True)
class Held:
    """How many seats are held, in all, by side and by profession."""

    total: int
    sides: Mapping[Id, int] = field(default_factory=dict)
    professions: Mapping[Id, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may have a seat, and why. `numbers` is what the sentence about it says, as JSON primitives."""

    rule: Rule
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seated(self) -> bool:
        return self.rule in (Rule.FREE, Rule.FLOOR, Rule.TURN)

    def as_json(self) -> dict[str, Any]:
        """Return what the journal keeps of it."""
        return {"rule": str(self.rule), **self.numbers}


def _missing(floors: Mapping[Id, int], held: Mapping[Id, int]) -> dict[Id, int]:
    return {key: max(floor - held.get(key, 0), 0) for key, floor in floors.items()}


def shortfall(floors: Mapping[Id, int], held: Mapping[Id, int], key: Id) -> int:
    """Return by how many seats a side or profession is below its floor."""
    return max(floors.get(key, 0) - held.get(key, 0), 0)


def _covered(missing: Mapping[Id, int], key: Id, left: int) -> bool:
    """Tell whether `left` seats still cover all floors of one kind once somebody of `key` has got one."""
    return sum(missing.values()) - (1 if missing.get(key) else 0) <= left


def judge(asker: Asker, *, seats: int, floors: Floors, held: Held) -> Verdict:
    """Say whether this person may have a seat, were nobody else asking."""
    free = seats - held.total
    if free <= 0:
        return Verdict(Rule.FULL)
    sides, professions = (
        _missing(floors.sides, held.sides),
        _missing(floors.professions, held.professions),
    )
    left = free - 1
    if not (_covered(sides, asker.side, left) and _covered(professions, asker.profession, left)):
        return Verdict(Rule.KEPT, {"free": free})
    for kind, missing, kept, own, key in (
        ("side", sides, floors.sides, held.sides, asker.side),
        ("profession", professions, floors.professions, held.professions, asker.profession),
    ):
        if missing.get(key):
            return Verdict(Rule.FLOOR, {"kind": kind, "id": key, "held": own.get(key, 0), "floor": kept[key]})
    return Verdict(Rule.FREE)


def choose(
    waiting: Iterable[Asker], *, seats: int, floors: Floors, held: Held
) -> tuple[Asker, Verdict] | tuple[None, None]:
    """Return who of those waiting is to have the next seat, and why; nobody when no seat is free for any of them."""

    def rank(asker: Asker) -> tuple[int, int, int]:
        return (
            -shortfall(floors.sides, held.sides, asker.side),
            -shortfall(floors.professions, held.professions, asker.profession),
            asker.number,
        )

    for asker in sorted(waiting, key=rank):
        verdict = judge(asker, seats=seats, floors=floors, held=held)
        if verdict.rule == Rule.FREE:
            # A person who waited got what was free by waiting their turn.
            verdict = Verdict(Rule.TURN)
        if verdict.seated:
            return asker, verdict
    return None, None


def answer(asker: Asker, waiting: Iterable[Asker], *, seats: int, floors: Floors, held: Held) -> Verdict:
    """Say what somebody who asks now gets: a seat only if nobody who waits would be chosen before them."""
    verdict = judge(asker, seats=seats, floors=floors, held=held)
    if not verdict.seated:
        return verdict
    chosen, _ = choose([*waiting, asker], seats=seats, floors=floors, held=held)
    return verdict if chosen is asker else Verdict(Rule.BEHIND)


def fits(floors: Floors, seats: int) -> bool:
    """Tell whether a site has as many seats as its floors keep; of both kinds the larger sum counts."""
    return max(sum(floors.sides.values()), sum(floors.professions.values())) <= seats
