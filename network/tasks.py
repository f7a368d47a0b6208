from celery import shared_task
from django.conf import settings
from django.utils import timezone

from network import selectors, services


@shared_task
def erase_left() -> None:
    """Erase the data of those who left longer ago than the delay, one by one."""
    for practitioner in selectors.people_erasable(timezone.now() - settings.ERASED_AFTER):
        services.erase(practitioner=practitioner)
