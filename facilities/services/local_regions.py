"""Local-regions: named, grouped by each side for itself, and who speaks for them."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies
from facilities.models import ContactPerson, Grouping, LocalRegion
from network import policies as network_policies
from network.enums import CommonMove, DomainError, MemberState
from network.models import Municipality, Practitioner, User
from network.services import record_edit, record_transition, take_changes


class NotYourLocalRegion(DomainError):
    message = _("Only the coordinators of its side can do this; one across sides is kept by national coordinators.")


class NotYourMunicipality(DomainError):
    message = _("Each side adds and takes out its own municipalities, and no other's.")


class OfOneSide(DomainError):
    message = _("This local-region belongs to one side. One across sides is made by a national coordinator.")


class GroupedAlready(DomainError):
    message = _("This municipality is in a local-region at that time already.")


class OutsideItsTime(DomainError):
    message = _("These days lie outside of the time of the local-region.")


class NoContact(DomainError):
    message = _(
        "Only an active member of your side can speak for a local-region in which your side has a municipality."
    )


class NamedAlready(DomainError):
    message = _("This person is named already.")


def _lock(region: LocalRegion) -> LocalRegion:
    return LocalRegion.objects.select_for_update(of=("self",)).get(pk=region.pk)


@transaction.atomic
def save_local_region(*, region: LocalRegion, changed: Collection[str], by: User) -> LocalRegion:
    """Make a local-region of one's side, across sides as a national coordinator, or keep what was changed of it.

    Its side stays. Raises NotYourLocalRegion, OutsideItsTime, OfOneSide.
    """
    now, made = timezone.now(), region.pk is None
    if not (network_policies.is_national(by) or (region.side_id and policies.keeps(by, region.side_id))):
        raise NotYourLocalRegion
    columns = None
    if not made:
        stands = _lock(region)
        if not LocalRegion.objects.editable_by(by).filter(pk=stands.pk).exists():
            raise NotYourLocalRegion
        if stands.side_id != region.side_id:
            raise OfOneSide
        columns = take_changes(stands, region, changed)
        region = stands
        last = region.ends_on
        open_ones = region.groupings.filter(ended_at__isnull=True)
        too_early = open_ones.filter(starts_on__lt=region.starts_on).exists()
        if too_early or (last and open_ones.filter(starts_on__gt=last).exists()):
            raise OutsideItsTime
    region.save(update_fields=columns)
    if made:
        record_transition(region, CommonMove.CREATE, from_state="", to_state="", by=by, at=now)
    else:
        record_edit(region, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    return region


@transaction.atomic
def group_municipality(
    *, region: LocalRegion, municipality: Municipality, starts_on: date, ends_on: date | None, by: User
) -> Grouping:
    """Add a municipality of one's own side, which is in one local-region at a time.

    Raises NotYourMunicipality, OfOneSide, OutsideItsTime, GroupedAlready.
    """
    # Always the municipality after the local-region: who adds the same one to another waits for this.
    region, now = _lock(region), timezone.now()
    municipality = (
        Municipality.objects.select_for_update(of=("self",)).select_related("district").get(pk=municipality.pk)
    )
    side = municipality.district.region_id
    if not policies.keeps(by, side):
        raise NotYourMunicipality
    if region.side_id not in (None, side):
        raise OfOneSide
    if starts_on < region.starts_on or (region.ends_on and starts_on > region.ends_on):
        raise OutsideItsTime
    theirs = Grouping.objects.filter(municipality=municipality)
    if theirs.overlapping(starts_on, ends_on).exists():
        raise GroupedAlready
    if theirs.filter(ended_at__date__gt=starts_on).exists():
        raise GroupedAlready
    row = Grouping.objects.create(
        local_region=region,
        municipality=municipality,
        side_id=side,
        starts_on=starts_on,
        ends_on=ends_on,
        added_at=now,
        added_by=by,
    )
    record_edit(region, changed={"grouping": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def end_grouping(*, grouping: Grouping, by: User) -> Grouping:
    """Take a municipality out, from now on. By its side, or a national coordinator; twice is the same as once.

    Raises NotYourMunicipality.
    """
    region, now = _lock(grouping.local_region), timezone.now()
    row = Grouping.objects.get(pk=grouping.pk)
    if not (policies.keeps(by, row.side_id) or network_policies.is_national(by)):
        raise NotYourMunicipality
    if row.ended_at is None:
        row.ended_at, row.ended_by = now, by
        row.save(update_fields=["ended_at", "ended_by"])
        record_edit(region, changed={"grouping_ended": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def name_contact(
    *, region: LocalRegion, practitioner: Practitioner, starts_on: date, ends_on: date | None, by: User
) -> ContactPerson:
    """Ask a member of one's side to speak for a local-region; nobody reads the name before they agree.

    Raises NoContact, NamedAlready.
    """
    region, now = _lock(region), timezone.now()
    person = Practitioner.objects.editable_by(by).filter(pk=practitioner.pk, state=MemberState.ACTIVE).first()
    if person is None or person.region_id is None:
        raise NoContact
    if not region.groupings.filter(side=person.region_id, ended_at__isnull=True).exists():
        raise NoContact
    if region.contacts.filter(practitioner=person, ended_at__isnull=True).exists():
        raise NamedAlready
    row = ContactPerson.objects.create(
        local_region=region,
        practitioner=person,
        side_id=person.region_id,
        starts_on=starts_on,
        ends_on=ends_on,
        named_at=now,
        named_by=by,
    )
    record_edit(region, changed={"contact": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def answer_contact(*, contact: ContactPerson, agrees: bool, by: User) -> ContactPerson:
    """Agree that everybody reads one's name, or be no contact person any more. Raises NoContact for anybody else's."""
    region, now = _lock(contact.local_region), timezone.now()
    row = ContactPerson.objects.filter(pk=contact.pk, practitioner__user=by.pk, ended_at__isnull=True).first()
    if row is None:
        raise NoContact
    if not agrees:
        return _end_contact(row, by)
    if row.agreed_at is None:
        row.agreed_at = now
        row.save(update_fields=["agreed_at"])
        record_edit(region, changed={"contact_agreed": row.pk}, by=by, at=now)
    return row


@transaction.atomic
def end_contact(*, contact: ContactPerson, by: User) -> ContactPerson:
    """Let somebody speak for a local-region no more; twice is the same as once. Raises NotYourLocalRegion."""
    _lock(contact.local_region)
    row = ContactPerson.objects.get(pk=contact.pk)
    if not policies.keeps(by, row.side_id):
        raise NotYourLocalRegion
    return _end_contact(row, by)


def _end_contact(row: ContactPerson, by: User) -> ContactPerson:
    if row.ended_at is None:
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        record_edit(row.local_region, changed={"contact_ended": row.pk}, by=by, at=row.ended_at)
    return row


@transaction.atomic
def give_up_contacts(*, practitioner: Practitioner, by: User) -> None:
    """Let somebody who leaves or is suspended speak for no local-region any more."""
    rows = ContactPerson.objects.filter(practitioner=practitioner, ended_at__isnull=True)
    for row in rows.select_related("local_region").order_by("pk"):
        _end_contact(row, by)
