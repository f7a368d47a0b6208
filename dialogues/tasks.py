from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dialogues import notices, seating, selectors, services


@shared_task
def expire_offers() -> None:
    """Pass on the seats whose offer has run out, session by session."""
    now = timezone.now()
    for session in selectors.sessions_with_overdue_offers(now):
        services.expire_offers(session=session, now=now)


@shared_task
def release_seats() -> None:
    """Offer the seats that were kept and are no longer, session by session."""
    now = timezone.now()
    for session in seating.sites_to_release(now):
        services.release_seats(session=session, now=now)


@shared_task
def remind() -> None:
    """Remind those who come a day and an hour before; each once, however often this runs."""
    now = timezone.now()
    for which, registration in selectors.reminders_due(now):
        with transaction.atomic():
            notices.tell(
                registration, "session-reminder", at=now, again=f":{which}", expires_at=registration.session.starts_at
            )
