"""An invented example, made through the services: a mobile unit of each side with reports, trainings, safe spaces, one referral."""

import uuid
from datetime import date, timedelta
from typing import Protocol

from django.utils import timezone

from facilities.models import Facility
from network.models import Condition, Municipality, Practitioner, Profession, User
from outreach import services
from outreach.enums import ReferredTo, SiteKind
from outreach.figures import Numbers
from outreach.models import (
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

# side, P-code, names of unit, names of safe space, how many were seen
SIDES = (
    ("west", "LY021104", ("وحدة طرابلس المتنقلة (تجريبية)", "Tripoli mobile unit (demo)"), ("بيت الياسمين", "Jasmine house"), 31),
    ("east", "LY010304", ("وحدة بنغازي المتنقلة (تجريبية)", "Benghazi mobile unit (demo)"), ("واحة الأمل", "Oasis of hope"), 24),
    ("south", "LY031901", ("وحدة سبها المتنقلة (تجريبية)", "Sebha mobile unit (demo)"), ("ملتقى النخيل", "Palms meeting place"), 18),
)  # fmt: skip


class Cast(Protocol):
    """The demo's people by their logins."""

    def user(self, login: str) -> User: ...

    def person(self, login: str) -> Practitioner: ...


# Where a unit goes this week: after how many days, kind of place, place.
STOPS = (
    (0, SiteKind.SCHOOL, "مدرسة الفجر (تجريبية)"),
    (2, SiteKind.DISPLACED, "مخيم (تجريبي)"),
    (4, SiteKind.CLINIC, "مستوصف (تجريبي)"),
)


def _plan(unit: MobileUnit, place: Municipality, today: date, by: User) -> None:
    plan = RoutePlan(unit=unit, starts_on=today, ends_on=today + timedelta(days=6), words="حسب حال الطريق.")
    services.save_plan(plan=plan, changed=(), by=by)
    for days, site, where in STOPS:
        stop = Stop(plan=plan, day=today + timedelta(days=days), municipality=place, site=site, place=where)
        services.save_stop(stop=stop, changed=(), by=by)


def load(cast: Cast) -> int:
    """Make the units with what they did, close a month, and return how many there are.

    Needs the reference data; referrals need facilities.
    """
    today = timezone.localdate()
    topics, cadre = list(TrainingTopic.objects.order_by("pk")), Profession.objects.order_by("code").first()
    for number, (side, pcode, unit_names, space_names, seen) in enumerate(SIDES):
        by, member = cast.user(f"coordinator.{side}"), cast.person(f"member1.{side}")
        place = Municipality.objects.select_related("district__region").get(pcode=pcode)
        unit = MobileUnit(
            name_ar=unit_names[0], name_en=unit_names[1], side=place.district.region, operator="جمعية النخيل الصحية"
        )
        unit = services.save_unit(unit=unit, changed=(), by=by)
        services.name_team_member(unit=unit, practitioner=member, starts_on=today, ends_on=None, by=by)
        _plan(unit, place, today, by)
        # The oldest lie in a month that can be closed whichever day is today.
        for back in (1, 4, 9, 45, 50):
            report = DailyReport(
                uid=uuid.uuid4(),
                unit=unit,
                on=today - timedelta(days=back + 7 * number),
                municipality=place,
                site=SiteKind.DISPLACED if back == 1 else SiteKind.CLINIC,
                place="مخيم (تجريبي)" if back == 1 else "مستوصف (تجريبي)",
            )
            numbers = Numbers(
                {
                    ("female", "25-49"): seen + back,
                    ("male", "25-49"): seen - 7,
                    ("female", "0-14"): 9,
                    ("male", "0-14"): 8,
                },
                {ReferredTo.SECONDARY.value: 6, ReferredTo.TERTIARY.value: 3},
            )
            services.enter_report(report=report, numbers=numbers, by=by)
        if topics and cadre:
            for back in (12, 45):
                training = Training(
                    uid=uuid.uuid4(),
                    topic=topics[number % len(topics)],
                    on=today - timedelta(days=back),
                    municipality=place,
                )
                staff = {(cadre.pk, "female"): 11 + number, (cadre.pk, "male"): 7}
                services.enter_training(training=training, staff=staff, by=by)
        space = SafeSpace(name_ar=space_names[0], name_en=space_names[1], district=place.district)
        space = services.save_space(space=space, changed=(), by=by)
        services.save_whereabouts(whereabouts=Whereabouts(space=space, words="اسأل المنسقة (تجريبي)."), by=by)
        facility = Facility.objects.public().filter(side=unit.side).order_by("pk").first()
        condition = Condition.objects.order_by("pk").first()
        if facility and condition:
            pathway = Pathway(
                condition=condition,
                facility=facility,
                how_ar="اتصل بقسم الاستقبال قبل الإحالة.",
                how_en="Call the reception before you refer.",
            )
            services.save_pathway(pathway=pathway, changed=(), by=by)
    services.close_month(today=today)
    return len(SIDES)
