"""What members are told about sessions. In discreet mode the outbox replaces the words, and the calendar says "appointment"."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext, override

from dialogues import calendars, policies, tokens
from dialogues.allocation import Rule, Verdict
from dialogues.enums import Audience, FloorKind, RegistrationState, Round
from dialogues.models import Broadcast, CaseStudy, Certificate, Registration, Session, Site
from network import selectors as network_selectors
from network.models import Profession, Region
from notifications import outbox

MINUTES_ARE_NEWS = timedelta(days=14)
# What the notices are called at the desk.
KINDS = {
    "session-published": _("new session"),
    "series-published": _("new series of sessions"),
    "session-rescheduled": _("session moved, to those with a seat"),
    "session-rescheduled-waiting": _("session moved, to those waiting"),
    "session-changed": _("session changed, to those with a seat"),
    "session-changed-waiting": _("session changed, to those waiting"),
    "session-cancelled": _("session cancelled"),
    "seat-confirmed": _("seat confirmed"),
    "seat-waiting": _("put on the waiting list"),
    "seat-offered": _("seat offered"),
    "seat-offer-expired": _("offer of a seat run out"),
    "seat-withdrawn": _("place given up"),
    "session-reminder": _("reminder before a session"),
    "session-reminder-hour": _("reminder an hour before"),
    "feedback-asked": _("thanks, and the question how it was"),
    "broadcast": _("message of a coordinator"),
    "walk-in-invited": _("invitation to apply"),
    "minutes-published": _("minutes published"),
    "case-submitted": _("case study waits for review"),
    "case-accepted": _("case study accepted"),
    "case-returned": _("case study returned"),
    "case-scheduled": _("case study put on an agenda"),
    "case-unscheduled": _("case study taken off an agenda"),
    "case-presented": _("case study presented"),
    "case-published": _("case study published"),
    "case-unpublished": _("case study taken off the public pages"),
    "certificate-issued": _("certificate issued"),
    "certificate-revoked": _("certificate revoked"),
}


def _session_context(session: Session) -> dict[str, Any]:
    return {
        "title": {"ar": session.title_ar, "en": session.title_en},
        "kind": session.kind,
        "starts": outbox.stamp(session.starts_at),
        "ends": outbox.stamp(session.ends_at),
        "slug": session.slug,
        "uid": str(session.uid),
        "sequence": session.sequence,
        "chatham_house": session.chatham_house,
    }


def _site_context(site: Site) -> dict[str, Any]:
    return {
        "site": {"ar": site.name_ar, "en": site.name_en},
        "address": {"ar": site.address_ar, "en": site.address_en},
        "online": site.kind == "online",
    }


def explain(why: Mapping[str, Any]) -> str:
    """Say in the language of the moment why the rule gave a seat, or none: `why` is a Verdict as the journal keeps it."""
    rule = why.get("rule")
    if rule == Rule.FLOOR:
        return _explain_floor(why)
    if rule == Rule.KEPT:
        text = ngettext(
            "One seat is free, but it is kept for another side or profession.",
            "%(free)s seats are free, but they are kept for other sides or professions.",
            why["free"],
        )
        return text % {"free": why["free"]}
    return {
        Rule.FREE: gettext("A seat was free."),
        Rule.TURN: gettext("A seat was free, and of those who may have it you asked first."),
        Rule.FULL: gettext("All seats were taken."),
        Rule.BEHIND: gettext("Others who wait come first."),
    }.get(rule, "")


def _explain_floor(why: Mapping[str, Any]) -> str:
    missing = why["floor"] - why["held"]
    if why["kind"] == FloorKind.PROFESSION:
        text = ngettext(
            "Of the %(floor)s seats kept for this profession (%(name)s), %(missing)s was still open.",
            "Of the %(floor)s seats kept for this profession (%(name)s), %(missing)s were still open.",
            missing,
        )
        name = str(Profession.objects.get(pk=why["id"]))
    elif why["id"] is None:
        text = ngettext(
            "Members abroad were %(missing)s seat below the %(floor)s kept for them.",
            "Members abroad were %(missing)s seats below the %(floor)s kept for them.",
            missing,
        )
        name = ""
    else:
        # Translators: "name" is a side, such as West.
        text = ngettext(
            "%(name)s was %(missing)s seat below its %(floor)s.",
            "%(name)s was %(missing)s seats below its %(floor)s.",
            missing,
        )
        name = str(Region.objects.get(pk=why["id"]))
    return text % {"name": name, "missing": missing, "floor": why["floor"]}


def _in_both_languages(why: Verdict) -> dict[str, str]:
    said = {}
    for language in ("ar", "en"):
        with override(language):
            said[language] = explain(why.as_json())
    return said


def tell(
    registration: Registration,
    kind: str,
    *,
    at: datetime,
    expires_at: datetime | None = None,
    again: str = "",
    why: Verdict | None = None,
) -> None:
    """Tell a member about their own seat, and why it is so. A notice about a seat is worth nothing after the end of the session."""
    context = _session_context(registration.session) | _site_context(registration.site)
    if why is not None:
        context["why"] = _in_both_languages(why)
    if registration.state == RegistrationState.OFFERED:
        context["token"] = tokens.of_offer(registration)
    if registration.offer_expires_at:
        context["until"] = outbox.stamp(registration.offer_expires_at)
    last = max(expires_at or registration.session.ends_at, at + timedelta(minutes=5))
    outbox.enqueue(
        kind,
        recipients=[registration.practitioner.user_id],
        context=context,
        subject_ref=network_selectors.reference(registration),
        dedup=f"registration:{registration.pk}:{registration.session.sequence}{again}",
        at=at,
        expires_at=last,
    )


def tell_certificate(certificate: Certificate, kind: str, *, at: datetime) -> None:
    """Tell a member about their certificate; of a confidential session neither title nor time."""
    title = {"ar": certificate.session_title_ar, "en": certificate.session_title_en}
    outbox.enqueue(
        kind,
        recipients=[certificate.registration.practitioner.user_id],
        context={
            "title": title,
            "confidential": certificate.confidential,
            "reason": certificate.reason,
        },
        subject_ref=network_selectors.reference(certificate),
        dedup=f"certificate:{certificate.pk}:{at.isoformat()}",
        at=at,
        expires_at=at + timedelta(days=30),
    )


def tell_all(session: Session, kind: str, *, recipients: Iterable[int], at: datetime, reason: str = "") -> None:
    """Tell many people about a session."""
    outbox.enqueue(
        kind,
        recipients=recipients,
        context=_session_context(session) | {"reason": reason},
        subject_ref=network_selectors.reference(session),
        dedup=f"session:{session.pk}:{session.sequence}",
        at=at,
        expires_at=max(session.ends_at, at + timedelta(days=1)),
    )


def _own(registration: Registration) -> dict[str, Any]:
    return _session_context(registration.session) | _site_context(registration.site)


def remind(registration: Registration, what: str, *, at: datetime) -> None:
    """Remind a member of a session that begins in a week, a day or an hour; once for each start, and never after it."""
    starts_at = registration.session.starts_at
    outbox.enqueue(
        "session-reminder-hour" if what == Round.HOUR else "session-reminder",
        recipients=[registration.practitioner.user_id],
        context=_own(registration) | {"ahead": str(what)},
        subject_ref=network_selectors.reference(registration),
        dedup=f"registration:{registration.pk}:{starts_at.isoformat()}:{what}",
        at=at,
        expires_at=starts_at,
    )


def thank(registration: Registration, *, at: datetime) -> None:
    """Thank a member and ask how it was. Under the Chatham House Rule the notice says nothing: it goes to those who were there alone."""
    session = registration.session
    outbox.enqueue(
        "feedback-asked",
        recipients=[registration.practitioner.user_id],
        context=_own(registration) | {"until": outbox.stamp(policies.feedback_ends(session))},
        subject_ref=network_selectors.reference(registration),
        dedup=f"registration:{registration.pk}",
        at=at,
        expires_at=max(policies.feedback_ends(session), at + timedelta(minutes=5)),
        neutral=session.chatham_house,
    )


def broadcast_context(message: Broadcast, *, trial: bool = False) -> dict[str, Any]:
    """Return what a message of coordinators keeps for the letter."""
    session = message.session
    return {
        "title": {"ar": session.title_ar, "en": session.title_en},
        "slug": session.slug,
        "subject": {"ar": message.subject_ar, "en": message.subject_en},
        "text": {"ar": message.text_ar, "en": message.text_en},
        "trial": trial,
    }


def broadcast(message: Broadcast, *, recipients: Iterable[int], at: datetime, trial: bool = False) -> None:
    """Send a message of coordinators, each in a mail of its own. To those who were present at what is under the Chatham House Rule it is
    a notice that says nothing: they read it on their own page."""
    confidential = message.session.chatham_house and message.audience == Audience.PRESENT
    outbox.enqueue(
        "broadcast",
        recipients=recipients,
        context=broadcast_context(message, trial=trial),
        subject_ref=network_selectors.reference(message),
        dedup=f"{message.pk}:trial:{message.text_sha256[:16]}" if trial else f"{message.pk}",
        at=at,
        expires_at=at + timedelta(days=7),
        neutral=confidential and not trial,
    )


def tell_minutes(session: Session, *, revision: int, recipients: Iterable[int], at: datetime) -> None:
    """Tell people that minutes, or corrected ones, can be read."""
    outbox.enqueue(
        "minutes-published",
        recipients=recipients,
        context=_session_context(session),
        subject_ref=network_selectors.reference(session),
        dedup=f"minutes:{session.pk}:{revision}",
        at=at,
        expires_at=at + MINUTES_ARE_NEWS,
    )


def tell_of_series(sessions: Sequence[Session], *, recipients: Iterable[int], at: datetime) -> None:
    """Tell people in one notice of several sessions to which they are invited, the first one first."""
    first, last = sessions[0], sessions[-1]
    outbox.enqueue(
        "series-published",
        recipients=recipients,
        context=_session_context(first) | {"dates": [outbox.stamp(session.starts_at) for session in sessions]},
        subject_ref=network_selectors.reference(first),
        dedup=f"series:{first.series_id}:{first.pk}:{len(sessions)}",
        at=at,
        expires_at=max(last.ends_at, at + timedelta(days=1)),
    )


# The kinds that tell of a case study are named after the moves that its reviewers make.
CASE_KINDS = tuple(code for code in KINDS if code.startswith("case-"))
_CASE_KIND = {
    "accept": "case-accepted",
    "return": "case-returned",
    "schedule": "case-scheduled",
    "unschedule": "case-unscheduled",
    "present": "case-presented",
    "publish": "case-published",
    "unpublish": "case-unpublished",
}


def tell_author(case: CaseStudy, move: str, *, again: int, at: datetime, reason: str = "") -> None:
    """Tell an author what became of their case study; `again` names the step, so that each is told once."""
    session = case.session
    context: dict[str, Any] = {
        "title": {"ar": case.title_ar or "", "en": case.title_en or ""},
        "slug": case.slug,
        "reason": reason,
        "session": {"ar": session.title_ar, "en": session.title_en} if session else "",
    }
    if session:
        context["starts"] = outbox.stamp(session.starts_at)
    outbox.enqueue(
        _CASE_KIND[move],
        recipients=[case.author.user_id],
        context=context,
        subject_ref=network_selectors.reference(case),
        dedup=f"case:{case.pk}:{again}",
        at=at,
    )


def tell_reviewers(case: CaseStudy, *, at: datetime) -> None:
    """Tell those who decide that a case study waits: one notice a day, however many come."""
    outbox.enqueue(
        "case-submitted",
        recipients=network_selectors.verifier_ids(case.author),
        subject_ref=network_selectors.reference(case),
        dedup=f"{case.author.region_id or 'abroad'}:{timezone.localdate(at)}",
        at=at,
    )


def _calendar(
    method: str, *, context: dict[str, Any], contact: outbox.Contact, discreet: bool
) -> Iterable[outbox.Attachment]:
    entry = calendars.Entry.from_context(context, language=contact.language, discreet=discreet)
    content = calendars.personal(entry, method=method, attendee=contact.email)
    yield outbox.Attachment("invite.ics", content, f'text/calendar; charset="utf-8"; method={method}')


def invite(*, context: dict[str, Any], contact: outbox.Contact, discreet: bool) -> Iterable[outbox.Attachment]:
    """Attach the invitation that puts the session into the reader's calendar, or moves it there."""
    return _calendar("REQUEST", context=context, contact=contact, discreet=discreet)


def revoke(*, context: dict[str, Any], contact: outbox.Contact, discreet: bool) -> Iterable[outbox.Attachment]:
    """Attach what takes the session out of the reader's calendar."""
    return _calendar("CANCEL", context=context, contact=contact, discreet=discreet)


def session_url(slug: str, language: str) -> str:
    """Return the address of a session's page; from the configured site, never from the Host header."""
    return f"{settings.SITE_URL}/{language}/sessions/{slug}/"
