"""Upkeep: focal points ask for changes and confirm what is right; their side's coordinators check; who sleeps is woken."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy as _

from facilities import policies, selectors, upkeep, upkeep_notices, upkeep_selectors
from facilities.enums import Barrier, Contested, FacilityState
from facilities.models import ChangeRequest, Confirmation, Facility, StillRightAsked
from facilities.models.registry import LONGEST_EVIDENCE
from facilities.services.claims import FromTheFuture, NotAFacilityValue, ReasonMissing, as_claimed, lock, require_newest
from facilities.services.registry import NotYourFacility, PlaceDoesNotFit, save_facility
from facilities.upkeep_enums import REQUEST_MOVES, RequestMove
from network.enums import DomainError
from network.models import Municipality, User
from network.services import record_transition, require_move

BARRIERS = "barriers"


class NotYourPage(DomainError):
    message = _("Only the focal points of this facility can do this.")


class NothingToChange(DomainError):
    message = _("Nothing differs from what is there. Please change what is wrong, or say that all is still right.")


class NotYourOwnRequest(DomainError):
    message = _("You asked for this change yourself: another coordinator of your side checks it.")


class NoLongerListed(DomainError):
    message = _("This facility is not listed any more: it was closed or merged with another.")


def _kept(facility: Facility, by: User) -> Facility:
    row = lock(facility)
    if not selectors.is_keeper(row, by):
        raise NotYourPage
    if row.state != FacilityState.OPEN:
        raise NoLongerListed
    return row


# --- changes ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_change(
    *, facility: Facility, proposed: Mapping[str, Any], said_on: date, reason: str, uid: UUID, by: User
) -> ChangeRequest:
    """Ask the coordinators of a facility's side to change what is shown of it.

    `proposed` maps fields of `upkeep_selectors.ASKABLE` to values as columns keep them; `barriers` go with functionality. The same `uid`
    again is the request that is there. Raises NotYourPage, NoLongerListed, ReasonMissing, FromTheFuture, NotAFacilityValue,
    PlaceDoesNotFit, NothingToChange, OlderThanSaid.
    """
    facility, now = _kept(facility, by), timezone.now()
    known = ChangeRequest.objects.filter(uid=uid, facility=facility, asked_by=by).first()
    if known:
        return known
    if not reason.strip():
        raise ReasonMissing
    if said_on > timezone.localdate(now):
        raise FromTheFuture
    before = upkeep_selectors.own_words(facility)
    clean = {name: _clean(name, value) for name, value in proposed.items()}
    clean = {name: value for name, value in clean.items() if value != before[name]}
    if not clean:
        raise NothingToChange
    if BARRIERS in clean:
        clean.setdefault("functionality", before["functionality"])
    _require_fitting_place(facility, clean)
    own = selectors.own_claims(facility)
    for name in clean:
        require_newest(own.get(name), said_on)
    request = ChangeRequest.objects.create(
        uid=uid,
        facility=facility,
        proposed=clean,
        before={name: before[name] for name in clean},
        said_on=said_on,
        reason=reason.strip(),
        asked_at=now,
        asked_by=by,
    )
    record_transition(request, RequestMove.ASK, from_state="", to_state=request.state, by=by, at=now)
    return request


def _clean(name: str, value: Any) -> Any:
    """Return a value as it is kept. Raises NotAFacilityValue."""
    if name == BARRIERS:
        if not set(value) <= set(Barrier.values):
            raise NotAFacilityValue(field=str(_("What it lacks")))
        return sorted(value)
    if name not in upkeep_selectors.ASKABLE:
        raise NotAFacilityValue(field=name)
    field = Facility._meta.get_field(name)
    if name in Contested.values:
        return as_claimed(name, "" if value is None else str(value))
    try:
        return upkeep_selectors.primitive(field.clean(value, None))  # type: ignore[union-attr]
    except ValidationError as error:
        raise NotAFacilityValue(field=str(getattr(field, "verbose_name", name))) from error


def _require_fitting_place(facility: Facility, proposed: Mapping[str, Any]) -> None:
    """Raise PlaceDoesNotFit for a municipality of another district, or a district of another side."""
    if not {"district", "municipality"} & proposed.keys():
        return
    district = proposed.get("district", facility.district_id)
    municipality = proposed.get("municipality", facility.municipality_id)
    if municipality and not Municipality.objects.filter(pk=municipality, district=district).exists():
        raise PlaceDoesNotFit
    if not upkeep_selectors.districts_of(facility).filter(pk=district).exists():
        raise PlaceDoesNotFit


def _locked(request: ChangeRequest) -> ChangeRequest:
    """Lock a request after its facility: always in this order."""
    lock(request.facility)
    return ChangeRequest.objects.select_for_update(of=("self",)).select_related("facility").get(pk=request.pk)


def _decide(request: ChangeRequest, move: RequestMove, *, by: User, at: datetime, answer: str = "") -> None:
    before = request.state
    request.state = require_move(REQUEST_MOVES, move, request)
    request.decided_at, request.decided_by, request.answer = at, by, answer
    request.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    record_transition(request, move, from_state=before, to_state=request.state, by=by, at=at, reason=answer)


def _require_check(request: ChangeRequest, by: User) -> None:
    if not policies.keeps(by, request.facility.side_id):
        raise NotYourFacility
    if not upkeep.may_decide(by, request):
        raise NotYourOwnRequest


@transaction.atomic
def accept_request(*, request: ChangeRequest, by: User) -> ChangeRequest:
    """Change what was asked for, as the word of the facility's side with the reason that was given, and tell who asked.

    Raises NotYourFacility, NotYourOwnRequest, IllegalMove, NoLongerListed, PlaceDoesNotFit, OlderThanSaid.
    """
    request, now = _locked(request), timezone.now()
    _require_check(request, by)
    facility = request.facility
    _decide(request, RequestMove.ACCEPT, by=by, at=now)
    if facility.state != FacilityState.OPEN:
        raise NoLongerListed
    for name, value in request.proposed.items():
        if name != BARRIERS:
            field = Facility._meta.get_field(name)
            setattr(facility, field.attname, None if value == "" and name == "beds" else field.to_python(value))  # type: ignore[union-attr]
    save_facility(
        facility=facility,
        changed=set(request.proposed) - {BARRIERS},
        said_on=request.said_on,
        barriers=request.proposed.get(BARRIERS, upkeep_selectors.own_words(facility)[BARRIERS]),
        # Of a long reason the beginning: the request itself keeps all of it.
        evidence=Truncator(" ".join(request.reason.split())).chars(LONGEST_EVIDENCE),
        by=by,
    )
    upkeep_notices.tell_who_asked(request, "facility-change-accepted", at=now)
    return request


@transaction.atomic
def decline_request(*, request: ChangeRequest, reason: str, by: User) -> ChangeRequest:
    """Leave what is shown as it is, and tell who asked why. Raises NotYourFacility, NotYourOwnRequest, ReasonMissing, IllegalMove."""
    request, now = _locked(request), timezone.now()
    _require_check(request, by)
    if not reason.strip():
        raise ReasonMissing
    _decide(request, RequestMove.DECLINE, by=by, at=now, answer=reason.strip())
    upkeep_notices.tell_who_asked(request, "facility-change-declined", at=now)
    return request


def decline_all(*, facility: Facility, by: User, at: datetime) -> None:
    """Decline what waits of a facility that goes on with another one, and tell who asked; the facility is locked."""
    rows = ChangeRequest.objects.select_for_update(of=("self",)).filter(facility=facility).waiting()
    for request in rows.select_related("facility", "asked_by"):
        with translation.override(request.asked_by.language):
            answer = gettext(
                "This facility was listed twice, and is one with another now. Please ask again on that page if it is still wrong there."
            )
        _decide(request, RequestMove.DECLINE, by=by, at=at, answer=answer)
        upkeep_notices.tell_who_asked(request, "facility-change-declined", at=at)


@transaction.atomic
def withdraw_request(*, request: ChangeRequest, by: User) -> ChangeRequest:
    """Take back what oneself asked for. Raises NotYourPage, IllegalMove."""
    request = _locked(request)
    if request.asked_by_id != by.pk:
        raise NotYourPage
    _decide(request, RequestMove.WITHDRAW, by=by, at=timezone.now())
    return request


@transaction.atomic
def remind_of_request(*, request: ChangeRequest, now: datetime) -> None:
    """Remind a side's coordinators of a change that waits, and tell the national ones of one that waits too long; each once."""
    request = _locked(request)
    reminds, escalates = upkeep.reminder_due(request, now), upkeep.escalation_due(request, now)
    if reminds:
        request.reminded_at = now
        upkeep_notices.tell_coordinators(request, "facility-change-waiting", at=now)
    if escalates:
        request.escalated_at = now
        upkeep_notices.tell_coordinators(request, "facility-change-late", at=now)
    if reminds or escalates:
        request.save(update_fields=["reminded_at", "escalated_at"])


