from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dialogues import selectors
from dialogues.enums import SessionState
from dialogues.models import Session
from network.models import Practitioner

SHOWN = 12


def of_series(session: Session) -> QuerySet[Session]:
    """Return the sessions of the same series in their order; of one that is in none, itself."""
    rows = (
        Session.objects.filter(series_id=session.series_id)
        if session.series_id
        else Session.objects.filter(pk=session.pk)
    )
    return rows.order_by("series_position", "pk")


def following(session: Session) -> QuerySet[Session]:
    """Return this session and those that come after it in its series."""
    return of_series(session).filter(Q(pk=session.pk) | Q(series_position__gt=session.series_position or 0))


def place_in_series(session: Session) -> tuple[int, int]:
    """Return the how manyth of how many a session of a series is."""
    places = list(of_series(session).values_list("pk", flat=True))
    return places.index(session.pk) + 1, len(places)


@dataclass(slots=True)
class Linked:
    """The other sessions to which the page of one leads, as far as its reader may know them."""

    before: Session | None = None
    after: list[Session] = field(default_factory=list)
    dates: list[Session] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.before or self.after or self.dates)


def linked(session: Session, user: Any, practitioner: Practitioner | None) -> Linked:
    """Return what the session follows, what follows it, and the coming dates of its series: one query, none where there is nothing.

    `session` comes from `selectors.session_for`.
    """
    found = Linked()
    if not (session.follows_id or session.series_id or getattr(session, "is_followed", True)):
        return found
    others = Q(pk=session.follows_id) | Q(follows_id=session.pk)
    if session.series_id:
        others |= Q(series_id=session.series_id, state=SessionState.PUBLISHED, starts_at__gte=timezone.now())
    rows = selectors.listed(user, practitioner).filter(others).exclude(pk=session.pk).order_by("starts_at", "pk")
    for row in rows[:SHOWN]:
        if row.pk == session.follows_id:
            found.before = row
        elif row.follows_id == session.pk:
            found.after.append(row)
        else:
            found.dates.append(row)
    return found
