"""FHIR: services are told of facilities that are open and told."""

import pytest
from django.test import Client

from facilities import services
from facilities.models import Facility
from tests.factories.network import coordinator
from tests.impact.fhir_asked import ask, ids, offers, valid

pytestmark = pytest.mark.django_db


def test_what_is_there_is_a_service_and_what_is_not_is_none(palms: Facility) -> None:
    whole, part = offers(palms), offers(palms, "partly", "Mental health care")
    bundle = ask("HealthcareService?_include=HealthcareService:location&_include=HealthcareService:organization")
    kinds_found = sorted(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds_found == ["HealthcareService", "HealthcareService", "Location", "Organization"]
    assert ask(f"HealthcareService/{whole}")["location"] == [{"reference": f"Location/{palms.code}"}]
    assert "staff" in ask(f"HealthcareService/{part}")["comment"]

    offers(palms, "not")
    valid(Client().get(f"/fhir/HealthcareService/{whole}"), 404)
    assert [entry["resource"]["id"] for entry in ask("HealthcareService")["entry"]] == [part]
    assert "HealthcareService" in {row["type"] for row in ask("metadata")["rest"][0]["resource"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("_id={id}", 1), ("_id=x", 0), ("active=true", 1), ("active=false", 0), ("identifier={id}", 1), ("identifier=x|{id}", 0),
        ("location=Location/{code}", 1), ("location={code}", 1), ("location=Location/x", 0), ("organization=Organization/{code}", 1),
        ("organization=Location/{code}", 0), ("name=ante", 1), ("name:contains=NATAL", 1), ("name:exact=Antenatal", 0),
        ("service-type={service}", 1), ("service-type=x|{service}", 0), ("_lastUpdated=gt2020", 1), ("_lastUpdated=lt2020", 0),
    ],
)  # fmt: skip
def test_services_are_found_by_each_parameter(query: str, found: int, palms: Facility) -> None:
    key = offers(palms)
    asked = query.format(id=key, code=palms.code, service=key.partition("-")[2])
    assert len(ask(f"HealthcareService?{asked}").get("entry", [])) == found


def test_services_of_a_hidden_facility_are_none(palms: Facility) -> None:
    key = offers(palms)
    services.raise_concern(facility=palms, reason="Threats", by=coordinator("west"))
    valid(Client().get(f"/fhir/HealthcareService/{key}"), 404)
    assert ask("HealthcareService").get("entry", []) == []


def test_services_of_a_closed_facility_are_none(palms: Facility) -> None:
    key = offers(palms)
    services.close_facility(facility=palms, reason="Gone.", by=coordinator("west"))
    ask(f"HealthcareService/{key}", 404)
    assert ids(ask("HealthcareService")) == []
