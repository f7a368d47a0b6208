from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dialogues import notices, selectors, services
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
def remind() -> None:
    """Remind those who come a day and an hour before; each once, however often this runs."""
    now = timezone.now()
    for which, registration in selectors.reminders_due(now):
        with transaction.atomic():
            notices.tell(
                registration, "session-reminder", at=now, again=f":{which}", expires_at=registration.session.starts_at
            )
