"""Facilities as points of a map: only those whose exact place everybody may know."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import Floor, Greatest, Least
from django.utils.translation import get_language

from facilities import policies
from facilities.enums import Audience, Precision
from facilities.models import Facility
from network.models import District

# More points than this are put into groups: a phone would drown in them.
MOST_POINTS = 100
# A group is what lies in one of so many columns or rows of the district.
CELLS = 10


@dataclass(frozen=True, slots=True)
class Located:
    facility: Facility
    latitude: Any
    longitude: Any


@dataclass(frozen=True, slots=True)
class Group:
    """So many facilities near each other, at their mean place."""

    count: int
    latitude: float
    longitude: float


def told(district: District) -> QuerySet[Facility]:
    """Return the public facilities of a district that may be told to be there."""
    return Facility.objects.public().filter(district=district).exclude(public_precision=Precision.HIDDEN)


def _exact(district: District) -> QuerySet[Facility]:
    return told(district).filter(public_precision=Precision.EXACT, latitude__isnull=False)


def located(district: District) -> list[Located]:
    """Return up to MOST_POINTS + 1 facilities with their public points, by name: one more than is shown tells that there are more."""
    rows = (
        _exact(district)
        .select_related("kind", "district", "municipality")
        .order_by(f"sort_{get_language() or 'ar'}"[:7], "pk")
    )
    found = []
    for facility in rows[: MOST_POINTS + 1]:
        # The rule is asked once more: what a point is worth is decided in one place.
        place = policies.place_for(facility, Audience.PUBLIC)
        if place.point:
            found.append(Located(facility, *place.point))
    return found


def grouped(district: District, bounds: tuple[float, float, float, float]) -> list[Group]:
    """Return the district's public points in at most CELLS x CELLS groups; `bounds` are west, south, east, north.

    What is said to lie outside of them, as a mistaken point does, is drawn at the edge.
    """
    west, south, east, north = bounds
    across, up = (east - west) / CELLS or 1, (north - south) / CELLS or 1

    def cell(field: str, start: float, size: float) -> Any:
        place = ExpressionWrapper(F(field) * 1.0, output_field=FloatField())
        number = Floor(ExpressionWrapper((place - start) / size, output_field=FloatField()))
        return Greatest(Least(number, CELLS - 1.0), 0.0)

    rows = (
        _exact(district)
        .annotate(column=cell("longitude", west, across), line=cell("latitude", south, up))
        .values("column", "line")
        .annotate(n=Count("pk"), y=Avg("latitude"), x=Avg("longitude"))
        .order_by("line", "column")
    )
    return [
        Group(row["n"], min(max(float(row["y"]), south), north), min(max(float(row["x"]), west), east)) for row in rows
    ]
