"""Who wins, and that anybody who has the sheet comes to the same."""

import copy
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from campaigns import judging, lots
from campaigns.judging import Contest
from campaigns.scoring import Criterion, Ranking, Rating, Round, Score, Screening

SEED = "5" * 64
ENTRIES, JURORS = ["A", "B", "C", "D", "E", "F"], [910_000_101, 910_000_102, 910_000_103]
seeds = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
results = st.dictionaries(st.sampled_from(ENTRIES), st.fractions(0, 3, max_denominator=1))
some = st.frozensets(st.sampled_from(ENTRIES))
CRITERIA = [Criterion("fit", 1, 3, 2), Criterion("finish", 0, 1)]
MARKS = {
    Screening: st.booleans(),
    Rating: st.fixed_dictionaries({"fit": st.integers(1, 3), "finish": st.integers(0, 1)}),
}


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """Draw a contest with a round of any kind."""
    quorum = draw(st.integers(1, 3))
    counting: Round = draw(st.sampled_from([Screening(quorum, 60), Rating(quorum, CRITERIA), Ranking(quorum)]))
    scores = []
    for juror in JURORS:
        judged = draw(st.lists(st.sampled_from(ENTRIES), unique=True, min_size=2))
        for position, entry in enumerate(judged, 1):
            mark = position if isinstance(counting, Ranking) else draw(MARKS[type(counting)])
            scores.append(Score(entry, juror, mark))
    seed = draw(seeds)
    return Contest(
        code="masks-2020",
        round=counting,
        seed=seed,
        commitment=lots.commit(seed),
        shortlist=draw(st.integers(0, 4)),
        prizes=draw(st.integers(0, 4)),
        scores=draw(st.permutations(scores)),
        eligible=draw(some),
        out=draw(some),
    )


def sheet_of(contest: Contest) -> dict[str, Any]:
    return judging.sheet(contest, lots.letters("f" * 64, JURORS))


@given(results, seeds)
def test_entries_stand_by_their_results_and_a_tie_says_that_it_was_broken_by_lot(found: dict, seed: str) -> None:
    places = judging.rank(found, seed)

    shared = Counter(found.values())
    assert [place.place for place in places] == list(range(1, len(found) + 1))
    assert {place.entry: place.result for place in places} == found
    for one, other in pairwise(places):
        assert one.result >= other.result
    for place in places:
        assert place.by_lot is (shared[place.result] > 1)
    for result in shared:
        tied = [place.entry for place in places if place.result == result]
        assert tied == lots.order(seed, tied)


def test_who_is_before_whom_in_a_tie_is_the_seeds_and_not_the_codes() -> None:
    first = Counter(judging.rank(dict.fromkeys(ENTRIES, Fraction(1)), f"{n:064x}")[0].entry for n in range(600))

    assert set(first) == set(ENTRIES)
    assert all(60 < times < 140 for times in first.values())


@given(results, seeds, st.integers(0, 4), some, some)
def test_prizes_go_to_the_first_who_are_eligible_and_not_out(
    found: dict, seed: str, prizes: int, eligible: frozenset, out: frozenset
) -> None:
    awards = judging.award(found, seed, prizes=prizes, eligible=eligible, out=out)

    winners = [award.entry for award in awards]
    able = found.keys() & eligible - out
    assert [award.prize for award in awards] == list(range(1, min(prizes, len(able)) + 1))
    assert set(winners) <= able
    for loser in able - set(winners):
        assert all(found[loser] <= found[winner] for winner in winners)


@given(results, seeds, st.integers(0, 4), some, some, st.data())
def test_when_one_falls_out_the_next_moves_up_and_nobody_else_moves(
    found: dict, seed: str, prizes: int, eligible: frozenset, out: frozenset, data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(ENTRIES))
    line = [award.entry for award in judging.award(found, seed, prizes=99, eligible=eligible, out=out)]

    awards = judging.award(found, seed, prizes=prizes, eligible=eligible, out=out | {gone})

    assert [award.entry for award in awards] == [entry for entry in line if entry != gone][:prizes]
    whole = [place.entry for place in judging.standing(found, seed, eligible=eligible)]
    for award in awards:
        assert award.moved_up is any(entry in out | {gone} for entry in whole[: whole.index(award.entry)])


def test_less_than_no_prize_is_refused() -> None:
    with pytest.raises(ValueError):
        judging.award({}, SEED, prizes=-1, eligible=ENTRIES)


@given(contests())
def test_a_sheet_is_counted_again_from_itself_alone(contest: Contest) -> None:
    sheet = sheet_of(contest)

    read = json.loads(judging.canonical(sheet))

    assert read == sheet
    assert judging.recount(read) == []
    assert judging.digest(read) == judging.digest(sheet)


