"""The only door into notifications: register kinds, enqueue notices, keep preferences."""

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation

from notifications import kinds, render
from notifications.enums import ENDED_UNSENT_STATES, Channel, MessageState
from notifications.kinds import Attachment, Contact, Kind, all_kinds, in_words, register, topics
from notifications.models import Message, Preference

__all__ = [
    "Attachment",
    "Channel",
    "Contact",
    "Kind",
    "Message",
    "MessageState",
    "all_kinds",
    "in_words",
    "register",
    "topics",
]

log = logging.getLogger("jisr.outbox")

BATCH = 500
DRAIN = "notifications.tasks.drain"
QUIET_SECONDS = 10.0
PAUSE_SECONDS = 0.05
_quiet_until = 0.0
RESENDABLE_STATES = (*ENDED_UNSENT_STATES, MessageState.FAILED)


class OutsideTransaction(RuntimeError):
    """A notice was to be written outside the transaction of what it tells of."""


def enqueue(
    kind: str,
    *,
    recipients: Iterable[int],
    dedup: str,
    context: Mapping[str, Any] | None = None,
    subject_ref: str = "",
    at: datetime | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    neutral: bool = False,
) -> None:
    """Write one notice for each person and channel, in the transaction of what it tells of.

    `recipients` are ids of users. `context` holds JSON primitives; a value `{"ar": …, "en": …}` is picked by language and
    `{"datetime": iso}` becomes a time when the notice is rendered. `dedup` names the event: the same person is told of it once
    on a channel, however often this is called. A `neutral` notice says nothing itself, as in discreet mode, whoever reads it. After commit
    a worker is nudged; losing the nudge loses nothing.

    Raises OutsideTransaction, and KeyError for a kind that is not registered.
    """
    _require_transaction()
    said = kinds.get(kind)
    now = at or timezone.now()
    contacts = kinds.contacts(recipients)
    wanted = _channels(said, contacts)
    messages = [
        Message(
            kind=kind,
            recipient_id=contact.id,
            channel=channel,
            language=contact.language,
            discreet=contact.discreet or neutral,
            context=dict(context or {}),
            subject_ref=subject_ref,
            dedup_key=f"{kind}:{dedup}:{contact.id}:{channel}",
            created_at=now,
            due_at=due_at or now,
            expires_at=expires_at,
        )
        # Always in the same order: two who write the same keys at once must not wait for each other.
        for _, contact in sorted(contacts.items())
        for channel in wanted[contact.id]
    ]
    _write(messages)


