"""Invented mobile units, trainings, safe spaces and referrals, made by the services."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from facilities.models import Facility
from network.models import Practitioner, Profession, User
from outreach import services
from outreach.enums import ReferredTo, SiteKind
from outreach.figures import Numbers, Staff
from outreach.models import (
    Closing,
    DailyReport,
    MobileUnit,
    Pathway,
    RoutePlan,
    SafeSpace,
    Stop,
    Training,
    TrainingTopic,
    Whereabouts,
)
from tests.factories.cases import ConditionFactory
from tests.factories.facilities import district, municipality
from tests.factories.network import PractitionerFactory, ProfessionFactory, RegionFactory, coordinator

WOMEN, MEN, GIRLS = ("female", "25-49"), ("male", "25-49"), ("female", "0-14")


def unit(side: str = "west", **fields: Any) -> MobileUnit:
    values = {"name_ar": "وحدة النخيل", "name_en": "Palms unit", "operator": "جمعية النخيل", **fields}
    row = MobileUnit(side=RegionFactory(code=side), **values)
    return services.save_unit(unit=row, changed=list(values), by=coordinator(side))


def team_member(unit: MobileUnit, practitioner: Practitioner | None = None, **fields: Any) -> User:
    """Put a member into a team and return their account."""
    person = practitioner or PractitionerFactory(side=unit.side.code)
    values = {"starts_on": timezone.localdate(), "ends_on": None, **fields}
    services.name_team_member(unit=unit, practitioner=person, by=coordinator(unit.side.code), **values)
    return person.user


def report(
    unit: MobileUnit,
    seen: Mapping[tuple[str, str], int] | int = 20,
    referred: Mapping[str, int] | None = None,
    by: User | None = None,
    **fields: Any,
) -> DailyReport:
    """Let the side's coordinator, or somebody else, report of a unit."""
    side = unit.side.code
    values = {
        "uid": uuid.uuid4(),
        "on": timezone.localdate(),
        "municipality": municipality(side),
        "site": SiteKind.CLINIC,
        "place": "مستوصف الهضبة",
        **fields,
    }
    numbers = Numbers({WOMEN: seen} if isinstance(seen, int) else seen, referred or {})
    row = DailyReport(unit=unit, **values)
    return services.enter_report(report=row, numbers=numbers, by=by or coordinator(side))


def close(today: date | None = None) -> Closing | None:
    """Close the month that can be closed on a day; else that of today, when it is long over."""
    return services.close_month(today=today or timezone.localdate() + timedelta(days=45))


def stop(unit: MobileUnit, **fields: Any) -> Stop:
    side, today = unit.side.code, timezone.localdate()
    plan = RoutePlan(unit=unit, starts_on=fields.get("day", today), ends_on=fields.get("day", today))
    services.save_plan(plan=plan, changed=(), by=coordinator(side))
    values = {"day": today, "municipality": municipality(side), "site": SiteKind.DISPLACED, "place": "مخيم النصر"}
    return services.save_stop(stop=Stop(plan=plan, **values | fields), changed=(), by=coordinator(side))


def topic(code: str = "mhpss") -> TrainingTopic:
    names = {"name_ar": "الصحة النفسية", "name_en": "Mental health"}
    return TrainingTopic.objects.get_or_create(code=code, defaults=names)[0]


def training(side: str = "west", staff: Staff | int = 12, by: User | None = None, **fields: Any) -> Training:
    values = {
        "uid": uuid.uuid4(),
        "on": timezone.localdate(),
        "municipality": municipality(side),
        "topic": topic(),
        **fields,
    }
    came = {(cadre().pk, "female"): staff} if isinstance(staff, int) else staff
    return services.enter_training(training=Training(**values), staff=came, by=by or coordinator(side))


def cadre() -> Profession:
    return ProfessionFactory()


def safe_space(side: str = "west", words: str = "", **fields: Any) -> SafeSpace:
    values = {"name_ar": "واحة", "name_en": "Oasis", "district": district(side), **fields}
    row = services.save_space(space=SafeSpace(**values), changed=list(values), by=coordinator(side))
    if words:
        services.save_whereabouts(whereabouts=Whereabouts(space=row, words=words), by=coordinator(side))
    return row


def pathway(facility: Facility, **fields: Any) -> Pathway:
    values = {"level": ReferredTo.TERTIARY, "how_ar": "اتصل بقسم الاستقبال.", "how_en": "Call the reception.", **fields}
    if not {"condition", "specialty"} & set(values):
        values["condition"] = ConditionFactory()
    row = Pathway(facility=facility, **values)
    return services.save_pathway(pathway=row, changed=list(values), by=coordinator(facility.side.code))
