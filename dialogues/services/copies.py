"""Copies of sessions, and what follows up what."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies
from dialogues.models import Session, Site
from dialogues.planning import clock, moment
from dialogues.services.sessions import NotYourSession, _locked, create_session
from network.enums import DomainError, MemberState
from network.models import User
from network.services import record_edit

TIMES = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at", "floors_until")
PEOPLE = ("invited_regions", "invited_professions", "facilitators")
# Rows of other models that are part of a site.
PARTS_OF_A_SITE = ("floors",)


class NotAfter(DomainError):
    message = _("A follow-up begins after the session that it follows, and in the future.")


def typed(row: Any) -> dict[str, Any]:
    """Return what people have written into a row, by column."""
    columns = [f for f in row._meta.concrete_fields if f.editable and not f.primary_key and not f.unique]
    names = {column.name for column in columns}
    return {f.attname: getattr(row, f.attname) for f in columns if f"{f.name}_ar" not in names}


def move_times(session: Session, by: timedelta) -> None:
    """Move all times of a session by what the clock on the wall shows."""
    for name in TIMES:
        if at := getattr(session, name):
            setattr(session, name, moment(clock(at) + by))


def copy_session(session: Session, *, starts_at: datetime, by: User, **given: Any) -> Session:
    """Make a draft with the texts, sites, invited and leading people of a session, at another time, and nobody's place in it."""
    new = Session(**typed(session), **given)
    move_times(new, clock(starts_at) - clock(session.starts_at))
    now = timezone.now()
    for name in TIMES[2:]:
        if (at := getattr(new, name)) and at <= now:
            setattr(new, name, None)
    new = create_session(session=new, by=by)
    for name in PEOPLE:
        rows = getattr(session, name).all()
        if name == "facilitators":
            rows = rows.active()
        getattr(new, name).set(rows)
    for site in session.sites.select_related("local_host").order_by("pk"):
        _copy_site(site, new)
    record_edit(new, changed={"copied_from": session.pk}, by=by, at=now)
    return new


def _copy_site(site: Site, session: Session, **given: Any) -> Site:
    values = typed(site) | {"session_id": session.pk, "series_key": site.series_key} | given
    if site.local_host and site.local_host.state != MemberState.ACTIVE:
        values["local_host_id"] = None
    new = Site.objects.create(**values)
    for part in PARTS_OF_A_SITE:
        rows = getattr(site, part).order_by("pk") if hasattr(site, part) else []
        for row in rows:
            type(row).objects.create(**typed(row) | {"site_id": new.pk})
    return new


@transaction.atomic
def duplicate_session(*, session: Session, key: UUID, by: User) -> Session:
    """Make a draft like this session; one that is over is copied to the same weekday and clock time of the coming week or the next.

    Asking again with the same key returns the same draft.
    """
    session = _locked(session, by)
    if made := Session.objects.editable_by(by).filter(copy_key=key).first():
        return made
    start, soon = clock(session.starts_at), clock(timezone.now()) + timedelta(days=1)
    if start <= soon:
        start += timedelta(weeks=-(-(soon - start) // timedelta(weeks=1)))
    return copy_session(session, starts_at=moment(start), by=by, copy_key=key)


# --- follow-up ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def schedule_follow_up(
    *, session: Session, title_ar: str, title_en: str, starts_at: datetime, key: UUID, by: User
) -> Session:
    """Make the draft that takes up what a session began. Asking again with the same key returns the same draft. Raises NotAfter."""
    session = _locked(session, by)
    if made := Session.objects.editable_by(by).filter(copy_key=key).first():
        return made
    if starts_at <= max(session.ends_at, timezone.now()):
        raise NotAfter
    new = copy_session(session, starts_at=starts_at, by=by, copy_key=key, follows_id=session.pk)
    new.title_ar, new.title_en = title_ar, title_en
    new.save(update_fields=["title_ar", "title_en"])
    return new


@transaction.atomic
def link_follow_up(*, session: Session, follows: Session | None, by: User) -> Session:
    """Keep which session this one takes up, or that it takes up none. Raises NotAfter."""
    session = _locked(session, by)
    if follows is not None:
        if not policies.can_manage(by, follows):
            raise NotYourSession
        if follows.pk == session.pk or follows.starts_at >= session.starts_at:
            raise NotAfter
    if session.follows_id != (follows.pk if follows else None):
        session.follows = follows
        session.save(update_fields=["follows"])
        record_edit(session, changed={"fields": ["follows"]}, by=by, at=timezone.now())
    return session
