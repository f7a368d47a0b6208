"""Whose a published value is: that of the list which wrote it last, through the desk as it is used."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from facilities import services
from facilities.models import Facility, FacilityImport, Source
from network.services import record_edit
from tests.factories import facilities as make, facility_lists as lists
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
OSM, OWN = "facilities-openstreetmap", "facilities"
POINT = {"lat": "32.877500", "lon": "13.187300"}
# The rest of a row that can be listed, and tells nothing more.
BARE = {"name_ar": "عيادة الزيتونة"}


@pytest.fixture
def osm() -> Source:
    return make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")


@pytest.fixture
def ministry() -> Source:
    return make.source("ministry", licence="CC BY 4.0")


def take_over(source: Source, *rows: dict[str, str], official: bool = False, into: Facility | None = None) -> None:
    """Take a list over at the desk of the west, what may be double into a facility that is there."""
    by = coordinator("west")
    make.FacilityTypeFactory()
    batch: FacilityImport = services.upload_list(
        source=source,
        side=make.district("west").region,
        official=official,
        upload=("a.csv", lists.table([*rows])),
        by=by,
    )
    batch = services.read_list(batch=batch, tell=lists.silent, by=by)
    if into:
        assert {row.facility_id for row in batch.rows.all()} == {into.pk}
        services.decide_rows(batch=batch, decision="merge", by=by)
    services.apply_list(batch=batch, tell=lists.silent, by=by)


def row(**cells: str) -> dict[str, str]:
    return {**lists.row(1), **BARE, **POINT, **cells}


def told(slug: str, facility: Facility) -> dict[str, str]:
    """Return what a file tells of a facility, where it does."""
    text = b"".join(Client().get(f"/data/{slug}.csv")).decode("utf-8-sig")
    found = {line["code"]: line for line in csv.DictReader(io.StringIO(text))}.get(facility.code, {})
    return {name: found.get(name, "") for name in ("latitude", "phones", "hours", "kind")}


NOTHING = {"latitude": "", "phones": "", "hours": "", "kind": ""}


def test_what_a_coordinator_takes_over_of_an_open_list_again_stays_that_list_s(osm: Source) -> None:
    take_over(osm, row(phones="0910000001"))
    take_over(osm, row(phones="0910000002", lat="32.900000"))
    (listed,) = Facility.objects.all()
    listed.public_precision = "exact"
    listed.save()

    assert told(OWN, listed) == NOTHING
    apart = told(OSM, listed)
    assert (apart["latitude"], apart["phones"], apart["kind"]) == ("32.900000", "0910000002", "hospital")


def test_a_row_of_an_open_list_merged_into_a_facility_of_another_takes_only_what_it_wrote(
    osm: Source, ministry: Source
) -> None:
    take_over(ministry, row(phones="0910000001"))
    (listed,) = Facility.objects.all()
    take_over(osm, row(id="node/1", phones="0910000009", hours_en="24/7"), into=listed)

    own, apart = told(OWN, listed), told(OSM, listed)
    assert (own["phones"], own["kind"], own["hours"]) == ("0910000001", "hospital", "")
    assert (apart["phones"], apart["kind"], apart["hours"]) == ("", "", "24/7")


def test_what_an_open_list_fills_in_of_a_facility_of_ours_is_the_list_s(osm: Source) -> None:
    own = make.facility(name_ar=BARE["name_ar"], name_en="", public_precision="exact", phones="0910000001")
    take_over(osm, row(id="node/1", phones="0910000009", hours_en="24/7"), into=own)

    ours, apart = told(OWN, own), told(OSM, own)
    assert (ours["latitude"], ours["phones"], ours["kind"], ours["hours"]) == ("", "0910000001", "hospital", "")
    assert (apart["latitude"], apart["phones"], apart["kind"], apart["hours"]) == ("32.877500", "", "", "24/7")


def test_a_list_that_asks_for_no_licence_takes_over_what_an_open_one_said(osm: Source, ministry: Source) -> None:
    take_over(osm, row(phones="0910000001"))
    (listed,) = Facility.objects.all()
    take_over(ministry, row(phones="0910000002"), official=True, into=listed)
    assert (told(OWN, listed)["phones"], told(OSM, listed)["phones"]) == ("0910000002", "")


@pytest.mark.parametrize("written", ["hours", "hours_ar"])
def test_hours_that_a_person_writes_are_the_network_s_own(osm: Source, written: str) -> None:
    take_over(osm, row(hours_ar="طوال اليوم"))
    (listed,) = Facility.objects.all()
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("", "طوال اليوم")
    listed.hours_ar = "صباحا"  # type: ignore[attr-defined]
    listed.save()
    record_edit(listed, changed={"fields": [written]}, by=coordinator("west"), at=timezone.now())
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("صباحا", "")


def test_hours_of_an_open_list_stay_its_own_where_a_person_wrote_the_other_language(osm: Source) -> None:
    take_over(osm, row(hours_ar="طوال اليوم"))
    (listed,) = Facility.objects.all()
    listed.hours_en = "mornings"  # type: ignore[attr-defined]
    listed.save()
    record_edit(listed, changed={"fields": ["hours_en"]}, by=coordinator("west"), at=timezone.now())
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("", "طوال اليوم")
