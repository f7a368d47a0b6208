"""The rule that adopts, on its own: whatever the votes, no side is passed over."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from measures import adoption
from measures.adoption import Rule, Tally
from measures.enums import CHOICES_OF, Method

EAST, WEST, SOUTH = 1, 2, 3
counts = st.integers(0, 40)
rules = st.builds(Rule, st.integers(1, 30), st.integers(1, 100))


@st.composite
def votes(draw: st.DrawFn, least_sides: int = 1) -> tuple[str, dict, dict]:
    """Draw a method, the rule of each side, and votes of the choices that the method has."""
    method = draw(st.sampled_from(Method.values))
    sides = draw(st.lists(st.sampled_from([EAST, WEST, SOUTH, None]), min_size=least_sides, unique=True))
    choices = CHOICES_OF[Method(method)]
    tallies = {side: Tally(**{choice.value: draw(counts) for choice in choices}) for side in sides}
    return method, {side: draw(rules) for side in sides}, tallies


@given(votes())
def test_adopted_means_that_every_side_has_reached_its_own(drawn: tuple) -> None:
    method, rules, tallies = drawn

    verdict = adoption.decide(method, rules, tallies)

    if verdict.adopted:
        for side, rule in rules.items():
            tally = tallies[side]
            assert tally.votes >= rule.quorum
            assert tally.agree > 0
            assert tally.block == 0
            if method != Method.CONSENT:
                assert tally.agree * 100 >= rule.threshold * (tally.agree + tally.stand_aside + tally.disagree)


@given(votes(), st.data())
def test_nothing_is_adopted_without_a_side(drawn: tuple, data: st.DataObject) -> None:
    method, rules, tallies = drawn
    silent = data.draw(st.sampled_from(sorted(rules, key=str)))

    verdict = adoption.decide(method, rules, tallies | {silent: Tally()})

    assert not verdict.adopted
    assert not verdict.standings[silent].reached


@given(votes(least_sides=2), st.data())
def test_no_majority_of_one_side_helps_another(drawn: tuple, data: st.DataObject) -> None:
    method, rules, tallies = drawn
    one, *others = sorted(rules, key=str)
    louder = tallies | {one: Tally(agree=tallies[one].agree + data.draw(st.integers(1, 10_000)))}

    before, after = adoption.decide(method, rules, tallies), adoption.decide(method, rules, louder)

    assert {side: before.standings[side] for side in others} == {side: after.standings[side] for side in others}


@given(votes(), st.data())
def test_one_objection_stands_against_all(drawn: tuple, data: st.DataObject) -> None:
    method, rules, tallies = drawn
    side = data.draw(st.sampled_from(sorted(rules, key=str)))
    objected = tallies | {side: Tally(**(tallies[side].as_json() | {"block": 1}))}

    assert not adoption.decide(method, rules, objected).adopted


@given(votes())
def test_once_the_last_objection_is_taken_back_nothing_else_is_missing(drawn: tuple) -> None:
    """Who takes it back abstains; nobody is left in a mediation that nothing can end."""
    method, rules, tallies = drawn
    back = {
        side: Tally(**(found.as_json() | {"block": 0, "abstain": found.abstain + found.block}))
        for side, found in tallies.items()
    }

    assert adoption.decide(method, rules, back).adopted == adoption.decide(method, rules, tallies).sides_reached


@given(votes(), st.data())
def test_another_who_agrees_never_harms(drawn: tuple, data: st.DataObject) -> None:
    method, rules, tallies = drawn
    side = data.draw(st.sampled_from(sorted(rules, key=str)))
    more = tallies | {side: Tally(**(tallies[side].as_json() | {"agree": tallies[side].agree + 1}))}

    if adoption.decide(method, rules, tallies).adopted:
        assert adoption.decide(method, rules, more).adopted


@given(st.integers(1, 100), st.integers(0, 500))
def test_the_needed_number_is_the_smallest_that_reaches(threshold: int, deciding: int) -> None:
    needed = adoption.needed(threshold, deciding)

    assert needed * 100 >= threshold * deciding
    assert needed == 0 or (needed - 1) * 100 < threshold * deciding


def test_without_any_side_nothing_is_adopted() -> None:
    assert not adoption.decide(Method.CONSENSUS, {}, {}).adopted


def test_votes_of_a_side_that_takes_no_part_are_a_fault() -> None:
    with pytest.raises(KeyError):
        adoption.decide(Method.CONSENSUS, {EAST: Rule(1, 50)}, {WEST: Tally(agree=1)})


@pytest.mark.parametrize(
    ("method", "tally", "reached"),
    [
        (Method.CONSENSUS, Tally(agree=6, stand_aside=4), True),
        (Method.CONSENSUS, Tally(agree=5, stand_aside=4), False),
        (Method.CONSENSUS, Tally(agree=1, abstain=99), True),
        (Method.CONSENSUS, Tally(abstain=99), False),
        (Method.MAJORITY, Tally(agree=6, disagree=4), True),
        (Method.MAJORITY, Tally(agree=5, disagree=4), False),
        (Method.CONSENT, Tally(agree=1, abstain=20), True),
        (Method.CONSENT, Tally(abstain=20), False),
    ],
)
def test_a_side_at_sixty_of_a_hundred(method: str, tally: Tally, reached: bool) -> None:
    assert adoption.standing(method, Rule(1, 60), tally).threshold_reached is reached


def test_bridging_is_high_only_where_every_side_agrees() -> None:
    assert adoption.bridging({EAST: (0, 0), WEST: (0, 0)}) == Fraction(1, 4)
    one_side = adoption.bridging({EAST: (98, 98), WEST: (0, 98)})
    both = adoption.bridging({EAST: (49, 98), WEST: (49, 98)})
    assert one_side < both == Fraction(1, 4)
    with pytest.raises(ValueError, match="More agreed"):
        adoption.bridging({EAST: (2, 1)})


sides_asked = st.dictionaries(st.sampled_from([EAST, WEST, SOUTH]), st.tuples(counts, counts), min_size=1)


@given(sides_asked, st.data())
def test_bridging_rises_with_agreement_and_falls_with_refusal(asked: dict, data: st.DataObject) -> None:
    asked = {side: (agreed, agreed + others) for side, (agreed, others) in asked.items()}
    side = data.draw(st.sampled_from(sorted(asked)))
    agreed, all_asked = asked[side]

    score = adoption.bridging(asked)

    assert 0 < score < 1
    assert adoption.bridging(asked | {side: (agreed + 1, all_asked + 1)}) > score
    assert adoption.bridging(asked | {side: (agreed, all_asked + 1)}) < score
