"""Pure rules of sessions: who answers for one, when its doors are open, how long an offer stands."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.enums import AgendaKind, Listing, MaterialAudience, MaterialTime, Readers, SessionKind, SessionState
from dialogues.validators import identifiers
from network import policies as network_policies

LAST_OFFER = timedelta(minutes=15)
FLOORS_END_BEFORE = timedelta(hours=48)
# How long after the end feedback is taken.
FEEDBACK_LASTS = timedelta(days=30)
BROADCASTS_A_DAY = 5
TWO_WORDS = frozenset({"عبد", "أبو", "ابو", "أم", "ام", "abd", "abdul", "abdel", "abu", "abo", "um", "umm"})
DOOR_BEFORE, DOOR_AFTER = timedelta(days=1), timedelta(days=7)
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


def floors_end(*, floors_until: datetime | None, starts_at: datetime) -> datetime:
    """Return until when seats are kept for a side or profession: as the session says, else two days before the start, never after it."""
    return min(floors_until or starts_at - FLOORS_END_BEFORE, starts_at)


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


def pass_is_shown(session: Any, now: datetime) -> bool:
    """A member's pass is shown from a day before the start until the end."""
    return (
        session.state in (SessionState.PUBLISHED, SessionState.HELD)
        and session.starts_at - DOOR_BEFORE <= now <= session.ends_at
    )


def door_is_open(session: Any, now: datetime) -> bool:
    """The host of a site sees its list from a day before, to print it, until the attendance is closed; a week at the most."""
    return (
        session.state in (SessionState.PUBLISHED, SessionState.HELD)
        and session.starts_at - DOOR_BEFORE <= now <= session.ends_at + DOOR_AFTER
    )


def short_name(name: str) -> str:
    """Return a first name with the initial of the last: whom the host of a room greets where nobody may be named.

    "عبد الله" and "Abu Bakr" are one name in two words; the article is no initial.
    """
    words = [word for word in name.split() if word[0].isalpha()]
    first = words[:2] if words[:1] and words[0].lower() in TWO_WORDS else words[:1]
    last = words[-1].lower() if len(words) > len(first) else ""
    for article in ("ال", "al-", "el-"):
        last = last.removeprefix(article)
    return " ".join([*first, f"{last[0].upper()}."] if last else first)


def can_export(user: Any, session: Any) -> bool:
    """Whoever reads attendance may take it along; under the Chatham House Rule those alone who run the session."""
    if not network_policies.allows(user, "view", "dialogues.registration"):
        return False
    return can_manage(user, session) or not session.chatham_house


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


def feedback_ends(session: Any) -> datetime:
    return session.ends_at + FEEDBACK_LASTS


def feedback_is_open(session: Any, now: datetime) -> bool:
    """Feedback is taken from the end of a session that took place, for a month."""
    return session.state in (SessionState.HELD, SessionState.CLOSED) and session.ends_at <= now < feedback_ends(session)


def may_read_words(user: Any, session: Any) -> bool:
    """Tell whether somebody reads what people wrote of a session: who runs it, and whoever audits, but not under the Chatham House Rule."""
    return can_manage(user, session) or (not session.chatham_house and network_policies.reads_all(user))


def broadcast_is_possible(session: Any) -> bool:
    """Those registered for a session are written to once it was announced."""
    return session.published_at is not None


def audiences(user: Any, session: Any) -> list[int | None]:
    """Return for whose people somebody may write: the sides that they coordinate; None, everybody, for who runs a joint session."""
    whole: list[int | None] = [None] if session.host_region_id is None and network_policies.is_national(user) else []
    return [*whole, *sorted(network_policies.regions(user))]


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
