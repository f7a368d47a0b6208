"""What sides say of a facility: claims are added, never overwritten, and what is shown follows from all of them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facilities import policies, selectors, upkeep_notices
from facilities.enums import Contested, FacilityMove, Functionality
from facilities.models import Claim, Facility, Settlement, Source
from facilities.models.registry import BEDS_AT_MOST, LONGEST_NAME
from network import codes, policies as network_policies
from network.enums import DomainError
from network.models import Region, User
from network.services import record_transition

CONTESTED = frozenset(Contested.values)
FOLLOWING = (
    "name_ar",
    "name_en",
    "functionality",
    "functionality_on",
    "barriers",
    "beds",
    "head",
    "disputed",
    "sort_ar",
    "sort_en",
    "search",
)


class NotYourSay(DomainError):
    message = _("Only a coordinator of a side says what the sources of that side tell.")


class OwnClaim(DomainError):
    message = _(
        "You have said one of these yourself, or coordinate a side that did. Another national coordinator settles it."
    )


class NotYoursToSettle(DomainError):
    message = _("Only a national coordinator settles what sides say differently.")


class NotDisputed(DomainError):
    message = _("Nobody says anything else: there is nothing to settle.")


class NobodySaysSo(DomainError):
    message = _("No side says this. Please choose one of the values that are there.")


class ReasonMissing(DomainError):
    message = _("Please write why.")


class NotAFacilityValue(DomainError):
    message = _("This is no value for “%(field)s”.")


class OlderThanSaid(DomainError):
    message = _(
        "Of “%(field)s” this side has said something newer already, of %(day)s: an older word would change nothing."
    )


class FromTheFuture(DomainError):
    message = _("This day is still to come.")


def lock(facility: Facility) -> Facility:
    return Facility.objects.select_for_update(of=("self",)).get(pk=facility.pk)


@transaction.atomic
def make_claim(
    *,
    facility: Facility,
    field: str,
    value: str,
    side: Region,
    by: User,
    said_on: date | None = None,
    barriers: Collection[str] = (),
    source: Source | None = None,
    evidence: str = "",
) -> Claim | None:
    """Say for a side what its sources tell of a facility, its own or another's; None where it says so already.

    Where another side's word makes a value disputed, the coordinators of the facility's side are told.

    `said_on` is the day of which it tells, today by default; `barriers` belong to functionality alone. Raises NotYourSay,
    NotAFacilityValue, FromTheFuture, OlderThanSaid.
    """
    facility, now = lock(facility), timezone.now()
    if not policies.keeps(by, side.pk):
        raise NotYourSay
    row = add_claim(
        facility, field, value, barriers, side=side, source=source, evidence=evidence, said_on=said_on, by=by, at=now
    )
    before = set(facility.disputed)
    follow(facility, at=now)
    if row and side.pk != facility.side_id and field in set(facility.disputed) - before:
        upkeep_notices.tell_disputed(row, at=now)
    return row


def add_claim(
    facility: Facility,
    field: str,
    value: str,
    barriers: Collection[str],
    *,
    side: Region | None,
    source: Source | None,
    evidence: str,
    said_on: date | None,
    by: User | None,
    at: datetime,
) -> Claim | None:
    """Add a claim; the facility is locked. Raises NotAFacilityValue, FromTheFuture, OlderThanSaid."""
    value, said_on = as_claimed(field, value), said_on or timezone.localdate(at)
    if said_on > timezone.localdate(at):
        raise FromTheFuture
    reasons = sorted(barriers) if field == Contested.FUNCTIONALITY and value != Functionality.FULL else []
    mine = newest_claim(facility, field, side)
    if mine and mine.said_on >= said_on and (mine.value, mine.barriers) == (value, reasons):
        return None
    require_newest(mine, said_on)
    return Claim.objects.create(
        facility=facility,
        field=field,
        value=value,
        barriers=reasons,
        side=side,
        source=source,
        evidence=evidence,
        said_on=said_on,
        entered_at=at,
        entered_by=by,
    )


def newest_claim(facility: Facility, field: str, side: Region | None) -> Claim | None:
    """Return what a side said last of a field, of what was merged into the facility too."""
    family = [facility.pk] if field in selectors.OWN_NAMES else selectors.with_merged(facility)
    rows = Claim.objects.filter(facility__in=family, field=field, side=side)
    return rows.order_by("-said_on", "-pk").first()


def require_newest(known: Claim | None, said_on: date) -> None:
    """Raise OlderThanSaid where the same side has said something of a later day."""
    if known and known.said_on > said_on:
        raise OlderThanSaid(field=known.get_field_display(), day=date_format(known.said_on))


def as_claimed(field: str, value: str) -> str:
    """Return a value as claims spell it. Raises NotAFacilityValue."""
    value = " ".join(str(value).split())
    label = dict(Contested.choices).get(field, field)
    if field == Contested.FUNCTIONALITY and value not in set(Functionality.values) - {Functionality.DISPUTED}:
        raise NotAFacilityValue(field=label)
    if field == Contested.BEDS and value:
        number = codes.digits(value)
        if not number or len(number) != len(value) or int(number) > BEDS_AT_MOST:
            raise NotAFacilityValue(field=label)
        value = str(int(number))
    if field not in CONTESTED or len(value) > LONGEST_NAME:
        raise NotAFacilityValue(field=label)
    return value


def follow(facility: Facility, *, at: datetime) -> None:
    """Set a facility's contested columns to what stands, and its search index; the facility is locked.

    Where sides differ: of names, that of its own side is shown beside the dispute; of the rest, none.
    """
    found = selectors.standings(facility)
    own = selectors.own_claims(facility)
    for field in (Contested.NAME_AR, Contested.NAME_EN):
        setattr(facility, field, shown(found, own, field)[:LONGEST_NAME])
    facility.head = shown(found, own, Contested.HEAD)[:120]
    beds = found.get(Contested.BEDS)
    facility.beds = int(beds.value) if beds and beds.value else None
    works = found.get(Contested.FUNCTIONALITY)
    _set_functionality(facility, works)
    facility.disputed = [field for field in Contested.values if field in found and found[field].disputed]
    names = facility.other_names.values_list("name", flat=True)
    facility.search = selectors.index_of(facility, found, names)
    for name, key in facility.sort_keys.items():
        setattr(facility, name, key)
    facility.changed_at = at
    facility.save(update_fields=[*FOLLOWING, "changed_at"])


def shown(found: Mapping[str, Any], own: Mapping[str, Claim], field: str) -> str:
    stands = found.get(field)
    if stands is None:
        return ""
    if stands.value is not None:
        return str(stands.value)
    # A side that has emptied its word has none.
    return (own[field].value if field in own else "") or str(stands.claims[0].value)


def _set_functionality(facility: Facility, works: Any) -> None:
    facility.functionality, facility.functionality_on, facility.barriers = Functionality.UNKNOWN, None, []
    if works is None:
        return
    facility.functionality_on = max(claim.said_on for claim in works.claims)
    if works.disputed:
        facility.functionality = Functionality.DISPUTED
        return
    facility.functionality = works.value
    told = Claim.objects.filter(pk__in=[claim.id for claim in works.claims], value=works.value)
    facility.barriers = sorted({reason for row in told for reason in row.barriers})


@transaction.atomic
def settle_claims(*, facility: Facility, field: str, value: str, reason: str, by: User) -> Settlement:
    """Let one of the values that sides claim stand; opened again by a newer claim of another value.

    Raises NotYoursToSettle, OwnClaim, ReasonMissing, NotDisputed, NobodySaysSo.
    """
    facility, now = lock(facility), timezone.now()
    if not policies.may_settle(by):
        raise NotYoursToSettle
    if not reason.strip():
        raise ReasonMissing
    stands = selectors.standings(facility).get(field)
    if stands is None or not stands.disputed:
        raise NotDisputed
    if value not in {claim.value for claim in stands.claims}:
        raise NobodySaysSo
    entered = Claim.objects.filter(pk__in=[claim.id for claim in stands.claims], entered_by=by)
    if entered.exists() or network_policies.regions(by) & {claim.side for claim in stands.claims}:
        raise OwnClaim
    row = Settlement.objects.create(
        facility=facility,
        field=field,
        value=value,
        upto_id=max(claim.id for claim in stands.claims),
        reason=reason.strip(),
        settled_at=now,
        settled_by=by,
    )
    record_transition(
        facility,
        FacilityMove.SETTLE,
        from_state=facility.state,
        to_state=facility.state,
        by=by,
        at=now,
        reason=reason.strip(),
        changes={"fields": [field]},
    )
    follow(facility, at=now)
    return row
