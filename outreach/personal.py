"""What outreach adds to a member's own page and to the copy of their data: the units of which they report."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from network.enums import Role
from network.models import Practitioner, RoleGrant
from outreach import selectors
from outreach.models import TeamMember


def known() -> dict[str, Any]:
    """Return whether a member reports of a unit or coordinates a side, to be loaded with the membership."""
    today = timezone.localdate()
    teams = TeamMember.objects.in_force(today).filter(practitioner=OuterRef("pk"), unit__in_service=True)
    grants = RoleGrant.objects.in_force(today).filter(user=OuterRef("user"), role=Role.REGIONAL_COORDINATOR)
    return {"reports": Exists(teams) | Exists(grants)}


def my_page(practitioner: Any) -> dict[str, Any]:
    return {"reports": practitioner.reports}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    return {"teams": selectors.my_copy(practitioner)}
