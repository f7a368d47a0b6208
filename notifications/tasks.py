from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications import relay
from notifications.enums import WAITING_STATES
from notifications.models import Message

CLEARED_AT_ONCE = 5_000


@shared_task
def drain() -> None:
    """Send what is due."""
    relay.drain()


@shared_task
def clear_old() -> None:
    """Delete notices that ended long ago, a few thousand at a time."""
    before = timezone.now() - settings.MESSAGES_KEPT
    ended = Message.objects.filter(created_at__lt=before).exclude(state__in=WAITING_STATES).order_by("pk")
    while pks := list(ended.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        Message.objects.filter(pk__in=pks).delete()
