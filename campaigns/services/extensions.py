"""A later end, told to everybody who has entered."""

from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.models import Campaign, Entry, Extension
from notifications import outbox

BATCH = 200
TELL = "campaigns.tasks.tell_extensions"


def begin_telling(campaign: Campaign, *, closes_at: datetime, now: datetime) -> None:
    """Note, in the transaction that moves the end, that its entrants are to be told; a worker does it in batches."""
    Extension.objects.create(campaign=campaign, closes_at=closes_at, extended_at=now)
    outbox.start_after_commit(TELL)


@transaction.atomic
def tell_extension(*, extension: Extension, now: datetime) -> bool:
    """Tell the next entrants of a later end, each once; return whether others are left. Of two extensions the later one is told."""
    row = Extension.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=extension.pk)
    if row.told_at:
        return False
    later = Extension.objects.filter(campaign=row.campaign, pk__gt=row.pk).exists()
    running = Entry.objects.running().filter(
        campaign=row.campaign, pk__gt=row.told_upto, received_at__lt=row.extended_at
    )
    batch = [] if later else list(running.order_by("pk")[:BATCH])
    for entry in batch:
        notices.tell_extension(entry, row)
    if batch:
        row.told_upto = batch[-1].pk
    if len(batch) < BATCH:
        row.told_at = now
    row.save(update_fields=["told_upto", "told_at"])
    return row.told_at is None