@given(contests(), st.data())
def test_the_order_of_the_scores_changes_no_byte(contest: Contest, data: st.DataObject) -> None:
    mixed = replace(contest, scores=data.draw(st.permutations(contest.scores)))

    assert judging.canonical(sheet_of(mixed)) == judging.canonical(sheet_of(contest))


@given(contests())
def test_a_sheet_places_whom_it_may_and_says_who_is_short(contest: Contest) -> None:
    sheet = sheet_of(contest)

    scores = Counter(score.entry for score in contest.scores)
    quorum, judged = contest.round.quorum, contest.eligible - contest.out
    assert {entry for _, entry, _, _ in sheet["places"]} == {entry for entry in judged if scores[entry] >= quorum}
    assert sheet["incomplete"] == {entry: scores[entry] for entry in judged if scores[entry] < quorum}
    standing = [entry for _, entry, _, _ in sheet["places"]]
    if not isinstance(contest.round, Screening):
        assert sheet["shortlisted"] == standing[: contest.shortlist]
        assert [entry for _, entry, _, _ in sheet["winners"]] == standing[: contest.prizes]
    else:
        passed = contest.round.passed(contest.round.count(contest.scores))
        assert set(sheet["shortlisted"]) | {entry for _, entry, _, _ in sheet["winners"]} <= passed


@given(contests())
def test_no_jurors_id_is_on_the_sheet(contest: Contest) -> None:
    text = judging.canonical(sheet_of(contest) | {"seed": "", "commitment": ""}).decode()

    assert not [juror for juror in JURORS if str(juror) in text]
    assert {juror for _, juror, _ in sheet_of(contest)["scores"]} == {"A", "B", "C"}


@given(contests(), st.data())
def test_whatever_was_changed_after_the_count_is_found(contest: Contest, data: st.DataObject) -> None:
    sheet = sheet_of(contest)
    changed = copy.deepcopy(sheet)
    part = data.draw(st.sampled_from(["places", "incomplete", "shortlisted", "winners", "commitment", "version"]))
    if part == "incomplete":
        changed[part]["Z"] = 0
    elif part == "commitment":
        changed[part] = "0" * 64
    elif part == "version":
        changed[part] = 0
    else:
        changed[part] = [*changed[part], "Z"]

    assert part in judging.recount(changed)
    assert judging.digest(changed) != judging.digest(sheet)
    assert judging.differences(changed, sheet) == [part]


def test_a_score_that_was_changed_gives_other_places_and_another_hash() -> None:
    scores = [Score("A", 910_000_101, {"fit": 3, "finish": 1}), Score("B", 910_000_101, {"fit": 1, "finish": 0})]
    contest = Contest("masks", Rating(1, CRITERIA), SEED, lots.commit(SEED), 2, 1, scores, frozenset("AB"))
    sheet = sheet_of(contest)
    changed = copy.deepcopy(sheet)
    changed["scores"][0][2], changed["scores"][1][2] = changed["scores"][1][2], changed["scores"][0][2]

    assert sheet["winners"] == [[1, "A", False, False]]
    assert judging.recount(changed) == ["places", "shortlisted", "winners"]
    assert judging.digest(changed) != judging.digest(sheet)


def test_another_seed_than_the_one_committed_to_is_found() -> None:
    """Whoever knows the scores could choose a seed that lets a friend win a tie."""
    scores = [Score(entry, 910_000_101, {"fit": 2, "finish": 1}) for entry in "AB"]
    fair = Contest("masks", Rating(1, CRITERIA), SEED, lots.commit(SEED), 2, 1, scores, frozenset("AB"))
    winner = sheet_of(fair)["winners"][0][1]
    chosen = next(
        seed for n in range(99) if sheet_of(replace(fair, seed=(seed := f"{n:064x}")))["winners"][0][1] != winner
    )

    assert judging.recount(sheet_of(replace(fair, seed=chosen))) == ["commitment"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"round": {"method": "chance"}},
        {"round": {"method": "rating", "quorum": 1, "criteria": [{"code": "fit"}]}},
        {"scores": [["A", "B"]]},
        {"scores": [["A", "B", {"fit": 99, "finish": 0}]]},
        {"scores": 7},
        {"seed": None},
        {"prizes": -1},
    ],
)
def test_a_sheet_that_cannot_be_read_is_a_fault_and_no_crash(broken: dict) -> None:
    contest = Contest("masks", Rating(1, CRITERIA), SEED, lots.commit(SEED), 2, 1, [], frozenset("AB"))

    assert judging.recount(sheet_of(contest) | broken if broken else {}) == ["sheet"]
