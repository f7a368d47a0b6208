from celery import shared_task
from django.utils import timezone

from dialogues import minutes, outreach, seating, selectors, services
from dialogues.models import WalkIn


@shared_task
def expire_offers() -> None:
    """Pass on the seats whose offer has run out, session by session."""
    now = timezone.now()
    for session in selectors.sessions_with_overdue_offers(now):
        services.expire_offers(session=session, now=now)


@shared_task
def prepare_check_in() -> None:
    """Give codes to those who have none in the sessions of the coming days, and let verified walk-ins have attended in their own name."""
    for session in selectors.sessions_without_codes(timezone.now()):
        services.give_codes(session=session)
    for walk_in in WalkIn.objects.adoptable().select_related("session").order_by("pk"):
        services.adopt_walk_in(walk_in=walk_in)


@shared_task
def release_seats() -> None:
    """Offer the seats that were kept and are no longer, session by session."""
    now = timezone.now()
    for session in seating.sites_to_release(now):
        services.release_seats(session=session, now=now)


@shared_task
def remind() -> None:
    """Remind those who come a week, a day and an hour before; each once, however often this runs."""
    now = timezone.now()
    for what, session in outreach.rounds_due(now):
        services.remind_of(session=session, what=what, now=now)


@shared_task
def thank() -> None:
    """Thank those who were present, and ask how it was; each once, however often this runs."""
    now = timezone.now()
    for session in outreach.thanks_due(now):
        services.thank_for(session=session, now=now)


@shared_task
def purge_attributions() -> None:
    """Erase who wrote and said what in minutes under the Chatham House Rule, once it is no longer needed for clearing up."""
    for row in minutes.to_purge(timezone.now()):
        services.purge_attributions(minutes=row)


@shared_task
def clear_lost_files() -> None:
    """Remove the files that a crash or a deleted draft left without a row."""
    services.clear_lost_files(now=timezone.now())
