"""From what assessors found to figures: the formulas, whatever was found."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from facilities import readiness
from facilities.readiness import Found
from facilities.upkeep_enums import Finding

pytestmark = pytest.mark.once
FINDINGS = st.sampled_from(Finding.values)
FOUND = st.builds(Found, FINDINGS, st.none() | st.integers(0, 9))
ANSWERS = st.dictionaries(st.integers(0, 12), FINDINGS)


def test_the_score_of_a_domain_is_the_share_of_its_items_that_are_there_and_work() -> None:
    items = {1: "a", 2: "a", 3: "a", 4: "b", 5: "b"}
    scores = readiness.domain_scores({1: "present", 2: "faulty", 3: "unseen", 4: "present", 5: "present"}, items)
    assert {domain: score.share for domain, score in scores.items()} == {"a": Fraction(1, 3), "b": Fraction(1)}
    # The mean of the domains, not of the items: (1/3 + 1) / 2.
    assert readiness.readiness_index(scores) == Fraction(2, 3)


@given(st.dictionaries(st.integers(0, 30), st.sampled_from("abcd"), min_size=1), ANSWERS)
def test_scores_are_shares_and_the_index_lies_between_them(domain_of: dict[int, str], found: dict[int, str]) -> None:
    scores = readiness.domain_scores(found, domain_of)
    assert {domain: score.items for domain, score in scores.items()} == Counter(domain_of.values())
    shares = [score.share for score in scores.values()]
    index = readiness.readiness_index(scores)
    assert all(0 <= share <= 1 for share in shares)
    assert index is not None
    assert min(shares) <= index <= max(shares)


@given(st.dictionaries(st.integers(0, 30), st.sampled_from("abcd"), min_size=1), ANSWERS, st.integers(0, 30))
def test_one_more_item_that_works_never_lowers_the_index(
    domain_of: dict[int, str], found: dict[int, str], item: int
) -> None:
    def index(given: dict[int, str]) -> Fraction:
        return readiness.readiness_index(readiness.domain_scores(given, domain_of)) or Fraction(0)

    assert index(found | {item: "present"}) >= index(found)


def test_no_questionnaire_has_no_index() -> None:
    assert readiness.readiness_index({}) is None


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "differs"),
    [
        (Found("present"), Found("present"), 0, False),
        (Found("present"), Found("absent"), 5, True),
        (Found("faulty"), Found("absent"), 5, True),
        (Found("present"), Found("unseen"), 0, False),
        (Found("present", 3), Found("present", 4), 1, False),
        (Found("present", 3), Found("present", 5), 1, True),
        (Found("present", 3), Found("present"), 0, False),
    ],
)
def test_beyond_the_tolerance_assessors_have_to_talk(one: Found, other: Found, tolerance: int, differs: bool) -> None:
    assert readiness.differ([one, other], tolerance) is differs
    assert readiness.differ([other, one], tolerance) is differs


@given(st.lists(FOUND, max_size=4), st.none() | FOUND, st.integers(0, 3))
def test_what_stands_was_found_or_agreed_on(found: list[Found], agreed: Found | None, tolerance: int) -> None:
    stands = readiness.standing(found, agreed, tolerance)
    if readiness.differ(found, tolerance):
        assert stands == agreed
    else:
        assert stands is not None
        seen = {each.finding for each in found} - {Finding.UNSEEN}
        assert {stands.finding} == (seen or {Finding.UNSEEN})


def test_kappa_of_a_worked_example() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: p_o = 0.7, p_e = 0.5 * 0.6 + 0.5 * 0.4 = 0.5, kappa = 0.4.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert readiness.cohens_kappa(pairs) == Fraction(2, 5)


@given(st.lists(st.tuples(FINDINGS, FINDINGS), max_size=30))
def test_kappa_is_symmetric_and_one_exactly_for_full_agreement(pairs: list[tuple[str, str]]) -> None:
    value = readiness.cohens_kappa(pairs)
    assert value == readiness.cohens_kappa([(b, a) for a, b in pairs])
    if value is None:
        assert len({*pairs}) <= 1
    else:
        assert -1 <= value <= 1
        assert (value == 1) == all(a == b for a, b in pairs)


def test_chance_alone_has_no_kappa() -> None:
    assert readiness.cohens_kappa([("present", "present")] * 9) is None
    assert readiness.cohens_kappa([]) is None


@given(st.lists(ANSWERS, min_size=1, max_size=4))
def test_agreement_counts_only_what_two_saw(answers: list[dict[int, str]]) -> None:
    value = readiness.agreement(answers)
    seen = Counter(item for given in answers for item, finding in given.items() if finding != Finding.UNSEEN)
    assert (value is None) == (not any(count > 1 for count in seen.values()))
    assert value is None or 0 <= value <= 1
    assert readiness.agreement([answers[0], answers[0]]) in (None, 1)


def test_agreement_of_two() -> None:
    first = {1: "present", 2: "absent", 3: "present", 4: "unseen"}
    second = {1: "present", 2: "faulty", 3: "present", 4: "absent"}
    assert readiness.agreement([first, second]) == Fraction(2, 3)
    # Over the three items that both saw: p_o = 2/3, p_e = 2/3 * 2/3 = 4/9.
    assert readiness.kappa([first, second]) == Fraction(2, 5)


def test_of_three_assessors_kappa_is_the_mean_of_the_pairs() -> None:
    one, two, three = {1: "present", 2: "absent"}, {1: "present", 2: "absent"}, {1: "absent", 2: "present"}
    assert readiness.kappa([one, two, three]) == Fraction(1 - 1 - 1, 3)


def test_halves_are_rounded_away_from_nought() -> None:
    assert readiness.rounded(Fraction(1, 8), 2) == Decimal("0.13")
    assert readiness.rounded(Fraction(-1, 8), 2) == Decimal("-0.13")
    assert readiness.rounded(Fraction(2, 3), 1, 100) == Decimal("66.7")
    assert readiness.rounded(None, 1) is None
