from celery import shared_task
from django.utils import timezone

from outreach import services


@shared_task
def close_month() -> None:
    """Close the last month once it can be; once, however often this runs."""
    services.close_month(today=timezone.localdate())


@shared_task
def follow_merges() -> None:
    """Let referrals follow merged facilities, of whatever was merged since the last time."""
    services.follow_merges(now=timezone.now())
