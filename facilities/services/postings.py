"""Who works where, and who keeps which page right."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies
from facilities.models import Facility, Posting
from facilities.services.claims import lock
from facilities.services.registry import NotYourFacility
from network.enums import DomainError, MemberState
from network.models import Practitioner, User
from network.services import record_edit


class NoActiveMember(DomainError):
    message = _("Only an active member of your side can be posted here.")


class PostedAlready(DomainError):
    message = _("This person is posted there already.")


@transaction.atomic
def name_posting(
    *, facility: Facility, practitioner: Practitioner, position: str, starts_on: date, ends_on: date | None, by: User
) -> Posting:
    """Post a member at a facility, from a day to a day. Raises NotYourFacility, NoActiveMember, PostedAlready."""
    facility, now = lock(facility), timezone.now()
    if not policies.keeps(by, facility.side_id):
        raise NotYourFacility
    if not Practitioner.objects.visible_to(by).filter(pk=practitioner.pk, state=MemberState.ACTIVE).exists():
        raise NoActiveMember
    if facility.postings.filter(practitioner=practitioner, position=position, ended_at__isnull=True).exists():
        raise PostedAlready
    row = Posting.objects.create(
        facility=facility,
        practitioner=practitioner,
        position=position,
        starts_on=starts_on,
        ends_on=ends_on,
        named_at=now,
        named_by=by,
    )
    record_edit(facility, changed={"posting": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def end_posting(*, posting: Posting, by: User) -> Posting:
    """End a posting; twice is the same as once. Raises NotYourFacility."""
    facility = lock(posting.facility)
    if not policies.keeps(by, facility.side_id):
        raise NotYourFacility
    return _end(Posting.objects.get(pk=posting.pk), by)


def _end(row: Posting, by: User) -> Posting:
    if row.ended_at is None:
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        record_edit(row.facility, changed={"posting_ended": row.pk}, by=by, at=row.ended_at)
    return row


@transaction.atomic
def give_up_postings(*, practitioner: Practitioner, by: User) -> None:
    """End the postings of somebody who leaves or is suspended."""
    for row in (
        Posting.objects.filter(practitioner=practitioner, ended_at__isnull=True)
        .select_related("facility")
        .order_by("pk")
    ):
        _end(row, by)
