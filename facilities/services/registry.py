"""The registry: facilities are listed, changed, hidden and closed; what sides say of them is added, never overwritten."""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies, selectors, upkeep_notices
from facilities.enums import FACILITY_MOVES, FacilityMove, FacilityState, Functionality
from facilities.models import Facility, OtherName
from facilities.models.registry import columns
from facilities.services.claims import FOLLOWING, ReasonMissing, add_claim, follow, lock
from network import codes, pages
from network.enums import DomainError
from network.models import District, User
from network.services import record_edit, record_transition, require_move

CODE_LENGTH = 6
# What a form holds of a facility that no side contests.
PLAIN = frozenset(
    ("kind", "owner", "level", "district", "municipality", "latitude", "longitude", "public_precision", "member_precision",
     "catchment", "phones", "hours_ar", "hours_en")
)  # fmt: skip


class NotYourFacility(DomainError):
    message = _("Only the coordinators of the side in which this facility lies can do this.")


class PlaceDoesNotFit(DomainError):
    message = _("This municipality is not in this district.")


class MergedAway(DomainError):
    message = _("This facility was merged with another: please change that one.")


def _locked(facility: Facility, by: User) -> Facility:
    row = lock(facility)
    if not policies.keeps(by, row.side_id):
        raise NotYourFacility
    return row


def new_code() -> str:
    """Return a code that no facility has: six letters and digits of which none is taken for another."""
    while True:
        code = "".join(secrets.choice(codes.LETTERS) for _ in range(CODE_LENGTH))
        if not Facility.objects.filter(code=code).exists():
            return code


# --- listing and changing ---------------------------------------------------------------------------------------------


