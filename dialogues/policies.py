"""Pure rules of sessions: who answers for one, when its doors are open, how long an offer stands."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dialogues.enums import AgendaKind, Listing, MaterialAudience, MaterialTime, SessionState
from network import policies as network_policies

SMALLEST_PUBLISHED = 5
LAST_OFFER = timedelta(minutes=15)
# Minutes that one day counts for in a certificate.
LONGEST_DAY = 8 * 60


def can_manage(user: Any, session: Any) -> bool:
    """A side's session is run by that side's coordinators, a joint one by the national ones."""
    return network_policies.answers_for(user, session.host_region_id)


def invites(session: Any, practitioner: Any, *, regions: Collection[int], professions: Collection[int]) -> bool:
    """A session invites by side and profession; naming none is inviting all. `SessionQuerySet.inviting` says the same to the database."""
    if professions and practitioner.profession_id not in professions:
        return False
    if session.host_region_id is not None:
        return session.host_region_id == practitioner.region_id
    if practitioner.region_id is None:
        return session.abroad_invited
    return not regions or practitioner.region_id in regions


def registration_opens(session: Any) -> datetime | None:
    return session.registration_opens_at or session.published_at


def registration_closes(session: Any) -> datetime:
    return min(session.registration_closes_at or session.starts_at, session.starts_at)


def registration_is_open(session: Any, now: datetime) -> bool:
    """Open is never kept, it follows from the times: from the opening to the closing, never after the start."""
    opens = registration_opens(session)
    return session.state == SessionState.PUBLISHED and opens is not None and opens <= now < registration_closes(session)


def offer_deadline(*, now: datetime, starts_at: datetime, usual: timedelta) -> datetime | None:
    """Return until when an offered seat is kept: the usual time, at most a third of what is left before the start.

    None when less than a quarter of an hour is left: then nobody is offered anything any more.
    """
    left = starts_at - now
    if left < LAST_OFFER:
        return None
    return now + min(usual, left / 3)


def join_link_is_shown(session: Any, now: datetime) -> bool:
    """The link of the online site is shown from some minutes before the start until an hour after the end."""
    opens = session.starts_at - timedelta(minutes=session.join_link_minutes)
    return (
        bool(session.join_link)
        and session.state in (SessionState.PUBLISHED, SessionState.HELD)
        and opens <= now <= session.ends_at + timedelta(hours=1)
    )


def attendance_is_open(session: Any, now: datetime) -> bool:
    """Attendance is taken from an hour before the start until it is closed."""
    return session.state in (SessionState.PUBLISHED, SessionState.HELD) and now >= session.starts_at - timedelta(
        hours=1
    )


def can_revoke(user: Any, session: Any) -> bool:
    """A certificate is revoked by whoever runs the session, or by a national coordinator."""
    return can_manage(user, session) or network_policies.is_national(user)


def is_confidential(session: Any) -> bool:
    """A certificate names neither title nor day of such a session: to have been there is not for others to know."""
    return bool(session.chatham_house) or session.listing == Listing.INVITED


def material_times(session: Any, now: datetime) -> list[str]:
    over = session.state == SessionState.CLOSED or now >= session.ends_at
    return [MaterialTime.BEFORE, MaterialTime.AFTER] if over else [MaterialTime.BEFORE]


def material_audiences(*, seated: bool, present: bool) -> list[str]:
    """Return for whom a material may be that this reader sees."""
    audiences = {MaterialAudience.ALL: True, MaterialAudience.SEATED: seated, MaterialAudience.PRESENT: present}
    return [str(audience) for audience, belongs in audiences.items() if belongs]


def certified_hours(session: Any, items: Iterable[Any]) -> Decimal:
    """Return for how many hours a session certifies, in quarters: what it lasts without the breaks, at most eight a day."""
    first = timezone.localtime(session.starts_at)
    breaks = {
        minute
        for item in items
        if item.kind == AgendaKind.BREAK
        for minute in range(item.offset, item.offset + item.minutes)
    }
    worked: Counter[date] = Counter(
        (first + timedelta(minutes=minute)).date()
        for minute in range(int((session.ends_at - session.starts_at).total_seconds()) // 60)
        if minute not in breaks
    )
    minutes = sum(min(found, LONGEST_DAY) for found in worked.values())
    return max(Decimal(minutes // 15) / 4, Decimal("0.25"))


def shown_count(count: int) -> str:
    """Return a public figure about people: "<5" below five."""
    return f"<{SMALLEST_PUBLISHED}" if 0 < count < SMALLEST_PUBLISHED else str(count)
