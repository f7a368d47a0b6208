"""Demo only: how a session that the services made today comes to have been in the past. Nothing else may write these times."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from dialogues.enums import RegistrationState
from dialogues.models import Certificate, Registration, Session
from network import selectors as network_selectors
from notifications import outbox

ANNOUNCED = timedelta(days=21)


FRIDAY, SATURDAY = 4, 5


def at(days: int, hour: int) -> datetime:
    """Return that hour, so many days from today, in local time; on the day after where that is a Friday, when nobody meets."""
    moment = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return moment + timedelta(days=moment.weekday() == FRIDAY)


def saturday(weeks: int, hour: int) -> datetime:
    """Return that hour on the first Saturday from today on, so many weeks later or earlier."""
    moment = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)
    return moment + timedelta(days=(SATURDAY - moment.weekday()) % 7, weeks=weeks)


def take_back(session: Session, starts_at: datetime) -> Session:
    """Move a published session with its registrations to an earlier time, and take back its notices: they would tell of a time to come."""
    announced = starts_at - ANNOUNCED
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        created_at=announced - timedelta(days=1),
        published_at=announced,
    )
    kinds = [kind.code for kind in outbox.all_kinds()]
    outbox.withdraw(subject_ref=network_selectors.reference(session), kinds_=kinds)
    for number, registration in enumerate(session.registrations.order_by("pk"), 1):
        asked = announced + timedelta(hours=5 * number)
        Registration.objects.filter(pk=registration.pk).update(
            requested_at=asked, confirmed_at=asked if registration.confirmed_at else None
        )
        outbox.withdraw(subject_ref=network_selectors.reference(registration), kinds_=kinds)
    return Session.objects.get(pk=session.pk)


@contextmanager
def just_ended(session: Session) -> Iterator[None]:
    """Let a session have ended a moment ago, as long as those who were there tell how it was."""
    now = timezone.now()
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    Session.objects.filter(pk=session.pk).update(starts_at=now - (session.ends_at - session.starts_at), ends_at=now)
    yield
    Session.objects.filter(pk=session.pk).update(**times)


def close_then(session: Session) -> None:
    """Let a session that was closed today have been closed, and its people marked, when it ended."""
    Session.objects.filter(pk=session.pk).update(closed_at=session.ends_at + timedelta(minutes=40))
    marked = session.registrations.filter(state__in=[RegistrationState.ATTENDED, RegistrationState.ABSENT])
    marked.update(marked_at=session.starts_at + timedelta(minutes=20))
    session.registrations.filter(walked_in=True).update(
        requested_at=session.starts_at + timedelta(minutes=20), confirmed_at=session.starts_at + timedelta(minutes=20)
    )
    certificates = Certificate.objects.filter(registration__session=session)
    for certificate in certificates:
        outbox.withdraw(subject_ref=network_selectors.reference(certificate), kinds_=["certificate-issued"])
    certificates.update(issued_at=session.ends_at + timedelta(minutes=40))
    session.walk_ins.update(added_at=session.starts_at + timedelta(minutes=25))
