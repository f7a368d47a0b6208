"""What everybody who has entered is told: a later end, or that a campaign was called off."""

from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.models import Campaign, EntrantNotice, Entry
from notifications import outbox

BATCH = 200
TELL = "campaigns.tasks.tell_entrants"


def begin_telling(campaign: Campaign, *, closes_at: datetime | None, now: datetime) -> None:
    """Note, in the transaction that decides it, that entrants are to be told of the end, or with None of the call-off.

    A worker tells them in batches.
    """
    EntrantNotice.objects.create(campaign=campaign, closes_at=closes_at, decided_at=now)
    outbox.start_after_commit(TELL)


@transaction.atomic
def tell_entrants(*, notice: EntrantNotice, now: datetime) -> bool:
    """Tell the next entrants, each once; return whether others are left. Of two notices of a campaign the later one is told."""
    row = EntrantNotice.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=notice.pk)
    if row.told_at:
        return False
    later = EntrantNotice.objects.filter(campaign=row.campaign, pk__gt=row.pk).exists()
    running = Entry.objects.running().filter(
        campaign=row.campaign, pk__gt=row.told_upto, received_at__lt=row.decided_at
    )
    batch = [] if later else list(running.order_by("pk")[:BATCH])
    for entry in batch:
        notices.tell_end(entry, row)
    if batch:
        row.told_upto = batch[-1].pk
    if len(batch) < BATCH:
        row.told_at = now
    row.save(update_fields=["told_upto", "told_at"])
    return row.told_at is None
