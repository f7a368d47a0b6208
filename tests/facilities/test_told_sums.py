"""Sums of monthly reports as everybody reads them: what is handed in, corrected and hidden moves none that was told."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings, strategies as st

from facilities import atoms, monthly, services, tasks
from facilities.atoms import Sum
from facilities.models import Facility, MonthClosing, ToldSum
from network.disclosure import SMALLEST
from tests.clock import Clock
from tests.factories import facilities as make
from tests.factories.monthly import close, indicators, last_month, report
from tests.factories.network import RegionFactory, coordinator
from tests.readings import Reading, undone

pytestmark = pytest.mark.either
often = settings(max_examples=300, derandomize=True, deadline=None, database=None)
CODES = ["consultations", "referrals", "deliveries"]
PARTS = {"referrals": "consultations"}
WHY = "counted twice"


# --- one district, one month ------------------------------------------------------------------------------------------------


@often
@given(st.dictionaries(st.sampled_from(CODES), st.builds(Sum, st.integers(0, 6), st.integers(0, 40))))
def test_a_sum_that_is_told_is_of_three_facilities_and_of_five_or_of_nobody(sums: dict[str, Sum]) -> None:
    told = atoms.tellable(sums, PARTS)
    for code, total in told.items():
        assert sums[code].facilities >= 3
        assert total == 0 or total >= SMALLEST
    if {"referrals", "consultations"} <= told.keys():
        assert not 0 < told["consultations"] - told["referrals"] < SMALLEST


@pytest.mark.parametrize(
    ("sums", "told"),
    [
        ({"deliveries": Sum(2, 50)}, {}),
        ({"deliveries": Sum(3, 50)}, {"deliveries": 50}),
        ({"deliveries": Sum(3, 4)}, {}),
        ({"deliveries": Sum(3, 0)}, {"deliveries": 0}),
        # Three who were seen and not referred would follow.
        ({"consultations": Sum(4, 40), "referrals": Sum(4, 37)}, {"consultations": 40}),
        ({"consultations": Sum(4, 40), "referrals": Sum(4, 35)}, {"consultations": 40, "referrals": 35}),
    ],
)
def test_small_sums_and_sums_of_few_facilities_are_hidden(sums: dict[str, Sum], told: dict[str, int]) -> None:
    assert atoms.tellable(sums, PARTS) == told


# --- two readings -----------------------------------------------------------------------------------------------------------


def reading() -> Reading:
    """Return every sum that the page tells of the months of the story."""
    found: dict[Any, int] = {}
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        picture = monthly.picture(month)
        for row in [*picture.sums, None]:
            sums, name = (row.sums, row.district.pk) if row else (picture.totals, "all")
            found |= {
                (month, name, indicator.pk): total
                for indicator, total in zip(picture.indicators, sums, strict=True)
                if total is not None
            }
    return found


@pytest.fixture
def facilities(db: None, clock: Clock) -> list[Facility]:
    clock.set(timezone.make_aware(datetime(2026, 3, 2, 12)))
    indicators()
    RegionFactory(code="east")
    return [make.facility(side) for side in ("west", "west", "west", "west", "east", "east", "east")]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hand in", "hand in", "hand in", "hand in", "hide", "lift"]),
        st.integers(0, 6),
        st.integers(1, 3),
        st.integers(0, 12),
        st.integers(1, 5),
    ),
    min_size=12,
    max_size=20,
)


def step(what: str, facility: Facility, back: int, number: int) -> None:
    by = coordinator(facility.side.code)
    if what == "hand in" and not facility.concern:
        values = {"consultations": number + 1, "referrals": number // 2, "deliveries": number}
        month = last_month(back)
        figures = {code: services.Figure(value, WHY) for code, value in values.items()}
        if services.keep_report(facility=facility, month=month, figures=figures, by=by):
            services.submit_report(facility=facility, month=month, by=by)
    elif what == "hide" and not facility.concern:
        services.raise_concern(facility=facility, reason="Shelling", by=by)
    elif what == "lift" and facility.concern:
        services.lift_concern(facility=facility, reason="Quiet", by=by)


def test_a_sum_that_was_told_never_moves(facilities: list[Facility], clock: Clock) -> None:
    begin, told = clock.now, 0

    def read_after(steps: list[Any]) -> Iterator[Reading]:
        for facility in facilities[1:]:
            step("hand in", facility, 1, 9)
        for what, place, back, number, days in steps:
            step(what, Facility.objects.get(pk=facilities[place].pk), back, number)
            tasks.close_months()
            yield reading()
            clock.forward(days=days)

    @settings(max_examples=10, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(STEPS)
    def over_weeks(steps: list[Any]) -> None:
        nonlocal told
        clock.set(begin)
        readings = undone(lambda: list(read_after(steps)))
        for before, after in pairwise(readings):
            # What was told stays to the last one; what is new is told by itself.
            assert before.items() <= after.items()
            assert all(total == 0 or total >= SMALLEST for total in after.values())
        told += any(readings)

    over_weeks()
    assert told > 5


@pytest.mark.django_db
def test_a_sum_stands_whoever_reports_corrects_or_is_hidden_afterwards(facilities: list[Facility]) -> None:
    for facility in facilities[:3]:
        report(facility, consultations=40, deliveries=1)
    before = monthly.picture(last_month())
    assert (before.is_closed, before.sums, [row.reported for row in before.rows]) == (False, [], [0, 3])
    assert close() is not None
    (row,) = monthly.picture(last_month()).sums
    # One delivery each: three in all are not told.
    assert (row.sums[0], row.sums[3]) == (120, None)
    report(facilities[3], consultations=7)
    report(facilities[0], consultations=41, word=WHY)
    services.raise_concern(facility=facilities[1], reason="Shelling", by=coordinator("west"))
    assert close() is None
    after = monthly.picture(last_month())
    assert [each.sums for each in after.sums] == [row.sums]
    assert after.totals[0] == 120
    # Who has reported is of facilities, and as of now.
    assert {each.district.region.code: (each.reported, each.facilities) for each in after.rows} == {
        "east": (0, 3), "west": (3, 3),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_facility_that_is_hidden_when_the_month_is_closed_is_in_no_sum(facilities: list[Facility]) -> None:
    for facility, number in zip(facilities[:4], (10, 20, 30, 777), strict=True):
        report(facility, consultations=number)
    services.raise_concern(facility=facilities[3], reason="Shelling", by=coordinator("west"))
    close()
    found = monthly.picture(last_month())
    assert (found.reported, found.facilities, found.totals[0]) == (3, 6, 60)
    services.lift_concern(facility=Facility.objects.get(pk=facilities[3].pk), reason="Quiet", by=coordinator("west"))
    assert monthly.picture(last_month()).totals[0] == 60


@pytest.mark.django_db
def test_a_total_is_the_sum_of_what_is_told(facilities: list[Facility]) -> None:
    for facility in (*facilities[:3], *facilities[4:6]):
        report(facility, consultations=40)
    close()
    found = monthly.picture(last_month())
    assert ([row.district.region.code for row in found.sums], found.totals[0]) == (["west"], 120)


# --- when ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_month_is_closed_after_its_deadline_once_somebody_reported_it(
    facilities: list[Facility], clock: Clock
) -> None:
    clock.set(timezone.make_aware(datetime(2026, 10, 15, 12)))
    report(facilities[0], consultations=40)
    tasks.close_months()
    assert not MonthClosing.objects.exists()
    assert services.close_reports(month=last_month(), today=timezone.localdate()) is None
    clock.set(timezone.make_aware(datetime(2026, 10, 16, 3)))
    tasks.close_months()
    tasks.close_months()
    assert [f"{row.month:%Y-%m}" for row in MonthClosing.objects.all()] == ["2026-09"]


@pytest.mark.django_db
def test_the_database_keeps_closings_as_they_are_and_no_sum_of_four(facilities: list[Facility]) -> None:
    for facility in facilities[:3]:
        report(facility, consultations=40)
    close()
    kept = ToldSum.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldSum.objects.create(closing=kept.closing, district=facilities[4].district, indicator=kept.indicator, total=4)
    for table in ("monthclosing", "toldsum"):
        for statement in (f"UPDATE facilities_{table} SET id = id", f"DELETE FROM facilities_{table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


# --- the page -------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "waits", "few"),
    [("ar", "بعد 15 مارس 2026", "ثلاثة مرافق"), ("en", "after 15 March 2026", "It takes three")],
)
def test_the_page_says_when_sums_are_told_and_how_they_stood(
    language: str, waits: str, few: str, facilities: list[Facility]
) -> None:
    page = f"/{language}/facilities/reports/"

    def text() -> str:
        cache.clear()
        return Client().get(page).text

    report(facilities[0], consultations=4321)
    assert waits in text()
    close()
    assert few in text()
    assert "4321" not in text()
    for facility in facilities[:3]:
        report(facility, last_month(2), consultations=1440)
    close(last_month(2))
    page += f"?month={last_month(2):%Y-%m}"
    assert ">4320<" in text()
    assert "3 / 4" in text()
    for wrong in ("x", "2019-01", "9" * 50):
        assert Client().get(f"/{language}/facilities/reports/", {"month": wrong}).status_code == 200
