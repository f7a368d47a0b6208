from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dialogues import minutes, notices, selectors, services


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
def purge_attributions() -> None:
    """Erase who wrote and said what in minutes under the Chatham House Rule, once it is no longer needed for clearing up."""
    for row in minutes.to_purge(timezone.now()):
        services.purge_attributions(minutes=row)
