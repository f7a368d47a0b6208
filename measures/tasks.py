import logging

from celery import shared_task
from django.utils import timezone

from measures import selectors, services

log = logging.getLogger("jisr.measures")


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
