"""All that is told to everybody of facilities, walked as a whole: what is hidden is out of it at once, and no person is ever in it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from facilities import pictures, services
from facilities.enums import Precision
from facilities.models import Facility, Record, ServiceStatus
from facilities.upkeep_enums import Availability
from impact import datasets, points
from impact.fhir import kinds
from tests.factories import facilities as make, needs
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db
PLACE = {"latitude": "32.123456", "longitude": "13.654321", "public_precision": "exact"}
PERSON = "Canaryperson"


@pytest.fixture
def facility() -> Facility:
    """A facility of which every table, resource and page tells something, and people who had to do with it."""
    row = make.facility(
        **PLACE, name_ar="مستشفى الكناري", name_en="Secretplace", phones="021 777 7777", hours="hush hours",
        municipality=make.municipality(), functionality="full", head=f"{PERSON} Head",
    )  # fmt: skip
    services.add_name(facility=row, name="Secretplace of old", kind="former", by=coordinator("west"))
    source = make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    Record.objects.create(facility=row, source=source, external_id="node/1", row={}, read_at=timezone.now())
    member = PractitionerFactory(
        side="west", name_latin=f"{PERSON} Latin", name_ar=f"{PERSON} Arabic", user__email="canaryperson@example.org"
    )
    make.focal_point(row, member)
    needs.need(row, item=None, words="Secretplace needs", by=member.user)
    ServiceStatus.objects.create(
        facility=row, domain=make.service(), availability=Availability.PARTLY, barriers=["staff"],
        as_of=timezone.localdate(), entered_at=timezone.now(), entered_by=member.user,
    )  # fmt: skip
    services.confirm_facility(facility=row, by=member.user)
    return row


def addresses(pcode: str, code: str) -> Iterator[str]:
    """Yield every address of open data, of the map and of FHIR at which a facility could be told."""
    yield "/data/datapackage.json"
    for dataset in datasets.known():
        yield f"/data/{dataset.filename}"
        yield f"/data/{dataset.slug}.schema.json"
    for kind in kinds.known():
        for include in (*kind.includes, ""):
            yield f"/fhir/{kind.type}?_total=accurate" + (f"&_include={include}" if include else "")
        for include in kind.revincludes:
            yield f"/fhir/{kind.type}?_revinclude={include}"
        yield f"/fhir/{kind.type}/{code}"
    yield "/fhir/metadata"
    for language in ("ar", "en"):
        yield f"/{language}/data/"
        yield from (f"/{language}/data/{dataset.slug}/" for dataset in datasets.known())
        yield from (f"/{language}/facilities/map/?by={metric.code}" for metric in pictures.metrics())
        yield f"/{language}/facilities/map/{pcode}/"
        yield f"/{language}/"


def told(row: Facility) -> dict[str, str]:
    """Return what stands at each address."""
    found = {}
    for address in addresses(row.district.pcode, row.code):
        response = Client().get(address)
        found[address] = b"".join(response).decode()
    return found


def naming(found: dict[str, str], row: Facility) -> set[str]:
    words = (row.code, "Secretplace", "الكناري", "32.123456", "13.654321", "777 7777", "hush hours")
    return {address for address, text in found.items() if any(word in text for word in words)}


def test_hidden_it_is_nowhere_at_once_and_shown_again_everywhere(facility: Facility) -> None:
    before = told(facility)
    everywhere = naming(before, facility)
    for address in (
        "/data/facilities.csv", "/data/services.csv", "/data/needs.csv", "/fhir/Location?_total=accurate",
        "/fhir/Organization?_revinclude=Location:organization", "/fhir/HealthcareService?_total=accurate",
        f"/fhir/Location/{facility.code}", f"/en/facilities/map/{facility.district.pcode}/",
    ):  # fmt: skip
        assert address in everywhere

    services.raise_concern(facility=facility, reason="Threatened.", by=coordinator("west"))
    hidden = told(facility)
    assert naming(hidden, facility) == set()
    for metric in pictures.metrics():
        address = f"/en/facilities/map/?by={metric.code}"
        assert f"district={facility.district.pcode}" in hidden[address]
        figures = dict(metric.per_district())
        assert facility.district_id not in figures, metric.code

    row = Facility.objects.get()
    services.lift_concern(facility=row, reason="Quiet again.", by=coordinator("west"))
    assert naming(told(row), row) == everywhere


@pytest.mark.parametrize("closed", [False, True])
def test_merged_it_is_found_under_the_code_that_stays(facility: Facility, closed: bool) -> None:
    kept = make.facility(name_ar="", name_en="Other place", **PLACE | {"public_precision": "district"})
    if closed:
        services.close_facility(facility=kept, reason="Gone.", by=coordinator("west"))
    services.merge_facility(facility=facility, into=kept, by=coordinator("west"))
    found = told(facility)
    assert not [address for address, text in found.items() if facility.code in text]
    assert not [address for address, text in found.items() if "32.123456" in text]


@pytest.mark.parametrize("precision", Precision.values)
def test_its_place_is_told_no_more_exactly_anywhere(facility: Facility, precision: str) -> None:
    facility.public_precision, facility.member_precision = precision, Precision.EXACT
    services.save_facility(facility=facility, changed=["public_precision", "member_precision"], by=coordinator("west"))
    exact = {address for address, text in told(facility).items() if "32.123456" in text or "13.654321" in text}
    assert bool(exact) == (precision == Precision.EXACT)


@pytest.mark.parametrize("precision", Precision.values)
def test_no_person_is_anywhere(facility: Facility, precision: str) -> None:
    Facility.objects.update(public_precision=precision)
    # An account calls itself by its number.
    person = re.compile(rf"{PERSON}|account \d", re.IGNORECASE)
    assert not [address for address, text in told(facility).items() if person.search(text)]


def test_in_groups_it_is_told_no_more_exactly(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "MOST_POINTS", 0)
    Facility.objects.update(public_precision=Precision.MUNICIPALITY, changed_at=timezone.now() + timedelta(seconds=1))
    found = told(facility)
    assert not [address for address, text in found.items() if "32.123456" in text]
