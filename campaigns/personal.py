"""What campaigns add to a member's own page and to the copy of their data: judging, collecting at desks, activities."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns import awareness, chain, juror_selectors
from campaigns.models import Campaign, DeskCollector, HealthWorker, Juror
from network.enums import Role
from network.models import Practitioner, RoleGrant


def known() -> dict[str, Any]:
    """Return whether a member judges, collects, was named to enter activities, or coordinates a side, to be loaded with the membership."""
    collects = DeskCollector.objects.lasting(timezone.localdate()).filter(practitioner=OuterRef("pk"))
    judges = Juror.objects.filter(practitioner=OuterRef("pk"), ended_at__isnull=True)
    named = HealthWorker.objects.in_force(timezone.localdate()).filter(practitioner=OuterRef("pk"))
    enters = named.filter(campaign__in=Campaign.objects.reporting())
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(role=Role.REGIONAL_COORDINATOR)
    return {
        "judges": Exists(judges),
        "collects": Exists(collects),
        "enters": Exists(enters),
        "coordinates": Exists(grants.filter(user=OuterRef("user"))),
    }


def my_page(practitioner: Any) -> dict[str, Any]:
    """Return which ways the page shows. Who coordinates a side enters activities too, where there is something to enter them of."""
    enters = practitioner.enters or (practitioner.coordinates and bool(awareness.campaigns_for(practitioner.user)))
    return {"judges": practitioner.judges, "collects": practitioner.collects, "enters": enters}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    return {
        "judging": juror_selectors.my_copy(practitioner),
        "desks": chain.my_desks_copy(practitioner),
        "activities": awareness.my_copy(practitioner),
    }
