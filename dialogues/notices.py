"""What members are told about sessions. In discreet mode the outbox replaces the words, and the calendar says "appointment"."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from dialogues import calendars
from dialogues.models import Certificate, Registration, Session, Site
from network import selectors as network_selectors
from notifications import outbox


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


def tell(
    registration: Registration, kind: str, *, at: datetime, expires_at: datetime | None = None, again: str = ""
) -> None:
    """Tell a member about their own seat. A notice about a seat is worth nothing after the end of the session."""
    context = _session_context(registration.session) | _site_context(registration.site)
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
