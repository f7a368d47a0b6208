"""Seats. Every change is made under the lock of the session, and the database refuses a seat too many (`site_never_over_capacity`)."""

from contextlib import suppress
from copy import copy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import notices, policies, seating, selectors
from dialogues.allocation import Verdict
from dialogues.enums import REGISTRATION_MOVES, RegistrationMove, RegistrationState, SessionState
from dialogues.models import Registration, Session, Site
from dialogues.services import codes
from network import selectors as network_selectors
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import record_transition, require_move
from notifications import outbox

STALE_AFTER_WITHDRAWING = (
    "seat-confirmed",
    "seat-waiting",
    "seat-offered",
    "session-changed",
    "session-reminder",
    "session-reminder-hour",
)


class RegistrationClosed(DomainError):
    message = _("Registration for this session is not open.")


class NotInvited(DomainError):
    message = _("This session invites other members. Your coordinator can tell you more.")


class NotRegistered(DomainError):
    message = _("You have no place in this session that could be changed.")


class OfferIsOver(DomainError):
    message = _("This offer is over. The seat has gone to the next person.")


class SiteGone(DomainError):
    message = _("This place is no longer part of the session. Please look at it again.")


def site_of(session: Session, site: Site) -> Site:
    """Return the site with its seats as they are now; raises SiteGone for one that was removed in the meantime."""
    here = Site.objects.rewrite(False).filter(pk=site.pk, session_id=session.pk)
    rows = list(here.values_list("seats", "taken"))
    if not rows:
        raise SiteGone
    found = copy(site)
    found.seats, found.taken = rows[0]
    return found


def lock(session: Session) -> Session:
    """Return the session as it is now, held until the end of the transaction: seats change one at a time."""
    # Everybody who signs up waits for this: asked without the rewriting of translated names, which it has none of.
    return Session.objects.rewrite(False).select_for_update().get(pk=session.pk)


def move(
    registration: Registration,
    step: RegistrationMove,
    *,
    by: User | None,
    at: datetime,
    why: Verdict | None = None,
    **changes: Any,
) -> None:
    """Make one move of a registration and record it, with why the rule made it. The caller holds the lock of the session."""
    before = registration.state
    registration.state = require_move(REGISTRATION_MOVES, step, registration)
    for field, value in changes.items():
        setattr(registration, field, value)
    registration.save(update_fields=["state", *changes])
    record_transition(
        registration,
        step,
        from_state=before,
        to_state=registration.state,
        by=by,
        at=at,
        changes=why.as_json() if why else None,
    )


def _take(site: Site) -> bool:
    """Take one seat if one is free."""
    return bool(Site.objects.filter(pk=site.pk, taken__lt=F("seats")).update(taken=F("taken") + 1))


def release(registration: Registration) -> None:
    """Free the seat that a registration held. The caller holds the lock of the session."""
    Site.objects.filter(pk=registration.site_id).update(taken=F("taken") - 1)


def register(*, session: Session, site: Site, practitioner: Practitioner, by: User) -> Registration:
    """Give the member a seat at a site, or the next place on its waiting list.

    Asking again returns what the person has already, wherever it is. Raises RegistrationClosed and NotInvited.
    """
    # Cheap refusals first, without the lock that everybody waits for.
    if not policies.registration_is_open(session, timezone.now()):
        raise RegistrationClosed
    if not selectors.is_invited(session, practitioner):
        raise NotInvited
    return _register(session=session, site=site, practitioner=practitioner, by=by)


@transaction.atomic
def _register(*, session: Session, site: Site, practitioner: Practitioner, by: User) -> Registration:
    session, now = lock(session), timezone.now()
    existing = selectors.live_registration(session, practitioner)
    if existing:
        return existing
    if not policies.registration_is_open(session, now):
        raise RegistrationClosed
    if not selectors.is_active(practitioner):
        raise NotInvited
    site = site_of(session, site)
    # Nobody overtakes who would be chosen before them, not even in the last minutes, when nothing is offered any more.
    side, profession = practitioner.region_id, practitioner.profession_id
    verdict = seating.answer(session, site, side=side, profession=profession, at=now)
    seated = verdict.seated and _take(site)
    state = RegistrationState.CONFIRMED if seated else RegistrationState.WAITING
    registration = Registration.objects.create(
        session=session,
        site=site,
        practitioner=practitioner,
        side_id=side,
        profession_id=profession,
        state=state,
        requested_at=now,
        confirmed_at=now if seated else None,
        code=codes.fresh(session) if seated else "",
    )
    record_transition(
        registration,
        RegistrationMove.CONFIRM if seated else RegistrationMove.WAIT,
        from_state=RegistrationState.REQUESTED,
        to_state=state,
        by=by,
        at=now,
        changes={"site": site.pk, "side": side, "profession": profession, **verdict.as_json()},
    )
    notices.tell(registration, "seat-confirmed" if seated else "seat-waiting", at=now, why=verdict)
    return registration


