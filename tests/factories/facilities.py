"""Invented facilities. They are listed by the service, so that what sides say of them is a claim from the first day."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from facilities import services
from facilities.models import Assessment, Edition, Facility, Posting, ServiceDomain, Source, TracerItem
from network.models import District, Municipality, Practitioner, User
from tests.factories.cases import FacilityTypeFactory
from tests.factories.network import (
    DistrictFactory,
    MunicipalityFactory,
    PractitionerFactory,
    RegionFactory,
    coordinator,
)


def district(side: str = "west") -> District:
    """Return the one district of a side that these tests use."""
    region = RegionFactory(code=side)
    return District.objects.filter(region=region).order_by("pk").first() or DistrictFactory(region=region)


def municipality(side: str = "west") -> Municipality:
    row = Municipality.objects.filter(district__region__code=side).order_by("pk").first()
    return row or MunicipalityFactory(district=district(side))


def facility(side: str = "west", **fields: Any) -> Facility:
    """List a facility as a coordinator of its side does."""
    values = {
        "name_ar": "مستشفى النخيل",
        "name_en": "Palms Hospital",
        "kind": FacilityTypeFactory(),
        "district": district(side),
        **fields,
    }
    row = Facility(**values)
    return services.save_facility(facility=row, changed=list(values), by=coordinator(side))


def source(code: str = "survey", **fields: Any) -> Source:
    names = {"name_ar": "مسح ميداني", "name_en": "Field survey"}
    return Source.objects.get_or_create(code=code, defaults=names | fields)[0]


def focal_point(facility: Facility, member: Practitioner, **fields: Any) -> Posting:
    """Post a member at a facility as its focal point, for good by default."""
    values = {"starts_on": "2020-01-01", "ends_on": None, "position": "focal", **fields}
    return services.name_posting(facility=facility, practitioner=member, by=coordinator(facility.side.code), **values)


def edition(code: str = "sara-2017", since: str = "2017-01-01") -> Edition:
    row, _created = Edition.objects.get_or_create(
        code=code, defaults={"name_ar": f"إصدار {code}", "name_en": f"Edition {code}", "in_force_from": since}
    )
    return row


def service(name: str = "Antenatal care", **fields: Any) -> ServiceDomain:
    """Return a service that is asked for."""
    values = {"edition": edition(), "group": "service", "name_ar": f"خدمة {name}", "name_en": name, **fields}
    return ServiceDomain.objects.get_or_create(code=slugify(name), defaults=values)[0]


def questionnaire(domains: int = 2, items: int = 3) -> list[TracerItem]:
    """Return the items of a small questionnaire, in its order."""
    rows = []
    for number in range(domains):
        domain = service(f"Domain {number}", group="general_readiness")
        for place in range(items):
            names = {"name_ar": f"بند {number}{place}", "name_en": f"Item {number}{place}"}
            values = {"edition": edition(), "domain": domain, **names}
            rows.append(TracerItem.objects.get_or_create(code=f"it-{number}{place}", defaults=values)[0])
    return rows


def visit(place: Facility, sides: Sequence[str | None] = ("west", "east"), **fields: Any) -> Assessment:
    """Plan a visit of today with an assessor of each of these sides, the last of them from afar."""
    edition()
    national = coordinator(None)
    values = {"visit_on": timezone.localdate(), "tolerance": 1, "by": national, **fields}
    row = services.plan_assessment(facility=place, **values)
    for number, side in enumerate(sides):
        services.name_assessor(
            assessment=row,
            practitioner=PractitionerFactory(side=side),
            remote=bool(number) and number == len(sides) - 1,
            by=national,
        )
    return row


def assessor(row: Assessment, number: int = 0) -> User:
    """Return the account of an assessor of a visit, in the order in which they were named."""
    return list(row.assessors.select_related("practitioner__user").order_by("pk"))[number].practitioner.user


def answered(row: Assessment, number: int = 0, findings: Sequence[str] | str = "present", done: bool = True) -> None:
    """Let an assessor answer all items: with one finding, or in the order of the questionnaire."""
    items = list(TracerItem.objects.filter(edition=row.edition_id).order_by("code"))
    told = [findings] * len(items) if isinstance(findings, str) else findings
    by = assessor(row, number)
    given = {item.pk: services.Given(finding) for item, finding in zip(items, told, strict=True)}
    services.keep_answers(assessment=row, given=given, by=by)
    if done:
        services.finish_answers(assessment=row, by=by)


def published(place: Facility, findings: Sequence[str] | str = "present", **fields: Any) -> Assessment:
    """Return a published visit at which both assessors found the same."""
    row = visit(place, **fields)
    for number in (0, 1):
        answered(row, number, findings)
    services.reconcile_assessment(assessment=row, by=assessor(row))
    return services.publish_assessment(assessment=row, by=coordinator(place.side.code))
