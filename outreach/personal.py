"""What outreach adds to a member's own page and to the copy of their data: the units of which they report."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from network.models import Practitioner
from outreach import selectors
from outreach.models import TeamMember


def known() -> dict[str, Any]:
    """Return whether a member reports of a unit, to be loaded with the membership."""
    teams = TeamMember.objects.in_force(timezone.localdate()).filter(practitioner=OuterRef("pk"), unit__in_service=True)
    return {"reports": Exists(teams)}


def my_page(practitioner: Any) -> dict[str, Any]:
    return {"reports": practitioner.reports}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    return {"teams": selectors.my_copy(practitioner)}