def enqueue_to_address(
    kind: str,
    *,
    address: str,
    channel: Channel,
    context: Mapping[str, Any],
    dedup: str,
    expires_at: datetime | None = None,
) -> None:
    """Write a notice to somebody who has no account (yet), in the language of the page they are on."""
    _require_transaction()
    now = timezone.now()
    language = (translation.get_language() or "ar")[:2]
    message = Message(
        kind=kinds.get(kind).code,
        address=address,
        channel=channel,
        language=language,
        discreet=True,
        context=dict(context),
        dedup_key=f"{kind}:{dedup}:{channel}",
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    _write([message])


def preview(kind: str, *, context: Mapping[str, Any], language: str, name: str = "") -> tuple[str, str]:
    """Return subject and text of a mail as its reader gets it when they are not in discreet mode."""
    said = kinds.get(kind)
    subject, body, _page = render.letter(said.template.format(**context), dict(context), name, language)
    return subject, body


def stamp(moment: datetime) -> dict[str, str]:
    """Return a time as the context of a notice keeps it."""
    return {"datetime": moment.isoformat()}


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("A notice is written in the transaction of what it tells of.")


def _write(messages: list[Message]) -> None:
    if messages:
        Message.objects.bulk_create(messages, batch_size=BATCH, ignore_conflicts=True)
        _nudge_after_commit()


def _nudge_after_commit() -> None:
    """Nudge once a transaction, however many notices it writes."""
    if not any(hook[1] is nudge for hook in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


class _Bell:
    """Wakes a worker from a thread of its own: who rings waits for nothing, and many who ring at once wake it once."""

    def __init__(self, task: str = DRAIN) -> None:
        self._task = task
        self._rung = threading.Event()
        self._process = 0

    def ring(self) -> None:
        self._rung.set()
        # A thread does not survive a fork.
        if self._process != os.getpid():
            self._process = os.getpid()
            threading.Thread(target=self._listen, name="nudge", daemon=True).start()

    def _listen(self) -> None:
        while True:
            self._rung.wait()
            # First cleared, then sent: whoever commits in between rings again.
            self._rung.clear()
            wake(self._task)
            time.sleep(PAUSE_SECONDS)


_bell = _Bell()
_bells: dict[str, _Bell] = {}


def start_after_commit(task: str) -> None:
    """Have a worker start a task once this is committed, without waiting for it; where this is lost, beat starts the task later."""
    bell = _bells.setdefault(task, _Bell(task))
    transaction.on_commit(bell.ring, robust=True)


def nudge() -> None:
    """Have a worker woken, without waiting for it. Losing this with the process loses nothing: beat drains the outbox soon after."""
    _bell.ring()


def wake(task: str = DRAIN) -> None:
    """Wake a worker now; while the broker is away only one call in QUIET_SECONDS tries."""
    global _quiet_until  # noqa: PLW0603 (one process, one broker)
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task, expires=60)
    except Exception as error:  # noqa: BLE001 (the broker's client raises many kinds, and none may undo what was committed)
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("outbox: no nudge, the broker is out of reach (%s)", type(error).__name__)


def _channels(kind: Kind, contacts: Mapping[int, Contact]) -> dict[int, list[Channel]]:
    """Return, for each person, the channels on which they get this kind; at least e-mail for a kind without a topic."""
    chosen: dict[int, Preference] = {}
    if kind.topic and len(contacts) <= BATCH:
        chosen = {
            p.recipient_id: p for p in Preference.objects.filter(topic=kind.topic, recipient_id__in=list(contacts))
        }
    elif kind.topic:
        chosen = {p.recipient_id: p for p in Preference.objects.filter(topic=kind.topic)}
    wanted = {}
    for contact in contacts.values():
        preference = chosen.get(contact.id)
        channels = (
            [c for c, on in ((Channel.EMAIL, preference.email), (Channel.SMS, preference.sms)) if on]
            if preference
            else list(kind.channels)
        )
        wanted[contact.id] = [c for c in channels if (contact.phone if c == Channel.SMS else contact.email)]
    return wanted


def preferences(recipient_id: int) -> dict[str, Preference]:
    """Return what the person wants, topic → preference (not saved where they have said nothing)."""
    kept = {p.topic: p for p in Preference.objects.filter(recipient_id=recipient_id)}
    usual = {kind.topic: kind.channels for kind in all_kinds() if kind.topic}
    return {
        topic: kept.get(topic)
        or Preference(
            recipient_id=recipient_id,
            topic=topic,
            email=Channel.EMAIL in usual.get(topic, ()),
            sms=Channel.SMS in usual.get(topic, ()),
        )
        for topic in topics()
    }


@transaction.atomic
def set_preference(recipient_id: int, topic: str, *, email: bool, sms: bool) -> None:
    """Keep what a person wants to be told of a topic; raises KeyError for an unknown topic."""
    if topic not in topics():
        raise KeyError(topic)
    Preference.objects.update_or_create(recipient_id=recipient_id, topic=topic, defaults={"email": email, "sms": sms})


@transaction.atomic
def resend(message_id: int) -> bool:
    """Make a notice that gave up due again, with its attempts forgotten; False when it is in no such state, or was emptied."""
    now = timezone.now()
    secret = [kind.code for kind in all_kinds() if kind.secret]
    rows = Message.objects.filter(pk=message_id, state__in=RESENDABLE_STATES).exclude(kind__in=secret)
    changed = rows.update(
        state=MessageState.DUE, attempts=0, due_at=now, expires_at=None, lease_until=None, last_error=""
    )
    if changed:
        _nudge_after_commit()
    return bool(changed)


@transaction.atomic
def withdraw(*, subject_ref: str, kinds_: Iterable[str]) -> int:
    """Take back the notices about a thing that have not been sent yet, because they are no longer true."""
    return Message.objects.filter(
        subject_ref=subject_ref, kind__in=list(kinds_), state__in=[MessageState.DUE, MessageState.FAILED]
    ).update(state=MessageState.NOT_WANTED, lease_until=None)


@transaction.atomic
def forget(recipient_id: int, *, addresses: Iterable[str] = ()) -> None:
    """Erase all notices and preferences of a person, and what was sent to addresses of theirs before they were known by them."""
    Message.objects.filter(Q(recipient_id=recipient_id) | Q(address__in=[a for a in addresses if a])).delete()
    Preference.objects.filter(recipient_id=recipient_id).delete()


def oldest_due_age(now: datetime | None = None) -> float:
    """Return for how many seconds the oldest due notice has been waiting; 0 when none waits."""
    now = now or timezone.now()
    oldest = (
        Message.objects.filter(state__in=[MessageState.DUE, MessageState.FAILED], due_at__lte=now, attempts=0)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return (now - oldest).total_seconds() if oldest else 0.0
