"""Public figures. Nothing under five people is told exactly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from dialogues.enums import RegistrationState, SessionKind, SessionState
from dialogues.models import Registration, Session, WalkIn
from network import disclosure
from network.models import Practitioner


def figures() -> list[dict[str, Any]]:
    """Return what the network is in numbers: label and value as shown."""
    members = Practitioner.objects.active().count()
    held = Session.objects.filter(state__in=[SessionState.HELD, SessionState.CLOSED]).count()
    present = Registration.objects.filter(state=RegistrationState.ATTENDED).count()
    return [
        {"label": gettext("members"), "value": disclosure.figure(members)},
        {"label": gettext("sessions held"), "value": str(held)},
        {"label": gettext("seats filled"), "value": disclosure.figure(present)},
    ]


# --- what has been held -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """One closed session as it may be counted in public: how many people took part, and how many of each side (None is abroad).

    `people` is None where it may not be told, and `sides` where that may not. Every public figure is a sum of these and of nothing
    else. So no two figures differ by anything that may not be told by itself: not a total and its parts, and not the figures of
    today and of yesterday either.
    """

    month: date
    kind: str
    chatham_house: bool
    people: int | None
    sides: Mapping[int | None, int] | None


def atom(*, month: date, kind: str, chatham_house: bool, present: Mapping[int | None, int]) -> Held:
    """Return a session as it may be told: people from five on; sides if each that came had five, never under the Chatham House Rule."""
    people, told = sum(present.values()), disclosure.tell(present)
    tellable = people >= disclosure.SMALLEST
    # Shares are of all or of nothing.
    by_side = tellable and not chatham_house and not told.hides
    return Held(month, kind, chatham_house, people if tellable else None, told.groups if by_side else None)


@dataclass
class Row:
    """The sessions of one kind in one month, or all of them: numbers, and the share of each side where it is told."""

    month: date | None
    kind: str
    chatham_house: bool
    sessions: int = 0
    people: int = 0
    untold: bool = False
    sides: Counter[int | None] = field(default_factory=Counter)

    def add(self, held: Held) -> None:
        self.sessions += 1
        self.people += held.people or 0
        self.untold = self.untold or held.people is None
        self.sides.update(held.sides or {})

    def shares(self, order: Sequence[int | None]) -> list[int] | None:
        """Return the share of each side in whole per cent, by the largest remainder, so that they make a hundred."""
        total = sum(self.sides.values())
        if not total:
            return None
        exact = [100 * self.sides[side] / total for side in order]
        shares = [int(share) for share in exact]
        for place in sorted(range(len(exact)), key=lambda n: (shares[n] - exact[n], n))[: 100 - sum(shares)]:
            shares[place] += 1
        return shares


def rows_of(held: Iterable[Held]) -> list[Row]:
    """Return the rows of the table, latest month first. What was held under the Chatham House Rule has rows of its own."""
    rows: dict[tuple[date, str, bool], Row] = {}
    for one in held:
        key = (one.month, one.kind, one.chatham_house)
        rows.setdefault(key, Row(one.month, one.kind, one.chatham_house)).add(one)
    kinds = list(SessionKind.values)
    return sorted(
        rows.values(), key=lambda row: (-(row.month or date.min).toordinal(), kinds.index(row.kind), row.chatham_house)
    )


def years_held() -> list[int]:
    """Return the years in which public sessions were held and closed, latest first."""
    closed = _closed().datetimes("starts_at", "year", order="DESC")
    return [timezone.localtime(moment).year for moment in closed]


def held_in(year: int) -> list[Held]:
    """Return the closed public sessions of a year as they may be told, in three queries."""
    begin, end = (timezone.make_aware(datetime(y, 1, 1)) for y in (year, year + 1))
    sessions = list(_closed().filter(starts_at__gte=begin, starts_at__lt=end).order_by("starts_at", "pk"))
    ids = [session.pk for session in sessions]
    present: dict[int, Counter[int | None]] = {pk: Counter() for pk in ids}
    registered = Registration.objects.filter(session__in=ids, state=RegistrationState.ATTENDED)
    walked_in = WalkIn.objects.present().filter(session__in=ids)
    for rows, side in ((registered, "side_id"), (walked_in, "region_id")):
        for session_id, side_id, count in rows.values_list("session_id", side).annotate(n=Count("pk")).order_by():
            present[session_id][side_id] += count
    return [
        atom(
            month=timezone.localdate(session.starts_at).replace(day=1),
            kind=session.kind,
            chatham_house=session.chatham_house,
            present=present[session.pk],
        )
        for session in sessions
    ]


def _closed() -> QuerySet[Session]:
    return Session.objects.public().filter(state=SessionState.CLOSED)
