"""Which published values come from lists whose licence asks for the same licence (`Source.is_open`), such as an open map.

They are published apart, so that what the network itself says can be given away under its own licence: mixed into one file, all of it
would have to go under theirs (ODbL 1.0, sections 4.2 and 4.4).

- A contested value comes from such a list if every one of the newest claims that say it names it as its source. Once a side says the
  same from its own knowledge, the value is the network's.
- Every other column comes from whoever wrote it last: a list, whoever took it over, or a person who edited it by themselves.
  Confirming that a page is right changes nothing: what was copied stays copied.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facilities import claims, selectors
from facilities.enums import FacilityMove
from facilities.models import Claim, Facility, FacilityImport, Source
from network.models import Transition

# Opening hours are one value in two languages, of which one is shown.
HOURS = ("hours_ar", "hours_en")
PLAIN = frozenset(
    {"kind", "owner", "level", "district", "municipality", "latitude", "longitude", "catchment", "phones", *HOURS}
)
# By field the id of the open source from which its value comes.
Origins = dict[str, int]


def origins(rows: Sequence[Facility]) -> dict[int, Origins]:
    """Return by the id of each of these facilities which of its values come from which open source, in a constant number of queries."""
    shares = frozenset(Source.objects.filter(is_open=True).values_list("pk", flat=True))
    found: dict[int, Origins] = {row.pk: {} for row in rows}
    if not shares:
        return found
    written = _written(list(found))
    said, sources = _said(list(found))
    for row in rows:
        found[row.pk] |= _copied(row, written[row.pk], shares)
        for field, spoken in said.get(row.pk, {}).items():
            told = [sources[claim.id] for claim in _supporters(row, field, spoken)]
            if told and all(source in shares for source in told):
                found[row.pk][field] = told[0]  # type: ignore[assignment]
    return found


def _written(numbers: list[int]) -> dict[int, dict[str, int | None]]:
    """Return by facility and uncontested column the source of the list that wrote it last; None where a person did."""
    steps = Transition.objects.filter(
        subject_type=Facility._meta.label_lower,
        subject_id__in=numbers,
        move__in=[FacilityMove.IMPORT, FacilityMove.EDIT],
    )
    rows = list(steps.order_by("pk").values_list("subject_id", "move", "changes", "by"))
    lists = {changes["list"] for _number, _move, changes, _by in rows if "list" in changes}
    source_of = dict(FacilityImport.objects.filter(pk__in=lists).values_list("pk", "source_id"))
    found: dict[int, dict[str, int | None]] = {number: {} for number in numbers}
    for number, move, changes, by in rows:
        if move == FacilityMove.IMPORT:
            found[number] = dict.fromkeys(PLAIN, changes["source"])
        elif "list" in changes:
            # Whoever took a list over has a name too: what they know themselves they write without one.
            found[number] |= dict.fromkeys(_columns(changes), source_of[changes["list"]])
        elif by is not None:
            found[number] |= dict.fromkeys(_columns(changes))
    return found


def _columns(changes: Mapping[str, Any]) -> set[str]:
    named = set(changes.get("fields", ()))
    return named & PLAIN | (set(HOURS) if "hours" in named else set())


def _copied(facility: Facility, written: dict[str, int | None], shares: frozenset[int]) -> Origins:
    """Return the uncontested columns of a facility that an open list wrote last."""
    found = {column: source for column, source in written.items() if source in shares and source is not None}
    shown = [found.pop(column, None) for column in HOURS if getattr(facility, column) == facility.hours]
    # What stands in both languages is the network's own once it said one of them.
    if shown and shown[0] and all(shown):
        found["hours"] = shown[0]
    return {column: source for column, source in found.items() if column not in HOURS}


def _said(numbers: list[int]) -> tuple[dict[int, dict[str, list[claims.Said]]], dict[int, int | None]]:
    """Return the claims by facility and field, those of what was merged into it too, and the source of each claim."""
    root = {number: number for number in numbers}
    frontier = numbers
    while frontier:
        merged = dict(Facility.objects.filter(merged_into__in=frontier).values_list("pk", "merged_into_id"))
        for number, into in merged.items():
            root[number] = root[into]
        frontier = list(merged)
    found: dict[int, dict[str, list[claims.Said]]] = {}
    sources: dict[int, int | None] = {}
    rows: Iterable[Claim] = Claim.objects.filter(facility__in=list(root)).order_by("pk")
    for row in rows:
        said = claims.Said(row.pk, row.side_id, row.value, row.said_on)
        found.setdefault(root[row.facility_id], {}).setdefault(row.field, []).append(said)
        sources[row.pk] = row.source_id
    return found, sources


def _supporters(facility: Facility, field: str, spoken: Sequence[claims.Said]) -> list[claims.Said]:
    """Return the newest claims that say what is shown; all of them where what is shown is that they differ."""
    newest, same = claims.latest(spoken), selectors.same_as(field)
    shown = same(str(getattr(facility, field) if getattr(facility, field) is not None else ""))
    return [claim for claim in newest if same(claim.value) == shown] or newest
