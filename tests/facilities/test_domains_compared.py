"""Domain scores over time and beside the district, on the page of a facility's readiness."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from facilities import assessment_selectors as selectors, services
from facilities.models import Assessment, Facility
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator

pytestmark = pytest.mark.django_db
# Findings of two domains of three items.
FULL_AND_NONE = ["present"] * 3 + ["absent"] * 3
THIRDS = ["present", "absent", "absent", "present", "present", "absent"]


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    make.questionnaire()
    return make.facility()


def visited(place: Facility, findings: Any, days: int = 0) -> Assessment:
    return make.published(place, findings, visit_on=timezone.localdate() - timedelta(days=days))


def table(facility: Facility, language: str = "en") -> list[list[str]]:
    """Return the table of a facility's readiness by its rows, without markup; none where there is none."""
    page = Client().get(f"/{language}/facilities/{facility.code}/readiness/").text
    found = re.search(
        r'<div class="scroll" tabindex="0" role="group" aria-labelledby="beside">(.*?)</div>', page, re.DOTALL
    )
    if not found:
        return []
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", found.group(1), re.DOTALL)
    ]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_domain_stands_with_its_visits_newest_first(language: str, facility: Facility) -> None:
    visited(facility, THIRDS, days=300)
    assert table(facility, language) == []
    visited(facility, FULL_AND_NONE)
    _head, first, second, index = table(facility, language)
    assert (first[1:], second[1:], index[1:]) == (["100%", "33%"], ["0%", "67%"], ["50.0%", "50.0%"])


def test_no_more_than_five_visits_of_the_newest_questionnaire_are_compared(facility: Facility) -> None:
    for days in range(1, 8):
        visited(facility, THIRDS, days=days)
    another = make.edition("older", "2001-01-01")
    old = visited(facility, FULL_AND_NONE)
    Assessment.objects.filter(pk=old.pk).update(edition=another, visit_on="2020-01-01")
    second = visited(facility, FULL_AND_NONE, days=2)
    Assessment.objects.filter(pk=second.pk).update(edition=another)
    assert [len(row) for row in table(facility)] == [6] * 4
    shown = selectors.over_time(selectors.published(facility))
    assert [(timezone.localdate() - row.visit_on).days for row in shown] == [1, 2, 3, 4, 5]


def test_a_domain_s_mean_is_of_five_other_facilities_at_least_and_of_none_that_is_hidden(facility: Facility) -> None:
    visited(facility, "absent")
    others = [make.facility(name_en=f"Other {n}") for n in range(6)]
    for number, other in enumerate(others[:5]):
        assert selectors.district_means(facility).domains == {}, number
        visited(other, FULL_AND_NONE)
    # Of another district, and the older of two visits.
    visited(make.facility("east"), "present")
    visited(others[0], "present", days=30)
    assert [row[1:] for row in table(facility)[1:]] == [["0%", "100%"], ["0%", "0%"], ["0.0%", "50.0%"]]
    services.raise_concern(facility=others[0], reason="", by=coordinator("west"))
    assert table(facility) == []
    # Of those who answered another questionnaire a domain's mean knows nothing, and so is of too few.
    last = visited(others[5], FULL_AND_NONE)
    Assessment.objects.filter(pk=last.pk).update(scores=[])
    means = selectors.district_means(facility)
    assert (means.index, means.domains) == (50, {})


def test_the_page_costs_the_same_whatever_there_is(facility: Facility, django_assert_num_queries: Any) -> None:
    visited(facility, THIRDS, days=9)
    visited(facility, THIRDS)
    address = f"/en/facilities/{facility.code}/readiness/"
    with django_assert_num_queries(5):
        Client().get(address)
    for days in range(1, 5):
        visited(facility, THIRDS, days=days)
    for number in range(6):
        visited(make.facility(name_en=f"Other {number}"), THIRDS)
    with django_assert_num_queries(5):
        Client().get(address)
