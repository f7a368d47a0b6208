"""What people are told of measures. A notice never says how anybody voted, nor that they did."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from measures.models import Action, Measure
from network import selectors as network_selectors
from notifications import outbox

NEWS_LAST = timedelta(days=30)
# At any hour a day is that day.
NOON = time(12)


def title(measure: Measure) -> dict[str, str]:
    """Return the title of a measure as a notice keeps it."""
    current = measure.current
    return {"ar": current.title_ar or current.title_en, "en": current.title_en or current.title_ar} if current else {}


def _context(measure: Measure) -> dict[str, Any]:
    return {"title": title(measure), "slug": measure.slug}


def tell(
    measure: Measure,
    kind: str,
    *,
    recipients: Iterable[int],
    again: str = "",
    expires_at: datetime | None = None,
    subject_ref: str = "",
    **more: Any,
) -> None:
    """Tell people about a measure; `again` tells one event from the next of its kind."""
    now = timezone.now()
    version = measure.current.number if measure.current else 0
    outbox.enqueue(
        kind,
        recipients=recipients,
        context=_context(measure) | more,
        subject_ref=subject_ref or network_selectors.reference(measure),
        dedup=f"measure:{measure.pk}:{version}:{again}",
        at=now,
        expires_at=expires_at or now + NEWS_LAST,
    )


def subject_of(action: Action) -> str:
    """Return what the notices of an action are filed under."""
    return network_selectors.reference(action)


def tell_owners(
    action: Action, kind: str, *, recipients: Iterable[int], again: str, expires_at: datetime | None = None, **more: Any
) -> None:
    """Tell people about an action."""
    said = {"ar": action.title_ar or action.title_en, "en": action.title_en or action.title_ar}
    tell(
        action.measure,
        kind,
        recipients=recipients,
        again=f"{action.pk}:{again}",
        subject_ref=subject_of(action),
        expires_at=expires_at,
        action=said,
        action_id=action.pk,
        due=outbox.stamp(timezone.make_aware(datetime.combine(action.due, NOON))),
        **more,
    )
