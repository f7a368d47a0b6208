"""Who may win: what was declared, and what somebody else counted."""

import pytest
from hypothesis import given, strategies as st

from campaigns import eligibility
from campaigns.eligibility import Count, Reason, Rule, RuleInvalid

RULE = Rule.read({"made": 20, "handed_in": 5})
ENTRANT, HELPER, COUNTER = 1, 2, 3
OWN = frozenset({ENTRANT, HELPER})
counts = st.lists(
    st.builds(Count, st.integers(0, 12), st.sampled_from([ENTRANT, HELPER, COUNTER, 4, None])), max_size=5
)
rules = st.builds(Rule, st.integers(0, 30), st.integers(0, 10))


@given(rules, st.none() | st.integers(0, 40), counts)
def test_who_may_win_has_made_enough_and_had_enough_counted_by_others(
    rule: Rule, made: int | None, counts: list
) -> None:
    found = eligibility.reasons(rule, made=made, counts=counts, own=OWN)

    others = sum(count.pieces for count in counts if count.by in (COUNTER, 4))
    assert (not found) is ((made or 0) >= rule.made and others >= rule.handed_in)


@given(rules, st.integers(0, 40), counts, st.integers(0, 1000), st.sampled_from([ENTRANT, HELPER, None]))
def test_no_count_of_ones_own_makes_an_entry_eligible(
    rule: Rule, made: int, counts: list, pieces: int, by: int
) -> None:
    more = [*counts, Count(pieces, by)]

    before, after = (bool(eligibility.reasons(rule, made=made, counts=found, own=OWN)) for found in (counts, more))

    assert before == after


def test_counting_ones_own_would_be_caught() -> None:
    own = [Count(5, ENTRANT)]

    assert not eligibility.reasons(RULE, made=20, counts=own, own=frozenset())
    assert eligibility.reasons(RULE, made=20, counts=own, own=OWN)


@pytest.mark.parametrize(
    ("made", "counts", "reasons"),
    [
        (20, [Count(5, COUNTER)], ()),
        (20, [Count(2, COUNTER), Count(3, 4)], ()),
        (None, [Count(5, COUNTER)], (Reason.MADE_NOT_DECLARED,)),
        (19, [Count(5, COUNTER)], (Reason.MADE_TOO_FEW,)),
        (20, [], (Reason.NOT_HANDED_IN,)),
        (20, [Count(4, COUNTER)], (Reason.HANDED_IN_TOO_FEW,)),
        (20, [Count(4, COUNTER), Count(1, HELPER)], (Reason.HANDED_IN_TOO_FEW, Reason.COUNTED_BY_ENTRANT)),
        (20, [Count(9, None)], (Reason.HANDED_IN_TOO_FEW, Reason.COUNTED_BY_NOBODY)),
        (0, [Count(1, ENTRANT)], (Reason.MADE_TOO_FEW, Reason.HANDED_IN_TOO_FEW)),
    ],
)
def test_reasons_at_twenty_made_and_five_handed_in(made: int | None, counts: list, reasons: tuple) -> None:
    assert eligibility.reasons(RULE, made=made, counts=counts, own=OWN) == reasons


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"made": 20},
        {"made": 20, "handed_in": 5, "more": 1},
        {"made": -1, "handed_in": 5},
        {"made": "20", "handed_in": 5},
        {"made": 20.0, "handed_in": 5},
        {"made": True, "handed_in": 5},
    ],
)
def test_a_rule_that_is_not_understood_is_refused(data: dict) -> None:
    with pytest.raises(RuleInvalid):
        Rule.read(data)


@pytest.mark.parametrize(("made", "counts"), [(-1, []), (20, [Count(-5, COUNTER)])])
def test_less_than_nothing_is_refused(made: int, counts: list) -> None:
    with pytest.raises(ValueError):
        eligibility.reasons(RULE, made=made, counts=counts, own=OWN)
