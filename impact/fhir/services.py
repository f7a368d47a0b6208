"""What facilities offer as HealthcareService: the newest word about each service that is there, wholly or in part."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from facilities.enums import FacilityState
from facilities.models import Facility, ServiceStatus
from facilities.upkeep_enums import Availability
from impact.fhir import resources
from impact.fhir.parameters import (
    LOOKUPS,
    NOTHING,
    Asked,
    Parameter,
    Problem,
    any_of,
    each,
    last_updated,
    never,
    plain,
    referred,
    token,
)
from impact.fhir.resources import BASE, PROFILE, Resource

SERVICES = f"{BASE}/CodeSystem/service"
IDENTIFIER = f"{BASE}/identifier/service"
THERE = (Availability.AVAILABLE, Availability.PARTLY)


def offered() -> QuerySet[ServiceStatus]:
    """Return what public facilities offer, each under the codes of its facility and of the service."""
    public = Facility.objects.public().values("pk")
    rows = ServiceStatus.objects.filter(facility__in=public).standing().filter(availability__in=THERE)
    return rows.select_related("domain", "facility__kind").annotate(
        key=Concat(F("facility__code"), Value("-"), F("domain__code"))
    )


def service(row: Any) -> Resource:
    """Return the service. Whether all of it is there is told in `comment`: R4 has no field for a part."""
    domain = row.domain
    moment = row.entered_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    found: Resource = {
        "resourceType": "HealthcareService",
        "id": row.key,
        "meta": {"lastUpdated": moment, "profile": [f"{PROFILE}HealthcareService"]},
        "identifier": [{"system": IDENTIFIER, "value": row.key}],
        "active": True,
        "providedBy": {"reference": f"Organization/{row.facility.code}"},
        "type": [{"coding": [{"system": SERVICES, "code": domain.code, "display": domain.name_en}]}],
        "location": [{"reference": f"Location/{row.facility.code}"}],
        "name": domain.name_ar or domain.name_en,
    }
    if row.availability == Availability.PARTLY:
        found["comment"] = "; ".join(["partly available", *row.barriers])
    return found


def _by(path: str, kind: str) -> Callable[[str], Asked]:
    return lambda value: Asked(Q(**{path: referred(value, kind)}), never)


def _id(value: str) -> Asked:
    return Asked(Q(key=plain(value)), never)


def _identifier(value: str) -> Asked:
    system, code = token(value)
    return Asked(Q(key=code) if system in {None, IDENTIFIER} else NOTHING, never)


def _type(value: str) -> Asked:
    system, code = token(value)
    return Asked(Q(domain__code=code) if system in {None, SERVICES} else NOTHING, never)


def _active(value: str) -> Asked:
    _system, code = token(value)
    if code not in {"true", "false"}:
        raise Problem(400, "value", "active is true or false.")
    return Asked(Q(facility__state=FacilityState.OPEN) if code == "true" else NOTHING, never)


def _name(modifier: str, values: Sequence[str]) -> Asked:
    names = [f"domain__name_{code}__{LOOKUPS[modifier]}" for code in ("ar", "en")]
    return any_of([Asked(Q(**{names[0]: plain(value)}) | Q(**{names[1]: plain(value)}), never) for value in values])


PARAMETERS = (
    Parameter("_id", "token", "Id of the resource.", each(_id)),
    last_updated("entered_at"),
    Parameter("active", "token", "Always true: what is not there is no resource.", each(_active)),
    Parameter("identifier", "token", "Codes of the facility and of the service.", each(_identifier)),
    Parameter("location", "reference", "The facility as a place.", each(_by("facility__code", "Location"))),
    Parameter("name", "string", "Beginning of the service's name in either language.", _name, ("contains", "exact")),
    Parameter(
        "organization", "reference", "The facility as an institution.", each(_by("facility__code", "Organization"))
    ),
    Parameter("service-type", "token", "The service as a code.", each(_type)),
)


def _facilities(rows: Sequence[Any], shown: Callable[[Any], Resource]) -> list[Resource]:
    found = resources.facilities().filter(pk__in={row.facility_id for row in rows}).order_by("code")
    return [shown(row) for row in found]


def locations(rows: Sequence[Any]) -> list[Resource]:
    return _facilities(rows, resources.location)


def organizations(rows: Sequence[Any]) -> list[Resource]:
    return _facilities(rows, resources.organization)
