"""What campaigns add to a member's own page and to the copy of their data: judging, collecting at desks, activities."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns import awareness, chain, juror_selectors
from campaigns.models import Campaign, DeskCollector, HealthWorker, Juror
from network.models import Practitioner


def known() -> dict[str, Any]:
    """Return whether a member judges, collects, or enters activities, to be loaded with the membership."""
    collects = DeskCollector.objects.lasting(timezone.localdate()).filter(practitioner=OuterRef("pk"))
    judges = Juror.objects.filter(practitioner=OuterRef("pk"), ended_at__isnull=True)
    named = HealthWorker.objects.in_force(timezone.localdate()).filter(practitioner=OuterRef("pk"))
    enters = named.filter(campaign__in=Campaign.objects.reporting())
    return {"judges": Exists(judges), "collects": Exists(collects), "enters": Exists(enters)}


def my_page(practitioner: Any) -> dict[str, Any]:
    return {"judges": practitioner.judges, "collects": practitioner.collects, "enters": practitioner.enters}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    return {
        "judging": juror_selectors.my_copy(practitioner),
        "desks": chain.my_desks_copy(practitioner),
        "activities": awareness.my_copy(practitioner),
    }
