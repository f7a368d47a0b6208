import time
from threading import Lock

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from campaigns import selectors, services
from campaigns.enums import CampaignState, RoundState
from campaigns.models import Campaign, EntrantNotice, Round

# A worker that makes photos anew gives way to the notices so often; whoever rings, or beat, lets it go on.
SECONDS_AT_A_TIME = 20.0
_at_photos = Lock()


@shared_task
def follow_the_clock() -> None:
    """Record the openings and closes whose moment has come; each once, however often this runs."""
    now = timezone.now()
    come = Q(state=CampaignState.ANNOUNCED, opens_at__lte=now) | Q(state=CampaignState.OPEN, closes_at__lte=now)
    settled = Q(pk__in=Campaign.objects.settled().values("pk"))
    for campaign in Campaign.objects.filter(come | settled).order_by("pk"):
        services.follow_the_clock(campaign=campaign, now=now)


@shared_task
def clear_unfinished() -> None:
    """Remove the forms that were put aside and not gone on with."""
    services.clear_unfinished(now=timezone.now())


@shared_task
def rebuild_photos() -> None:
    """Make anew what waits, one photo after the other; of one process's workers one alone is at it, so that the others are free."""
    if not _at_photos.acquire(blocking=False):
        return
    try:
        ends = time.monotonic() + SECONDS_AT_A_TIME
        while time.monotonic() < ends and (photo := services.claim_photo(now=timezone.now())):
            services.rebuild_photo(photo=photo)
    finally:
        _at_photos.release()


@shared_task
def clear_lost_photos() -> None:
    """Remove the photos of forms that were never sent, and the files of photos and pictures that a crash left without a row."""
    now = timezone.now()
    services.clear_lost_photos(now=now)
    services.clear_lost_pictures(now=now)


@shared_task
def clear_lost_proofs() -> None:
    """Remove the files of proofs that a crash left without a row."""
    services.clear_lost_proofs(now=timezone.now())


@shared_task
def tell_entrants() -> None:
    """Tell entrants of every later end and call-off, in batches; each once, however often this runs."""
    for notice in EntrantNotice.objects.filter(told_at__isnull=True).order_by("pk"):
        while services.tell_entrants(notice=notice, now=timezone.now()):
            pass


@shared_task
def take_latecomers() -> None:
    """Bring into open rounds what has met the conditions since they opened."""
    for round_ in Round.objects.filter(state=RoundState.OPEN).order_by("pk"):
        services.take_latecomers(round_=round_)


@shared_task
def find_duplicates() -> None:
    """Look for possible duplicates in the campaigns to which something was added."""
    for campaign in selectors.to_compare():
        services.find_pairs(campaign=campaign, now=timezone.now())


@shared_task
def close_month() -> None:
    """Close the last month of awareness campaigns once it can be; once, however often this runs."""
    services.close_month(today=timezone.localdate())
