"""The relay: takes due rows of the outbox under a lease, sends each, marks each. Any number may run, and any may be killed.

A row is leased for LEASE_SECONDS. A worker that dies leaves its rows to whoever comes after the lease; it may have sent one of
them without marking it, so that a kill makes at most one second copy.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notifications import kinds, render, sms
from notifications.enums import Channel, MessageState
from notifications.kinds import Contact
from notifications.models import Message

log = logging.getLogger("jisr.outbox")

BATCH = 20
LEASE_SECONDS = 60
MAX_ATTEMPTS = 48
# What one message may take, with some to spare.
SPARE = timedelta(seconds=2 * settings.EMAIL_TIMEOUT)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=1)
# What stands in place of the address to which a code was sent.
FORGOTTEN = "-"


class Permanent(Exception):
    """The other end says that this will never be taken."""


def claim(now: datetime, limit: int = BATCH) -> list[Message]:
    """Take up to `limit` due rows for this worker, each under its own lease."""
    with transaction.atomic():
        rows = Message.objects.claimable(now).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        messages = list(rows[:limit])
        until = now + timedelta(seconds=LEASE_SECONDS)
        if messages:
            Message.objects.filter(pk__in=[m.pk for m in messages]).update(
                lease_until=until, attempts=F("attempts") + 1
            )
        for message in messages:
            message.lease_until, message.attempts = until, message.attempts + 1
    return messages


def _mark(message: Message, state: MessageState, *, error: str = "", due_at: datetime | None = None) -> None:
    """Write the outcome, unless the lease has gone to another worker in the meantime."""
    changes: dict = {"state": state, "lease_until": None, "last_error": error[:200]}
    if state == MessageState.SENT:
        changes["sent_at"] = timezone.now()
    if state != MessageState.FAILED and kinds.is_secret(message.kind):
        changes["context"] = {}
        if message.recipient_id is None:
            changes["address"] = FORGOTTEN
    if due_at:
        changes["due_at"] = due_at
    # A row that is sent has no lease, so that it can't be meant here.
    Message.objects.filter(pk=message.pk, lease_until=message.lease_until).update(**changes)


def _contact(message: Message, contacts: dict[int, Contact]) -> Contact | None:
    if message.recipient_id is not None:
        return contacts.get(message.recipient_id)
    to_mail = message.channel == Channel.EMAIL
    return Contact(
        id=0,
        name="",
        email=message.address if to_mail else "",
        phone="" if to_mail else message.address,
        language=message.language,
        discreet=message.discreet,
    )


class Post:
    """An open connection to the mail server, kept over many messages and opened anew after a fault."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, message: Message, contact: Contact) -> None:
        mail = render.email(message, contact)
        if self._connection is None:
            self._connection = get_connection()
            self._connection.open()
        try:
            self._connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as refused:
            self.close()
            codes = {code for code, _ in refused.recipients.values()}
            if all(code >= 500 for code in codes):
                raise Permanent(f"recipient refused {max(codes)}") from refused
            raise
        except smtplib.SMTPDataError as refused:
            self.close()
            if refused.smtp_code >= 500:
                raise Permanent(f"message refused {refused.smtp_code}") from refused
            raise
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except OSError:
                log.info("outbox: the mail connection was already gone")
            self._connection = None


def _send(message: Message, contact: Contact, post: Post) -> None:
    if message.channel == Channel.EMAIL:
        post.send(message, contact)
    else:
        sms.backend().send(contact.phone, render.sms(message, contact), f"notice-{message.pk}")


def _describe(error: Exception) -> str:
    """Return the kind of error and its code; never its text, which may hold an address."""
    code = getattr(error, "smtp_code", None) or getattr(error, "code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _relay_one(message: Message, contacts: dict[int, Contact], post: Post) -> bool:
    now = timezone.now()
    contact = _contact(message, contacts)
    if contact is None or not (contact.email if message.channel == Channel.EMAIL else contact.phone):
        _mark(message, MessageState.NOT_WANTED, error="no longer to be written to")
        return False
    if message.expires_at and message.expires_at <= now:
        _mark(message, MessageState.TOO_OLD)
        return False
    try:
        _send(message, contact, post)
    except Permanent as error:
        _mark(message, MessageState.GAVE_UP, error=str(error))
        log.warning("outbox: message %s gave up: %s", message.pk, error)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one row must not hold up the others)
        wait = min(FIRST_RETRY * 2 ** min(message.attempts - 1, 12), LONGEST_RETRY)
        gave_up = message.attempts >= MAX_ATTEMPTS
        _mark(
            message,
            MessageState.GAVE_UP if gave_up else MessageState.FAILED,
            error=_describe(error),
            due_at=None if gave_up else now + wait,
        )
        log.warning("outbox: message %s attempt %s failed: %s", message.pk, message.attempts, _describe(error))
    else:
        _mark(message, MessageState.SENT)
        return True
    return False


def drain(*, seconds: float = 200, keep_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due until nothing is, or for that long; return how many were sent."""
    post, sent, began = Post(), 0, time.monotonic()
    try:
        while keep_on() and time.monotonic() - began < seconds:
            messages = claim(timezone.now())
            if not messages:
                break
            contacts = kinds.contacts({m.recipient_id for m in messages if m.recipient_id is not None})
            for message in messages:
                # A slow mail server must not let the lease of the last rows run out while they wait for their turn.
                if not message.lease_until or message.lease_until - timezone.now() < SPARE:
                    Message.objects.filter(pk=message.pk, lease_until=message.lease_until).update(
                        lease_until=None, attempts=F("attempts") - 1
                    )
                    continue
                sent += _relay_one(message, contacts, post)
    finally:
        post.close()
    return sent
