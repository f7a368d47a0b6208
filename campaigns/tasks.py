from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from campaigns import services
from campaigns.enums import CampaignState
from campaigns.models import Campaign


@shared_task
def follow_the_clock() -> None:
    """Record the openings and closes whose moment has come; each once, however often this runs."""
    now = timezone.now()
    come = Q(state=CampaignState.ANNOUNCED, opens_at__lte=now) | Q(state=CampaignState.OPEN, closes_at__lte=now)
    for campaign in Campaign.objects.filter(come).order_by("pk"):
        services.follow_the_clock(campaign=campaign, now=now)


@shared_task
def clear_unfinished() -> None:
    """Remove the forms that were put aside and not gone on with."""
    services.clear_unfinished(now=timezone.now())
