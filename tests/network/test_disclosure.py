"""The rule for small numbers: nothing under five is told, and nothing that is told lets a hidden figure be computed."""

import itertools
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from network import disclosure
from network.disclosure import groups_to_show, tell

Counts = Mapping[Any, int]
Rule = Callable[[Counts], Collection[Any]]
often = settings(max_examples=500, derandomize=True, deadline=None, database=None)
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30))


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (28, "28")])
def test_a_figure_by_itself(count: int, shown: str) -> None:
    assert disclosure.figure(count) == shown


@pytest.mark.parametrize(
    ("counts", "rest", "shown"),
    [
        ({"a": 5, "b": 6, "c": 0}, 0, "ab"),
        ({"a": 5, "b": 6, "c": 4}, 0, "b"),
        ({"a": 5, "b": 1, "c": 4}, 0, "a"),
        ({"a": 9, "b": 1}, 0, ""),
        ({"a": 9, "b": 1}, 4, "a"),
        ({"a": 9, "b": 7}, 2, "a"),
        ({"a": 9, "b": 7}, 5, "ab"),
        # Two of one size could be nothing else, and of two of one size neither goes before the other.
        ({"a": 9, "b": 4, "c": 4}, 0, ""),
        ({"a": 9, "b": 6, "c": 6, "d": 4}, 0, "a"),
        ({}, 0, ""),
    ],
)
def test_groups_that_are_shown(counts: Counts, rest: int, shown: str) -> None:
    assert groups_to_show(counts, rest=rest) == set(shown)


@often
@given(COUNTS, st.integers(0, 30))
def test_nothing_under_five_is_shown_or_left_by_subtraction(counts: dict[str, int], rest: int) -> None:
    told = tell(counts, rest=rest)

    assert all(count >= 5 for count in told.groups.values())
    left = sum(counts.values()) + rest - sum(told.groups.values())
    assert left == 0 or left >= 5 or not told.groups
    assert told.hides == (left > 0)
    assert told.total == disclosure.figure(sum(counts.values()) + rest)


@often
@given(COUNTS, st.integers(0, 30), st.data())
def test_neither_names_nor_order_decide(counts: dict[str, int], rest: int, data: st.DataObject) -> None:
    other = dict(zip(counts, data.draw(st.permutations("uvwxyz")), strict=False))
    turned = {other[group]: counts[group] for group in data.draw(st.permutations(list(counts)))}

    assert groups_to_show(turned, rest=rest) == {other[group] for group in groups_to_show(counts, rest=rest)}


def told_exactly(rule: Rule, groups: int, most: int) -> list[Counts]:
    """Return the counts of which a hidden figure follows for whoever knows the total, what is shown and the rule itself.

    Goes through everything that could be: a figure follows where it is the same in all worlds that look alike.
    """
    alike: dict[Any, list[tuple[int, ...]]] = {}
    for world in itertools.product(range(most), repeat=groups):
        shown = rule(dict(enumerate(world)))
        total = sum(world)
        told = tuple(count if group in shown else None for group, count in enumerate(world))
        # Of a larger total not every world is gone through.
        if total < most:
            alike.setdefault((disclosure.figure(total), told), []).append(world)
    return [
        dict(enumerate(worlds[0]))
        for (_total, told), worlds in alike.items()
        for group, figure in enumerate(told)
        if figure is None and len({world[group] for world in worlds}) == 1 and worlds[0][group]
    ]


@pytest.mark.parametrize(("groups", "most"), [(2, 30), (3, 22), (4, 14)])
def test_no_hidden_figure_follows_even_for_those_who_know_the_rule(groups: int, most: int) -> None:
    assert told_exactly(groups_to_show, groups, most) == []


def without_the_complement(counts: Counts) -> set[Any]:
    return {group for group, count in counts.items() if count >= 5}


def the_first_of_equals(counts: Counts) -> set[Any]:
    """Hide the smallest of the others as long as fewer than five are hidden, as is usually done."""
    shown = sorted(without_the_complement(counts), key=lambda group: -counts[group])
    hidden = sum(counts.values()) - sum(counts[group] for group in shown)
    while shown and 0 < hidden < 5:
        hidden += counts[shown.pop()]
    return set(shown)


@pytest.mark.parametrize("rule", [without_the_complement, the_first_of_equals])
def test_weaker_rules_are_caught(rule: Rule) -> None:
    assert told_exactly(rule, 3, 22) != []
