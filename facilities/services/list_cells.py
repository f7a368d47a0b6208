"""A facility as a row of a list: the columns of an import, which an export has too."""

from facilities.enums import Audience, FacilityState
from facilities.lists.columns import Column
from facilities.lists.rows import SILENT
from facilities.models import Facility
from facilities.policies import place_for


def cells_of(facility: Facility) -> dict[str, str]:
    """Return what a facility's columns hold, in the spelling in which rows are compared; with kind, district and municipality loaded."""
    place = facility.municipality
    found = {
        Column.CODE: facility.code,
        Column.NAME_AR: facility.name_ar,
        Column.NAME_EN: facility.name_en,
        Column.KIND: facility.kind.code,
        Column.OWNER: facility.owner,
        Column.LEVEL: facility.level,
        Column.DISTRICT: facility.district.pcode,
        Column.MUNICIPALITY: (place.pcode or place.name_ar) if place else "",  # type: ignore[attr-defined]
        Column.LATITUDE: degrees(facility.latitude),
        Column.LONGITUDE: degrees(facility.longitude),
        Column.FUNCTIONALITY: facility.functionality,
        Column.BEDS: "" if facility.beds is None else str(facility.beds),
        Column.HEAD: facility.head,
        Column.CATCHMENT: "" if facility.catchment is None else str(facility.catchment),
        Column.PHONES: facility.phones,
        Column.HOURS_AR: facility.hours_ar,  # type: ignore[attr-defined]
        Column.HOURS_EN: facility.hours_en,  # type: ignore[attr-defined]
    }
    return {column: "" if value in SILENT else value or "" for column, value in found.items()}


def public_cells(facility: Facility) -> dict[str, str]:
    """Return what everybody may know of a public facility: its place as exactly as they are told it, and not its head."""
    if facility.concern or facility.state != FacilityState.OPEN:
        return {}
    place = place_for(facility, Audience.PUBLIC)
    found = cells_of(facility) | {Column.HEAD: ""}
    if not place.point:
        found |= {Column.LATITUDE: "", Column.LONGITUDE: ""}
    if not place.municipality:
        found[Column.MUNICIPALITY] = ""
    if not place.district:
        found[Column.DISTRICT] = ""
    return found


def degrees(value: object) -> str:
    return "" if value is None else f"{value:.6f}"
