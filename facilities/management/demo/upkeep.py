"""A small invented example of upkeep: changes that wait, services, and visits in every state; made by the services."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from facilities import services, upkeep_selectors
from facilities.enums import Position
from facilities.models import Assessment, Facility, TracerItem
from facilities.services import Given, Said
from facilities.upkeep_enums import Availability, Finding
from network.models import Practitioner, User

REASONS = (
    "وصلت أسرّة جديدة الأسبوع الماضي.",
    "انقطعت الكهرباء ولا وقود للمولّد.",
    "The number changed in May.",
)
AGREED = "نظرنا إليه معًا."
# From the third visit on they are reconciled, but on this side, where assessors still have to talk.
RECONCILED_FROM, TO_TALK = 2, "east"
# So many weeks before.
EARLIER = 26


def load(*, coordinators: Mapping[str, User], national: User) -> list[Assessment]:
    """Fill the upkeep of public facilities that there are; `coordinators` by the code of their side. Returns the visits.

    Needs the vocabularies, facilities and active members of two sides. What is there already is left alone: a second call adds nothing.
    """
    if Assessment.objects.exists():
        return []
    today = timezone.localdate()
    visits = []
    for code, by in coordinators.items():
        rows = list(Facility.objects.public().filter(side__code=code).select_related("side").order_by("pk")[:4])
        # Not the coordinators: nobody asks themselves for a change.
        free = Practitioner.objects.active().filter(user__role_grants__isnull=True).order_by("pk")
        members = list(free.filter(region__code=code)[:3])
        others = list(free.exclude(region__code=code)[:3])
        if not rows or not members or not others:
            continue
        _keep(rows[:3], members[0], by)
        for number, facility in enumerate(rows):
            one, other = members[-1], others[number % len(others)]
            if number > RECONCILED_FROM and code != TO_TALK:
                # An earlier visit, to compare with.
                before, asked = _visit(facility, one, other, number + EARLIER, today, by, national)
                _reconcile(before, one, other, asked, by, publish=True)
                visits.append(before)
            visit, asked = _visit(facility, one, other, number, today, by, national)
            if number >= RECONCILED_FROM and code != TO_TALK:
                _reconcile(visit, one, other, asked, by, publish=number > RECONCILED_FROM)
            visits.append(visit)
    return visits


def _keep(rows: list[Facility], member: Practitioner, by: User) -> None:
    today = timezone.localdate()
    domains = upkeep_selectors.services_asked()
    for number, facility in enumerate(rows):
        kept = facility.postings.filter(practitioner=member, position=Position.FOCAL, ended_at__isnull=True)
        if not kept.exists():
            services.name_posting(
                facility=facility, practitioner=member, position=Position.FOCAL, starts_on=today, ends_on=None, by=by
            )
        said = {
            domain.pk: Said(_availability(place + number), ["staff", "supplies"] if place % 3 else ["power"])
            for place, domain in enumerate(domains)
            if (place + number) % 5
        }
        services.say_services(facility=facility, said=said, as_of=today - timedelta(days=number), by=member.user)
        asked = (
            {"beds": str(40 + number)},
            {"functionality": "partial", "barriers": ["power"]},
            {"phones": "021 000 0000"},
        )
        request = services.ask_for_change(
            facility=facility,
            proposed=asked[number],
            said_on=today,
            reason=REASONS[number],
            uid=uuid.uuid4(),
            by=member.user,
        )
        if number == 1:
            services.accept_request(request=request, by=by)
    services.confirm_facility(facility=rows[0], by=member.user)


def _availability(number: int) -> str:
    return (
        Availability.AVAILABLE,
        Availability.PARTLY,
        Availability.AVAILABLE,
        Availability.NOT,
        Availability.NOT_HERE,
    )[number % 5]


def _visit(
    facility: Facility, one: Practitioner, other: Practitioner, number: int, today: date, by: User, national: User
) -> tuple[Assessment, dict[int, tuple[str, str]]]:
    """Plan a visit; the first stays planned, the second is in the field, all others are answered. Returns it and what was found by item."""
    day = today + timedelta(days=10) if number == 0 else today - timedelta(days=7 * number)
    visit = services.plan_assessment(facility=facility, visit_on=day, tolerance=1, by=by)
    services.name_assessor(assessment=visit, practitioner=one, remote=False, by=by)
    services.name_assessor(assessment=visit, practitioner=other, remote=True, by=national)
    if number == 0:
        return visit, {}
    items = list(TracerItem.objects.filter(edition=visit.edition_id).order_by("code"))
    for place, person in enumerate((one, other)):
        given = {item.pk: Given(_finding(at, number, place)) for at, item in enumerate(items)}
        if number == 1 and place:
            return visit, {}
        services.keep_answers(assessment=visit, given=given, by=person.user)
        services.finish_answers(assessment=visit, by=person.user)
    return visit, {item.pk: (_finding(at, number, 0), _finding(at, number, 1)) for at, item in enumerate(items)}


def _reconcile(
    visit: Assessment,
    one: Practitioner,
    other: Practitioner,
    found: Mapping[int, tuple[str, str]],
    by: User,
    *,
    publish: bool,
) -> None:
    for item, (first, second) in found.items():
        if first != second and Finding.UNSEEN not in (first, second):
            agreed = Given(second, None, AGREED)
            services.reconcile_item(assessment=visit, item=item, agreed=agreed, by=one.user)
    services.reconcile_assessment(assessment=visit, by=other.user)
    if publish:
        services.publish_assessment(assessment=visit, by=by)


def _finding(at: int, number: int, place: int) -> str:
    """Return an invented finding; the second assessor, from afar, can't see some and differs on a few."""
    found = (Finding.PRESENT, Finding.PRESENT, Finding.PRESENT, Finding.FAULTY, Finding.ABSENT)[(at * 7 + number) % 5]
    if place and at % 11 == 3:
        return Finding.UNSEEN
    return Finding.ABSENT if place and at % 13 == 5 else found
