"""Equipment: listed, broken for a cause, working again, gone; and whether what came is in use after thirty days."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.models import Facility
from needs import balances, notices, policies
from needs.enums import ASSET_MOVES, USELESS, AssetMove, AssetState, Cause, EntryKind, NeedState
from needs.models import Asset, Item, Need, UseCheck
from needs.services import steps
from network.enums import DomainError
from network.models import Transition, User
from network.services import record_transition


class CauseMissing(DomainError):
    message = _("Please say why it does not work.")


class MoreThanCame(DomainError):
    message = _("No more than %(came)s came.")


class FewerThanSaid(DomainError):
    message = _("You have said already that %(works)s of them are in use. That stays; only more can be added.")


class EachPieceTells(DomainError):
    message = _("Each piece of this is in the list of your equipment. Open it there, and say that it works again.")


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
    """Say that a broken piece works again, and with it what came for its repair. Raises NotYourFacility, FacilityClosed, IllegalMove."""
    asset, now = _lock(asset, by), timezone.now()
    _repair(asset, _lock_needs(asset), by=by, at=now)
    return asset


def _lock_needs(asset: Asset) -> dict[int, Need]:
    """Lock all needs that a repair concerns, in one order: that with which it came, and those that came of it."""
    numbers = set(Need.objects.filter(asset=asset).values_list("pk", flat=True))
    if asset.came_with_id:
        numbers.add(asset.came_with_id)
    return {number: steps.lock_need(number) for number in sorted(numbers)}


def _repair(asset: Asset, needs: dict[int, Need], *, by: User, at: datetime) -> None:
    """Let a piece work that the caller has locked, with its needs.

    One that came broken counts as working in its need from then on, once. What came for its repair, and waited to be in use, is.
    """
    worked = Transition.objects.of(asset).filter(to_state__in=[AssetState.WORKING, AssetState.REPAIRED]).exists()
    steps.move(asset, ASSET_MOVES, AssetMove.REPAIR, by=by, at=at, cause="")
    if asset.came_with_id and not worked:
        _use_piece(needs[asset.came_with_id], by=by, at=at)
    for need in needs.values():
        if need.asset_id == asset.pk:
            _use_parts(need, by=by, at=at)


def _has_come(asset: Asset, needs: dict[int, Need]) -> bool:
    """Tell whether all that was asked for a piece has come; what makes it work before, its keeper says."""
    own = [need for need in needs.values() if need.asset_id == asset.pk and need.state != NeedState.WITHDRAWN]
    return all(row.received >= row.asked for row in balances.of_needs(own).values())


def _not_all_in_use(need: Need) -> list[tuple[UseCheck, int]]:
    """Return the answered questions of a need of which more came than is in use, each with how many came; the need is locked."""
    # A cause was given for what is not in use.
    rows = UseCheck.objects.select_for_update(of=("self",)).filter(delivery__pledge__need=need).exclude(cause="")
    checks = rows.select_related("delivery__pledge").order_by("pk")
    return [(check, balances.received_of(check.delivery)) for check in checks]


def _use_piece(need: Need, *, by: User, at: datetime) -> None:
    """Count one more of those as working that were listed piece by piece."""
    for check, came in _not_all_in_use(need):
        if policies.lists_pieces(need.item, came):
            _raise(check, need, (check.works or 0) + 1, came, cause=check.cause, by=by, at=at)
            return


def _use_parts(need: Need, *, by: User, at: datetime) -> None:
    """Count what came for a piece as working, now that this works; but not what was useless itself."""
    for check, came in _not_all_in_use(need):
        if check.cause not in USELESS:
            _raise(check, need, came, came, cause="", by=by, at=at)


def _raise(check: UseCheck, need: Need, works: int, came: int, *, cause: str, by: User, at: datetime) -> None:
    """Say of an answered question that so many are in use by now, by an entry of the difference.

    Whatever counts a piece as working says so of its question too, so that none is counted again.
    """
    more = works - (check.works or 0)
    check.works, check.cause = works, cause if works < came else ""
    check.save(update_fields=["works", "cause"])
    steps.enter(need, EntryKind.WORKING, more, by=by, at=at, pledge=check.delivery.pledge)
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
    """Say how many of what came are in use, and why the others are not. Later more can be said, never less; the same again changes nothing.

    What came of equipment is listed, piece by piece, and each piece tells by itself what becomes of it; the broken piece for which it was
    asked works again where all of it does and nothing else that was asked for it is still to come. Raises NotYourFacility, FacilityClosed,
    NotAQuantity, MoreThanCame, CauseMissing, FewerThanSaid, EachPieceTells.
    """
    piece, number = UseCheck.objects.values_list("delivery__pledge__need__asset", "delivery__pledge").get(pk=check.pk)
    asset = steps.lock_asset(piece) if piece else None
    # All needs that a repair concerns, in one order, before what comes after needs.
    needs = _lock_needs(asset) if asset else {}
    need, pledge = steps.lock_pledge(number)
    if need.pk in needs:
        needs[need.pk] = need
    check = UseCheck.objects.select_for_update(of=("self",)).select_related("delivery__pledge").get(pk=check.pk)
    now = timezone.now()
    steps.require_worker(need.facility, by)
    if check.works == works:
        return check
    came, again = balances.received_of(check.delivery), check.works is not None
    listed = policies.lists_pieces(need.item, came)
    _require_answer(check, works, came, listed=listed)
    cause = cause if works < came else ""
    if works < came:
        _require_cause(cause)
    if again:
        _raise(check, need, works, came, cause=cause, by=by, at=now)
    else:
        check.answered_at, check.answered_by, check.works, check.cause = now, by, works, cause
        check.save(update_fields=["answered_at", "answered_by", "works", "cause"])
        if works:
            steps.enter(need, EntryKind.WORKING, works, by=by, at=now, pledge=pledge)
    if asset and asset.state == AssetState.BROKEN and works == came and _has_come(asset, needs):
        _repair(asset, needs, by=by, at=now)
    elif need.item and listed and not again:
        for place in range(came):
            broken = "" if place < works else cause
            _list(need.facility, need.item, uuid.uuid4(), cause=broken, came_with=need, by=by, at=now)
    steps.follow(need, by=by, at=now)
    return check


def _require_answer(check: UseCheck, works: int, came: int, *, listed: bool) -> None:
    if works < 0:
        raise steps.NotAQuantity
    if works > came:
        raise MoreThanCame(came=came)
    if check.works is not None and works < check.works:
        raise FewerThanSaid(works=check.works)
    if check.works is not None and listed:
        raise EachPieceTells
