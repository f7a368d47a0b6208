"""A need from its report to its end: reported once, verified by somebody else, corrected by entries, withdrawn."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.models import Facility
from needs import balances, notices, policies, selectors
from needs.enums import NEED_MOVES, AssetState, EntryKind, NeedMove, NeedState, Priority, Unit
from needs.models import Asset, Item, Need, NeedEntry, Pledge
from needs.services import pledges, proposals, steps
from network import files
from network.enums import CommonMove, DomainError
from network.models import User
from network.services import record_edit, record_transition, require_move, require_seen
from network.uploads import pictures

PHOTOS = "needs"
PHOTO_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


class NothingAsked(DomainError):
    message = _("Please choose an item, or write what is needed.")


class ChangedSince(DomainError):
    message = _("Something has changed since this was shown. Please look at it again.")


class OwnReport(DomainError):
    message = _("You have reported or corrected this need yourself. Somebody else has to verify it.")


class OwnRaise(DomainError):
    message = _("You have reported this need yourself. Somebody else has to say that more is needed.")


class NothingChanges(DomainError):
    message = _("This is the quantity as it stands: there is nothing to correct.")


class BelowCovered(DomainError):
    message = _("%(covered)s are pledged or received already. Less than that can't be asked for.")


class PartlyThere(DomainError):
    message = _("A part of it has arrived already. Please lower the quantity instead.")


class LookedAtAlready(DomainError):
    message = _("This need has been looked at already: its photo can't be changed any more.")


class NotThatAsset(DomainError):
    message = _("Choose a piece of this facility that is broken.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is needed, as a form brings it. `item` or `words` has to be there; `unit` is the item's where there is one."""

    quantity: int
    item: Item | None = None
    words: str = ""
    unit: str = Unit.PIECE
    priority: str = Priority.USUAL
    why: str = ""


@transaction.atomic
def report_need(*, facility: Facility, uid: uuid.UUID, asked: Asked, by: User, asset: Asset | None = None) -> Need:
    """Keep what a facility lacks, for its side's coordinators to verify. The same `uid` again is the need that is there.

    Raises NotYourFacility, FacilityClosed, NothingAsked, NotAQuantity, NotThatAsset, FormUsed.
    """
    facility, now = Facility.objects.select_for_update(of=("self",)).get(pk=facility.pk), timezone.now()
    steps.require_worker(facility, by)
    known = Need.objects.filter(uid=uid).first()
    if known:
        if known.facility_id != facility.pk:
            raise steps.FormUsed
        return known
    if asked.item is None and not asked.words.strip():
        raise NothingAsked
    steps.require_quantity(asked.quantity)
    if asset and (asset.facility_id != facility.pk or asset.state != AssetState.BROKEN):
        raise NotThatAsset
    need = Need.objects.create(
        uid=uid,
        code=steps.new_code(),
        facility=facility,
        item=asked.item,
        words=asked.words.strip(),
        unit=asked.item.unit if asked.item else asked.unit,
        priority=asked.priority,
        why=asked.why.strip(),
        asset=asset,
        reported_at=now,
        reported_by=by,
    )
    steps.enter(need, EntryKind.ASKED, asked.quantity, by=by, at=now)
    record_transition(need, NeedMove.REPORT, from_state="", to_state=need.state, by=by, at=now)
    notices.tell_reported(need, by=by, at=now)
    return need


@transaction.atomic
def verify_need(*, need: Need, by: User, seen: str | None = None) -> Need:
    """Show a need to everybody who may know of its facility.

    `seen` is the `selectors.seal` of what the coordinator looked at, None where nothing was shown. Raises NotYourNeed, ChangedSince,
    OwnReport, IllegalMove.
    """
    need, now = steps.lock_need(need.pk), timezone.now()
    _require_coordinator(need, by)
    if seen is not None and need.state == NeedState.REPORTED and seen != selectors.seal(need):
        raise ChangedSince
    if by.pk in selectors.said_by(need):
        raise OwnReport
    steps.move(need, NEED_MOVES, NeedMove.VERIFY, by=by, at=now, verified_at=now, verified_by=by)
    return need


def _require_coordinator(need: Need, by: User) -> None:
    if not policies.coordinates(by, need.facility.side_id):
        raise steps.NotYourNeed


