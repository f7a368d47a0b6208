from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import notices, policies
from dialogues.enums import CERTIFICATE_MOVES, CertificateMove, CertificateState, RegistrationState
from dialogues.models import Certificate, Registration, Session
from dialogues.services.seats import lock
from dialogues.services.sessions import NotYourSession
from network import codes
from network.enums import DomainError, MemberState
from network.models import Practitioner, Transition, User
from network.services import record_transition, require_move

# Crockford's letters and digits: none that is taken for another. Twelve of them are sixty bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})


class ReasonNeeded(DomainError):
    message = _("Please write the reason: the person will read it.")


def settle_certificates(*, session: Session, by: User, at: datetime) -> None:
    """Give a certificate to everybody who was present, and take it back from whoever was not after all.

    Called when the attendance is closed, in its transaction and under its lock. Whoever was told once is told again of a change only.
    """
    rows = session.registrations.select_related("practitioner", "certificate").order_by("pk")
    hours = policies.certified_hours(session, session.agenda_items.all())
    for row in rows:
        certificate = getattr(row, "certificate", None)
        present = row.state == RegistrationState.ATTENDED
        if certificate is None:
            if present and row.practitioner.state != MemberState.LEFT:
                _issue(row, session, hours=hours, by=by, at=at)
        elif present and certificate.state == CertificateState.SUSPENDED:
            _move(certificate, CertificateMove.RESTORE, by=by, at=at)
            notices.tell_certificate(certificate, "certificate-issued", at=at)
        elif not present and certificate.state == CertificateState.ISSUED:
            _move(certificate, CertificateMove.SUSPEND, by=by, at=at)
            notices.tell_certificate(certificate, "certificate-revoked", at=at)


def _issue(row: Registration, session: Session, *, hours: Decimal, by: User, at: datetime) -> Certificate:
    confidential, person = policies.is_confidential(session), row.practitioner
    day = timezone.localdate(session.starts_at)
    certificate = Certificate.objects.create(
        registration=row,
        state=CertificateState.ISSUED,
        code=codes.new(),
        name_ar=person.name_ar,
        name_latin=person.name_latin,
        confidential=confidential,
        session_title_ar="" if confidential else session.title_ar or "",
        session_title_en="" if confidential else session.title_en or "",
        held_on=date(day.year, day.month, 1) if confidential else day,
        hours=hours,
        issued_at=at,
        issued_by=by,
    )
    record_transition(certificate, CertificateMove.ISSUE, from_state="", to_state=CertificateState.ISSUED, by=by, at=at)
    notices.tell_certificate(certificate, "certificate-issued", at=at)
    return certificate


def _move(certificate: Certificate, move: CertificateMove, *, by: User, at: datetime, reason: str = "") -> None:
    before = certificate.state
    certificate.state = require_move(CERTIFICATE_MOVES, move, certificate)
    valid = certificate.state == CertificateState.ISSUED
    certificate.revoked_at, certificate.revoked_by = (None, None) if valid else (at, by)
    certificate.reason = reason
    certificate.save(update_fields=["state", "revoked_at", "revoked_by", "reason"])
    record_transition(certificate, move, from_state=before, to_state=certificate.state, by=by, at=at, reason=reason)


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, by: User, reason: str) -> Certificate:
    """Take a certificate back for good; the person is told why. Raises ReasonNeeded, and IllegalMove the second time."""
    session, now = certificate.registration.session, timezone.now()
    if not policies.can_revoke(by, session):
        raise NotYourSession
    session = lock(session)
    kept = Certificate.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=certificate.pk).first()
    if kept is None or not policies.can_revoke(by, session):
        raise NotYourSession
    if not reason.strip():
        raise ReasonNeeded
    _move(kept, CertificateMove.REVOKE, by=by, at=now, reason=reason.strip())
    notices.tell_certificate(kept, "certificate-revoked", at=now)
    return kept


@transaction.atomic
def empty_certificates(*, practitioner: Practitioner) -> None:
    """Empty the names on a person's certificates, when they are erased. The codes stay: they name nobody."""
    rows = Certificate.objects.filter(registration__practitioner=practitioner)
    for certificate in rows.order_by("pk"):
        Transition.objects.of(certificate).empty_words()
    rows.update(name_ar="", name_latin="", reason="")
