"""A row of a list as the registry understands it: what it says in the registry's own spelling, and what is wrong with it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from facilities.enums import Functionality, Level, Owner
from facilities.lists import cells
from facilities.lists.columns import Column
from facilities.lists.faults import Fault
from network.search import fold

LONGEST_NUMBER = 80
MOST_BEDS, MOST_PEOPLE = 5_000, 10_000_000
LONGEST = {
    Column.NAME_AR: 160,
    Column.NAME_EN: 160,
    Column.NAME_SOURCE: 160,
    Column.HEAD: 120,
    Column.PHONES: 120,
    Column.HOURS_AR: 160,
    Column.HOURS_EN: 160,
}
CHOICES: dict[Column, Any] = {Column.OWNER: Owner, Column.LEVEL: Level, Column.FUNCTIONALITY: Functionality}
# What nobody knows, or nobody says alone, says nothing.
SILENT = frozenset({Owner.UNKNOWN, Functionality.UNKNOWN, Functionality.DISPUTED})
# Kinds in open maps that are one of ours: tagged as a hospital, and nothing else known.
KIND_ALIASES = {"hospital tag only": "hospital"}
NO_FACILITY = "not a facility"
# How programs write that there is nothing.
NOTHING = frozenset({"nat", "nan", "null", "n/a", "#n/a", "-"})


@dataclass(frozen=True)
class References:
    """What names and codes in a list may mean here. Keys are folded; a municipality's name is known within its district."""

    kinds: Mapping[str, tuple[int, str]]
    districts: Mapping[str, tuple[int, str]]
    municipalities: Mapping[Any, tuple[int, int, str]]
    side_of: Mapping[int, int]


@dataclass
class ListRow:
    """What a row says. `said` holds its columns in the registry's own spelling, `ids` what kind, district and municipality are here."""

    line: int
    given: dict[str, str]
    more: dict[str, str]
    number: str = ""
    code: str = ""
    said: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    said_on: date | None = None
    duplicate_of: str = ""
    generic: bool = False
    faults: list[dict[str, str]] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, Any]:
        """The row as it is kept with its source."""
        return {"columns": self.given, "more": self.more}


def told(cells_by_heading: Mapping[str, str], mapping: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the cells of a row by the columns that were chosen for their headings, and what no column was chosen for."""
    chosen = {mapping[name]: cell for name, cell in cells_by_heading.items() if mapping.get(name)}
    given = {column: cell for column, cell in chosen.items() if cell.lower() not in NOTHING}
    return given, {name: cell for name, cell in cells_by_heading.items() if not mapping.get(name)}


def parsed(line: int, given: dict[str, str], more: dict[str, str], references: References, today: date) -> ListRow:
    """Return what a row says, with every fault that it has."""
    row = ListRow(line, given, more)
    row.generic = cells.yes(given.get(Column.GENERIC, ""))
    row.duplicate_of = given.get(Column.DUPLICATE_OF, "")[:LONGEST_NUMBER]
    row.code = given.get(Column.CODE, "").upper()
    for step in (_names, _choices, _figures, _place, _known_by):
        step(row, references, today)
    return row


@contextmanager
def _noting(row: ListRow) -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        row.faults.append(fault.kept)


def _each(row: ListRow, columns: Any, read: Callable[[str, Column], Any]) -> None:
    for column in columns:
        if text := row.given.get(column, ""):
            with _noting(row):
                row.said[column] = str(read(text, column))


def _names(row: ListRow, references: References, today: date) -> None:
    _each(row, LONGEST, lambda text, column: cells.line(text, column, LONGEST[column]))
    if row.generic:
        # "Pharmacy" is what it is, not what it is called: it stands in lists by its kind.
        for column in (Column.NAME_AR, Column.NAME_EN, Column.NAME_SOURCE):
            row.said.pop(column, None)


def _choices(row: ListRow, references: References, today: date) -> None:
    _each(row, CHOICES, lambda text, column: cells.choice(text, column, CHOICES[column]))
    for column in CHOICES:
        if row.said.get(column) in SILENT:
            del row.said[column]
    text = row.given.get(Column.KIND, "")
    if not text:
        return
    folded = fold(text)
    if folded == NO_FACILITY:
        row.faults.append(Fault("no-facility").kept)
        return
    kind = references.kinds.get(KIND_ALIASES.get(folded, folded))
    if kind is None:
        row.faults.append(Fault("unknown", Column.KIND, text).kept)
    else:
        row.ids[Column.KIND], row.said[Column.KIND] = kind


def _figures(row: ListRow, references: References, today: date) -> None:
    _each(row, (Column.BEDS,), lambda text, column: cells.whole(text, column, MOST_BEDS))
    _each(row, (Column.CATCHMENT,), lambda text, column: cells.whole(text, column, MOST_PEOPLE))
    _each(row, (Column.LATITUDE,), lambda text, column: cells.degrees(text, column, 90))
    _each(row, (Column.LONGITUDE,), lambda text, column: cells.degrees(text, column, 180))
    if bool(row.given.get(Column.LATITUDE)) != bool(row.given.get(Column.LONGITUDE)):
        row.faults.append(Fault("half-point").kept)
    if text := row.given.get(Column.SAID_ON, ""):
        with _noting(row):
            row.said_on = cells.day(text, Column.SAID_ON, today)


def _place(row: ListRow, references: References, today: date) -> None:
    if text := row.given.get(Column.DISTRICT, ""):
        district = references.districts.get(fold(text))
        if district is None:
            row.faults.append(Fault("unknown", Column.DISTRICT, text).kept)
            return
        row.ids[Column.DISTRICT], row.said[Column.DISTRICT] = district
    if text := row.given.get(Column.MUNICIPALITY, ""):
        within = row.ids.get(Column.DISTRICT)
        found = references.municipalities.get(fold(text)) or references.municipalities.get((within, fold(text)))
        if found is None:
            row.faults.append(Fault("unknown", Column.MUNICIPALITY, text).kept)
        elif within is not None and found[1] != within:
            row.faults.append(Fault("other-place").kept)
        else:
            row.ids[Column.MUNICIPALITY], row.said[Column.MUNICIPALITY] = found[0], found[2]


def _known_by(row: ListRow, references: References, today: date) -> None:
    """Set by what the row is known when the list is read again: its number, its code here, else its name and place."""
    number = row.given.get(Column.NUMBER, "") or row.code
    if not number:
        names = [fold(row.given.get(column, "")) for column in (Column.NAME_AR, Column.NAME_EN, Column.NAME_SOURCE)]
        if not any(names):
            row.faults.append(Fault("nothing-to-know-it-by").kept)
            return
        place = [row.said.get(column, "") for column in (Column.DISTRICT, Column.KIND)]
        number = "~" + hashlib.sha256("\n".join([*names, *place]).encode()).hexdigest()[:32]
    if len(number) > LONGEST_NUMBER:
        row.faults.append(Fault("too-long", Column.NUMBER).kept)
    row.number = number[:LONGEST_NUMBER]
