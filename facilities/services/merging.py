"""Two rows that tell of one place become one: what was said, done and kept of the one that goes, goes on with the other."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies, selectors, upkeep_notices, upkeep_selectors
from facilities.enums import FacilityMove, FacilityState, Level, Owner, Precision
from facilities.models import Assessment, Claim, Facility, OtherName, Posting, Record, ServiceStatus
from facilities.services.claims import follow
from facilities.services.postings import end_posting
from facilities.services.registry import NotYourFacility, move_facility
from facilities.services.upkeep import decline_all
from network.enums import DomainError
from network.models import User
from network.services import record_edit

# From the exact point to the side alone: the later tells less.
STRICTNESS = [each.value for each in Precision]


class NotIntoItself(DomainError):
    message = _("Choose another facility of the same side, which is not merged itself.")


class HiddenIsNotMerged(DomainError):
    message = _(
        "This facility is hidden because of a security concern. Hide the other one too, or show this one first."
    )


@transaction.atomic
def merge_facility(*, facility: Facility, into: Facility, by: User) -> Facility:
    """Make of two rows that tell of one place one, to which all old codes lead.

    Names, rows of sources, claims, postings, words about services and visits go on with `into`; what it does not know it takes over; who
    waits for a change of the other is told to ask again. Monthly reports stay with the row for which they were handed in.
    Raises NotYourFacility, NotIntoItself, HiddenIsNotMerged, IllegalMove.
    """
    now = timezone.now()
    # In one order, whoever merges which into which.
    locked = {
        row.pk: row
        for row in Facility.objects.select_for_update(of=("self",)).filter(pk__in=[facility.pk, into.pk]).order_by("pk")
    }
    gone, kept = locked[facility.pk], locked[into.pk]
    if not (policies.keeps(by, gone.side_id) and policies.keeps(by, kept.side_id)):
        raise NotYourFacility
    if gone.pk == kept.pk or gone.side_id != kept.side_id or kept.state == FacilityState.MERGED:
        raise NotIntoItself
    if gone.concern and not kept.concern:
        raise HiddenIsNotMerged
    known = set(kept.other_names.values_list("name", flat=True)) | {kept.name_ar, kept.name_en}
    claimed = Claim.objects.filter(facility__in=selectors.with_merged(gone), field__in=selectors.OWN_NAMES)
    names = [*claimed.order_by("pk").values_list("value", flat=True), *gone.other_names.values_list("name", flat=True)]
    OtherName.objects.bulk_create(
        OtherName(facility=kept, name=name, kind="former")
        for name in dict.fromkeys(names)
        if name and name not in known
    )
    filled = _fill(kept, gone)
    Record.objects.filter(facility=gone).update(facility=kept)
    move_facility(gone, FacilityMove.MERGE, by=by, at=now, merged_into=kept)
    # Nobody has to follow a chain.
    Facility.objects.filter(merged_into=gone).update(merged_into=kept)
    _take_postings(kept, gone, by=by, at=now)
    _restate_services(kept, gone, at=now)
    _take_visits(kept, gone, at=now)
    decline_all(facility=gone, by=by, at=now)
    record_edit(kept, changed={"merged": gone.pk} | ({"fields": filled} if filled else {}), by=by, at=now)
    follow(kept, at=now)
    return kept


def _fill(kept: Facility, gone: Facility) -> list[str]:
    """Take over what the kept one does not know, and return these columns.

    Nothing of a list whose licence asks for the same licence: it stands apart. No place that would be told more exactly than it was.
    """
    if Record.objects.filter(facility=gone, source__is_open=True).exists():
        return []
    names = [name for name in ("phones", "catchment") if not getattr(kept, name) and getattr(gone, name)]
    names += [
        name
        for name, unknown in (("owner", Owner.UNKNOWN), ("level", Level.UNKNOWN))
        if getattr(kept, name) == unknown != getattr(gone, name)
    ]
    hours = ("hours_ar", "hours_en")
    if not any(getattr(kept, name) for name in hours):
        names += [name for name in hours if getattr(gone, name)]
    if all(
        STRICTNESS.index(getattr(kept, told)) >= STRICTNESS.index(getattr(gone, told))
        for told in ("public_precision", "member_precision")
    ):
        if not kept.municipality_id and gone.municipality_id and kept.district_id == gone.district_id:
            names.append("municipality")
        if kept.latitude is None and gone.latitude is not None:
            names += ["latitude", "longitude"]
    for name in names:
        column = Facility._meta.get_field(name).attname  # type: ignore[union-attr]
        setattr(kept, column, getattr(gone, column))
    kept.save(update_fields=names)
    return sorted(names)


def _take_postings(kept: Facility, gone: Facility, *, by: User, at: datetime) -> None:
    """Let whoever keeps the page of the one or works there do so at the other, from today."""
    today = timezone.localdate(at)
    there = set(kept.postings.filter(ended_at__isnull=True).values_list("practitioner_id", "position"))
    for row in gone.postings.filter(ended_at__isnull=True).order_by("pk"):
        end_posting(posting=row, by=by)
        if (row.practitioner_id, row.position) in there or (row.ends_on and row.ends_on < today):
            continue
        new = Posting.objects.create(
            facility=kept,
            practitioner_id=row.practitioner_id,
            position=row.position,
            starts_on=max(row.starts_on, today),
            ends_on=row.ends_on,
            named_at=at,
            named_by=by,
        )
        record_edit(kept, changed={"posting": new.pk}, by=by, at=at)


def _restate_services(kept: Facility, gone: Facility, *, at: datetime) -> None:
    """Say again of the kept one what was said of services at the other, where nothing of a later day is known: whose word it is stays."""
    known = upkeep_selectors.standing_services(kept)
    ServiceStatus.objects.bulk_create(
        ServiceStatus(
            facility=kept,
            domain_id=number,
            availability=row.availability,
            barriers=row.barriers,
            as_of=row.as_of,
            entered_at=at,
            entered_by_id=row.entered_by_id,
        )
        for number, row in upkeep_selectors.standing_services(gone).items()
        if number not in known or known[number].as_of < row.as_of
    )


def _take_visits(kept: Facility, gone: Facility, *, at: datetime) -> None:
    """Let visits go on at the kept one; where that is hidden, its assessors are told that nobody goes there."""
    if kept.concern and not gone.concern:
        upkeep_notices.halt_visits(gone, at=at)
    Assessment.objects.filter(facility=gone).update(facility=kept)
