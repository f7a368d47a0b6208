"""Pure rules of sessions: who answers for one, when its doors are open, how long an offer stands."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.enums import Listing, SessionKind, SessionState
from dialogues.validators import identifiers
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


# --- case studies -------------------------------------------------------------------------------------------------------

CASE_TEXTS = ("title", "setting", "done", "result", "lesson")
LACKING: dict[str, dict[str, Any]] = {
    "ar": {
        "title": _("its title in Arabic"),
        "setting": _("the setting in Arabic"),
        "done": _("what was done, in Arabic"),
        "result": _("the result in Arabic"),
        "lesson": _("the lesson in Arabic"),
    },
    "en": {
        "title": _("its title in English"),
        "setting": _("the setting in English"),
        "done": _("what was done, in English"),
        "result": _("the result in English"),
        "lesson": _("the lesson in English"),
    },
}


def can_review(user: Any, case: Any) -> bool:
    """A case is decided on by the coordinators of its author's side, of one abroad by the national ones, never by its author."""
    return network_policies.answers_for(user, case.author.region_id) and case.author.user_id != user.pk


def can_schedule(user: Any, case: Any) -> bool:
    """Who decides on a case also puts it on an agenda; a national coordinator that of any side, on a joint session's."""
    return can_review(user, case) or (network_policies.is_national(user) and case.author.user_id != user.pk)


def takes_cases(session: Any, now: datetime) -> bool:
    """Tell whether a case study can be put on a session's agenda."""
    return (
        session.kind == SessionKind.CASE_STUDY
        and session.state in (SessionState.DRAFT, SessionState.PUBLISHED)
        and session.starts_at > now
    )


def shows_session(case: Any) -> bool:
    """A case names the session where it was presented only if everybody may know of that one, and never under the Chatham House Rule."""
    session = case.session
    return (
        session is not None
        and session.listing == Listing.PUBLIC
        and not session.chatham_house
        and session.state in (SessionState.HELD, SessionState.CLOSED)
    )


def shows_author(case: Any) -> bool:
    """The author's name stands with a case only by their own choice, and while they are a member."""
    return case.credited and case.author.is_active_member


def case_lacks(case: Any, *, conditions: bool, languages: Collection[str]) -> list[Any]:
    """Return in words what a case still needs, in each of the languages and beside its texts."""
    lacking = [
        LACKING[code][field] for code in languages for field in CASE_TEXTS if not getattr(case, f"{field}_{code}")
    ]
    if not conditions:
        lacking.append(_("a condition or topic"))
    if case.facility_type_id is None:
        lacking.append(_("the kind of facility"))
    return lacking


def case_findings(case: Any) -> list[identifiers.Finding]:
    """Return what in the texts of a case could tell who a patient is, in the order in which they are read."""
    texts = {(field, code): getattr(case, f"{field}_{code}") or "" for code in LACKING for field in CASE_TEXTS}
    return identifiers.find_in(texts)