@transaction.atomic
def save_facility(
    *,
    facility: Facility,
    changed: Collection[str],
    by: User,
    said_on: date | None = None,
    barriers: Collection[str] = (),
    evidence: str = "",
) -> Facility:
    """List a facility, or keep what was changed of it. Its side is that of its district.

    What of `changed` sides may contest becomes a claim of its side, as of `said_on` (today) and with how it is known, which
    members read; it is shown as the rule over all claims says. Raises NotYourFacility, MergedAway, PlaceDoesNotFit,
    NotAFacilityValue, FromTheFuture, OlderThanSaid.
    """
    now = timezone.now()
    if facility.pk:
        # What was changed meanwhile by somebody else, and not in this form, stays: a place that was hidden stays hidden.
        before = _locked(facility, by)
        if before.state == FacilityState.MERGED:
            raise MergedAway
        for name in PLAIN - set(changed):
            column = Facility._meta.get_field(name).attname  # type: ignore[union-attr]
            setattr(facility, column, getattr(before, column))
    facility.side = District.objects.select_related("region").get(pk=facility.district_id).region
    if facility.municipality_id and facility.municipality.district_id != facility.district_id:  # type: ignore[union-attr]
        raise PlaceDoesNotFit
    if not policies.keeps(by, facility.side_id):
        raise NotYourFacility
    typed = {field: value for field, value in columns(facility).items() if field in changed}
    if facility.pk is None:
        _add(facility, at=now)
        record_transition(facility, FacilityMove.CREATE, from_state="", to_state=facility.state, by=by, at=now)
        typed = {field: value for field, value in columns(facility).items() if value and value != Functionality.UNKNOWN}
    else:
        # These follow from claims and moves; whatever the form held, they are as they are now.
        for name in (*FOLLOWING, "code", "state", "concern", "merged_into_id", "confirmed_at", "created_at"):
            setattr(facility, name, getattr(before, name))
        facility.changed_at = now
        facility.save()
        record_edit(facility, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    for field, value in typed.items():
        add_claim(
            facility,
            field,
            value,
            barriers,
            side=facility.side,
            source=None,
            evidence=evidence,
            said_on=said_on,
            by=by,
            at=now,
        )
    follow(facility, at=now)
    return facility


def _add(facility: Facility, *, at: datetime) -> None:
    facility.code = new_code()
    facility.created_at = facility.changed_at = at
    facility.save(force_insert=True)


@transaction.atomic
def add_name(*, facility: Facility, name: str, kind: str, by: User) -> OtherName:
    """Keep another name of a facility; the same name again is the row that is there. Raises NotYourFacility."""
    facility = _locked(facility, by)
    row, _created = OtherName.objects.get_or_create(facility=facility, name=name, defaults={"kind": kind})
    record_edit(facility, changed={"name": row.pk}, by=by, at=timezone.now())
    follow(facility, at=timezone.now())
    return row


@transaction.atomic
def remove_name(*, name: OtherName, by: User) -> None:
    """Forget another name. Raises NotYourFacility."""
    facility = _locked(name.facility, by)
    number = name.pk
    name.delete()
    record_edit(facility, changed={"name_removed": number}, by=by, at=timezone.now())
    follow(facility, at=timezone.now())


# --- hiding, closing --------------------------------------------------------------------------------------------------


@transaction.atomic
def raise_concern(*, facility: Facility, reason: str, by: User) -> Facility:
    """Take a facility off every page, map and file at once, and let nobody travel there to assess it. Twice is the same as once.

    Raises NotYourFacility.
    """
    facility, now = lock(facility), timezone.now()
    if not policies.may_raise_concern(by, facility, keeper=selectors.is_keeper(facility, by)):
        raise NotYourFacility
    if not facility.concern:
        _switch(facility, True, FacilityMove.HIDE, reason, by, now)
        upkeep_notices.halt_visits(facility, at=now)
    return facility


@transaction.atomic
def lift_concern(*, facility: Facility, reason: str, by: User) -> Facility:
    """Show a facility again: its side's coordinators decide, and say why; who was to assess it is told that they are.

    Raises NotYourFacility, ReasonMissing.
    """
    facility, now = _locked(facility, by), timezone.now()
    if not reason.strip():
        raise ReasonMissing
    if facility.concern:
        _switch(facility, False, FacilityMove.SHOW, reason, by, now)
        if facility.state == FacilityState.OPEN:
            upkeep_notices.resume_visits(facility, at=now)
    return facility


def _switch(facility: Facility, on: bool, step: FacilityMove, reason: str, by: User, at: datetime) -> None:
    facility.concern, facility.changed_at = on, at
    facility.save(update_fields=["concern", "changed_at"])
    # Pages of other things name facilities too, and are kept for a minute.
    transaction.on_commit(pages.forget)
    state = facility.state
    record_transition(facility, step, from_state=state, to_state=state, by=by, at=at, reason=reason.strip())


def move_facility(
    facility: Facility, step: FacilityMove, *, by: User, at: datetime, reason: str = "", **fields: Any
) -> None:
    before = facility.state
    facility.state, facility.changed_at = require_move(FACILITY_MOVES, step, facility), at
    for name, value in fields.items():
        setattr(facility, name, value)
    facility.save(update_fields=["state", "changed_at", *fields])
    record_transition(facility, step, from_state=before, to_state=facility.state, by=by, at=at, reason=reason)


@transaction.atomic
def close_facility(*, facility: Facility, reason: str, by: User) -> Facility:
    """Take a facility off the lists because it exists no more, and let nobody travel there to assess it.

    Raises NotYourFacility, ReasonMissing, IllegalMove.
    """
    facility, now = _locked(facility, by), timezone.now()
    if not reason.strip():
        raise ReasonMissing
    move_facility(facility, FacilityMove.CLOSE, by=by, at=now, reason=reason.strip())
    if not facility.concern:
        # Else they were told when it was hidden.
        upkeep_notices.halt_visits(facility, at=now)
    return facility


@transaction.atomic
def reopen_facility(*, facility: Facility, by: User) -> Facility:
    """List a closed facility again. Raises NotYourFacility, IllegalMove."""
    facility = _locked(facility, by)
    move_facility(facility, FacilityMove.REOPEN, by=by, at=timezone.now())
    return facility
