from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies, selectors
from dialogues.enums import SESSION_MOVES, RegistrationMove, RegistrationState, SessionMove, SessionState, Via
from dialogues.models import Registration, Session, Site, WalkIn
from dialogues.services.certificates import settle_certificates
from dialogues.services.presence import settle_online
from dialogues.services.seats import lock, move, release, site_of
from dialogues.services.sessions import NotYourSession
from network import policies as network_policies
from network.enums import DomainError
from network.models import Practitioner, Region, User
from network.services import record_transition, require_move

MARKS = {
    "present": RegistrationMove.ATTEND,
    "absent": RegistrationMove.MISS,
    "undo": RegistrationMove.UNDO,
}
REACHED = {
    "present": RegistrationState.ATTENDED,
    "absent": RegistrationState.ABSENT,
    "undo": RegistrationState.CONFIRMED,
}


class AttendanceNotOpen(DomainError):
    message = _("Attendance can be marked from an hour before the start until it is closed.")


class NotYoursToMark(DomainError):
    message = _("You mark the people of your own side; the hosts mark those of their site.")


class NotStillRemovable(DomainError):
    message = _("This row is no longer there.")


def _open(session: Session, at: datetime) -> None:
    if not policies.attendance_is_open(session, at):
        raise AttendanceNotOpen


def _hold(session: Session, *, by: User, at: datetime) -> None:
    """The first mark says that the session takes place."""
    if session.state == SessionState.PUBLISHED:
        session.state = require_move(SESSION_MOVES, SessionMove.HOLD, session)
        session.save(update_fields=["state"])
        record_transition(
            session, SessionMove.HOLD, from_state=SessionState.PUBLISHED, to_state=session.state, by=by, at=at
        )


@transaction.atomic
def mark(*, registration: Registration, as_: str, by: User, via: str = Via.LIST) -> Registration:
    """Mark a registered person "present" or "absent", or "undo" it. Marking twice the same changes nothing.

    A member who came without a seat and was not there after all is taken off the list. A coordinator marks the people of their side,
    the local host of a site whoever has a seat there.

    Raises NotYoursToMark for anybody else, and AttendanceNotOpen.
    """
    session, now = lock(registration.session), timezone.now()
    _open(session, now)
    rows = selectors.markable(session, by, now).filter(pk=registration.pk)
    row = rows.select_related("practitioner", "site").first()
    if row is None:
        raise NotYoursToMark
    if row.state == REACHED[as_]:
        return row
    _hold(session, by=by, at=now)
    if row.walked_in and as_ != "present":
        # They hold no seat to go back to: confirmed, they would be one too many.
        move(row, RegistrationMove.REMOVE, by=by, at=now, marked_at=None, marked_by=None, marked_via="")
        return row
    at, who, how = (None, None, "") if as_ == "undo" else (now, by, via)
    move(row, MARKS[as_], by=by, at=now, marked_at=at, marked_by=who, marked_via=how)
    return row


@transaction.atomic
def seat_walk_in(*, session: Session, site: Site, practitioner: Practitioner, by: User) -> Registration:
    """Mark a member present who came without a seat. They take none: seats are promises, and this one is already sitting."""
    session, now = lock(session), timezone.now()
    _open(session, now)
    if not Practitioner.objects.editable_by(by).active().filter(pk=practitioner.pk).exists():
        raise NotYoursToMark
    existing = selectors.live_registration(session, practitioner)
    if existing and existing.state in (
        RegistrationState.CONFIRMED,
        RegistrationState.ABSENT,
        RegistrationState.ATTENDED,
    ):
        return mark(registration=existing, as_="present", by=by)
    _hold(session, by=by, at=now)
    if existing:
        was_offered = existing.state == RegistrationState.OFFERED
        move(existing, RegistrationMove.EXPIRE, by=by, at=now)
        if was_offered:
            release(existing)
    registration = Registration.objects.create(
        session=session,
        site=site_of(session, site),
        practitioner=practitioner,
        side_id=practitioner.region_id,
        profession_id=practitioner.profession_id,
        state=RegistrationState.ATTENDED,
        requested_at=now,
        confirmed_at=now,
        marked_at=now,
        marked_by=by,
        marked_via=Via.WALK_IN,
        walked_in=True,
    )
    record_transition(
        registration,
        RegistrationMove.ATTEND,
        from_state="",
        to_state=registration.state,
        by=by,
        at=now,
        reason="walk-in",
    )
    return registration