@transaction.atomic
def correct_need(*, need: Need, uid: uuid.UUID, seen: int, quantity: int, why: str, by: User) -> Need:
    """Say how much is needed, by an entry of the difference. The same `uid` again changes nothing.

    `seen` is how many entries of `selectors.said_of` its writer knew of. Until it is verified whoever keeps the facility's page can do
    it, afterwards the coordinators of its side alone, and whoever reported it no more than lower it. Raises NotYourFacility,
    NotYourNeed, NotAQuantity, WhyMissing, CorrectedMeanwhile, NothingChanges, OwnRaise, BelowCovered, FormUsed, IllegalMove.
    """
    need, now = steps.lock_need(need.pk), timezone.now()
    if need.state == NeedState.REPORTED:
        steps.require_worker(need.facility, by)
    else:
        _require_coordinator(need, by)
    known = NeedEntry.objects.filter(uid=uid).first()
    if known:
        if known.need_id != need.pk:
            raise steps.FormUsed
        return need
    if need.state == NeedState.WITHDRAWN:
        require_move(NEED_MOVES, NeedMove.WITHDRAW, need)
    steps.require_quantity(quantity)
    why = steps.require_reason(why)
    require_seen(selectors.said_of(need), seen)
    balance = balances.of_need(need)
    if quantity == balance.asked:
        raise NothingChanges
    if quantity > balance.asked and need.state != NeedState.REPORTED and need.reported_by_id == by.pk:
        raise OwnRaise
    if quantity < balance.covered:
        raise BelowCovered(covered=balance.covered)
    steps.enter(need, EntryKind.CORRECTED, quantity - balance.asked, by=by, at=now, why=why[:300], uid=uid)
    steps.follow(need, by=by, at=now)
    proposals.lapse_of(need=need, at=now)
    return need


@transaction.atomic
def withdraw_need(*, need: Need, reason: str, by: User) -> Need:
    """Take a need back of which nothing has come, and release what was pledged to it. Twice is the same as once.

    Raises NotYourFacility, NotYourNeed, WhyMissing, PartlyThere, IllegalMove.
    """
    need, now = steps.lock_need(need.pk), timezone.now()
    if need.state == NeedState.REPORTED:
        steps.require_worker(need.facility, by)
    else:
        _require_coordinator(need, by)
    if need.state == NeedState.WITHDRAWN:
        return need
    reason = steps.require_reason(reason)
    # Cheaply first: what is on its way is not released.
    require_move(NEED_MOVES, NeedMove.WITHDRAW, need)
    if balances.of_need(need).received:
        raise PartlyThere
    for pledge in Pledge.objects.filter(need=need).order_by("pk"):
        pledges.release(pledge, by=by, at=now, reason=reason)
    steps.move(need, NEED_MOVES, NeedMove.WITHDRAW, by=by, at=now, reason=reason)
    proposals.lapse_of(need=need, at=now)
    return need


# --- the photo ----------------------------------------------------------------------------------------------------------


def set_photo(*, need: Need, content: bytes, by: User) -> Need:
    """Put a photo beside a need that nobody has verified yet, made anew and small. The one before goes once this is committed.

    Raises NotYourFacility, FacilityClosed, LookedAtAlready, Refused.
    """
    _require_photo_allowed(need, by)
    made = pictures.for_page(content)
    stored = {"webp": files.keep(made.webp, PHOTOS)}
    try:
        stored["jpg"] = files.keep(made.jpg, PHOTOS)
        return _put_up(need, {**stored, "width": made.width, "height": made.height}, by)
    except BaseException:
        for name in stored.values():
            files.path_of(name, PHOTOS).unlink(missing_ok=True)
        raise


def _require_photo_allowed(need: Need, by: User) -> None:
    steps.require_worker(need.facility, by)
    if need.state != NeedState.REPORTED:
        raise LookedAtAlready


@transaction.atomic
def _put_up(need: Need, photo: dict[str, Any], by: User) -> Need:
    need, now = steps.lock_need(need.pk), timezone.now()
    _require_photo_allowed(need, by)
    _replace(need, photo)
    record_edit(need, changed={"fields": ["photo"]}, by=by, at=now)
    return need


@transaction.atomic
def remove_photo(*, need: Need, reason: str, by: User) -> Need:
    """Take the photo away for good, whatever the state of the need. Twice is the same as once. Raises NotYourNeed, WhyMissing."""
    need, now = steps.lock_need(need.pk), timezone.now()
    _require_coordinator(need, by)
    if not need.photo:
        return need
    reason = steps.require_reason(reason)
    _replace(need, {})
    state, changes = need.state, {"fields": ["photo"]}
    record_transition(
        need, CommonMove.EDIT, from_state=state, to_state=state, by=by, at=now, reason=reason, changes=changes
    )
    return need


def _replace(need: Need, photo: dict[str, Any]) -> None:
    for extension in PHOTO_TYPES:
        if before := need.photo.get(extension):
            files.drop(before, PHOTOS)
    need.photo = photo
    need.save(update_fields=["photo"])


def clear_lost_photos(*, now: Any) -> int:
    """Remove the files that a crash left without a need; return how many."""
    shown = Need.objects.exclude(photo={}).values_list("photo", flat=True)
    known = {photo[extension] for photo in shown for extension in PHOTO_TYPES if extension in photo}
    return files.sweep(known=known, now=now, folder=PHOTOS)
