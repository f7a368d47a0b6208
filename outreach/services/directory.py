"""Safe spaces and the directory of referrals."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.enums import FacilityState
from facilities.models import Facility
from network.enums import DomainError
from network.models import District, User
from network.services import record_edit, take_changes
from outreach import selectors
from outreach.models import Pathway, SafeSpace, Whereabouts
from outreach.services.units import record, require_keeper


class NoSuchFacility(DomainError):
    message = _("Please choose a facility of your side.")


class OneOfTwo(DomainError):
    message = _("Please choose either a condition or a specialty.")


@transaction.atomic
def save_space(*, space: SafeSpace, changed: Collection[str], by: User) -> SafeSpace:
    """Add a safe space of one's side, or keep what was changed of it. Raises NotYourSide."""
    now, made = timezone.now(), space.pk is None
    columns = None
    if not made:
        stands = SafeSpace.objects.select_for_update(of=("self",)).get(pk=space.pk)
        require_keeper(stands.side_id, by)
        # A space that was closed meanwhile stays closed, whatever an older page shows.
        columns = [*take_changes(stands, space, changed), "side"]
        space = stands
    space.side = District.objects.select_related("region").get(pk=space.district_id).region
    require_keeper(space.side_id, by)
    space.save(update_fields=columns)
    record(space, made=made, changed=changed, by=by, at=now)
    return space


@transaction.atomic
def save_whereabouts(*, whereabouts: Whereabouts, by: User) -> Whereabouts:
    """Keep how a safe space is found; the journal says that it was changed, and nothing of what. Raises NotYourSide."""
    space = SafeSpace.objects.select_for_update(of=("self",)).get(pk=whereabouts.space_id)
    require_keeper(space.side_id, by)
    whereabouts.save()
    record_edit(space, changed={"whereabouts": True}, by=by, at=timezone.now())
    return whereabouts


@transaction.atomic
def remove_whereabouts(*, whereabouts: Whereabouts, by: User) -> None:
    """Forget how a safe space is found. Raises NotYourSide."""
    space = SafeSpace.objects.select_for_update(of=("self",)).get(pk=whereabouts.space_id)
    require_keeper(space.side_id, by)
    record_edit(space, changed={"whereabouts": False}, by=by, at=timezone.now())
    whereabouts.delete()


@transaction.atomic
def save_pathway(*, pathway: Pathway, changed: Collection[str], by: User) -> Pathway:
    """Keep who takes which cases. Its side is that of its facility. Raises NoSuchFacility, OneOfTwo, NotYourSide."""
    now, made = timezone.now(), pathway.pk is None
    columns = None
    if not made:
        stands = Pathway.objects.select_for_update(of=("self",)).get(pk=pathway.pk)
        require_keeper(stands.side_id, by)
        columns = [*take_changes(stands, pathway, changed), "side", "phone", "search"]
        pathway = stands
    facility = Facility.objects.editable_by(by).filter(pk=pathway.facility_id).select_related("side").first()
    if facility is None:
        raise NoSuchFacility
    if bool(pathway.condition_id) == bool(pathway.specialty_id):
        raise OneOfTwo
    pathway.side = facility.side
    require_keeper(pathway.side_id, by)
    pathway.phone = pathway.phone or facility.phones
    pathway.search = selectors.index_of(pathway)
    pathway.save(update_fields=columns)
    record(pathway, made=made, changed=changed, by=by, at=now)
    return pathway


def follow_merges(*, now: datetime) -> int:
    """Let referrals to a merged facility lead to the one into which it went; return how many do since now."""
    rows = Pathway.objects.filter(facility__state=FacilityState.MERGED).order_by("pk")
    return sum(_follow_merge(number, now) for number in rows.values_list("pk", flat=True))


@transaction.atomic
def _follow_merge(number: int, now: datetime) -> bool:
    row = Pathway.objects.select_for_update(of=("self",)).get(pk=number)
    before = row.facility_id
    # A merged facility names the one in which it ended, never another merged one.
    into = Facility.objects.get(pk=before).merged_into_id
    if into is None:
        return False
    row.facility_id = into
    row.save(update_fields=["facility"])
    record_edit(row, changed={"facility": [before, into]}, by=None, at=now)
    return True
