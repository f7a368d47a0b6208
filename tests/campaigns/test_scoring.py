"""What scores come to: the same for whoever counts, no juror's strictness in it, and nothing of an entry that is short of scores."""

from collections import Counter
from fractions import Fraction
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st

from campaigns import scoring
from campaigns.scoring import Criterion, MarkInvalid, Ranking, Rating, Score, Screening

JURORS, ENTRIES = [1, 2, 3, 4], ["A", "B", "C", "D", "E"]
CRITERIA = [Criterion("fit", 1, 5, 3), Criterion("finish", 0, 10), Criterion("filter", -2, 2, 2)]
marks = st.fixed_dictionaries({criterion.code: st.integers(criterion.least, criterion.most) for criterion in CRITERIA})
pairs = st.lists(st.tuples(st.sampled_from(ENTRIES), st.sampled_from(JURORS)), unique=True, max_size=20)
fractions = st.fractions(0, 100, max_denominator=12)


def scores_of(mark: st.SearchStrategy) -> st.SearchStrategy:
    return pairs.flatmap(lambda found: st.tuples(*(st.builds(Score, st.just(e), st.just(j), mark) for e, j in found)))


@given(scores_of(fractions))
def test_centred_scores_have_each_jurors_mean_at_the_mean_of_all(scores: tuple) -> None:
    found = scoring.centred(scores)

    assert [score[:2] for score in found] == [score[:2] for score in scores]
    if scores:
        overall = scoring.mean(score.mark for score in scores)
        for juror in {score.juror for score in scores}:
            assert scoring.mean(score.mark for score in found if score.juror == juror) == overall


def means(scores: list) -> dict:
    return {
        entry: scoring.mean(score.mark for score in scores if score.entry == entry)
        for entry in {score.entry for score in scores}
    }


def strictness_changes(scores: tuple, juror: int, by: Fraction) -> bool:
    """Tell whether entries stand apart otherwise when one juror is stricter by the same to all."""
    stricter = [score._replace(mark=score.mark - by) if score.juror == juror else score for score in scores]
    one, other = means(scoring.centred(list(scores))), means(scoring.centred(stricter))
    return any(one[a] - one[b] != other[a] - other[b] for a in one for b in one)


@given(scores_of(fractions), st.sampled_from(JURORS), fractions)
def test_how_strict_a_juror_is_moves_no_entry_against_another(scores: tuple, juror: int, by: Fraction) -> None:
    assert not strictness_changes(scores, juror, by)


def test_without_centring_it_does() -> None:
    scores = (Score("A", 1, Fraction(50)), Score("B", 2, Fraction(50)), Score("C", 1, Fraction(40)))

    with patch.object(scoring, "centred", list):
        assert strictness_changes(scores, 1, Fraction(5))


@given(scores_of(fractions), fractions)
def test_one_score_alone_says_nothing(scores: tuple, said: Fraction) -> None:
    lonely = [Score("A", 9, Fraction(0)), Score("A", 9, said)]

    one, other = (scoring.centred([*scores, score])[-1].mark for score in lonely)

    assert one == scoring.mean([*(score.mark for score in scores), Fraction(0)])
    assert other == scoring.mean([*(score.mark for score in scores), said])
    assert 9 in scoring.single([*scores, lonely[0]])
    assert scoring.single(scores) == {j for j, n in Counter(score.juror for score in scores).items() if n == 1}


@given(scores_of(marks), st.integers(1, 4), st.randoms(use_true_random=False))
def test_an_entry_is_ranked_when_it_has_its_quorum_and_whatever_the_order(scores: tuple, quorum: int, chance) -> None:
    rating = Rating(quorum, CRITERIA)
    numbers = Counter(score.entry for score in scores)
    mixed = list(scores)
    chance.shuffle(mixed)

    counted = rating.count(scores)

    assert counted == rating.count(mixed)
    assert set(counted.results) == {entry for entry, number in numbers.items() if number >= quorum}
    assert counted.incomplete == {entry: number for entry, number in numbers.items() if number < quorum}
    assert all(type(result) is Fraction for result in counted.results.values())


@given(scores_of(marks))
def test_a_result_is_the_mean_of_centred_totals(scores: tuple) -> None:
    rating = Rating(1, CRITERIA)
    totals = [score._replace(mark=rating.total(score.mark)) for score in scores]

    assert rating.count(scores).results == means(scoring.centred(totals))


