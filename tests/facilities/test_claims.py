"""What stands of what sides say: nobody overwrites another side, and agreement needs no settlement."""

from datetime import date, timedelta

from hypothesis import given, strategies as st

from facilities.claims import Said, Settled, latest, standing

DAY = date(2026, 1, 1)
VALUES = ["full", "partial", "none"]


@st.composite
def said(draw: st.DrawFn) -> list[Said]:
    rows = draw(
        st.lists(st.tuples(st.sampled_from([None, 1, 2, 3]), st.sampled_from(VALUES), st.integers(0, 5)), max_size=12)
    )
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
    assert stands.disputed == (len({claim.value for claim in latest(rows)}) > 1)
    if not stands.disputed and rows:
        assert {claim.value for claim in stands.claims} == {stands.value}


@given(said(), st.sampled_from([1, 2, 3]), st.sampled_from(VALUES))
def test_a_side_alone_never_makes_its_value_stand_against_another(rows: list[Said], side: int, value: str) -> None:
    """However often one side repeats itself, what another side said last is not overwritten."""
    before = [claim for claim in latest(rows) if claim.side not in (None, side)]
    more = [*rows, *(Said(len(rows) + n, side, value, DAY + timedelta(days=90 + n)) for n in range(1, 4))]
    stands = standing(more, None)
    assert all(claim in stands.claims for claim in before)
    if any(claim.value != value for claim in before):
        assert stands.disputed


@given(said(), st.sampled_from(VALUES))
def test_a_settlement_stands_until_a_side_says_something_else(rows: list[Said], value: str) -> None:
    upto = max((row.id for row in rows), default=0)
    settled = Settled(value, upto)
    if rows:
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
