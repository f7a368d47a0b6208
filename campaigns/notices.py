"""What entrants are told. They have no account: it goes to the contact that they gave, and names neither them nor the campaign."""

from datetime import datetime
from typing import Any

from campaigns.models import Entry
from notifications import outbox
from notifications.outbox import Channel


def _tell(
    entry: Entry, kind: str, *, channel: Channel, again: str, expires_at: datetime | None = None, **more: Any
) -> None:
    outbox.enqueue_to_address(
        kind,
        address=entry.phone if channel == Channel.SMS else entry.email,
        channel=channel,
        context={"entry": entry.shown_code, **more},
        dedup=f"entry:{entry.pk}:{again}",
        expires_at=expires_at,
    )


def tell_receipt(entry: Entry, *, channel: Channel, code: str, again: str, expires_at: datetime) -> None:
    """Acknowledge an entry, with the code that proves the contact."""
    _tell(entry, "entry-received", channel=channel, again=f"received:{again}", expires_at=expires_at, code=code)
