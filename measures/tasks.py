import logging

from celery import shared_task
from django.utils import timezone

from measures import accountability, selectors, services

log = logging.getLogger("jisr.measures")


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


@shared_task
def close_votes() -> None:
    """Count the votes whose time is over, one by one: what stops one stops no other."""
    for vote in selectors.votes_to_close(timezone.now()):
        try:
            services.close_vote(vote=vote)
        except Exception:
            log.exception("vote %s could not be closed", vote.pk)


@shared_task
def end_mediations() -> None:
    """End the mediations whose time is over."""
    for measure in selectors.mediations_over(timezone.now()):
        services.end_mediation(measure=measure)


@shared_task
def remind_voters() -> None:
    """Remind everybody on the roll of votes that close within a day; each once, however often this runs."""
    for vote in selectors.votes_to_remind_of(timezone.now()):
        services.remind_voters(vote=vote)
