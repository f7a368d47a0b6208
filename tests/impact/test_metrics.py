"""What the map shows besides facilities: needs, reports, mobile units; a hidden facility is in no figure."""

import pytest
from django.test import Client

from facilities import pictures, services
from tests.factories import facilities as make
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
