import hashlib
import json
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import notices, outreach, policies
from dialogues.enums import BROADCAST_MOVES, BroadcastMove, BroadcastState
from dialogues.models import Broadcast, Session
from dialogues.services.seats import SiteGone, lock
from dialogues.services.sessions import NotYourSession
from network.enums import DomainError
from network.models import User
from network.services import record_transition, require_move


class NotAnnounced(DomainError):
    message = _("Nobody can be registered for this session yet.")


class NobodyToTell(DomainError):
    message = _("Nobody would get this message. Please choose others.")


class TryItFirst(DomainError):
    message = _("Please send this message to yourself first, as it is now.")


class MessageHasChanged(DomainError):
    message = _("The message was changed in the meantime. Please look at it again.")


class TooManyMessages(DomainError):
    message = _("Five messages about this session were sent within a day. Please wait until tomorrow.")


def _fingerprint(broadcast: Broadcast) -> str:
    said = [broadcast.subject_ar, broadcast.subject_en, broadcast.text_ar, broadcast.text_en]
    whom = [broadcast.session_id, broadcast.side_id, broadcast.audience, broadcast.site_id]
    return hashlib.sha256(json.dumps([said, whom]).encode()).hexdigest()


def _require_reach(broadcast: Broadcast, session: Session, by: User) -> None:
    if broadcast.side_id not in policies.audiences(by, session):
        raise NotYourSession
    if not policies.broadcast_is_possible(session):
        raise NotAnnounced


def _locked(broadcast: Broadcast, by: User) -> tuple[Broadcast, Session]:
    """Return a message and its session as they are now. Messages of a session are sent one at a time, so that five a day are five."""
    session = lock(broadcast.session)
    kept = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk, session=session)
    _require_reach(kept, session, by)
    kept.session = session
    return kept, session


@transaction.atomic
def write_broadcast(*, broadcast: Broadcast, by: User) -> Broadcast:
    """Keep a new message, or the changed words of one that is not sent yet; it must then be tried (again)."""
    session, now = lock(broadcast.session), timezone.now()
    _require_reach(broadcast, session, by)
    if broadcast.site_id and not session.sites.filter(pk=broadcast.site_id).exists():
        raise SiteGone
    before = ""
    if broadcast.pk:
        kept, _session = _locked(broadcast, by)
        before = kept.state
        broadcast.state = require_move(BROADCAST_MOVES, BroadcastMove.EDIT, kept)
    broadcast.written_at, broadcast.written_by = now, by
    broadcast.tried_at = broadcast.tried_by = None
    broadcast.text_sha256 = _fingerprint(broadcast)
    broadcast.full_clean(exclude=["session", "side", "site", "written_by"])
    broadcast.save()
    move = BroadcastMove.EDIT if before else "write"
    record_transition(broadcast, move, from_state=before, to_state=broadcast.state, by=by, at=now)
    return broadcast


@transaction.atomic
def try_broadcast(*, broadcast: Broadcast, by: User) -> Broadcast:
    """Send a message to its author alone; the same words once, however often this is pressed."""
    kept, _session = _locked(broadcast, by)
    now, before = timezone.now(), kept.state
    kept.state = require_move(BROADCAST_MOVES, BroadcastMove.TRY, kept)
    kept.tried_at, kept.tried_by = now, by
    kept.save(update_fields=["state", "tried_at", "tried_by"])
    record_transition(kept, BroadcastMove.TRY, from_state=before, to_state=kept.state, by=by, at=now)
    notices.broadcast(kept, recipients=[by.pk], at=now, trial=True)
    return kept


@transaction.atomic
def send_broadcast(*, broadcast: Broadcast, text_sha256: str, by: User) -> Broadcast:
    """Send a message, as the page showed it (`text_sha256`), to those whom it is for. Sending twice is the same as once.

    Raises TryItFirst where the sender has not had it themselves, MessageHasChanged, TooManyMessages and NobodyToTell.
    """
    kept, session = _locked(broadcast, by)
    now, before = timezone.now(), kept.state
    if kept.state == BroadcastState.SENT:
        return kept
    if kept.text_sha256 != text_sha256:
        raise MessageHasChanged
    if kept.state != BroadcastState.TRIED or kept.tried_by_id != by.pk:
        raise TryItFirst
    if _sent_today(session, now) >= policies.BROADCASTS_A_DAY:
        raise TooManyMessages
    recipients = outreach.recipients(kept)
    if not recipients:
        raise NobodyToTell
    kept.state = require_move(BROADCAST_MOVES, BroadcastMove.SEND, kept)
    kept.sent_at, kept.sent_by, kept.count = now, by, len(recipients)
    kept.save(update_fields=["state", "sent_at", "sent_by", "count"])
    record_transition(
        kept, BroadcastMove.SEND, from_state=before, to_state=kept.state, by=by, at=now, changes={"count": kept.count}
    )
    notices.broadcast(kept, recipients=recipients, at=now)
    return kept


def _sent_today(session: Session, now: datetime) -> int:
    return Broadcast.objects.filter(session=session, sent_at__gt=now - timedelta(days=1)).count()
