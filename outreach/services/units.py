"""Mobile units, their teams and their routes."""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import codes
from network.enums import CommonMove, DomainError, MemberState
from network.models import Practitioner, User
from network.services import record_edit, record_transition, take_changes
from outreach import policies
from outreach.models import MobileUnit, RoutePlan, Stop, TeamMember

CODE_LENGTH = 6


class NotYourSide(DomainError):
    message = _("Only the coordinators of this side can do this.")


class StaysOnItsSide(DomainError):
    message = _("A mobile unit stays with its side.")


class NoActiveMember(DomainError):
    message = _("Only an active member of the unit's side can be in its team.")


class InTeamAlready(DomainError):
    message = _("This person is in the team already.")


class StopOutside(DomainError):
    message = _("A stop lies within the days of its plan, in a municipality of the unit's side.")


class StopVisited(DomainError):
    message = _("This stop has a report, and stays.")


def require_keeper(side_id: int | None, by: User) -> None:
    """Raise NotYourSide for anybody but the coordinators of that side."""
    if not policies.keeps(by, side_id):
        raise NotYourSide


def record(row: Any, *, made: bool, changed: Collection[str], by: User, at: datetime) -> None:
    """Record that a row was made, or which of its fields were changed: never what is in them."""
    if made:
        record_transition(row, CommonMove.CREATE, from_state="", to_state="", by=by, at=at)
    elif changed:
        record_edit(row, changed={"fields": sorted(changed)}, by=by, at=at)


def lock_unit(unit: MobileUnit) -> MobileUnit:
    return MobileUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def _new_code() -> str:
    while True:
        code = "".join(secrets.choice(codes.LETTERS) for _ in range(CODE_LENGTH))
        if not MobileUnit.objects.filter(code=code).exists():
            return code


@transaction.atomic
def save_unit(*, unit: MobileUnit, changed: Collection[str], by: User) -> MobileUnit:
    """Make a unit of one's side, or keep what was changed of it. Raises NotYourSide, StaysOnItsSide."""
    now, made = timezone.now(), unit.pk is None
    require_keeper(unit.side_id, by)
    if made:
        unit.code = _new_code()
        unit.save()
    else:
        stands = lock_unit(unit)
        if stands.side_id != unit.side_id:
            raise StaysOnItsSide
        columns = take_changes(stands, unit, changed)
        unit = stands
        unit.save(update_fields=columns)
    record(unit, made=made, changed=changed, by=by, at=now)
    return unit


@transaction.atomic
def name_team_member(
    *, unit: MobileUnit, practitioner: Practitioner, starts_on: date, ends_on: date | None, by: User
) -> TeamMember:
    """Put a member into a team, from a day to a day. Raises NotYourSide, NoActiveMember, InTeamAlready."""
    unit, now = lock_unit(unit), timezone.now()
    require_keeper(unit.side_id, by)
    known = Practitioner.objects.visible_to(by).filter(pk=practitioner.pk, state=MemberState.ACTIVE)
    if not known.filter(region=unit.side_id).exists():
        raise NoActiveMember
    if unit.team.filter(practitioner=practitioner, ended_at__isnull=True).exists():
        raise InTeamAlready
    row = TeamMember.objects.create(
        unit=unit, practitioner=practitioner, starts_on=starts_on, ends_on=ends_on, named_at=now, named_by=by
    )
    record_edit(unit, changed={"team": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def end_team_member(*, member: TeamMember, by: User) -> TeamMember:
    """Let somebody report no more; what they reported stays. Twice is the same as once. Raises NotYourSide."""
    unit = lock_unit(member.unit)
    require_keeper(unit.side_id, by)
    return _end(TeamMember.objects.get(pk=member.pk), by, timezone.now())


def _end(row: TeamMember, by: User, at: datetime) -> TeamMember:
    if row.ended_at is None:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
        record_edit(row.unit, changed={"team_ended": row.pk}, by=by, at=at)
    return row


@transaction.atomic
def give_up_teams(*, practitioner: Practitioner, by: User) -> None:
    """Take somebody who leaves or is suspended out of every team."""
    now = timezone.now()
    rows = TeamMember.objects.filter(practitioner=practitioner, ended_at__isnull=True).select_related("unit")
    for row in rows.order_by("pk"):
        _end(row, by, now)


@transaction.atomic
def save_plan(*, plan: RoutePlan, changed: Collection[str], by: User) -> RoutePlan:
    """Make a route plan of a unit, or keep what was changed of it. Raises NotYourSide, StopOutside."""
    unit, now, made = lock_unit(plan.unit), timezone.now(), plan.pk is None
    require_keeper(unit.side_id, by)
    columns = None
    if not made:
        # The lock of its unit is the lock of a plan.
        stands = RoutePlan.objects.select_related("unit").get(pk=plan.pk)
        require_keeper(stands.unit.side_id, by)
        if stands.unit_id != unit.pk:
            raise StopOutside
        columns = take_changes(stands, plan, changed)
        plan = stands
        if plan.stops.exclude(day__range=(plan.starts_on, plan.ends_on)).exists():
            raise StopOutside
    plan.save(update_fields=columns)
    record(plan, made=made, changed=changed, by=by, at=now)
    return plan


@transaction.atomic
def save_stop(*, stop: Stop, changed: Collection[str], by: User) -> Stop:
    """Plan a stop, or change one that nobody has reported of. Raises NotYourSide, StopOutside, StopVisited."""
    unit = lock_unit(stop.plan.unit)
    plan, now = RoutePlan.objects.get(pk=stop.plan_id), timezone.now()
    require_keeper(unit.side_id, by)
    columns = None
    if stop.pk:
        stands = Stop.objects.get(pk=stop.pk, plan=plan)
        if stands.reports.exists():
            raise StopVisited
        columns = take_changes(stands, stop, changed)
        stop = stands
    if not plan.starts_on <= stop.day <= plan.ends_on or stop.municipality.district.region_id != unit.side_id:
        raise StopOutside
    stop.save(update_fields=columns)
    record_edit(plan, changed={"stop": stop.pk}, by=by, at=now)
    return stop


@transaction.atomic
def remove_stop(*, stop: Stop, by: User) -> None:
    """Take a stop off a plan. Raises NotYourSide, StopVisited."""
    unit = lock_unit(stop.plan.unit)
    require_keeper(unit.side_id, by)
    if stop.reports.exists():
        raise StopVisited
    record_edit(stop.plan, changed={"stop_removed": stop.pk}, by=by, at=timezone.now())
    stop.delete()
