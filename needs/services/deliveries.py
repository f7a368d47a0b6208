"""Deliveries: prepared by whoever gives, taken over by a carrier, received at the facility.

Each hand-over has a code, which whoever receives types.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.enums import FacilityState
from needs import balances, notices, parties, policies
from needs.enums import COUNTING_STATES, DELIVERY_MOVES, DeliveryMove, EntryKind, LegKind
from needs.models import Delivery, Leg, Need, Pledge, UseCheck
from needs.services import pledges, steps
from network import codes
from network.enums import DomainError
from network.models import Transition, User
from network.services import record_transition, require_move


class NoSuchHandOver(DomainError):
    message = _("No hand-over has this code. Please compare it with the one that you were given.")


class WhoTakesIt(DomainError):
    message = _("Please write who takes it over.")


class OwnDelivery(DomainError):
    message = _("You have sent or given this yourself. Somebody else has to confirm that it came.")


class FocalPointsReceive(DomainError):
    message = _("Only a focal point of the facility confirms what came.")


class CarriedYourself(DomainError):
    message = _("You have taken this over as its carrier. Another coordinator of the side has to confirm that it came.")


class NothingGoesThere(DomainError):
    message = _("The facility to which this was to go is closed. Please send nothing there.")


class MoreThanSent(DomainError):
    message = _("No more than %(sent)s were sent.")


class PledgeIsOver(DomainError):
    message = _("Of this pledge nothing is left to send.")


def _lock(number: int) -> tuple[Need, Pledge, Delivery]:
    pledge_number = Delivery.objects.values_list("pledge", flat=True).get(pk=number)
    need, pledge = steps.lock_pledge(pledge_number)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=number)
    delivery.pledge = pledge
    return need, pledge, delivery


@transaction.atomic
def prepare_delivery(*, pledge: Pledge, uid: uuid.UUID, quantity: int, by: User | None = None) -> Delivery:
    """Make a part of a pledge ready for its carrier, with a code for each hand-over. The same `uid` again is the delivery that is there.

    Raises NotYourPledge, PledgeIsOver, NothingGoesThere, NotAQuantity, NotThatMuchLeft, FormUsed.
    """
    need, pledge = steps.lock_pledge(pledge.pk)
    now = timezone.now()
    pledges.require_party(need, pledge, by)
    known = Delivery.objects.filter(uid=uid).first()
    if known:
        if known.pledge_id != pledge.pk:
            raise steps.FormUsed
        return known
    if pledge.state not in COUNTING_STATES:
        raise PledgeIsOver
    _require_not_closed(need)
    steps.require_quantity(quantity)
    left = balances.of_pledge(pledge).unsent - balances.prepared(pledge)
    if quantity > left:
        raise pledges.NotThatMuchLeft(left=left)
    delivery = Delivery.objects.create(uid=uid, pledge=pledge, quantity=quantity, prepared_at=now, prepared_by=by)
    Leg.objects.bulk_create(Leg(delivery=delivery, kind=kind, code=codes.new()) for kind in LegKind)
    record_transition(delivery, DeliveryMove.PREPARE, from_state="", to_state=delivery.state, by=by, at=now)
    return delivery


def _require_not_closed(need: Need) -> None:
    """Let nothing more go to a facility that exists no more; what is needed at a merged one goes on with the other."""
    if need.facility.state == FacilityState.CLOSED:
        raise NothingGoesThere


@transaction.atomic
def call_off(*, delivery: Delivery, by: User | None = None) -> Delivery:
    """Undo a delivery that no carrier has taken over. Raises NotYourPledge, IllegalMove."""
    need, pledge, delivery = _lock(delivery.pk)
    pledges.require_party(need, pledge, by)
    steps.move(delivery, DELIVERY_MOVES, DeliveryMove.CALL_OFF, by=by, at=timezone.now())
    return delivery


def _leg(code: str, kind: LegKind) -> Leg:
    leg = Leg.objects.filter(code=codes.as_kept(code) or "-", kind=kind).first()
    if leg is None:
        raise NoSuchHandOver
    return leg


@transaction.atomic
def hand_over(*, code: str, carrier: str, by: User | None = None) -> Leg:
    """Let a carrier take a delivery over, with the code that they were shown. The same code again is the receipt that is there.

    `by` is the carrier's account where they have one. Raises NoSuchHandOver, WhoTakesIt, NothingGoesThere, IllegalMove.
    """
    leg = _leg(code, LegKind.CARRIER)
    need, pledge, delivery = _lock(leg.delivery_id)
    leg, now = Leg.objects.get(pk=leg.pk), timezone.now()
    if leg.done_at:
        return leg
    if not carrier.strip():
        raise WhoTakesIt
    _require_not_closed(need)
    steps.move(delivery, DELIVERY_MOVES, DeliveryMove.HAND_OVER, by=by, at=now, carrier=carrier.strip()[:120])
    _done(leg, now)
    steps.enter(need, EntryKind.SENT, delivery.quantity, by=None, at=now, pledge=pledge, leg=leg)
    steps.follow_pledge(pledge, by=None, at=now)
    steps.follow(need, by=None, at=now)
    notices.tell_on_the_way(delivery, at=now)
    return leg


def _done(leg: Leg, at: datetime) -> None:
    leg.done_at = at
    leg.save(update_fields=["done_at"])


@transaction.atomic
def receive(*, code: str, quantity: int, by: User) -> Leg:
    """Confirm at the facility what came whole, 0 for nothing: the rest is lost. The same code again is the receipt that is there.

    A focal point does so, and only where there is none today but who sent it a coordinator of the side. After thirty days it is asked
    whether it works.
    Raises NoSuchHandOver, FocalPointsReceive, OwnDelivery, CarriedYourself, NotAQuantity, MoreThanSent, IllegalMove.
    """
    leg = _leg(code, LegKind.FACILITY)
    need, pledge, delivery = _lock(leg.delivery_id)
    leg, now = Leg.objects.get(pk=leg.pk), timezone.now()
    if not steps.keeps(need.facility, by):
        _require_stand_in(need, delivery, by)
    # Who sends doesn't confirm that it came.
    if parties.senders_of(delivery).filter(pk=by.pk).exists():
        raise OwnDelivery
    if leg.done_at:
        return leg
    if quantity < 0:
        raise steps.NotAQuantity
    if quantity > delivery.quantity:
        raise MoreThanSent(sent=delivery.quantity)
    if quantity:
        steps.move(delivery, DELIVERY_MOVES, DeliveryMove.RECEIVE, by=by, at=now, received_at=now, received_by=by)
        steps.enter(need, EntryKind.RECEIVED, quantity, by=by, at=now, pledge=pledge, leg=leg)
        UseCheck.objects.create(delivery=delivery, due_on=timezone.localdate(now + policies.USED_FOR))
    else:
        steps.move(delivery, DELIVERY_MOVES, DeliveryMove.LOSE, by=by, at=now)
    if quantity < delivery.quantity:
        steps.enter(need, EntryKind.LOST, delivery.quantity - quantity, by=by, at=now, pledge=pledge, leg=leg)
    _done(leg, now)
    steps.follow_pledge(pledge, by=by, at=now)
    steps.follow(need, by=by, at=now)
    notices.tell_arrived(delivery, quantity, at=now)
    return leg


def _require_stand_in(need: Need, delivery: Delivery, by: User) -> None:
    """Let a coordinator of the side confirm what came to a facility where nobody else can today, but not what they carried."""
    if not policies.coordinates(by, need.facility.side_id):
        # Whoever isn't there is not even told that there is such a code.
        raise NoSuchHandOver
    if parties.receivers_of(delivery):
        raise FocalPointsReceive
    if Transition.objects.of(delivery).filter(move=DeliveryMove.HAND_OVER, by=by).exists():
        raise CarriedYourself


@transaction.atomic
def lose_delivery(*, delivery: Delivery, why: str, by: User) -> Delivery:
    """Say that what is on its way will not come; what it was to cover is open again. Raises NotYourNeed, WhyMissing, IllegalMove."""
    need, pledge, delivery = _lock(delivery.pk)
    now = timezone.now()
    if not policies.coordinates(by, need.facility.side_id):
        raise steps.NotYourNeed
    why = steps.require_reason(why)
    require_move(DELIVERY_MOVES, DeliveryMove.LOSE, delivery)
    steps.move(delivery, DELIVERY_MOVES, DeliveryMove.LOSE, by=by, at=now, reason=why)
    steps.enter(need, EntryKind.LOST, delivery.quantity, by=by, at=now, pledge=pledge, why=why[:300])
    steps.follow_pledge(pledge, by=by, at=now)
    steps.follow(need, by=by, at=now)
    return delivery
