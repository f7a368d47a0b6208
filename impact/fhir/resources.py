"""Facilities, districts and sides as Location and Organization: each is a pair of both (mCSD, section 4.6.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from facilities import policies
from facilities.enums import Audience, Contested, FacilityState
from facilities.models import Facility, OtherName, Record
from network.models import District, Region

BASE = f"{settings.SITE_URL}/fhir"
PROFILE = "https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD."
TYPES = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"
KINDS = f"{BASE}/CodeSystem/facility-kind"
CODES = f"{BASE}/identifier/facility"
P_CODES = f"{BASE}/identifier/p-code"
SOURCES = f"{BASE}/CodeSystem/source"
DISPUTED = f"{BASE}/CodeSystem/disputed"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
DISTRICT, SIDE = "district-", "side-"

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """A jurisdiction: a side or a district, and the id of the one of which it is a part."""

    id: str
    pcode: str
    name_ar: str
    name_en: str
    part_of: str


def areas() -> list[Area]:
    """Return sides and districts in the order of their ids."""
    sides = [
        Area(f"{SIDE}{row.pcode}", row.pcode, row.name_ar, row.name_en, "")  # type: ignore[attr-defined]
        for row in Region.objects.all()
    ]
    districts = [
        Area(f"{DISTRICT}{row.pcode}", row.pcode, row.name_ar, row.name_en, f"{SIDE}{row.region.pcode}")  # type: ignore[attr-defined]
        for row in District.objects.select_related("region")
    ]
    return sorted([*sides, *districts], key=lambda area: area.id)


def facilities() -> QuerySet[Facility]:
    """Return what may be told: listed facilities and those closed for good, none with a security concern, none merged with another."""
    return (
        Facility.objects.filter(state__in=[FacilityState.OPEN, FacilityState.CLOSED], concern=False)
        .select_related("kind", "district", "municipality", "side")
        .prefetch_related(
            Prefetch("other_names", OtherName.objects.order_by("pk")),
            Prefetch("records", Record.objects.filter(source__is_open=True).select_related("source").order_by("pk")),
        )
    )


def location(row: Facility | Area) -> Resource:
    """Return the place."""
    if isinstance(row, Area):
        return {
            **_area(row, "Location"),
            "status": "active",
            "mode": "instance",
            "managingOrganization": _to("Organization", row.id),
        }
    place = policies.place_for(row, Audience.PUBLIC)
    found = {
        **_facility(row, "Location"),
        "status": "active" if row.state == FacilityState.OPEN else "inactive",
        "mode": "instance",
        "address": _address(row, place),
        "managingOrganization": _to("Organization", row.code),
        "partOf": _to("Location", _parent(row, place)),
    }
    if row.hours:
        found["availabilityExceptions"] = row.hours
    if place.point:
        latitude, longitude = place.point
        found["position"] = {"longitude": float(longitude), "latitude": float(latitude)}
    return found


def organization(row: Facility | Area) -> Resource:
    """Return the institution."""
    if isinstance(row, Area):
        return {**_area(row, "Organization"), "active": True}
    place = policies.place_for(row, Audience.PUBLIC)
    return {
        **_facility(row, "Organization"),
        "active": row.state == FacilityState.OPEN,
        "address": [_address(row, place)],
        "partOf": _to("Organization", _parent(row, place)),
    }


def _facility(row: Facility, kind: str) -> Resource:
    found: Resource = {
        "resourceType": kind,
        "id": row.code,
        "meta": {
            "lastUpdated": row.changed_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "profile": [f"{PROFILE}Facility{kind}"],
            "tag": _tags(row),
        },
        "identifier": [{"system": CODES, "value": row.code}],
        **_named(row.name_in("ar"), row.name_ar, row.name_en, (name.name for name in row.other_names.all())),
        "type": [
            {"coding": [{"system": TYPES, "code": "facility"}]},
            {"coding": [{"system": KINDS, "code": row.kind.code, "display": row.kind.name_en}]},  # type: ignore[attr-defined]
        ],
    }
    if row.phones:
        found["telecom"] = [{"system": "phone", "value": row.phones}]
    if not found["meta"]["tag"]:
        del found["meta"]["tag"]
    return found


def _tags(row: Facility) -> list[Resource]:
    """Return the open lists of which something may stand in this resource, with the credit that their licence asks for, and of what sides
    say different things.
    """
    sources = {record.source.code: record.source for record in row.records.all()}
    credits = [
        {
            "system": SOURCES,
            "code": source.code,
            "display": " – ".join(filter(None, [source.credit, source.licence])) or str(source),
        }
        for source in sources.values()
    ]
    labels = dict(Contested.choices)
    disputed = row.disputed_in_public
    return credits + [{"system": DISPUTED, "code": field, "display": str(labels[field])} for field in disputed]


def _area(area: Area, kind: str) -> Resource:
    found: Resource = {
        "resourceType": kind,
        "id": area.id,
        "meta": {"profile": [f"{PROFILE}Jurisdiction{kind}"]},
        "identifier": [{"system": P_CODES, "value": area.pcode}],
        **_named(area.name_ar or area.name_en, area.name_ar, area.name_en, ()),
        "type": [{"coding": [{"system": TYPES, "code": "jurisdiction"}]}],
    }
    if area.part_of:
        found["partOf"] = _to(kind, area.part_of)
    return found


def _named(name: str, arabic: str, english: str, others: Iterable[str]) -> Resource:
    """Return the name, Arabic if there is one, with the other language's beside it."""
    found: Resource = {"name": name}
    if arabic and english and english != name:
        parts = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": english}]
        found["_name"] = {"extension": [{"url": TRANSLATION, "extension": parts}]}
    if alias := [other for other in dict.fromkeys([english, *others]) if other and other != name]:
        found["alias"] = alias
    return found


def _address(row: Facility, place: policies.Place) -> Resource:
    """Return the place in words, as far as everybody may know it."""
    parts = {"city": place.municipality, "district": place.district, "state": row.side}
    return {"type": "physical", **{part: str(area.name_ar or area.name_en) for part, area in parts.items() if area}}


def _parent(row: Facility, place: policies.Place) -> str:
    """Return the district, or the side where everybody is told no more."""
    return f"{DISTRICT}{place.district.pcode}" if place.district else f"{SIDE}{row.side.pcode}"


def _to(kind: str, identifier: str) -> Resource:
    return {"reference": f"{kind}/{identifier}"}
