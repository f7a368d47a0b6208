"""What keeps the facilities of every side right in the world of the matrix: changes, visits, monthly reports, local-regions."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from facilities import monthly
from facilities.models import (
    Answer,
    Assessment,
    Assessor,
    ChangeRequest,
    Confirmation,
    ContactPerson,
    Edition,
    Grouping,
    Indicator,
    LocalRegion,
    MonthlyReport,
    Reconciled,
    ReportValue,
    ServiceDomain,
    ServiceStatus,
    StillRightAsked,
    TracerItem,
)
from facilities.upkeep_selectors import SERVICES
from network.models import Municipality, Practitioner, Transition
from tests.security.facilities_planned import HIDDEN, PUBLIC
from tests.security.sides import SIDES

if TYPE_CHECKING:
    from tests.security.canaries import Canary
    from tests.security.judge import Actor
    from tests.security.world import World

KEPT = (
    ChangeRequest, Confirmation, StillRightAsked, ServiceStatus, Assessment, Assessor, Answer, Reconciled,
    MonthlyReport, ReportValue, LocalRegion, Grouping, ContactPerson,
)  # fmt: skip
OF = tuple(f"{model._meta.label_lower}." for model in KEPT)
# Whoever assesses the facilities of a side, besides somebody of its own.
NEXT = {"west": "east", "east": "south", "south": "west"}
# Of this side one has agreed to be read by everybody, as somebody who speaks for a local-region.
SPEAKS = "east:found"
# Nobody but the assessors reads what they found, these once all are done.
FOUND = {"facilities.answer.note", "facilities.reconciled.note"}
LOCAL, ENDED = "local-region", "ended-local-region"


def plan(world: "World") -> None:
    today = timezone.localdate()
    edition = Edition.objects.create(code="one", name_ar="نسخة", name_en="Edition", in_force_from=today)
    domain = ServiceDomain.objects.create(
        code="two", name_ar="خدمة", name_en="Service", edition=edition, group=SERVICES
    )
    TracerItem.objects.create(code="two", name_ar="شيء", name_en="Thing", edition=edition, domain=domain)
    Indicator.objects.create(
        code="one", name_ar="عدد", name_en="Count", family="one", valid_from=today - timedelta(days=900)
    )
    for side in SIDES:
        for name in (PUBLIC, HIDDEN):
            _kept(world, side, name)
            _visits(world, side, name, edition)
            _reported(world, side, name)
        _grouped(world, side)
    joint = world.add(LocalRegion(side=None), "joint", f"joint:{LOCAL}")
    for number, side in enumerate(SIDES):
        place = Municipality.objects.create(
            pcode=f"N{number}", district=world.municipalities[side].district, name_ar=f"ج {number}", name_en="N"
        )
        _group(world, side, joint, place)


def journal(world: "World", subject: Any, side: str, thing: str, move: str) -> None:
    """Write into the journal of a row, with a reason that is a canary."""
    label = subject._meta.label_lower
    step = Transition(subject_type=label, subject_id=subject.pk, at=timezone.now())
    world.add(step, side, thing, subject_type=label, move=move, from_state="", to_state="")


def _kept(world: "World", side: str, name: str) -> None:
    """Let the focal point have asked for changes, one of them decided, and have said that all is right."""
    now, today, thing = timezone.now(), timezone.localdate(), f"{side}:{name}"
    facility, by = world.facilities[thing], world.people[f"{side}:leader"].user
    for state in ("waiting", "declined"):
        asked = ChangeRequest(facility=facility, state=state, said_on=today, asked_at=now, asked_by=by)
        given: dict[str, Any] = {
            column: {"head": world.birds.new(side, f"{thing}:request", f"facilities.changerequest.{column}")}
            for column in ("proposed", "before")
        }
        if state == "waiting":
            given["answer"] = ""
        else:
            asked.decided_at, asked.decided_by = now, world.staff[f"regional {side}"]
        asked = world.add(asked, side, f"{thing}:request", **given)
        journal(world, asked, side, f"{thing}:request", "ask")
    world.add(Confirmation(facility=facility, confirmed_at=now, confirmed_by=by), side, thing)
    world.add(StillRightAsked(facility=facility, asked_at=now), side, thing)
    status = ServiceStatus(
        facility=facility, domain=ServiceDomain.objects.get(code="two"), availability="available", as_of=today,
        entered_at=now, entered_by=by,
    )  # fmt: skip
    world.add(status, side, thing, barriers=[])


def _visits(world: "World", side: str, name: str, edition: Edition) -> None:
    """Let two assessors of two sides be in the field, talk about what they found, and have published it."""
    now, facility = timezone.now(), world.facilities[f"{side}:{name}"]
    domain = ServiceDomain.objects.get(code="two")
    for stage in ("alone", "talking", "published"):
        thing = f"{side}:{name}:{stage}-visit"
        visit = Assessment(
            facility=facility, edition=edition, state="published" if stage == "published" else "in_field",
            visit_on=timezone.localdate(), planned_at=now, planned_by=world.staff[f"regional {side}"],
        )  # fmt: skip
        scores: list[dict[str, int]] = []
        if stage == "published":
            visit.reconciled_at = visit.published_at = now
            visit.reconciled_by = visit.published_by = world.staff[f"regional {side}"]
            visit.index, scores = 50, [{"domain": domain.pk, "items": 2, "present": 1}]
        visit = world.assessments[thing] = world.add(visit, side, thing, scores=scores)
        journal(world, visit, side, f"{thing}:journal", "plan")
        for number, of in enumerate((side, NEXT[side])):
            _found(world, visit, thing, of, done=stage != "alone", number=number)
        if stage != "alone":
            agreed = Reconciled(assessment=visit, item=TracerItem.objects.get(code="two"), finding="present")
            agreed.written_at, agreed.written_by = now, world.people[f"{side}:leader"].user
            world.add(agreed, side, thing)


def _found(world: "World", visit: Assessment, thing: str, of: str, *, done: bool, number: int) -> None:
    now, person = timezone.now(), world.people[f"{of}:leader"]
    row = Assessor(
        assessment=visit, practitioner=person, side=world.regions[of], named_at=now, named_by=world.staff["national"],
        done_at=now if done else None,
    )  # fmt: skip
    row = world.add(row, visit.facility.side.code, thing)
    finding = ("present", "absent")[number]
    answer = Answer(assessor=row, item=TracerItem.objects.get(code="two"), finding=finding, answered_at=now)
    world.add(answer, visit.facility.side.code, thing if done else f"{thing}:{of}")


def _reported(world: "World", side: str, name: str) -> None:
    """Let the focal point have handed in one month and begun another."""
    now, thing = timezone.now(), f"{side}:{name}:report"
    facility, by = world.facilities[f"{side}:{name}"], world.people[f"{side}:leader"].user
    for month, state in zip(monthly.months_to_report(timezone.localdate()), ("submitted", "draft"), strict=False):
        report = MonthlyReport(facility=facility, month=month, begun_at=now, begun_by=by)
        report = world.add(report, side, thing)
        world.add(ReportValue(report=report, indicator=Indicator.objects.get(code="one"), value=3), side, thing)
        journal(world, report, side, thing, "begin")
        if state == "submitted":
            report.state, report.submitted_at, report.submitted_by = state, now, by
            report.save()


def _grouped(world: "World", side: str) -> None:
    """Let a side have a local-region of today and one of the past; somebody is asked to speak for it, one has agreed."""
    now, today = timezone.now(), timezone.localdate()
    region = world.regions[side]
    today_s = world.local_regions[side] = world.add(LocalRegion(side=region), side, f"{side}:{LOCAL}")
    past = LocalRegion(side=region, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    world.add(past, side, f"{side}:{ENDED}")
    _group(world, side, today_s, world.municipalities[side])
    moved = next(person for name, person in world.people.items() if name.endswith(f"moved-from-{side}"))
    for person in (world.people[f"{side}:leader"], moved):
        _asked(world, side, today_s, person, now, agreed=False)
    if f"{side}:found" == SPEAKS:
        _asked(world, side, today_s, world.people[SPEAKS], now, agreed=True)


def _group(world: "World", side: str, region: LocalRegion, place: Municipality) -> None:
    row = Grouping(
        local_region=region, municipality=place, side=world.regions[side], added_at=timezone.now(),
        added_by=world.staff[f"regional {side}"],
    )  # fmt: skip
    world.add(row, side, f"{side}:grouping")


def _asked(
    world: "World", side: str, region: LocalRegion, person: Practitioner, now: datetime, *, agreed: bool
) -> None:
    row = ContactPerson(
        local_region=region, practitioner=person, side=world.regions[side], named_at=now,
        named_by=world.staff[f"regional {side}"], agreed_at=now if agreed else None,
    )  # fmt: skip
    world.add(row, side, f"{side}:contact")


def may_see(actor: "Actor", canary: "Canary", *, staff: bool, reads_all: bool) -> bool:
    """Tell whether an answer to this actor may hold this word of the upkeep of a facility."""
    if canary.field.startswith("facilities.localregion."):
        # All who have a desk read those of the past too.
        return not canary.thing.endswith(ENDED) or staff or reads_all
    if canary.field in FOUND:
        return _assesses(actor, canary)
    return reads_all or (canary.owner == actor.side and (staff or actor.role == "host"))


def _assesses(actor: "Actor", canary: "Canary") -> bool:
    """The leaders of a side and of the next one assess its facilities; one that is hidden is no longer there for the other side's."""
    if actor.role != "host" or actor.side not in (canary.owner, NEXT[canary.owner]):
        return False
    if actor.side != canary.owner and f":{HIDDEN}" in canary.thing:
        return False
    own = canary.thing.endswith(f"-visit:{actor.side}")
    return own or canary.thing.endswith("-visit")
