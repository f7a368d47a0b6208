from datetime import datetime

from django.db import transaction

from dialogues import notices, outreach
from dialogues.enums import Round
from dialogues.models import Session, SessionRound

# So many notices are written at once: nobody who asks for a seat waits longer for the database.
AT_ONCE = 200


def remind_of(*, session: Session, what: str, now: datetime) -> int:
    """Remind everybody with a seat of what begins in a week, a day or an hour, and note that it is done; return of how many.

    Cut off half-way it begins anew: nobody is told twice, for the outbox knows each reminder by its seat and start.
    """
    told, last = 0, 0
    while rows := list(outreach.to_remind(session, what, after=last)[:AT_ONCE]):
        with transaction.atomic():
            for row in rows:
                notices.remind(row, what, at=now)
        told, last = told + len(rows), rows[-1].pk
    _done(session, what, session.starts_at, now)
    return told


def thank_for(*, session: Session, now: datetime) -> int:
    """Thank those who were present and ask how it was, once each; return how many."""
    told, last = 0, 0
    while rows := list(outreach.to_thank(session, after=last)[:AT_ONCE]):
        with transaction.atomic():
            for row in rows:
                notices.thank(row, at=now)
        told, last = told + len(rows), rows[-1].pk
    _done(session, Round.THANKS, outreach.thanked_after(session), now)
    return told


def _done(session: Session, what: str, moment: datetime, now: datetime) -> None:
    SessionRound.objects.get_or_create(session=session, what=what, moment=moment, defaults={"done_at": now})
