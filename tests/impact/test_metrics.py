"""What the map shows besides facilities: needs, reports, mobile units; a hidden facility is in no figure."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from facilities import pictures, services
from facilities.enums import Precision
from facilities.pictures import Figure
from network.disclosure import SMALLEST
from tests.clock import Clock
from tests.factories import facilities as make, monthly, needs
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["functionality", "number", "needs", "reporting", "coverage"])
def test_every_metric_has_its_map_and_its_table(code: str) -> None:
    make.facility()
    page = Client().get(f"/ar/facilities/map/?by={code}")
    assert page.status_code == 200
    assert str(pictures.metrics()[[row.code for row in pictures.metrics()].index(code)].title)


def test_a_hidden_facility_does_not_lower_what_is_reported() -> None:
    facility = make.facility()
    figures = {metric.code: metric for metric in pictures.metrics()}
    assert figures["reporting"].per_district()[facility.district_id].whole == 1
    services.raise_concern(facility=facility, reason="Threats", by=coordinator("west"))
    assert facility.district_id not in figures["reporting"].per_district()


def told(code: str) -> dict[int, Figure]:
    (metric,) = (row for row in pictures.metrics() if row.code == code)
    return dict(metric.per_district())


@pytest.mark.parametrize("code", ["reporting", "needs"])
def test_a_facility_whose_district_nobody_is_told_is_counted_in_none(code: str) -> None:
    facility = make.facility(public_precision=Precision.HIDDEN)
    needs.need(facility)
    assert told(code) == {}


def test_open_needs_are_those_that_somebody_verified_and_that_wait() -> None:
    facility = make.facility()
    needs.reported(facility)
    assert told("needs") == {}
    for row in [needs.need(facility) for _ in range(2)][:1]:
        needs.services.withdraw_need(need=row, reason="Bought.", by=coordinator("west"))
    assert told("needs") == {facility.district_id: Figure(1)}


def test_needs_of_few_hidden_facilities_are_in_no_figure() -> None:
    shown, *others = (make.facility() for _ in range(SMALLEST + 1))
    for row in (shown, *others):
        needs.need(row)
    for number, row in enumerate(others, 1):
        services.raise_concern(facility=row, reason="Threats", by=coordinator("west"))
        # What is shown, and where they can be counted, those that are hidden.
        expected = SMALLEST + 1 if number == SMALLEST else SMALLEST + 1 - number
        assert told("needs") == {shown.district_id: Figure(expected)}


@pytest.mark.parametrize(("day", "month"), [(10, 8), (11, 9)])
def test_reports_are_counted_of_the_last_month_that_is_due(day: int, month: int, clock: Clock) -> None:
    monthly.indicators()
    clock.set(timezone.make_aware(datetime(2026, 10, day, 12)))
    one, other, never = make.facility(), make.facility(), make.facility()
    monthly.report(one, date(2026, 8, 1), consultations=3)
    monthly.report(one, date(2026, 9, 1), consultations=3)
    monthly.report(other, date(2026, month, 1), consultations=3)
    assert told("reporting") == {never.district_id: Figure(2, 3)}
