"""What every write of needs has in common: one step of what has a state, one line of a book, locks in one order."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from facilities.enums import FacilityState
from facilities.models import Facility
from needs import balances, policies
from needs.enums import (
    FOLLOWED_STATES,
    NEED_MOVES,
    PLEDGE_MOVES,
    EntryKind,
    NeedMove,
    NeedState,
    PledgeMove,
    PledgeState,
)
from needs.models import Asset, Leg, Need, NeedEntry, Pledge, Surplus
from needs.models.needs import CODE_LENGTH
from network import codes
from network.enums import DomainError, Move
from network.models import User
from network.services import record_transition, require_move


class NotYourFacility(DomainError):
    message = _("Only whoever keeps this facility's page, or a coordinator of its side, can do this.")


class NotYourNeed(DomainError):
    message = _("Only the coordinators of the side in which this facility lies can do this.")


class FacilityClosed(DomainError):
    message = _("This facility is closed or merged with another: nothing is kept for it any more.")


class FormUsed(DomainError):
    message = _("This form was sent for something else already. Please open it again.")


class NotAQuantity(DomainError):
    message = _("Please write a whole number from 1 to 1,000,000.")


class WhyMissing(DomainError):
    message = _("Please write why.")


def require_quantity(quantity: int) -> None:
    if not 1 <= quantity <= policies.QUANTITY_AT_MOST:
        raise NotAQuantity


def require_reason(reason: str) -> str:
    if not reason.strip():
        raise WhyMissing
    return reason.strip()


def keeps(facility: Facility, by: User) -> bool:
    """Tell whether this person is a focal point of the facility today."""
    return Facility.objects.kept_by(by).filter(pk=facility.pk).exists()


def require_worker(facility: Facility, by: User) -> None:
    """Let whoever keeps the facility's page, or coordinates its side, go on. Raises NotYourFacility, FacilityClosed."""
    if not (policies.coordinates(by, facility.side_id) or keeps(facility, by)):
        raise NotYourFacility
    if facility.state != FacilityState.OPEN:
        raise FacilityClosed


def lock_need(number: int) -> Need:
    """Return a need as it is now. Everybody locks in this order: contact, piece of equipment, need, surplus, pledge, delivery."""
    rows = Need.objects.select_for_update(of=("self",)).select_related("facility__side", "item")
    return rows.get(pk=number)


def lock_asset(number: int) -> Asset:
    return Asset.objects.select_for_update(of=("self",)).select_related("facility").get(pk=number)


def lock_surplus(number: int) -> Surplus:
    return Surplus.objects.select_for_update(of=("self",)).select_related("facility", "item").get(pk=number)


def lock_pledge(number: int) -> tuple[Need, Pledge]:
    """Lock a pledge after its need and, where it has one, its surplus."""
    found = Pledge.objects.values_list("need", "surplus").get(pk=number)
    need = lock_need(found[0])
    if found[1]:
        lock_surplus(found[1])
    pledge = Pledge.objects.select_for_update(of=("self",)).select_related("surplus__facility").get(pk=number)
    pledge.need = need
    return need, pledge


def move(
    subject: Any,
    table: Mapping[Any, Move],
    step: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    **fields: Any,
) -> None:
    """Move what the caller has locked, and set fields along with it. Raises IllegalMove."""
    before = subject.state
    subject.state = require_move(table, step, subject)
    for name, value in fields.items():
        setattr(subject, name, value)
    subject.save(update_fields=["state", *fields])
    record_transition(subject, step, from_state=before, to_state=subject.state, by=by, at=at, reason=reason)


def enter(
    need: Need,
    kind: EntryKind,
    quantity: int,
    *,
    by: User | None,
    at: datetime,
    pledge: Pledge | None = None,
    leg: Leg | None = None,
    why: str = "",
    uid: uuid.UUID | None = None,
) -> NeedEntry:
    """Add a line to the book of a need that the caller has locked."""
    return NeedEntry.objects.create(
        uid=uid or uuid.uuid4(),
        need=need,
        kind=kind,
        quantity=quantity,
        pledge=pledge,
        leg=leg,
        why=why,
        entered_at=at,
        entered_by=by,
    )


NEED_STEPS = {
    NeedState.VERIFIED: NeedMove.UNCOVER,
    NeedState.PLEDGED: NeedMove.COVER,
    NeedState.IN_TRANSIT: NeedMove.SEND,
    NeedState.RECEIVED: NeedMove.RECEIVE,
    NeedState.WORKING: NeedMove.WORK,
}
PLEDGE_STEPS = {
    PledgeState.UNDER_WAY: PledgeMove.SEND,
    PledgeState.DELIVERED: PledgeMove.DELIVER,
    PledgeState.LOST: PledgeMove.LOSE,
    PledgeState.TAKEN_BACK: PledgeMove.TAKE_BACK,
}


def follow(need: Need, *, by: User | None, at: datetime) -> None:
    """Move a need that the caller has locked to the state that its book says."""
    target = balances.need_state(balances.of_need(need))
    if need.state in FOLLOWED_STATES and need.state != target:
        move(need, NEED_MOVES, NEED_STEPS[target], by=by, at=at)


def follow_pledge(pledge: Pledge, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Move a pledge that the caller has locked to the state that its entries say."""
    target = balances.pledge_state(balances.of_pledge(pledge))
    if pledge.state != target:
        move(pledge, PLEDGE_MOVES, PLEDGE_STEPS[target], by=by, at=at, reason=reason)


def new_code() -> str:
    """Return a code that no need has: six letters and digits of which none is taken for another."""
    while True:
        code = "".join(secrets.choice(codes.LETTERS) for _ in range(CODE_LENGTH))
        if not Need.objects.filter(code=code).exists():
            return code
