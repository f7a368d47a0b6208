"""Which services a facility gives, in the words of those who keep its page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facilities import policies, selectors, upkeep_selectors
from facilities.enums import Barrier, FacilityState
from facilities.models import Facility, ServiceStatus
from facilities.services.claims import FromTheFuture, lock
from facilities.services.upkeep import NoLongerListed, NotYourPage
from facilities.upkeep_enums import Availability
from network.enums import DomainError
from network.models import User


class NoSuchService(DomainError):
    message = _("This is no service that is asked for. Please open the page again.")


class OlderThanKnown(DomainError):
    message = _("Of “%(service)s” something newer is known, of %(day)s. Please choose that day or a later one.")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one service: its availability and, where it is not fully there, why."""

    availability: str
    barriers: Collection[str] = ()


@transaction.atomic
def say_services(*, facility: Facility, said: Mapping[int, Said], as_of: date, by: User) -> list[ServiceStatus]:
    """Keep what changed of a facility's services on a day, by the id of the service; what is the same adds nothing.

    Raises NotYourPage, NoLongerListed, FromTheFuture, NoSuchService, OlderThanKnown.
    """
    facility, now = lock(facility), timezone.now()
    if not (policies.keeps(by, facility.side_id) or selectors.is_keeper(facility, by)):
        raise NotYourPage
    if facility.state != FacilityState.OPEN:
        raise NoLongerListed
    if as_of > timezone.localdate(now):
        raise FromTheFuture
    asked = {domain.pk: domain for domain in upkeep_selectors.services_asked()}
    standing = upkeep_selectors.standing_services(facility)
    rows = []
    for number, each in said.items():
        if number not in asked or each.availability not in Availability.values:
            raise NoSuchService
        partly = each.availability in (Availability.PARTLY, Availability.NOT)
        barriers = sorted(set(each.barriers) & set(Barrier.values)) if partly else []
        known = standing.get(number)
        if known and (known.availability, known.barriers) == (each.availability, barriers):
            continue
        if known and known.as_of > as_of:
            raise OlderThanKnown(service=asked[number].name, day=date_format(known.as_of))
        rows.append(
            ServiceStatus(
                facility=facility,
                domain_id=number,
                availability=each.availability,
                barriers=barriers,
                as_of=as_of,
                entered_at=now,
                entered_by=by,
            )
        )
    if rows:
        ServiceStatus.objects.bulk_create(rows)
        facility.changed_at = now
        facility.save(update_fields=["changed_at"])
    return rows