@given(marks)
def test_a_total_lies_between_none_and_all_and_weighs(said: dict) -> None:
    rating = Rating(1, CRITERIA)
    total = rating.total(said)

    assert 0 <= total <= 100
    assert rating.total({criterion.code: criterion.least for criterion in CRITERIA}) == 0
    assert rating.total({criterion.code: criterion.most for criterion in CRITERIA}) == 100
    for criterion in CRITERIA:
        if said[criterion.code] < criterion.most:
            step = Fraction(100 * criterion.weight, 6 * (criterion.most - criterion.least))
            assert rating.total(said | {criterion.code: said[criterion.code] + 1}) - total == step


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"fit": 3, "finish": 5},
        {"fit": 3, "finish": 5, "filter": 0, "more": 1},
        {"fit": 6, "finish": 5, "filter": 0},
        {"fit": 0, "finish": 5, "filter": 0},
        {"fit": 3.5, "finish": 5, "filter": 0},
        {"fit": True, "finish": 5, "filter": 0},
        7,
        None,
    ],
)
def test_marks_outside_the_criteria_are_refused(said: object) -> None:
    with pytest.raises(MarkInvalid):
        Rating(1, CRITERIA).count([Score("A", 1, said)])


@given(scores_of(st.booleans()), st.integers(1, 4), st.integers(1, 100))
def test_a_screening_passes_by_its_share_of_yes(scores: tuple, quorum: int, threshold: int) -> None:
    screening = Screening(quorum, threshold)
    counted = screening.count(scores)

    passed = screening.passed(counted)

    for entry in {score.entry for score in scores}:
        said = [score.mark for score in scores if score.entry == entry]
        assert (entry in passed) is (len(said) >= quorum and sum(said) * 100 >= threshold * len(said))


@given(st.integers(2, 5), st.lists(st.permutations(ENTRIES), min_size=1, max_size=4))
def test_complete_ballots_are_ordered_as_borda_counts(number: int, ballots: list) -> None:
    ballots = [[entry for entry in ballot if entry in ENTRIES[:number]] for ballot in ballots]
    scores = [Score(e, juror, rank) for juror, ballot in enumerate(ballots) for rank, e in enumerate(ballot, 1)]
    points = {e: sum(number - 1 - ballot.index(e) for ballot in ballots) for e in ENTRIES[:number]}

    results = Ranking(len(ballots)).count(scores).results

    assert results == {e: Fraction(sum_, len(ballots) * (number - 1)) for e, sum_ in points.items()}


def test_who_is_left_off_a_ballot_for_a_conflict_loses_nothing_by_it() -> None:
    whole = [Score("A", 1, 1), Score("B", 1, 2), Score("C", 1, 3)]
    short = [Score("B", 2, 1), Score("C", 2, 2)]

    counted = Ranking(1).count([*whole, *short])

    assert counted.results == {"A": 1, "B": Fraction(3, 4), "C": 0}
    assert Ranking(2).count([*whole, *short]).incomplete == {"A": 1}


@pytest.mark.parametrize("ranks", [[1], [1, 1], [1, 3], [0, 1], [2, 3], [1, True], ["1", "2"], [1, None]])
def test_a_ballot_that_is_no_order_is_refused(ranks: list) -> None:
    with pytest.raises(MarkInvalid):
        Ranking(1).count([Score(entry, 1, rank) for entry, rank in zip(ENTRIES, ranks, strict=False)])


@pytest.mark.parametrize(
    ("counting", "mark"), [(Screening(1, 50), True), (Rating(1, [Criterion("fit", 0, 1)]), {"fit": 1})]
)
def test_a_second_score_of_one_juror_is_refused(counting: Screening | Rating, mark: object) -> None:
    with pytest.raises(MarkInvalid, match="twice"):
        counting.count([Score("A", 1, mark), Score("A", 1, mark)])


def test_what_is_no_yes_or_no_is_refused() -> None:
    with pytest.raises(MarkInvalid):
        Screening(1, 50).count([Score("A", 1, 1)])


@pytest.mark.parametrize(("least", "most", "weight"), [(1, 1, 1), (2, 1, 1), (1, 5, 0)])
def test_a_criterion_that_tells_nothing_is_refused(least: int, most: int, weight: int) -> None:
    with pytest.raises(ValueError):
        Criterion("fit", least, most, weight)


@pytest.mark.parametrize("counting", [Screening(0, 50), Rating(0, CRITERIA), Ranking(0)])
def test_a_quorum_of_nobody_is_refused(counting: Screening | Rating | Ranking) -> None:
    with pytest.raises(ValueError):
        counting.count([])


@pytest.mark.parametrize("criteria", [[], [Criterion("fit", 1, 5), Criterion("fit", 0, 1)]])
def test_criteria_that_cannot_be_told_apart_are_refused(criteria: list) -> None:
    with pytest.raises(ValueError):
        Rating(1, criteria)


@pytest.mark.parametrize("threshold", [0, 101])
def test_a_threshold_that_passes_all_or_nobody_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError):
        Screening(1, threshold)