@transaction.atomic
def withdraw(*, session: Session, practitioner: Practitioner, by: User) -> Registration:
    """Give up a seat, an offer or a place on the waiting list; a freed seat is offered to the next. Raises NotRegistered."""
    session, now = lock(session), timezone.now()
    registration = selectors.live_registration(session, practitioner)
    if registration is None or registration.state not in REGISTRATION_MOVES[RegistrationMove.CANCEL].sources:
        raise NotRegistered
    if session.starts_at <= now:
        # From now on it is the attendance that tells who came.
        raise NotRegistered
    seated, was_confirmed = registration.state != RegistrationState.WAITING, bool(registration.confirmed_at)
    move(registration, RegistrationMove.CANCEL, by=by, at=now)
    # A retry that comes after the withdrawal would put the session back into their calendar.
    outbox.withdraw(subject_ref=network_selectors.reference(registration), kinds_=STALE_AFTER_WITHDRAWING)
    if was_confirmed:
        notices.tell(registration, "seat-withdrawn", at=now)
    if seated:
        release(registration)
        offer_free_seats(session, registration.site, at=now)
    return registration


@transaction.atomic
def give_up_places(*, practitioner: Practitioner, by: User) -> None:
    """Withdraw somebody who leaves the network, or is suspended, from all that is still to come."""
    for registration in selectors.places_to_give_up(practitioner):
        # What began a moment ago is no longer theirs to give up.
        with suppress(NotRegistered):
            withdraw(session=registration.session, practitioner=practitioner, by=by)


def offer_free_seats(session: Session, site: Site, *, at: datetime) -> None:
    """Offer each free seat of a site to whom the rule chooses of those who wait. The caller holds the lock of the session."""
    deadline = policies.offer_deadline(now=at, starts_at=session.starts_at, usual=settings.OFFER_TIME)
    if deadline is None or session.state != SessionState.PUBLISHED:
        return
    while (chosen := seating.next_in(session, site, at=at)) and _take(site):
        number, verdict = chosen
        registration = Registration.objects.select_related("practitioner", "site").get(pk=number)
        registration.session = session
        changes = {"offered_at": at, "offer_expires_at": deadline}
        move(registration, RegistrationMove.OFFER, by=None, at=at, why=verdict, **changes)
        notices.tell(registration, "seat-offered", at=at, expires_at=deadline, why=verdict)


@transaction.atomic
def release_seats(*, session: Session, now: datetime) -> None:
    """Offer what was kept for a side or profession to whoever waits, once the session has released it."""
    session = lock(session)
    for site in session.sites.order_by("pk"):
        offer_free_seats(session, site, at=now)


def _offered(session: Session, practitioner: Practitioner) -> Registration:
    registration = selectors.live_registration(session, practitioner)
    if (
        registration is None
        or registration.state != RegistrationState.OFFERED
        or session.state != SessionState.PUBLISHED
    ):
        raise OfferIsOver
    return registration


@transaction.atomic
def accept_offer(*, session: Session, practitioner: Practitioner, by: User) -> Registration:
    """Take the offered seat before its deadline; taking it twice is the same as once. Raises OfferIsOver."""
    session, now = lock(session), timezone.now()
    registration = selectors.live_registration(session, practitioner)
    if registration and registration.state == RegistrationState.CONFIRMED:
        return registration
    registration = _offered(session, practitioner)
    if registration.offer_expires_at is None or registration.offer_expires_at <= now:
        raise OfferIsOver
    code = registration.code or codes.fresh(session)
    move(registration, RegistrationMove.ACCEPT, by=by, at=now, confirmed_at=now, code=code)
    notices.tell(registration, "seat-confirmed", at=now)
    return registration


@transaction.atomic
def decline_offer(*, session: Session, practitioner: Practitioner, by: User) -> Registration:
    """Decline the offered seat; it is offered to the next person at once. Raises OfferIsOver."""
    session, now = lock(session), timezone.now()
    registration = _offered(session, practitioner)
    move(registration, RegistrationMove.DECLINE, by=by, at=now)
    release(registration)
    offer_free_seats(session, registration.site, at=now)
    return registration


@transaction.atomic
def expire_offers(*, session: Session, now: datetime) -> int:
    """Take back the offers of a session whose deadline has passed, and offer the seats to the next; return how many."""
    session = lock(session)
    overdue = list(
        session.registrations.filter(state=RegistrationState.OFFERED, offer_expires_at__lte=now)
        .select_related("site")
        .order_by("pk")
    )
    for registration in overdue:
        registration.session = session
        move(registration, RegistrationMove.EXPIRE, by=None, at=now)
        release(registration)
        if session.state == SessionState.PUBLISHED:
            notices.tell(registration, "seat-offer-expired", at=now)
    for site in {registration.site_id: registration.site for registration in overdue}.values():
        offer_free_seats(session, site, at=now)
    return len(overdue)
