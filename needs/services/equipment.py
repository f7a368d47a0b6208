"""Equipment: listed, broken for a cause, working again, gone; and whether what came is in use after thirty days."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.models import Facility
from needs import balances, notices
from needs.enums import ASSET_MOVES, AssetMove, AssetState, Cause, EntryKind
from needs.models import Asset, Item, Need, Pledge, UseCheck
from needs.services import steps
from network.enums import DomainError
from network.models import Transition, User
from network.services import record_transition

# Of more than these no list of single pieces is made.
LISTED_AT_MOST = 20


class CauseMissing(DomainError):
    message = _("Please say why it does not work.")


class MoreThanCame(DomainError):
    message = _("No more than %(came)s came.")


def _lock(asset: Asset, by: User) -> Asset:
    row = steps.lock_asset(asset.pk)
    steps.require_worker(row.facility, by)
    return row


def _require_cause(cause: str) -> None:
    if cause not in Cause.values:
        raise CauseMissing


@transaction.atomic
def register_asset(
    *, facility: Facility, uid: uuid.UUID, item: Item, label: str, serial: str, by: User, cause: str = ""
) -> Asset:
    """List a piece of equipment; with a `cause` it is broken. The same `uid` again is the piece that is there.

    Raises NotYourFacility, FacilityClosed, CauseMissing, FormUsed.
    """
    facility, now = Facility.objects.select_for_update(of=("self",)).get(pk=facility.pk), timezone.now()
    steps.require_worker(facility, by)
    known = Asset.objects.filter(uid=uid).first()
    if known:
        if known.facility_id != facility.pk:
            raise steps.FormUsed
        return known
    if cause:
        _require_cause(cause)
    return _list(facility, item, uid, label=label.strip(), serial=serial.strip(), cause=cause, by=by, at=now)


def _list(
    facility: Facility,
    item: Item,
    uid: uuid.UUID,
    *,
    label: str = "",
    serial: str = "",
    cause: str = "",
    came_with: Need | None = None,
    by: User,
    at: datetime,
) -> Asset:
    asset = Asset.objects.create(
        uid=uid,
        facility=facility,
        item=item,
        label=label,
        serial=serial,
        state=AssetState.BROKEN if cause else AssetState.WORKING,
        cause=cause,
        came_with=came_with,
        registered_at=at,
        registered_by=by,
    )
    step = AssetMove.BREAK if cause else AssetMove.REGISTER
    record_transition(
        asset, step, from_state="", to_state=asset.state, by=by, at=at, changes={"cause": cause} if cause else None
    )
    return asset


@transaction.atomic
def break_asset(*, asset: Asset, cause: str, by: User) -> Asset:
    """Say that a piece does not work, and why. Raises NotYourFacility, FacilityClosed, CauseMissing, IllegalMove."""
    asset, now = _lock(asset, by), timezone.now()
    _require_cause(cause)
    steps.move(asset, ASSET_MOVES, AssetMove.BREAK, by=by, at=now, reason=str(Cause(cause).label), cause=cause)
    return asset


@transaction.atomic
def repair_asset(*, asset: Asset, by: User) -> Asset:
    """Say that a broken piece works again. Raises NotYourFacility, FacilityClosed, IllegalMove."""
    asset, now = _lock(asset, by), timezone.now()
    _repair(asset, by=by, at=now)
    return asset


def _repair(asset: Asset, *, by: User, at: datetime) -> None:
    """Let a piece work that the caller has locked. One that came broken counts as working in its need from then on, once."""
    worked = Transition.objects.of(asset).filter(to_state__in=[AssetState.WORKING, AssetState.REPAIRED]).exists()
    steps.move(asset, ASSET_MOVES, AssetMove.REPAIR, by=by, at=at, cause="")
    if worked or asset.came_with_id is None:
        return
    need = steps.lock_need(asset.came_with_id)
    if pledge := balances.waiting_to_work(need):
        steps.enter(need, EntryKind.WORKING, 1, by=by, at=at, pledge=pledge)
        steps.follow(need, by=by, at=at)


@transaction.atomic
def retire_asset(*, asset: Asset, reason: str, by: User) -> Asset:
    """Take a piece off the list for good. Raises NotYourFacility, FacilityClosed, WhyMissing, IllegalMove."""
    asset, reason = _lock(asset, by), steps.require_reason(reason)
    steps.move(asset, ASSET_MOVES, AssetMove.RETIRE, by=by, at=timezone.now(), reason=reason, cause="")
    return asset


# --- after thirty days --------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_if_working(*, check: UseCheck, now: datetime) -> UseCheck:
    """Ask the focal points, once, whether what came thirty days ago works."""
    rows = UseCheck.objects.select_for_update(of=("self",))
    check = rows.select_related("delivery__pledge__need__facility").get(pk=check.pk)
    if check.asked_at is None and check.answered_at is None:
        check.asked_at = now
        check.save(update_fields=["asked_at"])
        notices.tell_still_working(check, at=now)
    return check


@transaction.atomic
def answer_check(*, check: UseCheck, works: int, cause: str, by: User) -> UseCheck:
    """Say how many of what came are in use, and why the others are not. The first answer stays.

    What came of equipment is listed, piece by piece; the broken piece for which it was asked works again where all of it does. Raises
    NotYourFacility, FacilityClosed, NotAQuantity, MoreThanCame, CauseMissing.
    """
    piece, number = UseCheck.objects.values_list("delivery__pledge__need__asset", "delivery__pledge").get(pk=check.pk)
    asset = steps.lock_asset(piece) if piece else None
    if asset and asset.came_with_id:
        # Both needs that a repair concerns, in one order, before what comes after needs.
        for each in sorted({asset.came_with_id, Pledge.objects.values_list("need", flat=True).get(pk=number)}):
            steps.lock_need(each)
    need, pledge = steps.lock_pledge(number)
    check = UseCheck.objects.select_for_update(of=("self",)).select_related("delivery").get(pk=check.pk)
    now = timezone.now()
    steps.require_worker(need.facility, by)
    if check.answered_at:
        return check
    came = balances.received_of(check.delivery)
    if works < 0:
        raise steps.NotAQuantity
    if works > came:
        raise MoreThanCame(came=came)
    if works < came:
        _require_cause(cause)
    check.answered_at, check.answered_by, check.works = now, by, works
    check.cause = cause if works < came else ""
    check.save(update_fields=["answered_at", "answered_by", "works", "cause"])
    if works:
        steps.enter(need, EntryKind.WORKING, works, by=by, at=now, pledge=pledge)
    if asset and asset.state == AssetState.BROKEN and works == came:
        _repair(asset, by=by, at=now)
    elif need.item and need.item.durable and came <= LISTED_AT_MOST:
        for place in range(came):
            broken = "" if place < works else cause
            _list(need.facility, need.item, uuid.uuid4(), cause=broken, came_with=need, by=by, at=now)
    steps.follow(need, by=by, at=now)
    return check
