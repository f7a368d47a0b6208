"""Which surplus is proposed to which need: pure, and the same for whoever computes it again.

Fit comes before distance, and the more urgent need before the less urgent one. A side counts for nothing but the way: what one side has too
much of and another lacks is proposed across the line like anything else.

    score = 100 x fit + 50 x nearness + 10 x share of what is open

fit is 1 for the very item, 0.5 for one that serves the same use; nearness is 1 / (1 + km / 100). Where the points of both are not known to
the readers of the proposal, a distance is assumed from what they do know; it is used here alone and told to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6_371.0
# Assumed where no points are known, in kilometres.
SAME_MUNICIPALITY, SAME_DISTRICT, SAME_SIDE, OTHER_SIDE = 10.0, 60.0, 300.0, 700.0
FIT_ITEM, FIT_USE = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Where:
    """A facility's place as far as the readers of a proposal may know it; `point` in degrees."""

    facility: int
    side: int
    district: int | None = None
    municipality: int | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need of which `open` is pledged by nobody yet. `priority` sorts: the first letter is the most urgent."""

    id: int
    item: int
    use: str
    open: int
    priority: str
    where: Where
    # Told inside its own side only.
    confined: bool = False


@dataclass(frozen=True, slots=True)
class Spare:
    """A surplus of which `free` is promised to nobody."""

    id: int
    item: int
    use: str
    free: int
    where: Where
    confined: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    need: int
    surplus: int
    quantity: int
    score: float
    # Kilometres as the crow flies where both points are known, else None.
    km: float | None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance of two points (latitude, longitude in degrees), by the haversine formula (Sinnott 1984)."""
    (lat1, lon1), (lat2, lon2) = ((radians(p[0]), radians(p[1])) for p in (one, other))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, h)))


def known_distance(one: Where, other: Where) -> float | None:
    return kilometres(one.point, other.point) if one.point and other.point else None


def assumed_distance(one: Where, other: Where) -> float:
    if one.municipality is not None and one.municipality == other.municipality:
        return SAME_MUNICIPALITY
    if one.district is not None and one.district == other.district:
        return SAME_DISTRICT
    return SAME_SIDE if one.side == other.side else OTHER_SIDE


def fit(wanted: Wanted, spare: Spare) -> float:
    """Return 1 for the very item, 0.5 for one that serves the same use, 0 for anything else."""
    if wanted.item == spare.item:
        return FIT_ITEM
    return FIT_USE if wanted.use and wanted.use == spare.use else 0.0


def match_of(wanted: Wanted, spare: Spare, *, free: int) -> Match | None:
    """Return what could go from one to the other, None where nothing fits or it must not be told."""
    fits, quantity = fit(wanted, spare), min(wanted.open, free)
    if not fits or quantity < 1 or wanted.where.facility == spare.where.facility:
        return None
    if (wanted.confined or spare.confined) and wanted.where.side != spare.where.side:
        return None
    km = known_distance(wanted.where, spare.where)
    away = assumed_distance(wanted.where, spare.where) if km is None else km
    score = 100 * fits + 50 / (1 + away / 100) + 10 * quantity / wanted.open
    return Match(wanted.id, spare.id, quantity, round(score, 3), km)


def propose(
    wanted: Iterable[Wanted], spare: Iterable[Spare], *, refused: frozenset[tuple[int, int]] = frozenset(), most: int
) -> list[Match]:
    """Return the proposals to make: one for each need at a time, each with the best surplus left.

    `wanted` comes the most urgent first and is read no further than it takes to make so many as `most`. `refused` are pairs
    (need, surplus) that were declined or are asked already.
    """
    left: dict[int, int] = {}
    of_item: dict[int, list[Spare]] = {}
    of_use: dict[str, list[Spare]] = {}
    for each in spare:
        left[each.id] = each.free
        of_item.setdefault(each.item, []).append(each)
        of_use.setdefault(each.use, []).append(each)
    made: list[Match] = []
    for want in wanted if most else ():
        near = {each.id: each for each in (*of_item.get(want.item, ()), *of_use.get(want.use, ()))}
        found = (match_of(want, each, free=left[pk]) for pk, each in near.items() if (want.id, pk) not in refused)
        best = max((m for m in found if m), key=lambda m: (m.score, -m.surplus), default=None)
        if best:
            left[best.surplus] -= best.quantity
            made.append(best)
        if len(made) == most:
            break
    return made
