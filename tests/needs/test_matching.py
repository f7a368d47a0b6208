"""What is proposed to whom: pure."""

import pytest
from hypothesis import given, strategies as st

from needs.matching import Spare, Wanted, Where, kilometres, propose

HERE = Where(facility=1, side=1, district=1, municipality=1)


def wanted(number: int = 1, **more: object) -> Wanted:
    return Wanted(**({"id": number, "item": 1, "use": "oxygen", "open": 5, "priority": "c", "where": HERE} | more))  # type: ignore[arg-type]


def spare(number: int, where: Where, **more: object) -> Spare:
    return Spare(**({"id": number, "item": 1, "use": "oxygen", "free": 5, "where": where} | more))  # type: ignore[arg-type]


def best(want: Wanted, *spares: Spare) -> int | None:
    found = propose([want], spares, most=9)
    return found[0].surplus if found else None


def test_kilometres_are_those_of_a_map() -> None:
    tripoli, benghazi = (32.8872, 13.1913), (32.1167, 20.0667)
    assert kilometres(tripoli, benghazi) == pytest.approx(650, abs=10)
    assert kilometres(tripoli, tripoli) == 0
    assert kilometres((0, 0), (0, 180)) == pytest.approx(20015, abs=1)


def test_fit_comes_before_distance_and_the_nearer_of_two_first() -> None:
    near, far = Where(2, 1, 1, 1), Where(3, 2, 9, 9)
    same_side, other_side = Where(4, 1, 2, 2), Where(5, 2, 3, 3)
    assert best(wanted(), spare(1, near, item=2), spare(2, far)) == 2
    assert best(wanted(), spare(1, same_side), spare(2, near)) == 2
    assert best(wanted(), spare(1, other_side), spare(2, same_side)) == 2
    assert best(wanted(), spare(1, near, item=2, use="")) is None
    assert best(wanted(), spare(1, HERE)) is None


def test_a_known_distance_is_told_and_an_assumed_one_is_not() -> None:
    point, other = Where(1, 1, point=(32.0, 13.0)), Where(2, 2, point=(32.0, 14.0))
    (match,) = propose([wanted(where=point)], [spare(1, other)], most=1)
    assert match.km == pytest.approx(94.3, abs=1)
    (match,) = propose([wanted(where=point)], [spare(1, Where(2, 2))], most=1)
    assert match.km is None


def test_sides_count_for_nothing_but_the_way() -> None:
    one, other = Where(2, 1, point=(32.0, 15.0)), Where(3, 2, point=(32.0, 13.5))
    assert best(wanted(where=Where(1, 1, point=(32.0, 13.0))), spare(1, one), spare(2, other)) == 2


def test_what_is_confined_crosses_no_side() -> None:
    other = Where(2, 2)
    assert best(wanted(confined=True), spare(1, other)) is None
    assert best(wanted(), spare(1, other, confined=True)) is None
    assert best(wanted(confined=True), spare(1, Where(2, 1), confined=True)) == 1


def test_the_first_need_is_served_first_and_what_is_refused_is_left_out() -> None:
    found = propose([wanted(2, priority="a"), wanted(1)], [spare(1, Where(2, 1), free=5)], most=9)
    assert [(each.need, each.quantity) for each in found] == [(2, 5)]
    assert propose([wanted(1)], [spare(1, Where(2, 1))], refused=frozenset({(1, 1)}), most=9) == []


@given(
    opens=st.lists(st.integers(1, 9), max_size=6),
    frees=st.lists(st.integers(0, 9), max_size=6),
    most=st.integers(0, 4),
)
def test_no_more_is_proposed_than_is_free_or_open(opens: list[int], frees: list[int], most: int) -> None:
    wants = [wanted(number, open=each, where=Where(number, 1)) for number, each in enumerate(opens)]
    spares = [spare(number, Where(100 + number, 2), free=each) for number, each in enumerate(frees)]
    found = propose(wants, spares, most=most)
    assert len(found) <= most
    assert len({each.need for each in found}) == len(found)
    for each in found:
        assert 1 <= each.quantity <= opens[each.need]
    for number, free in enumerate(frees):
        assert sum(each.quantity for each in found if each.surplus == number) <= free
