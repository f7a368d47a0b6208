"""What follows from each row of a list, decided without writing anything: the same for the dry run and for taking it over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from facilities.enums import FacilityState
from facilities.lists import rows
from facilities.lists.columns import Column
from facilities.lists.enums import Outcome
from facilities.lists.faults import Fault
from facilities.lists.rows import ListRow, References
from facilities.models import Facility, FacilityImport, FacilityType, Record
from facilities.services.import_twins import Twins
from facilities.services.list_cells import cells_of, public_cells
from network.models import District, Municipality
from network.search import fold

# What sides may contest becomes claims; the rest is set, each by its own attribute.
CLAIMED = (Column.NAME_AR, Column.NAME_EN, Column.FUNCTIONALITY, Column.BEDS, Column.HEAD)
NAMES = (Column.NAME_AR, Column.NAME_EN)
PLAIN = {
    Column.KIND: "kind_id",
    Column.OWNER: "owner",
    Column.LEVEL: "level",
    Column.DISTRICT: "district_id",
    Column.MUNICIPALITY: "municipality_id",
    Column.LATITUDE: "latitude",
    Column.LONGITUDE: "longitude",
    Column.CATCHMENT: "catchment",
    Column.PHONES: "phones",
    Column.HOURS_AR: "hours_ar",
    Column.HOURS_EN: "hours_en",
}
# Before what changes in the row of the source alone.
IN_SOURCE = "source:"
# These two say one thing.
POINT = frozenset({Column.LATITUDE, Column.LONGITUDE})


@dataclass
class Plan:
    """What becomes of a row: which columns are set, what is claimed, which other names are kept."""

    row: ListRow
    outcome: Outcome
    facility: Facility | None = None
    record: Record | None = None
    plain: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    difference: dict[str, list[str]] = field(default_factory=dict)
    twin: int | None = None
    twin_line: int | None = None

    @property
    def tells_of_a_merged_one(self) -> bool:
        """Whether the row is a change, and its code that of a facility that was merged into this one."""
        code = self.row.code
        return self.outcome == Outcome.CHANGED and bool(self.facility and code and code != self.facility.code)

    def failed(self, fault: Fault) -> "Plan":
        self.outcome = Outcome.ERROR
        self.row.faults.append(fault.kept)
        return self


def references() -> References:
    """Load what names and codes in a list may mean: few enough to be held, however long the list is."""
    kinds: dict[str, tuple[int, str]] = {}
    for kind in FacilityType.objects.order_by("-pk"):
        kinds |= dict.fromkeys((fold(kind.name_ar), fold(kind.name_en), fold(kind.code)), (kind.pk, kind.code))  # type: ignore[attr-defined]
    districts: dict[str, tuple[int, str]] = {}
    sides: dict[int, int] = {}
    for district in District.objects.order_by("-pk"):
        names = (fold(district.name_ar), fold(district.name_en), fold(district.pcode))  # type: ignore[attr-defined]
        districts |= dict.fromkeys(names, (district.pk, district.pcode))
        sides[district.pk] = district.region_id
    places: dict[Any, tuple[int, int, str]] = {}
    for place in Municipality.objects.valid_on(timezone.localdate()).order_by("-pk"):
        spelled = (place.pk, place.district_id, place.pcode or place.name_ar)
        places |= {(place.district_id, fold(name)): spelled for name in (place.name_ar, place.name_en)}
        if place.pcode:
            places[fold(place.pcode)] = spelled
    return References({key: value for key, value in kinds.items() if key}, districts, places, sides)


def whole(numbers: Iterable[int]) -> dict[int, int]:
    """Return by its number into which facility each was merged in the end; itself where it was not."""
    into = {pk: pk for pk in numbers}
    merged: dict[int, Any]
    while merged := dict(
        Facility.objects.filter(pk__in=set(into.values()), state=FacilityState.MERGED).values_list("pk", "merged_into")
    ):
        into = {pk: merged.get(last) or last for pk, last in into.items()}
    return into


class Planner:
    """Decides rows in portions. `sides` are those whose facilities may be touched; `locked` holds what is found until the end."""

    def __init__(self, batch: FacilityImport, sides: frozenset[int], *, locked: bool = False) -> None:
        self.batch, self.sides, self.locked = batch, sides, locked
        self.references, self.today = references(), timezone.localdate()
        self._twins: Twins | None = None
        self._numbers: set[int] = set()

    def read(self, lines: Iterable[tuple[int, dict[str, str], dict[str, str]]]) -> list[ListRow]:
        """Return rows as they are understood; each number once a list."""
        found = []
        for line, given, more in lines:
            row = rows.parsed(line, given, more, self.references, self.today)
            if row.number:
                if (key := hash(row.number)) in self._numbers:
                    row.faults.append(Fault("twice", value=row.number).kept)
                self._numbers.add(key)
            found.append(row)
        return found

    def plans(self, portion: Sequence[ListRow]) -> list[Plan]:
        """Return what becomes of each row of a portion, in as many questions to the database for one row as for all."""
        records = {
            row.external_id: row
            for row in Record.objects.filter(
                source=self.batch.source_id, external_id__in=[row.number for row in portion if row.number]
            )
        }
        by_code, by_key = self._facilities(portion, records)
        found = []
        for row in portion:
            record = records.get(row.number)
            facility = by_key.get(record.facility_id) if record else by_code.get(row.code) if row.code else None
            found.append(self.plan(row, facility, record))
        return found

    def _facilities(self, portion: Sequence[ListRow], records: dict[str, Record]) -> tuple[Any, Any]:
        known = Facility.objects.select_related("kind", "district", "municipality").prefetch_related("other_names")
        known = known.order_by("pk")
        if self.locked:
            known = known.select_for_update(of=("self",))
        codes = {row.code for row in portion if row.code}
        coded = dict(Facility.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
        numbers = {record.facility_id for record in records.values()} | set(coded.values())
        # What is merged away is on no page any more: its codes and rows lead to the one that stands.
        while True:
            into = whole(numbers)
            standing = {row.pk: row for row in known.filter(pk__in=set(into.values()))}
            # Else one was merged while this waited for its lock.
            if not any(row.state == FacilityState.MERGED for row in standing.values()):
                break
        by_key = {pk: standing[last] for pk, last in into.items()}
        return {code: by_key[pk] for code, pk in coded.items()}, by_key

    def plan(self, row: ListRow, facility: Facility | None, record: Record | None) -> Plan:
        """Return what becomes of one row that tells of this facility, or of none yet."""
        plan = Plan(row, Outcome.ERROR, facility, record)
        if row.faults:
            plan.facility = facility if facility and facility.side_id in self.sides else None
            return plan
        if facility is None:
            return self._new(plan)
        if facility.side_id not in self.sides:
            plan.facility = plan.record = None
            return self._foreign(plan, facility, record)
        if record and record.row.get("columns") == row.given and record.row.get("more") == row.more:
            plan.outcome = Outcome.SAME
            return plan
        return self.changes(plan, facility)

    def _new(self, plan: Plan) -> Plan:
        row = plan.row
        if row.code:
            return plan.failed(Fault("unknown-code", value=row.code))
        for column, code in ((Column.KIND, "kind-missing"), (Column.DISTRICT, "district-missing")):
            if column not in row.ids:
                plan.failed(Fault(code))
        if row.faults:
            return plan
        if self.references.side_of[row.ids[Column.DISTRICT]] not in self.sides:
            return plan.failed(Fault("other-side"))
        plan.outcome = Outcome.NEW
        plan.plain = {column: row.said[column] for column in PLAIN if column in row.said}
        plan.claims = {column: row.said[column] for column in CLAIMED if column in row.said}
        plan.names = self._other_names(row, {row.said.get(column, "") for column in NAMES})
        return plan

    def propose(self, plan: Plan) -> Plan:
        """Look whether a new row may tell of what is known already; asked in the dry run alone."""
        if plan.outcome != Outcome.NEW:
            return plan
        if self._twins is None:
            self._twins = Twins(self.sides)
        if twin := self._twins.of(plan.row):
            plan.outcome, plan.twin, plan.twin_line = Outcome.DUPLICATE, twin.facility, twin.line
        return plan

    def _foreign(self, plan: Plan, facility: Facility, record: Record | None) -> Plan:
        """Let pass what says the same as everybody can read of another side's facility; anything else is for its own coordinators."""
        told = public_cells(facility)
        if told and all(told.get(column) == value for column, value in plan.row.said.items() if column in told):
            plan.outcome = Outcome.SAME
            return plan
        if record is None and not told:
            return plan.failed(Fault("unknown-code", value=plan.row.code))
        return plan.failed(Fault("other-side"))

    def changes(self, plan: Plan, facility: Facility) -> Plan:
        """Fill in what a row changes of its facility.

        What the source says as it did when it was read last changes nothing: what somebody has put right here since then stays. An
        official list changes what it says anew; any other only what nobody here has changed since it was read, and what is empty.
        """
        row = plan.row
        now, before = cells_of(facility), self._before(plan.record)
        district = row.ids.get(Column.DISTRICT, facility.district_id)
        if self.references.side_of[district] != facility.side_id:
            return plan.failed(Fault("moved"))
        for column in PLAIN:
            new = row.said.get(column, "")
            if new and new != now[column] and self._sets(now[column], new, before, column):
                plan.plain[column] = new
        if plan.plain.keys() & POINT:
            plan.plain |= {column: row.said[column] for column in POINT}
        if not self._place_fits(plan, facility, district):
            return plan.failed(Fault("other-place"))
        for column in CLAIMED:
            new = row.said.get(column, "")
            if new and new != now[column] and new != (before or {}).get(column) and self._claims(plan, now, column):
                plan.claims[column] = new
        plan.names = self._other_names(row, {now[column] for column in NAMES} | set(plan.claims.values()))
        plan.difference = {column: [now[column], new] for column, new in {**plan.plain, **plan.claims}.items()}
        known = self._known_names(facility, plan.names)
        plan.names = [name for name in plan.names if name not in known]
        if plan.names:
            plan.difference[Column.NAME_SOURCE] = ["", plan.names[0]]
        plan.outcome = Outcome.CHANGED if plan.difference or self._record_moves(plan) else Outcome.SAME
        return plan

    def _record_moves(self, plan: Plan) -> bool:
        """Tell whether the row of the source has to be kept although nothing follows from it; an own export is no source of its own."""
        row, record = plan.row, plan.record
        if row.code:
            return False
        old = {**record.row.get("columns", {}), **record.row.get("more", {})} if record else {}
        new = {**row.given, **row.more}
        plan.difference |= {
            f"{IN_SOURCE}{name}": [old.get(name, ""), new.get(name, "")]
            for name in [*new, *(name for name in old if name not in new)]
            if record and old.get(name, "") != new.get(name, "") and name not in plan.difference
        }
        return True

    def _sets(self, now: str, new: str, before: dict[str, str] | None, column: Column) -> bool:
        last = None if before is None else before.get(column, "")
        if last == new:
            return False
        if self.batch.official:
            return True
        return not now or last == now

    def _claims(self, plan: Plan, now: dict[str, str], column: Column) -> bool:
        # By what one was called that was merged into it, it is found; it is not called so.
        if column in NAMES and plan.row.code not in ("", now[Column.CODE]):
            return False
        # A second source's spelling of a name is another name of it, not a change of the one that is there.
        return self.batch.official or plan.record is not None or column not in NAMES or not now[column]

    def _place_fits(self, plan: Plan, facility: Facility, district: int) -> bool:
        if Column.MUNICIPALITY in plan.plain:
            within = district if Column.DISTRICT in plan.plain else facility.district_id
            return self._district_of(plan.row.ids[Column.MUNICIPALITY]) == within
        if Column.DISTRICT in plan.plain and facility.municipality:
            return bool(facility.municipality.district_id == district)
        return True

    def _district_of(self, municipality: int) -> int | None:
        known = self.references.municipalities.values()
        return next((district for place, district, _spelled in known if place == municipality), None)

    def _before(self, record: Record | None) -> dict[str, str] | None:
        """Return what the row of the source said when it was read last."""
        if record is None:
            return None
        given, more = record.row.get("columns", {}), record.row.get("more", {})
        return rows.parsed(0, given, more, self.references, self.today).said

    def _other_names(self, row: ListRow, known: set[str]) -> list[str]:
        """Return the name by which the source calls it, where that is another one than those that are kept."""
        names = [row.said[column] for column in (Column.NAME_SOURCE, *NAMES) if row.said.get(column)]
        taken, found = {fold(name) for name in known if name}, []
        for name in names:
            if fold(name) and fold(name) not in taken:
                taken.add(fold(name))
                found.append(name)
        return found

    @staticmethod
    def _known_names(facility: Facility, names: Sequence[str]) -> set[str]:
        return {row.name for row in facility.other_names.all()} if names else set()
