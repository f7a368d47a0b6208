"""What is asked of the FHIR pages, read by those who define FHIR."""

import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.organization import Organization

from facilities.models import Facility, ServiceStatus
from tests.factories import facilities as make
from tests.factories.network import coordinator

POINT = {"latitude": "32.877500", "longitude": "13.187300", "public_precision": "exact"}
MODELS = {
    "Bundle": Bundle, "CapabilityStatement": CapabilityStatement, "HealthcareService": HealthcareService, "Location": Location,
    "OperationOutcome": OperationOutcome, "Organization": Organization,
}  # fmt: skip


def valid(response: Any, status: int = 200) -> dict[str, Any]:
    """Return what was answered, once those who define FHIR have read it."""
    assert response.status_code == status, response.content[:300]
    assert response.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    content: dict[str, Any] = json.loads(response.content)
    MODELS[content["resourceType"]].model_validate(content)
    for entry in content.get("entry", []):
        MODELS[entry["resource"]["resourceType"]].model_validate(entry["resource"])
    return content


def ask(path: str, status: int = 200, **headers: str) -> dict[str, Any]:
    return valid(Client().get(f"/fhir/{path}", headers=headers), status)


def post(path: str, form: dict[str, str], client: Client | None = None) -> Any:
    return (client or Client()).post(f"/fhir/{path}", urlencode(form), content_type="application/x-www-form-urlencoded")


def ids(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]


def codes(path: str) -> set[str]:
    """Return the ids of the facilities that a search finds."""
    return {one for one in ids(ask(path)) if not one.startswith(("side-", "district-"))}


def issues(bundle: dict[str, Any]) -> list[str]:
    found = [e["resource"] for e in bundle.get("entry", []) if e["search"]["mode"] == "outcome"]
    return [issue["diagnostics"] for outcome in found for issue in outcome["issue"]]


def offers(facility: Facility, availability: str = "available", name: str = "Antenatal care") -> str:
    """Keep what is said of a service, and return its id."""
    domain = make.service(name)
    ServiceStatus.objects.create(
        facility=facility, domain=domain, availability=availability, barriers=[] if availability == "available" else ["staff"],
        as_of=timezone.localdate(), entered_at=timezone.now(), entered_by=coordinator("west"),
    )  # fmt: skip
    return f"{facility.code}-{domain.code}"