@transaction.atomic
def add_walk_in(*, session: Session, site: Site, name: str, phone: str, region: Region | None, by: User) -> WalkIn:
    """Note somebody without an account who came. Their side must be one for which the coordinator answers."""
    session, now = lock(session), timezone.now()
    _open(session, now)
    if not network_policies.answers_for(by, region.pk if region else None) and not network_policies.is_national(by):
        raise NotYourSession
    _hold(session, by=by, at=now)
    walk_in = WalkIn(
        session=session,
        site=site_of(session, site),
        region=region,
        name=name,
        phone=phone,
        added_at=now,
        added_by=by,
    )
    walk_in.full_clean(exclude=["added_by", "session", "site"])
    walk_in.save()
    return walk_in


@transaction.atomic
def remove_walk_in(*, walk_in: WalkIn, by: User) -> WalkIn:
    """Take a walk-in off the list; the row stays, with who removed it."""
    session, now = lock(walk_in.session), timezone.now()
    _open(session, now)
    rows = WalkIn.objects.all() if network_policies.is_national(by) else WalkIn.objects.editable_by(by)
    row = rows.present().filter(pk=walk_in.pk).first()
    if row is None:
        raise NotStillRemovable
    row.removed_at, row.removed_by = now, by
    row.save(update_fields=["removed_at", "removed_by"])
    return row


@transaction.atomic
def close_attendance(*, session: Session, by: User) -> Session:
    """Close the attendance: whoever was expected and not marked is absent, whoever still waited waits no more.

    Whoever was online for as long as the session asks for is present, and whoever was present gets a certificate.
    """
    if not policies.can_manage(by, session):
        raise NotYourSession
    session, now = lock(session), timezone.now()
    _open(session, now)
    _hold(session, by=by, at=now)
    settle_online(session, at=now)
    rows = session.registrations.select_related("site").order_by("pk")
    for row in rows.filter(state=RegistrationState.CONFIRMED):
        move(row, RegistrationMove.MISS, by=by, at=now, marked_at=now, marked_by=by)
    for row in rows.filter(state__in=[RegistrationState.WAITING, RegistrationState.OFFERED]):
        offered = row.state == RegistrationState.OFFERED
        move(row, RegistrationMove.EXPIRE, by=by, at=now)
        if offered:
            release(row)
    before = session.state
    session.state = require_move(SESSION_MOVES, SessionMove.CLOSE, session)
    session.closed_at, session.closed_by = now, by
    session.save(update_fields=["state", "closed_at", "closed_by"])
    record_transition(session, SessionMove.CLOSE, from_state=before, to_state=session.state, by=by, at=now)
    settle_certificates(session=session, by=by, at=now)
    return session


@transaction.atomic
def reopen_attendance(*, session: Session, by: User, reason: str) -> Session:
    """Open a closed attendance again, to put something right; the reason is kept."""
    if not policies.can_manage(by, session):
        raise NotYourSession
    session, now = lock(session), timezone.now()
    before = session.state
    session.state = require_move(SESSION_MOVES, SessionMove.REOPEN, session)
    session.closed_at = session.closed_by = None
    session.save(update_fields=["state", "closed_at", "closed_by"])
    record_transition(
        session, SessionMove.REOPEN, from_state=before, to_state=session.state, by=by, at=now, reason=reason
    )
    return session
