"""Local-regions as they are read: their municipalities, facilities and people."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from facilities.bars import Bar, bars
from facilities.enums import Functionality, Precision
from facilities.models import ContactPerson, Facility, Grouping, LocalRegion
from network.models import Practitioner

# Who places a facility in a local-region tells its municipality.
PLACED = (Precision.EXACT, Precision.MUNICIPALITY)


def listed(day: date) -> QuerySet[LocalRegion]:
    """Return the local-regions of that day by name."""
    rows = LocalRegion.objects.on(day).select_related("side")
    lasting = Grouping.objects.lasting(day)
    return rows.filter(pk__in=lasting.values("local_region")).order_by("name", "pk")


def municipalities(region: LocalRegion, day: date) -> list[Grouping]:
    """Return its municipalities on that day, by side, district and name."""
    rows = region.groupings.lasting(day).select_related("municipality__district__region")
    return list(rows.order_by("side__position", "municipality__district__name", "municipality__name", "pk"))


def facilities_in(groupings: list[Grouping]) -> QuerySet[Facility]:
    """Return the facilities that everybody may place there."""
    rows = Facility.objects.public().filter(public_precision__in=PLACED)
    return rows.filter(municipality__in=[row.municipality_id for row in groupings]).select_related(
        "kind", "district", "municipality"
    )


def how_they_work(rows: QuerySet[Facility]) -> list[Bar]:
    """Return how many facilities work, fully, in part or not at all."""
    found = Counter(dict(rows.order_by().values_list("functionality").annotate(n=Count("pk"))))
    return bars({each.value: each.label for each in Functionality if found[each.value]}, found)


def people_of(region: LocalRegion, day: date) -> list[Practitioner]:
    """Return the members who speak for it and agreed that everybody reads their names."""
    shown = ContactPerson.objects.shown(day).filter(local_region=region)
    return list(
        Practitioner.objects.filter(pk__in=shown.values("practitioner")).select_related("profession").order_by("pk")
    )


def asked_of(region: LocalRegion, user: Any, day: date) -> ContactPerson | None:
    """Return in which way this person was named for it, if they were."""
    if not user.is_authenticated:
        return None
    return region.contacts.lasting(day).filter(practitioner__user=user.pk).first()
