"""Notices without their controls, to show that the test of faults would see it: no outbox, and an outbox that heeds no lease."""

from datetime import datetime, timedelta

import django
from celery import shared_task

from config.celery import app

__all__ = ["app"]


@shared_task(name="tests.send_directly", acks_late=False)
def send_directly(address: str) -> None:
    """Send at once what is known to the queue alone."""
    from django.core.mail import send_mail  # noqa: PLC0415 (the worker sets Django up first)

    send_mail("Hello", "You have a message.", None, [address])


def drain_heeding_no_lease() -> None:
    """Send what is due as a worker does that doesn't know of others."""
    django.setup()
    from notifications import relay  # noqa: PLC0415 (needs Django)
    from notifications.models import Message  # noqa: PLC0415

    def claim(now: datetime) -> list[Message]:
        rows = Message.objects.filter(state="due", due_at__lte=now).order_by("due_at", "pk")
        messages, until = list(rows[: relay.BATCH]), now + timedelta(seconds=relay.LEASE_SECONDS)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(lease_until=until)
        for message in messages:
            message.lease_until = until
        return messages

    relay.claim = claim
    relay.drain()


if __name__ == "__main__":
    drain_heeding_no_lease()
