"""The directory of referrals, and what the copy of a member's data holds."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from facilities.models import Facility
from network import search
from network.models import Practitioner
from outreach.models import DailyReport, MobileUnit, Pathway, TeamMember


def pathways(query: str = "") -> QuerySet[Pathway]:
    """Return what holds today, of facilities that everybody may know of, by level; found by condition, specialty or facility."""
    public = Facility.objects.public()
    rows = Pathway.objects.on(timezone.localdate()).filter(facility__in=public.values("pk"))
    if query.strip():
        by_name = rows.filter(facility__in=public.matching(query).values("pk"))
        rows = rows.filter(pk__in=rows.matching(query).values("pk")) | by_name
    return rows.select_related(
        "condition", "specialty", "facility__kind", "facility__district", "facility__side"
    ).order_by("-level", "pk")


def index_of(pathway: Pathway) -> str:
    """Return the search index of a pathway: what is taken there, in both languages."""
    what: Any = pathway.what
    return search.text_index(what.name_ar, what.name_en, what.code) if what else ""


def team_of(unit: MobileUnit) -> list[TeamMember]:
    """Return who is named for a unit and not ended."""
    rows = unit.team.filter(ended_at__isnull=True).select_related("practitioner")
    return list(rows.order_by("pk"))


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what the copy of a member's data holds of their work in teams."""
    rows = TeamMember.objects.filter(practitioner=practitioner).select_related("unit").order_by("pk")
    return [
        {
            "unit": row.unit.code,
            "from": row.starts_on.isoformat(),
            "until": row.ends_on.isoformat() if row.ends_on else None,
            "reported": DailyReport.objects.filter(unit=row.unit, entered_by=practitioner.user_id).count(),
        }
        for row in rows
    ]
