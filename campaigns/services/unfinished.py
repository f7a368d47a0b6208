"""A form that is put aside and gone on with later, from any phone."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaigns import policies
from campaigns.models import Campaign, Entry, Unfinished
from campaigns.services.entries import SentAlready
from network import codes


def _hash(code: str) -> str:
    return salted_hmac("campaigns.unfinished", code, algorithm="sha256").hexdigest()


@transaction.atomic
def keep_unfinished(*, campaign: Campaign, uid: uuid.UUID, typed: Mapping[str, Any]) -> str:
    """Keep what was typed and return the code by which it is gone on with; a new one each time, the last one counts.

    Raises SentAlready for a form that has become an entry.
    """
    if Entry.objects.filter(uid=uid).exists():
        raise SentAlready
    code = codes.new()
    Unfinished.objects.update_or_create(
        uid=uid,
        campaign=campaign,
        defaults={"code_hash": _hash(code), "typed": dict(typed), "kept_at": timezone.now()},
    )
    return code


def unfinished_of(campaign: Campaign, typed_code: str) -> Unfinished | None:
    """Return the form that was put aside under a code as it was typed, None for no such code and for one that is sent."""
    code = codes.as_kept(typed_code)
    since = timezone.now() - policies.UNFINISHED_LASTS
    rows = Unfinished.objects.filter(campaign=campaign, code_hash=_hash(code), kept_at__gt=since)
    kept = rows.first() if code else None
    # Sent from another tab in the moment in which it was put aside.
    return None if kept and Entry.objects.filter(uid=kept.uid).exists() else kept


def clear_unfinished(*, now: datetime) -> int:
    """Remove the forms whose time has run out; return how many."""
    return Unfinished.objects.filter(kept_at__lte=now - policies.UNFINISHED_LASTS).delete()[0]
