"""The dates of a rule: month ends, the clock on the wall, holidays, weekends and Ramadan."""

from datetime import date, time

import pytest
from django.test import override_settings

from dialogues import planning
from dialogues.enums import SeriesRule
from dialogues.planning import Do
from network.enums import PeriodEffect, PeriodKind
from tests.factories.dialogues import SessionFactory
from tests.factories.network import RegionFactory
from tests.factories.planning import SpecialPeriodFactory, shown

pytestmark = pytest.mark.django_db


def days(rule: str, first: str, **end: object) -> list[str]:
    return [day.isoformat() for day in planning.dates_of(rule, date.fromisoformat(first), **end)]


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        (SeriesRule.WEEKLY, "2026-12-24", ["2026-12-24", "2026-12-31", "2027-01-07", "2027-01-14"]),
        (SeriesRule.FORTNIGHTLY, "2028-02-17", ["2028-02-17", "2028-03-02", "2028-03-16", "2028-03-30"]),
        (SeriesRule.MONTHLY_DAY, "2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (SeriesRule.MONTHLY_DAY, "2027-11-30", ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"]),
        (SeriesRule.MONTHLY_WEEKDAY, "2026-12-12", ["2026-12-12", "2027-01-09", "2027-02-13", "2027-03-13"]),
        # A fifth Saturday is the last one of months that have four.
        (SeriesRule.MONTHLY_WEEKDAY, "2027-01-30", ["2027-01-30", "2027-02-27", "2027-03-27", "2027-04-24"]),
        (SeriesRule.MONTHLY_WEEKDAY, "2026-11-01", ["2026-11-01", "2026-12-06", "2027-01-03", "2027-02-07"]),
    ],
)
def test_dates_of_a_rule(rule: str, first: str, expected: list[str]) -> None:
    assert days(rule, first, count=4) == expected


def test_until_includes_its_day_and_no_rule_goes_on_for_ever() -> None:
    assert days(SeriesRule.WEEKLY, "2026-12-03", until=date(2026, 12, 17)) == ["2026-12-03", "2026-12-10", "2026-12-17"]
    assert len(days(SeriesRule.WEEKLY, "2026-12-03", until=date(2100, 1, 1))) == planning.LARGEST + 1
    assert len(days(SeriesRule.WEEKLY, "2026-12-03", count=999)) == planning.LARGEST + 1


def test_the_clock_on_the_wall_stays_where_the_hour_changes() -> None:
    with override_settings(TIME_ZONE="Europe/Rome"):
        session = SessionFactory(starts_at=shown("2027-03-20 10:00"))
        rows = planning.proposals(session, SeriesRule.WEEKLY, count=3)
        assert [planning.clock(row.starts).isoformat() for row in rows] == [
            "2027-03-20T10:00:00",
            "2027-03-27T10:00:00",
            "2027-04-03T10:00:00",
        ]
        assert [row.starts.utcoffset().total_seconds() / 3600 for row in rows] == [1, 1, 2]


def proposed(starts: str, rule: str = SeriesRule.WEEKLY, count: int = 3, **fields: object) -> list[tuple[str, str]]:
    session = SessionFactory(starts_at=shown(starts), **fields)
    rows = planning.proposals(session, rule, count=count)
    return [(row.do.value, planning.clock(row.starts).isoformat(" ", "minutes")) for row in rows[1:]]


def test_a_holiday_moves_a_date_to_the_next_day_on_which_people_work() -> None:
    # 24 December 2026 is a Thursday; Friday and Saturday are the weekend, and the Sunday is another holiday.
    SpecialPeriodFactory(first_day=date(2026, 12, 24))
    SpecialPeriodFactory(first_day=date(2026, 12, 27))
    assert proposed("2026-12-17 10:00") == [("other", "2026-12-28 10:00"), ("keep", "2026-12-31 10:00")]


def test_a_feast_leaves_a_date_out_and_a_day_that_is_only_pointed_out_changes_nothing() -> None:
    SpecialPeriodFactory(first_day=date(2027, 3, 9), last_day=date(2027, 3, 11), effect=PeriodEffect.SKIP)
    SpecialPeriodFactory(first_day=date(2027, 3, 18), effect=PeriodEffect.KEEP)
    assert proposed("2027-03-04 10:00") == [("skip", "2027-03-11 10:00"), ("keep", "2027-03-18 10:00")]


def test_in_ramadan_another_hour_is_proposed_also_for_a_date_that_moves_into_it() -> None:
    SpecialPeriodFactory(
        first_day=date(2027, 2, 8), last_day=date(2027, 3, 8), kind=PeriodKind.RAMADAN, effect=PeriodEffect.HOUR,
        starts_time=time(21, 30),
    )  # fmt: skip
    SpecialPeriodFactory(first_day=date(2027, 2, 17))
    assert proposed("2027-02-03 11:00") == [("other", "2027-02-10 21:30"), ("other", "2027-02-18 21:30")]


def test_a_rule_by_date_avoids_the_weekend_and_one_on_saturdays_does_not() -> None:
    assert proposed("2026-12-15 10:00", SeriesRule.MONTHLY_DAY) == [
        # 15 January 2027 is a Friday.
        ("other", "2027-01-17 10:00"),
        ("keep", "2027-02-15 10:00"),
    ]
    assert proposed("2026-12-12 10:00", SeriesRule.WEEKLY) == [
        ("keep", "2026-12-19 10:00"),
        ("keep", "2026-12-26 10:00"),
    ]


def test_a_side_has_holidays_of_its_own_and_a_joint_session_those_of_all_that_it_invites() -> None:
    east, west = RegionFactory(code="east"), RegionFactory(code="west")
    SpecialPeriodFactory(first_day=date(2027, 3, 18), region=east)
    assert proposed("2027-03-11 10:00", count=2, host_region=west) == [("keep", "2027-03-18 10:00")]
    assert proposed("2027-03-11 10:00", count=2, host_region=east) == [("other", "2027-03-21 10:00")]
    assert proposed("2027-03-11 10:00", count=2) == [("other", "2027-03-21 10:00")]
    only_west = SessionFactory(starts_at=shown("2027-03-11 10:00"))
    only_west.invited_regions.add(west)
    assert planning.proposals(only_west, SeriesRule.WEEKLY, count=2)[1].do is Do.KEEP


def test_the_session_itself_is_never_moved_by_a_proposal() -> None:
    SpecialPeriodFactory(first_day=date(2026, 12, 24))
    session = SessionFactory(starts_at=shown("2026-12-24 10:00"))
    first, second = planning.proposals(session, SeriesRule.WEEKLY, count=2)
    assert (first.do, first.starts, len(first.periods)) == (Do.KEEP, session.starts_at, 1)
    assert second.periods == []
