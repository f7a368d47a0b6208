from celery import shared_task
from django.conf import settings
from django.utils import timezone

from network import selectors, services

# Long work may take long. The broker hands the task out again before it ends; whoever gets it finds the job in hand, and does nothing.
HOUR = 3_600


@shared_task
def erase_left() -> None:
    """Erase the data of those who left longer ago than the delay, one by one."""
    for practitioner in selectors.people_erasable(timezone.now() - settings.ERASED_AFTER):
        services.erase(practitioner=practitioner)


@shared_task(soft_time_limit=HOUR, time_limit=HOUR + 60)
def run_jobs() -> None:
    """Do the long work that waits, one job after the other; of all workers one alone is at it."""
    while job := services.claim_job(now=timezone.now()):
        services.run_job(job=job)


@shared_task
def clear_jobs() -> None:
    """Delete the long work of yesterday, with its files."""
    services.clear_jobs(now=timezone.now())
