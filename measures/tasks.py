from celery import shared_task
from django.utils import timezone

from measures import selectors, services


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
