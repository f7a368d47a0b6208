from celery import shared_task
from django.utils import timezone

from measures import accountability, services


@shared_task
def remind_of_actions() -> None:
    """Remind of the actions that are due soon, due, or late; each stage once, however often this runs."""
    today = timezone.localdate()
    for action in accountability.to_remind_of(today):
        services.remind_of_action(action=action, today=today)


@shared_task
def clear_lost_evidence() -> None:
    """Remove the files of evidence that a crash left without a row."""
    services.clear_lost_evidence(now=timezone.now())