# --- still right ------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_facility(*, facility: Facility, by: User) -> Confirmation:
    """Say that all that is shown of a facility is still right; twice on one day is the same as once.

    Raises NotYourPage, NoLongerListed.
    """
    now = timezone.now()
    facility = lock(facility) if policies.keeps(by, facility.side_id) else _kept(facility, by)
    if facility.state != FacilityState.OPEN:
        raise NoLongerListed
    last = Confirmation.objects.filter(facility=facility, confirmed_by=by).order_by("-pk").first()
    if last and timezone.localdate(last.confirmed_at) == timezone.localdate(now):
        return last
    row = Confirmation.objects.create(facility=facility, confirmed_at=now, confirmed_by=by)
    facility.confirmed_at = now
    facility.save(update_fields=["confirmed_at"])
    return row


@transaction.atomic
def ask_whether_right(*, facility: Facility, now: datetime) -> None:
    """Ask the focal points of a facility whether its page is still right, once a quarter however often this runs."""
    facility = lock(facility)
    since = now - policies.STILL_RIGHT_LASTS
    asked = StillRightAsked.objects.filter(facility=facility, asked_at__gt=since).exists()
    if asked or facility.state != FacilityState.OPEN or not policies.is_stale(facility, now):
        return
    row = StillRightAsked.objects.create(facility=facility, asked_at=now)
    upkeep_notices.ask_focal_points(facility, again=str(row.pk), at=now)
