"""Which figures about people may be told: the one rule against recognising somebody in a small number. Pure.

    told = tell({"east": 12, "west": 9, "south": 2})
    told.groups   {"east": 12}: of the south were two, and the west would give them away
    told.total    "23"

The total of the same people is taken to be known wherever the parts are told, for it often is, on another page.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

SMALLEST = 5
# A sum is of so many that report, or of more: of two, one would learn the other's figure by taking their own away.
ENOUGH = 3
Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Told(Generic[Group]):
    """What may be told of a number of people: its groups without those that are hidden, and the total as `figure` writes it."""

    groups: Mapping[Group, int]
    total: str
    # Something is missing from the groups.
    hides: bool


def figure(count: int) -> str:
    """Return a figure by itself: "<5" below five."""
    return f"<{SMALLEST}" if 0 < count < SMALLEST else str(count)


def groups_to_show(counts: Mapping[Group, int], *, rest: int = 0) -> frozenset[Group]:
    """Return the groups whose figures may stand beside the total of all and of a `rest` that is in no group.

    A group of fewer than five is hidden, and then the smallest of the others too, until those hidden together are five or more and differ
    from each other: otherwise they would follow from the total and the figures shown. Groups of one size are shown or hidden together, so
    that not even whoever knows this rule can tell a hidden group's figure: what is hidden could as well be the other way round.
    """
    shown = {group for group, count in counts.items() if count >= SMALLEST}
    while shown and not _is_covered((counts[group] for group in counts.keys() - shown), rest):
        least = min(counts[group] for group in shown)
        shown = {group for group in shown if counts[group] > least}
    return frozenset(shown)


def tell(counts: Mapping[Group, int], *, rest: int = 0) -> Told[Group]:
    """Return what may be told of groups and their total. Whichever groups are missing, nothing tells them from groups of nobody."""
    people = sum(counts.values()) + rest
    shown = groups_to_show(counts, rest=rest)
    told = {group: count for group, count in counts.items() if group in shown}
    return Told(told, figure(people), hides=sum(told.values()) < people)


def whole_and_parts(whole: str, part: str, counts: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Return what may be told of people and their groups: all as (whole, ""), a group as (part, its key). Whoever is missing is not told
    from nobody.
    """
    people = sum(counts.values())
    if people < SMALLEST:
        return {}
    groups = tell(counts).groups
    return {(whole, ""): people} | {(part, key): count for key, count in groups.items() if count}


def figure_in(told: Told[Group], group: Group, count: int) -> str:
    """Return a group's figure beside the others: "<5" for a small one, "–" where it would give a small one away."""
    if group in told.groups or not count:
        return str(count)
    return figure(count) if count < SMALLEST else "–"


def _is_covered(hidden: Iterable[int], rest: int) -> bool:
    """Tell whether figures that are hidden can't be computed from their sum, which is known."""
    some = [count for count in hidden if count]
    total = sum(some) + rest
    return not total or (total >= SMALLEST and (bool(rest) or len(set(some)) > 1))
