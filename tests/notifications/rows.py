"""Rows for the relay to send."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications import outbox, relay
from notifications.outbox import Channel, Message
from tests.factories.network import UserFactory


def told(kind: str = "membership-verified", dedup: str = "1", **fields: Any) -> Message:
    """Return a new row to somebody new, or to the `user`."""
    user = fields.pop("user", None) or UserFactory(language="en")
    with transaction.atomic():
        outbox.enqueue(kind, recipients=[user.pk], dedup=dedup, **fields)
    return Message.objects.filter(recipient_id=user.pk).latest("pk")


def coded(address: str = "somebody@example.org", **fields: Any) -> Message:
    """Return a new row with a code, to somebody without an account."""
    outbox.enqueue_to_address(
        "account",
        address=address,
        channel=fields.pop("channel", Channel.EMAIL),
        context={"words": "code", "event": "login_code", "code": "KQXJZV"},
        dedup=address,
        **fields,
    )
    return Message.objects.get(address=address)


def after(row: Message) -> Message:
    relay.drain()
    row.refresh_from_db()
    return row


def due_again(row: Message) -> None:
    Message.objects.filter(pk=row.pk).update(due_at=timezone.now())
