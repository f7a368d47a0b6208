"""Pledges: a partner's, without an account and proved by a code, or of another facility's surplus; taken back in part or whole."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy as _

from facilities.enums import FacilityState
from needs import balances, notices, policies, selectors
from needs.enums import (
    COUNTING_STATES,
    DELIVERY_MOVES,
    FOLLOWED_STATES,
    PLEDGE_MOVES,
    DeliveryMove,
    DeliveryState,
    EntryKind,
    PledgeMove,
    PledgeState,
    SurplusKind,
)
from needs.models import ContactProof, Delivery, Need, NeedEntry, Pledge, Surplus, SurplusEntry
from needs.services import contacts, steps
from network import codes
from network.enums import DomainError
from network.models import User
from network.services import record_transition, require_move


class NotAskedFor(DomainError):
    message = _("This need is not open to pledges at the moment.")


class NotThatMuchOpen(DomainError):
    message = _("So much is no longer open. Still open: %(open)s.")


class NoContact(DomainError):
    message = _("Please give the name of your organisation, and a telephone number or an e-mail address.")


class DayIsOver(DomainError):
    message = _("This day is over. When will it be ready?")


class DayIsFar(DomainError):
    message = _("Please come back when it is nearer: what is pledged has to be ready by %(day)s.")


class WrongCode(DomainError):
    message = _("This is not the code that we sent. Please look at it again, or ask for a new one.")


class TooManyTries(DomainError):
    message = _("The code was tried too often. Please ask for a new one.")


class SentJustNow(DomainError):
    message = _("A code was sent a moment ago. Please wait a minute before you ask for another.")


class NotYourPledge(DomainError):
    message = _("Only whoever pledged it, or a coordinator of a side that it concerns, can do this.")


class NotThatMuchLeft(DomainError):
    message = _("So much of this pledge is not waiting to be sent. Left: %(left)s.")


@transaction.atomic
def offer_pledge(*, need: Need, uid: uuid.UUID, giver: contacts.Giver, quantity: int, ready_on: date | None) -> Pledge:
    """Keep what a partner would give, and send the code that proves the contact; it counts from then on.

    The same `uid` again is the pledge that is there, whatever came with it. Raises FormUsed, NotAskedFor, NotAQuantity, NotThatMuchOpen,
    NoContact, DayIsOver, DayIsFar, SentTooOften, TooManyAtOnce.
    """
    known = Pledge.objects.filter(uid=uid).first()
    if known:
        return _same(known, need)
    phone, email = giver.phone, giver.kept_email
    contacts.lock_contact(phone, email)
    need, now = steps.lock_need(need.pk), timezone.now()
    if not Need.objects.public().wanting().filter(pk=need.pk).exists():
        raise NotAskedFor
    steps.require_quantity(quantity)
    left = balances.of_need(need).open
    if quantity > left:
        raise NotThatMuchOpen(open=left)
    if not giver.name.strip() or not (phone or email):
        raise NoContact
    _require_near(ready_on, now)
    contacts.require_not_flooded(phone, email, now)
    contacts.require_few(phone, email)
    pledge = Pledge(
        uid=uid,
        code=codes.new(),
        need=need,
        language=(get_language() or "ar")[:2],
        name=giver.name.strip(),
        phone=phone,
        email=email,
        offered=quantity,
        ready_on=ready_on,
        made_at=now,
    )
    try:
        with transaction.atomic():
            pledge.save(force_insert=True)
    except IntegrityError:
        # The same form from another tab, or the browser's second try.
        return _same(Pledge.objects.get(uid=uid), need)
    record_transition(pledge, PledgeMove.OFFER, from_state="", to_state=pledge.state, by=None, at=now)
    contacts.send_proof(pledge, now)
    return pledge


def _require_near(ready_on: date | None, now: datetime) -> None:
    latest = timezone.localdate(now + policies.READY_WITHIN)
    if ready_on and ready_on < timezone.localdate(now):
        raise DayIsOver
    if ready_on and ready_on > latest:
        raise DayIsFar(day=date_format(latest))


def _same(known: Pledge, need: Need) -> Pledge:
    if known.need_id != need.pk:
        raise steps.FormUsed
    return known


@transaction.atomic
def send_proof_again(*, pledge: Pledge) -> None:
    """Send a new code; the one before is worth nothing any more. Raises SentJustNow, SentTooOften, IllegalMove."""
    _need, pledge = steps.lock_pledge(pledge.pk)
    now = timezone.now()
    require_move(PLEDGE_MOVES, PledgeMove.CONFIRM, pledge)
    if now < pledge.proof.sent_at + policies.PROOF_PAUSE:
        raise SentJustNow
    if pledge.proof.sent >= policies.PROOFS_SENT:
        raise contacts.SentTooOften
    contacts.send_proof(pledge, now)


def confirm_contact(*, pledge: Pledge, typed: str) -> Pledge:
    """Prove the contact with the code that was sent to it: from now on the pledge counts. Once proved it stays so.

    Raises WrongCode, TooManyTries, NotAskedFor, NotThatMuchOpen, TooManyAtOnce, IllegalMove.
    """
    fault: DomainError | None = None
    with transaction.atomic():
        contacts.lock_contact(pledge.phone, pledge.email)
        need, pledge = steps.lock_pledge(pledge.pk)
        now = timezone.now()
        if pledge.confirmed_at:
            return pledge
        require_move(PLEDGE_MOVES, PledgeMove.CONFIRM, pledge)
        proof = ContactProof.objects.select_for_update().get(pledge=pledge)
        if now > proof.sent_at + policies.PROOF_LASTS:
            fault = WrongCode()
        elif proof.tries >= policies.PROOF_TRIES:
            fault = TooManyTries()
        else:
            proof.tries += 1
            proof.save(update_fields=["tries"])
            if constant_time_compare(proof.code_hash, contacts.proof_hash(pledge, codes.digits(typed))):
                fault = _counted(need, pledge, now)
            else:
                fault = WrongCode()
    # A try that failed is counted, so that it is raised outside of the transaction.
    if fault:
        raise fault
    return pledge


def _counted(need: Need, pledge: Pledge, at: datetime) -> DomainError | None:
    """Let a pledge whose contact is proved count, if so much is still open; need and pledge are locked."""
    if not Need.objects.public().wanting().filter(pk=need.pk).exists():
        return NotAskedFor()
    left = balances.of_need(need).open
    if pledge.offered > left:
        return NotThatMuchOpen(open=left)
    try:
        contacts.require_few(pledge.phone, pledge.email)
    except contacts.TooManyAtOnce as error:
        return error
    steps.move(pledge, PLEDGE_MOVES, PledgeMove.CONFIRM, by=None, at=at, confirmed_at=at)
    steps.enter(need, EntryKind.PLEDGED, pledge.offered, by=None, at=at, pledge=pledge)
    steps.follow(need, by=None, at=at)
    notices.tell_pledged(pledge, at=at)
    return None


def arrange(*, need: Need, surplus: Surplus, quantity: int, by: User, at: datetime) -> Pledge:
    """Pledge a part of a surplus to a need; the caller has locked both and knows that there is so much.

    Raises NotAskedFor, NotThatMuchOpen, NotThatMuchLeft.
    """
    balance, left = balances.of_need(need), balances.free(surplus)
    if need.state not in FOLLOWED_STATES:
        raise NotAskedFor
    if quantity > balance.open:
        raise NotThatMuchOpen(open=balance.open)
    if quantity > left:
        raise NotThatMuchLeft(left=left)
    pledge = Pledge.objects.create(
        uid=uuid.uuid4(),
        code=codes.new(),
        need=need,
        surplus=surplus,
        state=PledgeState.CONFIRMED,
        language=(get_language() or "ar")[:2],
        offered=quantity,
        made_at=at,
        confirmed_at=at,
    )
    record_transition(pledge, PledgeMove.ARRANGE, from_state="", to_state=pledge.state, by=by, at=at)
    steps.enter(need, EntryKind.PLEDGED, quantity, by=by, at=at, pledge=pledge)
    _enter_surplus(pledge, SurplusKind.PROMISED, -quantity, by=by, at=at)
    steps.follow(need, by=by, at=at)
    notices.tell_pledged(pledge, at=at)
    return pledge


def _enter_surplus(pledge: Pledge, kind: SurplusKind, quantity: int, *, by: User | None, at: datetime) -> None:
    if pledge.surplus_id:
        SurplusEntry.objects.create(
            uid=uuid.uuid4(),
            surplus_id=pledge.surplus_id,
            kind=kind,
            quantity=quantity,
            pledge=pledge,
            entered_at=at,
            entered_by=by,
        )


def require_party(need: Need, pledge: Pledge, by: User | None) -> None:
    """Let the giver go on, or the coordinators of a side that it concerns.

    None is a partner who has opened the pledge by its code, whom the caller knows; a surplus has nobody of that kind. Raises NotYourPledge.
    """
    surplus = pledge.surplus
    if by is None:
        if surplus is None:
            return
        raise NotYourPledge
    sides = {need.facility.side_id} | ({surplus.facility.side_id} if surplus else set())
    if any(policies.coordinates(by, side) for side in sides) or (surplus and steps.keeps(surplus.facility, by)):
        return
    raise NotYourPledge


@transaction.atomic
def take_back(*, pledge: Pledge, uid: uuid.UUID, quantity: int, why: str, by: User | None = None) -> Pledge:
    """Take back what of a pledge is not sent and not prepared: of one that does not count yet all of it.

    Of one that counts the facility and all whom it concerns are told, but for whoever took it back. The same `uid` again changes
    nothing. Raises NotYourPledge, FormUsed, NotAQuantity, NotThatMuchLeft, WhyMissing, IllegalMove.
    """
    need, pledge = steps.lock_pledge(pledge.pk)
    now = timezone.now()
    require_party(need, pledge, by)
    known = NeedEntry.objects.filter(uid=uid).first()
    if known:
        if known.pledge_id != pledge.pk:
            raise steps.FormUsed
        return pledge
    why = steps.require_reason(why)
    if pledge.state not in COUNTING_STATES:
        # Not proved yet: all of it; over: refused.
        steps.move(pledge, PLEDGE_MOVES, PledgeMove.TAKE_BACK, by=by, at=now, reason=why)
        return pledge
    steps.require_quantity(quantity)
    left = balances.of_pledge(pledge).unsent - balances.prepared(pledge)
    if quantity > left:
        raise NotThatMuchLeft(left=left)
    _take(need, pledge, quantity, EntryKind.TAKEN_BACK, by=by, at=now, why=why, uid=uid)
    steps.follow(need, by=by, at=now)
    notices.tell_taken_back(pledge, quantity, uid=uid, by=by, at=now)
    return pledge


def _take(
    need: Need,
    pledge: Pledge,
    quantity: int,
    kind: EntryKind,
    *,
    by: User | None,
    at: datetime,
    why: str = "",
    uid: uuid.UUID | None = None,
) -> None:
    steps.enter(need, kind, -quantity, by=by, at=at, pledge=pledge, why=why[:300], uid=uid)
    _enter_surplus(pledge, SurplusKind.RELEASED, quantity, by=by, at=at)
    steps.follow_pledge(pledge, by=by, at=at, reason=why)


def release(pledge: Pledge, *, by: User | None, at: datetime, reason: str) -> None:
    """End what of a pledge is not sent, with its prepared deliveries, because its need is withdrawn; the need is locked."""
    need, pledge = steps.lock_pledge(pledge.pk)
    _release(need, pledge, by=by, at=at, reason=reason)


def _release(need: Need, pledge: Pledge, *, by: User | None, at: datetime, reason: str) -> None:
    _call_off_prepared(pledge, by=by, at=at, reason=reason)
    if pledge.state == PledgeState.OFFERED:
        steps.move(pledge, PLEDGE_MOVES, PledgeMove.TAKE_BACK, by=by, at=at, reason=reason)
    elif pledge.state in COUNTING_STATES and (unsent := balances.of_pledge(pledge).unsent):
        _take(need, pledge, unsent, EntryKind.TAKEN_BACK, by=by, at=at, why=reason)
        notices.tell_released(pledge, at=at)


@transaction.atomic
def release_closed(*, pledge: Pledge, now: datetime) -> Pledge:
    """End what of a pledge to a closed facility is not sent, for the reason for which that was closed; twice is the same as once.

    The giver is told. What is on its way stays so: it is received or lost.
    """
    need, pledge = steps.lock_pledge(pledge.pk)
    if need.facility.state != FacilityState.CLOSED:
        return pledge
    _release(need, pledge, by=None, at=now, reason=selectors.why_closed(need.facility))
    steps.follow(need, by=None, at=now)
    return pledge


def _call_off_prepared(pledge: Pledge, *, by: User | None, at: datetime, reason: str = "") -> None:
    rows = Delivery.objects.select_for_update(of=("self",)).filter(pledge=pledge, state=DeliveryState.PREPARED)
    for delivery in rows.order_by("pk"):
        steps.move(delivery, DELIVERY_MOVES, DeliveryMove.CALL_OFF, by=by, at=at, reason=reason)


@transaction.atomic
def release_overdue(*, pledge: Pledge, now: datetime) -> Pledge:
    """End what of a pledge was not handed over in time, so that others may give it; twice is the same as once.

    The giver is told, and the coordinators of the sides that it concerns. What is on its way stays so.
    """
    need, pledge = steps.lock_pledge(pledge.pk)
    left = balances.of_pledge(pledge).unsent
    if not left or not selectors.overdue_pledges(now).filter(pk=pledge.pk).exists():
        return pledge
    _call_off_prepared(pledge, by=None, at=now)
    _take(need, pledge, left, EntryKind.LAPSED, by=None, at=now)
    steps.follow(need, by=None, at=now)
    notices.tell_overdue(pledge, left, at=now)
    return pledge
