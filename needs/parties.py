"""Who has to do with a need and what is given to it: who is told, who sends, who can receive."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from facilities.enums import Position
from facilities.models import Posting
from needs.models import Delivery
from network.enums import Role
from network.models import RoleGrant, User


def coordinators_of(side_id: int) -> set[int]:
    """Return the accounts that coordinate a side today."""
    grants = RoleGrant.objects.in_force(timezone.localdate())
    rows = grants.filter(role=Role.REGIONAL_COORDINATOR, region_id=side_id, user__is_active=True)
    return set(rows.values_list("user_id", flat=True))


def focal_points_of(facility_id: int) -> set[int]:
    """Return the accounts of a facility's focal points today."""
    rows = Posting.objects.in_force(timezone.localdate()).filter(facility=facility_id, position=Position.FOCAL)
    return set(rows.values_list("practitioner__user_id", flat=True))


def senders_of(delivery: Delivery) -> QuerySet[User]:
    """Return who sends or gives a delivery: whoever prepared it, the focal points of the facility that gives, the partner's account.

    Verified or not: a number that somebody merely typed into their profile is theirs as well.
    """
    pledge, own = delivery.pledge, Q(pk=delivery.prepared_by_id)
    if pledge.surplus:
        own |= Q(pk__in=focal_points_of(pledge.surplus.facility_id))
    if pledge.email:
        own |= Q(email=pledge.email)
    if pledge.phone:
        own |= Q(phone=pledge.phone)
    return User.objects.filter(own)


def receivers_of(delivery: Delivery) -> set[int]:
    """Return the accounts of the focal points who can confirm that a delivery came: not whoever sends it."""
    people = focal_points_of(delivery.pledge.need.facility_id)
    return people - set(senders_of(delivery).filter(pk__in=people).values_list("pk", flat=True))
