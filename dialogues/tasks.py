from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dialogues import notices, selectors, services


@shared_task
def expire_offers() -> None:
    """Pass on the seats whose offer has run out, session by session."""
    now = timezone.now()
    for session in selectors.sessions_with_overdue_offers(now):
        services.expire_offers(session=session, now=now)


@shared_task
def remind() -> None:
    """Remind those who come a day and an hour before; each once, however often this runs."""
    now = timezone.now()
    for which, registration in selectors.reminders_due(now):
        with transaction.atomic():
            notices.tell(
                registration, "session-reminder", at=now, again=f":{which}", expires_at=registration.session.starts_at
            )


@shared_task
def clear_lost_files() -> None:
    """Remove the files that a crash or a deleted draft left without a row."""
    services.clear_lost_files(now=timezone.now())
