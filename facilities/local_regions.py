"""Local-regions as they are read: their municipalities, facilities and people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from facilities import upkeep_selectors
from facilities.bars import Bar, bars
from facilities.enums import Functionality, Precision
from facilities.models import ContactPerson, Edition, Facility, Grouping, LocalRegion, ServiceDomain, ServiceStatus
from facilities.upkeep_enums import Availability
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


def how_they_work(functionality: Iterable[str]) -> list[Bar]:
    """Return how many facilities work, fully, in part or not at all."""
    found = Counter(functionality)
    return bars({each.value: each.label for each in Functionality if found[each.value]}, found)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service: at how many facilities it is fully there, of how many that told of it (`width` in hundredths), and the rest in words."""

    service: ServiceDomain
    there: int
    told: int
    rest: list[tuple[Any, int]]

    @property
    def width(self) -> float:
        return 100 * self.there / self.told


def services_there(rows: QuerySet[Facility]) -> list[ServiceLine]:
    """Return at how many of these facilities each service that is asked for is there, those left out of which nothing is told.

    A facility that does not normally give a service counts for nothing: there is nothing to mend.
    """
    said = ServiceStatus.objects.filter(
        facility__in=rows.order_by().values("pk"),
        domain__group=upkeep_selectors.SERVICES,
        domain__edition__in=Edition.objects.in_force().values("pk"),
    ).standing()
    names = ("domain__code", "domain_id", "domain__name_ar", "domain__name_en")
    counted: dict[tuple[Any, ...], dict[str, int]] = {}
    for *service, availability, count in (
        said.values_list(*names, "availability").annotate(n=Count("pk")).order_by("domain__code")
    ):
        counted.setdefault(tuple(service), {})[availability] = count
    lines = []
    for (_code, number, name_ar, name_en), found in counted.items():
        service = ServiceDomain(pk=number, name_ar=name_ar, name_en=name_en)
        rest = [(each.label, found[each]) for each in (Availability.PARTLY, Availability.NOT) if each in found]
        there = found.get(Availability.AVAILABLE, 0)
        if told := there + sum(count for _label, count in rest):
            lines.append(ServiceLine(service, there, told, rest))
    return lines


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
