"""Who is online and for how long, as far as Jisr can tell; see models.Presence for what that is worth."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies, selectors
from dialogues.enums import RegistrationMove, RegistrationState, Via
from dialogues.models import Presence, Registration, Session
from dialogues.services.seats import lock, move
from network.enums import DomainError
from network.models import Practitioner

SEATED = (RegistrationState.CONFIRMED, RegistrationState.ATTENDED)


class NotOnline(DomainError):
    message = _(
        "The online room is open to those with a confirmed seat, shortly before the start until an hour after the end."
    )


def _seat(session: Session, practitioner: Practitioner, at: datetime) -> Registration:
    registration = selectors.live_registration(session, practitioner)
    if registration is None or registration.state not in SEATED or not policies.join_link_is_shown(session, at):
        raise NotOnline
    return registration


def _present(registration: Registration) -> Presence | None:
    return Presence.objects.filter(registration=registration, ended_at__isnull=True).first()


@transaction.atomic
def join_online(*, session: Session, practitioner: Practitioner) -> Presence:
    """Note that a member goes to the online room; pressed again it is a sign that they are still there. Raises NotOnline."""
    session, now = lock(session), timezone.now()
    registration = _seat(session, practitioner, now)
    return _sign(registration, now) or Presence.objects.create(
        registration=registration, started_at=now, last_seen_at=now
    )


@transaction.atomic
def still_online(*, session: Session, practitioner: Practitioner) -> Presence | None:
    """Note that a member's page is still open; None for somebody who has not joined, or has left. Raises NotOnline."""
    session, now = lock(session), timezone.now()
    return _sign(_seat(session, practitioner, now), now)


def _sign(registration: Registration, at: datetime) -> Presence | None:
    presence = _present(registration)
    if presence:
        presence.last_seen_at = max(at, presence.last_seen_at)
        presence.save(update_fields=["last_seen_at"])
    return presence


@transaction.atomic
def leave_online(*, session: Session, practitioner: Practitioner) -> Presence | None:
    """Note that a member leaves the online room; leaving twice is the same as once. Raises NotOnline."""
    session, now = lock(session), timezone.now()
    presence = _present(_seat(session, practitioner, now))
    if presence:
        presence.last_seen_at = presence.ended_at = max(now, presence.last_seen_at)
        presence.save(update_fields=["last_seen_at", "ended_at"])
    return presence


def settle_online(session: Session, *, at: datetime) -> None:
    """Mark present who was online for as long as the session asks for, by this rule and nobody's hand. The caller holds the lock."""
    if not session.minimum_minutes:
        return
    minutes = Presence.objects.filter(registration__session=session).minutes()
    for row in session.registrations.filter(pk__in=minutes, state=RegistrationState.CONFIRMED).order_by("pk"):
        if minutes[row.pk] >= session.minimum_minutes:
            # Who and when stay empty together: the step tells the time, and that it was a rule.
            move(row, RegistrationMove.ATTEND, by=None, at=at, marked_via=Via.MINUTES)
