"""Outreach of every side in the world of the matrix: units with teams and routes, reports, trainings, safe spaces, referrals."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from network.models import Condition, Profession
from outreach.models import (
    DailyReport,
    MobileUnit,
    Pathway,
    Referred,
    ReportCorrection,
    RoutePlan,
    SafeSpace,
    Seen,
    Stop,
    TeamMember,
    Trained,
    Training,
    TrainingCorrection,
    TrainingTopic,
    Whereabouts,
)
from tests.security.facilities_planned import HIDDEN, PUBLIC
from tests.security.sides import SIDES

if TYPE_CHECKING:
    from tests.security.canaries import Canary
    from tests.security.judge import Actor
    from tests.security.world import World

KEPT = (
    MobileUnit, TeamMember, RoutePlan, Stop, DailyReport, ReportCorrection, Seen, Referred, Training, TrainingCorrection, Trained,
    SafeSpace, Whereabouts, Pathway,
)  # fmt: skip
NEVER_SHOWN = {"outreach.pathway.search"}
NAMED = {"outreach.safespace.name_ar", "outreach.safespace.name_en"}
DIRECTORY = {"outreach.pathway.how_ar", "outreach.pathway.how_en", "outreach.pathway.phone"}
# What the team of a unit reads, of which the host is.
TEAM = {"outreach.stop.place", "outreach.dailyreport.place"} | {
    f"outreach.mobileunit.{name}" for name in ("code", "name_ar", "name_en", "operator")
}
# Where a safe space is: its side's coordinators alone, none of those who read all.
SECRET = "outreach.whereabouts.words"
OPEN, CLOSED = "open-space", "closed-space"


def plan(world: "World") -> None:
    TrainingTopic.objects.create(code="one", name_ar="موضوع", name_en="Topic")
    now = timezone.now()
    for side in SIDES:
        _unit(world, side, now)
        _training(world, side, now)
        for name in (OPEN, CLOSED):
            _space(world, side, name)
        for name in (PUBLIC, HIDDEN):
            pathway = Pathway(
                condition=Condition.objects.get(code="one"), facility=world.facilities[f"{side}:{name}"],
                side=world.regions[side],
            )  # fmt: skip
            world.add(pathway, side, f"{side}:{name}:pathway")


def _unit(world: "World", side: str, now: datetime) -> None:
    """Plan a unit with its leader and somebody who has moved away since in the team, a route, and a report that was put right."""
    thing, today, leader = f"{side}:unit", timezone.localdate(), world.people[f"{side}:leader"]
    unit = world.units[side] = world.add(MobileUnit(side=world.regions[side]), side, thing)
    moved = next(person for name, person in world.people.items() if name.endswith(f"moved-from-{side}"))
    for person in (leader, moved):
        row = TeamMember(unit=unit, practitioner=person, named_at=now, named_by=world.staff[f"regional {side}"])
        world.add(row, side, thing)
    route = RoutePlan(unit=unit, starts_on=today, ends_on=today + timedelta(days=7))
    route = world.add(route, side, thing)
    where = {"municipality": world.municipalities[side], "site": "displaced"}
    stop = world.add(Stop(plan=route, day=today, **where), side, thing)
    report = DailyReport(
        uid=uuid4(), unit=unit, side=world.regions[side], stop=stop, on=today, entered_at=now, entered_by=leader.user,
        **where,
    )  # fmt: skip
    report = world.add(report, side, thing)
    correction = ReportCorrection(uid=uuid4(), report=report, why="miscounted", entered_at=now, entered_by=leader.user)
    correction = world.add(correction, side, thing)
    for people, put_right in ((40, None), (-3, correction)):
        seen = Seen(report=report, sex="female", age="15-24", people=people, correction=put_right)
        world.add(seen, side, thing)
    world.add(Referred(report=report, level="tertiary", people=7), side, thing)


def _training(world: "World", side: str, now: datetime) -> None:
    thing, by = f"{side}:training", world.people[f"{side}:leader"].user
    training = Training(
        uid=uuid4(), topic=TrainingTopic.objects.get(code="one"), on=timezone.localdate(),
        municipality=world.municipalities[side], side=world.regions[side], entered_at=now, entered_by=by,
    )  # fmt: skip
    training = world.add(training, side, thing)
    correction = TrainingCorrection(uid=uuid4(), training=training, why="miscounted", entered_at=now, entered_by=by)
    correction = world.add(correction, side, thing)
    cadre = Profession.objects.order_by("pk")[0]
    for people, put_right in ((12, None), (-2, correction)):
        world.add(
            Trained(training=training, cadre=cadre, sex="female", people=people, correction=put_right), side, thing
        )


def _space(world: "World", side: str, name: str) -> None:
    thing = f"{side}:{name}"
    space = SafeSpace(district=world.municipalities[side].district, side=world.regions[side], is_open=name == OPEN)
    space = world.add(space, side, thing)
    world.add(Whereabouts(space=space), side, thing)


def may_see(actor: "Actor", canary: "Canary", *, staff: bool, reads_all: bool) -> bool:
    """Tell whether an answer to this actor may hold this word of outreach."""
    if canary.field in NEVER_SHOWN:
        return False
    own = canary.owner == actor.side
    if canary.field == SECRET:
        return staff and own
    if reads_all or (staff and own):
        return True
    if canary.field in NAMED:
        return canary.thing.endswith(f":{OPEN}")
    if canary.field in DIRECTORY:
        return actor.active and f":{PUBLIC}" in canary.thing
    return actor.role == "host" and own and canary.field in TEAM
