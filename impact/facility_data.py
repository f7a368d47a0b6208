"""The tables of facilities: what the network itself says, and beside it a table for each open list from which values were taken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Max, Model
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from facilities import policies
from facilities.enums import Audience, Functionality, Level, Owner
from facilities.models import Facility, FacilityType, Source
from impact import provenance
from impact.datasets import Column, Dataset, Rows, Version
from network.models import District, Municipality, Region, Transition

BATCH = 500
LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
REFERENCE = (FacilityType, Source, Region, District, Municipality)
NOTHING = frozenset({"", Functionality.UNKNOWN, Owner.UNKNOWN, Level.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Told:
    """A facility as everybody may know it."""

    facility: Facility
    place: policies.Place


@dataclass(frozen=True, slots=True)
class Cell:
    """A column, the field of which it tells ("" for what is the network's own in every row), and how it is told."""

    column: Column
    field: str
    text: Callable[[Told], Any]


def _of(name: str) -> Callable[[Told], Any]:
    return lambda told: getattr(told.facility, name)


def _kind(name: str) -> Callable[[Told], Any]:
    return lambda told: getattr(told.facility.kind, name)


def _place(part: str, name: str) -> Callable[[Told], Any]:
    return lambda told: getattr(getattr(told.place, part), name, "")


def _point(number: int) -> Callable[[Told], Any]:
    return lambda told: told.place.point[number] if told.place.point else ""


def _day(name: str) -> Callable[[Told], Any]:
    def text(told: Told) -> str:
        at = getattr(told.facility, name)
        return timezone.localdate(at).isoformat() if at else ""

    return text


CELLS = (
    Cell(Column("code", "string", "#meta+id", _("Code of the facility in Jisr; stays the same.")), "", _of("code")),
    Cell(Column("name_ar", "string", "#loc+name+i_ar", _("Name in Arabic.")), "name_ar", _of("name_ar")),
    Cell(Column("name_en", "string", "#loc+name+i_en", _("Name in English.")), "name_en", _of("name_en")),
    Cell(
        Column(
            "disputed",
            "string",
            "#meta+disputed",
            _(
                "Of what sides say different things, separated by semicolons: name_ar, name_en, functionality, beds. A name is then "
                "what the facility's own side says."
            ),
        ),
        "",
        lambda told: ";".join(told.facility.disputed_in_public),
    ),
    Cell(Column("kind", "string", "#loc+type+code", _("Kind of facility, as a code.")), "kind", _kind("code")),
    Cell(Column("kind_ar", "string", "#loc+type+i_ar", _("Kind of facility in Arabic.")), "kind", _kind("name_ar")),
    Cell(Column("kind_en", "string", "#loc+type+i_en", _("Kind of facility in English.")), "kind", _kind("name_en")),
    Cell(
        Column("owner", "string", "#org+operator", _("Who owns it: public, social, military, private, charity, foreign, unknown.")),
        "owner",
        _of("owner"),
    ),
    Cell(
        Column("level", "string", "#loc+level", _("Level of care: primary, secondary, tertiary, unknown.")),
        "level",
        _of("level"),
    ),
    Cell(
        Column("side_pcode", "string", "#adm1+code+v_pcode", _("P-code of the side (admin 1).")),
        "district",
        lambda told: told.facility.side.pcode,
    ),
    Cell(
        Column("district_pcode", "string", "#adm2+code+v_pcode", _("P-code of the district (admin 2); empty where it is not public.")),
        "district",
        _place("district", "pcode"),
    ),
    Cell(
        Column("district_ar", "string", "#adm2+name+i_ar", _("Name of the district in Arabic.")),
        "district",
        _place("district", "name_ar"),
    ),
    Cell(
        Column("district_en", "string", "#adm2+name+i_en", _("Name of the district in English.")),
        "district",
        _place("district", "name_en"),
    ),
    Cell(
        Column("municipality_pcode", "string", "#adm3+code+v_pcode", _("P-code of the municipality (admin 3); newer ones have none.")),
        "municipality",
        _place("municipality", "pcode"),
    ),
    Cell(
        Column("municipality_ar", "string", "#adm3+name+i_ar", _("Name of the municipality in Arabic; empty where it is not public.")),
        "municipality",
        _place("municipality", "name_ar"),
    ),
    Cell(
        Column("municipality_en", "string", "#adm3+name+i_en", _("Name of the municipality in English; empty where it is not public.")),
        "municipality",
        _place("municipality", "name_en"),
    ),
    Cell(
        Column("latitude", "number", "#geo+lat", _("Latitude in degrees (WGS 84), only where the exact place is public.")),
        "latitude",
        _point(0),
    ),
    Cell(
        Column("longitude", "number", "#geo+lon", _("Longitude in degrees (WGS 84), only where the exact place is public.")),
        "longitude",
        _point(1),
    ),
    Cell(
        Column(
            "functionality",
            "string",
            "#status+operational_status",
            _("Whether it works: full, partial, none, unknown, or disputed where sides say different things."),
        ),
        "functionality",
        _of("functionality"),
    ),
    Cell(
        Column("functionality_on", "date", "#date+reported", _("The day of which the functionality tells.")),
        "functionality",
        lambda told: told.facility.functionality_on.isoformat() if told.facility.functionality_on else "",
    ),
    Cell(
        Column(
            "barriers",
            "string",
            "#access+barriers",
            _("Why it does not fully work, separated by semicolons: staff, supplies, equipment, power, security, finances."),
        ),
        "functionality",
        lambda told: ";".join(told.facility.barriers),
    ),
    Cell(
        Column("beds", "integer", "#capacity+beds", _("Beds; empty where it is not known or sides say different things.")),
        "beds",
        _of("beds"),
    ),
    Cell(
        Column("catchment", "integer", "#population+catchment", _("People in its catchment area.")),
        "catchment",
        _of("catchment"),
    ),
    Cell(Column("phones", "string", "#contact+phone", _("Telephones of the facility.")), "phones", _of("phones")),
    Cell(Column("hours", "string", "#access+hours", _("Opening hours, as written.")), "hours", _of("hours")),
    Cell(
        Column("changed_on", "date", "#date+updated", _("The day on which its entry was last changed.")),
        "",
        _day("changed_at"),
    ),
    Cell(
        Column("confirmed_on", "date", "#date+confirmed", _("The day on which whoever keeps it last said that all is right.")),
        "",
        _day("confirmed_at"),
    ),
    Cell(
        Column("page", "uri", "#meta+url", _("Its page in Jisr.")),
        "",
        lambda told: f"{settings.SITE_URL}{_page(told.facility)}",
    ),
)  # fmt: skip
COLUMNS = tuple(cell.column for cell in CELLS)
FIELDS = frozenset(cell.field for cell in CELLS if cell.field)


def _page(facility: Facility) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return reverse("facilities:detail", args=[facility.code])


def _batches() -> Iterator[list[Facility]]:
    """Yield all public facilities, a batch at a time: what is hidden meanwhile is not in the next one."""
    last = 0
    rows = Facility.objects.public().select_related("kind", "district", "municipality", "side").order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _rows(source: int | None) -> Rows:
    """Yield the rows of what comes from this open source, or of what is the network's own; none for a facility without any of it."""
    for batch in _batches():
        origins = provenance.origins(batch)
        for facility in batch:
            origin = origins[facility.pk]
            mine = {field for field in FIELDS if origin.get(field) == source}
            told = Told(facility, policies.place_for(facility, Audience.PUBLIC))
            texts = {
                cell.column.name: _text(cell.text(told)) if not cell.field or cell.field in mine else ""
                for cell in CELLS
            }
            if any(cell.field and texts[cell.column.name] not in NOTHING for cell in CELLS):
                yield list(texts.values())


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def newest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def edited(*models: type[Model]) -> Version:
    """Return when a row of these was edited last: tables repeat their names."""
    steps = Transition.objects.filter(subject_type__in=[model._meta.label_lower for model in models])
    found = steps.aggregate(last=Max("pk"), at=Max("at"))
    return Version(found["at"], str(found["last"]))


def version() -> Version:
    """Return from when the registry is: the last change or confirmation of any facility, hidden ones too, or of a name that it repeats."""
    found = Facility.objects.aggregate(changed=Max("changed_at"), confirmed=Max("confirmed_at"))
    names, sources = edited(*REFERENCE), list(Source.objects.order_by("pk").values_list("pk", "is_open"))
    at = newest(found["changed"], found["confirmed"], names.at)
    return Version(at, f"{found['changed']} {found['confirmed']} {names.mark} {sources}")


def tables() -> list[Dataset]:
    """Return the network's own table, then one for each open list."""
    own = Dataset(
        "facilities",
        _("Health facilities"),
        _("The facilities as the network and the sources of the sides tell of them, one row each."),
        COLUMNS,
        partial(_rows, None),
        version,
        LICENCE,
        LICENCE_URL,
        "Jisr",
        settings.SITE_URL,
    )
    shared = [
        Dataset(
            f"facilities-{source.code}",
            _("Health facilities: values from an open list"),
            _("What was taken from an open list and nobody in the network has said otherwise; joined to the other table by the code."),
            COLUMNS,
            partial(_rows, source.pk),
            version,
            source.licence,
            "",
            source.credit or str(source.name),
            source.url,
        )
        for source in Source.objects.filter(is_open=True).order_by("pk")
    ]  # fmt: skip
    return [own, *shared]
