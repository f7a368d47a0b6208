"""Reads of who is expected at a session, and who came."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from dialogues import policies
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Registration, Session, Site, WalkIn
from network.models import Region

DAY = timedelta(days=1)


def sessions_without_codes(now: datetime) -> list[Session]:
    """Return the sessions of the coming two days in which somebody has no check-in code yet."""
    without = Registration.objects.live().filter(code="")
    coming_days = Session.objects.filter(
        starts_at__lte=now + 2 * DAY, ends_at__gte=now, state__in=[SessionState.PUBLISHED, SessionState.HELD]
    )
    return list(coming_days.filter(pk__in=without.values("session_id")).order_by("pk"))


def door_list(site: Site) -> QuerySet[Registration]:
    """Return those who are expected at a site, of all sides: they stand in the same room."""
    rows = Registration.objects.expected().filter(site=site)
    return rows.select_related("practitioner__profession").order_by("practitioner__search", "pk")


def markable(session: Session, user: Any, now: datetime) -> QuerySet[Registration]:
    """Return whom somebody marks: a coordinator the people of their side, and while the doors are open a host those of their site."""
    rows = Registration.objects.filter(session=session)
    return rows.markable_by(user) if policies.door_is_open(session, now) else rows.editable_by(user)


def attendance_list(session: Session, user: Any) -> QuerySet[Registration]:
    """Return those expected at a session whom this coordinator may see by name."""
    return (
        Registration.objects.visible_to(user)
        .expected()
        .filter(session=session)
        .select_related("practitioner", "practitioner__profession", "site", "side")
        .order_by("site_id", "practitioner__search", "pk")
    )


def walk_ins(session: Session, user: Any) -> QuerySet[WalkIn]:
    """Return the walk-ins of a session whom this coordinator may see by name."""
    return (
        WalkIn.objects.visible_to(user)
        .present()
        .filter(session=session)
        .select_related("site", "region")
        .order_by("site_id", "pk")
    )


def counts_by_side(session: Session) -> list[dict[str, Any]]:
    """Return for each side, then for abroad: how many have a seat, wait, were present, were absent, walked in."""
    states = {
        "seated": [RegistrationState.CONFIRMED, RegistrationState.ATTENDED, RegistrationState.ABSENT],
        "offered": [RegistrationState.OFFERED],
        "waiting": [RegistrationState.WAITING],
        "present": [RegistrationState.ATTENDED],
        "absent": [RegistrationState.ABSENT],
    }
    counted: dict[int | None, dict[str, Any]] = {
        row["side_id"]: dict(row)
        for row in Registration.objects.filter(session=session)
        .values("side_id")
        .annotate(**{name: Count("pk", filter=Q(state__in=of)) for name, of in states.items()})
        .order_by()
    }
    walked: dict[int | None, int] = {
        row["region_id"]: row["count"]
        for row in WalkIn.objects.present()
        .filter(session=session)
        .values("region_id")
        .annotate(count=Count("pk"))
        .order_by()
    }
    sides: list[Region | None] = [*Region.objects.order_by("position", "pk"), None]
    table: list[dict[str, Any]] = []
    for side in sides:
        key = side.pk if side else None
        row: dict[str, int] = {name: counted.get(key, {}).get(name, 0) for name in states}
        row["walked_in"] = walked.get(key, 0)
        row["present"] += row["walked_in"]
        table.append({"side": side, **row})
    return table
