"""Possible duplicates: the same name in any spelling, in the same district and near to each other. Proposed, never decided."""

from collections.abc import Collection
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from facilities.enums import FacilityState
from facilities.lists.columns import Column
from facilities.lists.rows import ListRow
from facilities.models import Facility
from network import search

EARTH_KM = 6_371.0
# Two facilities of one name in one town are farther from each other than two points of one facility on two maps.
NEAR_KM = 1.0
# A name of one word is too short to be taken for another by its sound.
SOUNDING = 2


@dataclass(frozen=True, slots=True)
class Twin:
    """What may be the same: a facility, or an earlier line of the same list."""

    facility: int | None
    line: int | None
    point: tuple[float, float] | None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance between two points (latitude and longitude in degrees) on a sphere, by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = ((radians(a), radians(b)) for a, b in (one, other))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


def _sound(name: str) -> str:
    """Return a name by its sound: the skeletons of its words in their order, "" for one that is too short to tell."""
    bones = [next(iter(search.skeletons(word)), "") for word in search.words(name)]
    found = [form for form in bones if form]
    return " ".join(found) if len(found) >= SOUNDING else ""


class Twins:
    """An index of names by district. Keys are hashes: a hundred thousand names are held by their numbers alone."""

    def __init__(self, sides: Collection[int]) -> None:
        self._known: dict[int, list[Twin]] = {}
        rows = Facility.objects.filter(side__in=sides).exclude(state=FacilityState.MERGED)
        columns = ("pk", "district_id", "name_ar", "name_en", "latitude", "longitude")
        for pk, district, name_ar, name_en, latitude, longitude in rows.values_list(*columns).iterator():
            point = None if latitude is None or longitude is None else (float(latitude), float(longitude))
            self._add(district, (name_ar, name_en), Twin(pk, None, point))

    def _add(self, district: int, names: Collection[str | None], twin: Twin) -> None:
        for key in {key for name in names if name for key in self._keys(district, name)}:
            self._known.setdefault(key, []).append(twin)

    @staticmethod
    def _keys(district: int, name: str) -> list[int]:
        keys = [hash((district, folded))] if (folded := search.fold(name)) else []
        return [*keys, hash((district, "~", sound))] if (sound := _sound(name)) else keys

    def of(self, row: ListRow) -> Twin | None:
        """Return what a new row may be a duplicate of, the nearest first; the row is known to the rows after it."""
        district = row.ids[Column.DISTRICT]
        names = [row.said[column] for column in (Column.NAME_AR, Column.NAME_EN) if row.said.get(column)]
        point = _point(row)
        found = self._nearest(district, names, point)
        self._add(district, names, Twin(None, row.line, point))
        return found

    def _nearest(self, district: int, names: list[str], point: tuple[float, float] | None) -> Twin | None:
        best: tuple[float, Twin] | None = None
        for name in names:
            by_name, *by_sound = self._keys(district, name) or [0]
            for key, sounds in ((by_name, False), *((key, True) for key in by_sound)):
                for twin in self._known.get(key, ()):
                    # Without both points the very name is needed: what only sounds alike may be at the other end of the district.
                    unknown = NEAR_KM * 2 if sounds else NEAR_KM
                    away = kilometres(point, twin.point) if point and twin.point else unknown
                    if away <= NEAR_KM and (best is None or away < best[0]):
                        best = (away, twin)
        return best[1] if best else None


def _point(row: ListRow) -> tuple[float, float] | None:
    if Column.LATITUDE not in row.said or Column.LONGITUDE not in row.said:
        return None
    return float(row.said[Column.LATITUDE]), float(row.said[Column.LONGITUDE])
