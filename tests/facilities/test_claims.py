"""What stands of what sides say: nobody overwrites another side, and agreement needs no settlement."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from facilities.claims import SILENT, Said, Settled, latest, standing

DAY = date(2026, 1, 1)
VALUES = ["full", "partial", "none"]
NOTHING = ["", "unknown"]


@st.composite
def said(draw: st.DrawFn) -> list[Said]:
    sides, values = st.sampled_from([None, 1, 2, 3]), st.sampled_from([*VALUES, *NOTHING])
    rows = draw(st.lists(st.tuples(sides, values, st.integers(0, 5)), max_size=12))
    return [Said(number, side, value, DAY + timedelta(days=day)) for number, (side, value, day) in enumerate(rows, 1)]


@given(said())
def test_one_claim_a_side_and_no_side_only_where_none_spoke(rows: list[Said]) -> None:
    newest = latest(rows)
    sides = [claim.side for claim in newest]
    assert len(sides) == len(set(sides))
    assert (None in sides) == (bool(rows) and all(row.side is None for row in rows))
    for claim in newest:
        assert not any(row.side == claim.side and (row.said_on, row.id) > (claim.said_on, claim.id) for row in rows)


@given(said())
def test_a_value_stands_only_if_every_side_that_spoke_says_it(rows: list[Said]) -> None:
    stands = standing(rows, None)
    told = {claim.value for claim in latest(rows)}
    assert stands.disputed == (len(told - SILENT) > 1)
    if rows and not stands.disputed:
        assert stands.value in told
        assert told == {stands.value} or told <= SILENT


@given(said())
def test_who_says_nothing_contradicts_nobody_and_is_heard_where_all_sides_say_nothing(rows: list[Said]) -> None:
    sides = {row.side for row in rows} - {None}
    last = {
        side: max((row for row in rows if row.side == side), key=lambda row: (row.said_on, row.id)) for side in sides
    }
    telling = {side for side, row in last.items() if row.value not in SILENT}
    assert {claim.side for claim in latest(rows)} - {None} == (telling or sides)


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_side_takes_its_word_back_by_saying_nothing(nothing: str) -> None:
    rows = [Said(1, 1, "full", DAY), Said(2, 2, "none", DAY)]
    assert standing(rows, None).disputed
    rows.append(Said(3, 1, nothing, DAY))
    assert standing(rows, None).value == "none"
    rows.append(Said(4, 2, nothing, DAY))
    # Nobody knows: an open map does not know better, and the words of before do not come back.
    rows.append(Said(5, None, "partial", DAY))
    assert standing(rows, None).value == nothing
    assert not standing([Said(1, 1, "", DAY), Said(2, 2, "unknown", DAY)], None).disputed


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_settlement_falls_with_the_last_word_for_it_and_stays_while_one_says_so(nothing: str) -> None:
    rows = [Said(1, 1, "full", DAY), Said(2, 2, "none", DAY), Said(3, 3, "none", DAY)]
    assert standing([*rows, Said(4, 1, nothing, DAY)], Settled("full", 3)).value == "none"
    assert standing([*rows, Said(4, 2, nothing, DAY)], Settled("none", 3)).value == "none"
    assert standing([*rows, Said(4, 2, nothing, DAY)], Settled("full", 3)).value == "full"


@given(said(), st.sampled_from([1, 2, 3]), st.sampled_from(VALUES))
def test_a_side_alone_never_makes_its_value_stand_against_another(rows: list[Said], side: int, value: str) -> None:
    """However often one side repeats itself, what another side said last is not overwritten."""
    before = [claim for claim in latest(rows) if claim.side not in (None, side) and claim.value not in SILENT]
    more = [*rows, *(Said(len(rows) + n, side, value, DAY + timedelta(days=90 + n)) for n in range(1, 4))]
    stands = standing(more, None)
    assert all(claim in stands.claims for claim in before)
    if any(claim.value != value for claim in before):
        assert stands.disputed


@given(said(), st.sampled_from(VALUES))
def test_a_settlement_stands_until_a_side_says_something_else(rows: list[Said], value: str) -> None:
    upto = max((row.id for row in rows), default=0)
    settled = Settled(value, upto)
    # Settled is always what one of the sides says.
    if value in {claim.value for claim in latest(rows)}:
        assert standing(rows, settled).value == value
    other = next(each for each in VALUES if each != value)
    again = [*rows, Said(upto + 1, 1, value, DAY + timedelta(days=99))]
    assert standing(again, settled).value == value
    opened = [*rows, Said(upto + 1, 1, other, DAY + timedelta(days=99))]
    assert standing(opened, settled).value != value


def test_an_older_report_that_comes_late_does_not_replace_a_newer_one() -> None:
    newer, older = Said(1, 1, "full", DAY), Said(2, 1, "none", DAY - timedelta(days=30))
    assert standing([newer, older], None).value == "full"


def test_spellings_of_a_name_are_no_dispute() -> None:
    rows = [Said(1, 1, "Al-Zahra", DAY), Said(2, 2, "al zahra", DAY)]
    assert standing(rows, None).disputed
    assert not standing(rows, None, lambda value: value.lower().replace("-", " ")).disputed
