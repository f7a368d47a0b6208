from celery import shared_task
from django.utils import timezone

from measures import accountability, selectors, services


@shared_task
def begin_reviews() -> None:
    """Begin a draft for each measure in force whose day of review has come; each once, however often this runs."""
    today = timezone.localdate()
    for measure in selectors.to_review(today):
        services.begin_review(measure=measure, today=today)


@shared_task
def send_digest() -> None:
    """Tell of what moved, once a day at most, however often this runs."""
    services.send_digest(now=timezone.now())


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
