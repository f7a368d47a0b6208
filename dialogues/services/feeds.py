import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from dialogues.models import CalendarFeed
from network.models import Practitioner, User
from network.services import record_transition

MADE, NONE = "made", ""


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_calendar_feed(*, practitioner: Practitioner, by: User) -> str:
    """Give a member a private calendar address, in place of the one they had; return its token, which is kept nowhere."""
    practitioner, now = Practitioner.objects.select_for_update(of=("self",)).get(pk=practitioner.pk), timezone.now()
    token = secrets.token_urlsafe(32)
    feed, made = CalendarFeed.objects.update_or_create(
        practitioner=practitioner, defaults={"token_sha256": fingerprint(token), "made_at": now}
    )
    record_transition(
        feed, "make" if made else "replace", from_state=NONE if made else MADE, to_state=MADE, by=by, at=now
    )
    return token


@transaction.atomic
def revoke_calendar_feed(*, practitioner: Practitioner, by: User) -> bool:
    """Make a member's calendar address worthless; False when there was none."""
    feed = CalendarFeed.objects.select_for_update().filter(practitioner=practitioner).first()
    if feed is None:
        return False
    record_transition(feed, "revoke", from_state=MADE, to_state=NONE, by=by, at=timezone.now())
    feed.delete()
    return True
