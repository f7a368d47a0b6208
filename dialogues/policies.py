"""Pure rules of sessions: who answers for one, when its doors are open, how long an offer stands."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from dialogues.enums import Readers, SessionState
from network import policies as network_policies

SMALLEST_PUBLISHED = 5
LAST_OFFER = timedelta(minutes=15)


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


def shown_count(count: int) -> str:
    """Return a public figure about people: "<5" below five."""
    return f"<{SMALLEST_PUBLISHED}" if 0 < count < SMALLEST_PUBLISHED else str(count)


def can_write_minutes(user: Any, session: Any, *, leads: bool) -> bool:
    """Minutes are written by those who lead the session and by those who run it."""
    return leads or can_manage(user, session)


def can_read_drafts(user: Any, session: Any) -> bool:
    """Minutes that are not published are seen at the desk by those who run the session and by those who read all."""
    return can_manage(user, session) or network_policies.reads_all(user)


def minutes_are_open(session: Any, now: datetime) -> bool:
    """Minutes are written from an hour before the start, and for as long as there is something to put right."""
    shown = session.state in (SessionState.PUBLISHED, SessionState.HELD, SessionState.CLOSED)
    return shown and now >= session.starts_at - timedelta(hours=1)


def reads_minutes(audience: str | None, *, member: bool, concerned: bool, staff: bool) -> bool:
    """Tell whether somebody who may know of the session reads its published minutes; `concerned`: invited, there, or leading it."""
    if audience == Readers.EVERYBODY or (audience and staff):
        return True
    return member and (audience == Readers.MEMBERS or (audience == Readers.INVITED and concerned))


def shown_presence(counts: Mapping[str, int]) -> tuple[dict[str, str], str]:
    """Return how many of each group were there as it may be published, and the sum, "" where a hidden figure could be computed from it."""
    shown = {group: shown_count(count) for group, count in counts.items()}
    hidden = any(0 < count < SMALLEST_PUBLISHED for count in counts.values())
    return shown, "" if hidden else str(sum(counts.values()))


def labelled_sides(counts: Mapping[Any, int]) -> set[Any]:
    """Return the groups of which a note may say that somebody of them spoke: five people or more.

    Where one group alone is smaller, the smallest of the others has no label either: a note without one would be the small group's.
    """
    large = {group: count for group, count in counts.items() if count >= SMALLEST_PUBLISHED}
    small = [group for group, count in counts.items() if 0 < count < SMALLEST_PUBLISHED]
    if len(small) == 1 and large:
        del large[min(large, key=lambda group: (large[group], str(group)))]
    return set(large)
