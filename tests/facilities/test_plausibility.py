"""Which figures are doubted: properties that hold whatever is reported."""

from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given, strategies as st

from facilities.plausibility import LEAST_JUMP, MONTHS_NEEDED, Kind, Rule, doubts, is_jump

numbers = st.integers(0, 5_000)
histories = st.lists(numbers, min_size=MONTHS_NEEDED, max_size=6)
factors = st.fractions(min_value=1, max_value=10)
RULE = Rule("visits", 3)


def kinds(value: int | None, before: list[int], rule: Rule = RULE, **others: int) -> list[Kind]:
    return [doubt.kind for doubt in doubts([rule], {"visits": value, **others}, {"visits": before})]


@given(value=numbers, before=histories, factor=factors)
def test_a_figure_is_a_jump_exactly_where_it_is_beyond_the_factor_and_five_away(
    value: int, before: list[int], factor: Fraction
) -> None:
    usual = Fraction(median(before))
    within = usual / factor <= value <= usual * factor
    near = abs(value - usual) < LEAST_JUMP
    zero = value == 0 and all(before)
    expected = [Kind.ZERO] if zero else [] if within or near else [Kind.JUMP]
    assert kinds(value, before, Rule("visits", factor)) == expected


@given(before=histories, factor=factors, data=st.data())
def test_what_lies_within_the_months_before_is_never_a_jump_where_these_lie_within_the_factor(
    before: list[int], factor: Fraction, data: st.DataObject
) -> None:
    low, high = min(before), max(before)
    if low and Fraction(high, low) <= factor:
        assert kinds(data.draw(st.integers(low, high)), before, Rule("visits", factor)) == []


@given(value=numbers, before=histories, factor=factors, more=st.fractions(min_value=0, max_value=10))
def test_a_wider_factor_doubts_no_more(value: int, before: list[int], factor: Fraction, more: Fraction) -> None:
    usual = Fraction(median(before))
    assert is_jump(value, usual, factor) or not is_jump(value, usual, factor + more)


@given(value=numbers, before=histories, data=st.data())
def test_the_order_of_the_months_does_not_matter(value: int, before: list[int], data: st.DataObject) -> None:
    assert kinds(value, data.draw(st.permutations(before))) == kinds(value, before)


@given(before=st.lists(st.integers(1, 5_000), min_size=MONTHS_NEEDED, max_size=6))
def test_a_zero_after_never_zero_is_doubted_and_after_a_zero_it_is_none(before: list[int]) -> None:
    assert kinds(0, before) == [Kind.ZERO]
    assert Kind.ZERO not in kinds(0, [0, *before[1:]])


@given(value=numbers, before=st.lists(numbers, max_size=MONTHS_NEEDED - 1))
def test_against_too_few_months_nothing_is_compared(value: int, before: list[int]) -> None:
    assert kinds(value, before) == []


@given(part=numbers, whole=numbers)
def test_a_part_above_its_whole_is_doubted_whatever_was_before(part: int, whole: int) -> None:
    rule = Rule("visits", 3, "all")
    assert kinds(part, [], rule, all=whole) == ([Kind.ABOVE] if part > whole else [])
    assert kinds(part, [], rule) == []


@given(before=histories)
def test_only_the_last_six_months_count(before: list[int]) -> None:
    assert kinds(40, [40] * 6 + before) == []


@pytest.mark.parametrize("before", [[], [1, 2, 3]])
def test_what_is_not_given_is_not_doubted(before: list[int]) -> None:
    assert kinds(None, before) == []


@pytest.mark.parametrize(
    ("value", "usual", "found"), [(5, 1, []), (6, 1, [Kind.JUMP]), (1, 5, []), (1, 6, [Kind.JUMP])]
)
def test_a_difference_of_fewer_than_five_is_chance(value: int, usual: int, found: list[Kind]) -> None:
    assert kinds(value, [usual] * MONTHS_NEEDED) == found
