"""Which published values come from lists whose licence asks for the same licence (`Source.is_open`), such as an open map.

They are published apart, so that what the network itself says can be given away under its own licence: mixed into one file, all of it
would have to go under theirs (ODbL 1.0, sections 4.2 and 4.4).

- A contested value comes from such a list if every one of the newest claims that say it names it as its source. Once a side says the
  same from its own knowledge, the value is the network's.
- All other columns of a facility that was read from such a list come from it, until somebody has edited that column. Confirming
  that a page is right changes nothing: what was copied stays copied.
"""

from collections.abc import Iterable, Sequence

from facilities import claims, selectors
from facilities.enums import FacilityMove
from facilities.models import Claim, Facility, Record, Source
from network.models import Transition

PLAIN = frozenset(
    {"kind", "owner", "level", "district", "municipality", "latitude", "longitude", "catchment", "phones", "hours"}
)
# By field the id of the open source from which its value comes.
Origins = dict[str, int]


def origins(rows: Sequence[Facility]) -> dict[int, Origins]:
    """Return by the id of each of these facilities which of its values come from which open source, in a constant number of queries."""
    shares = frozenset(Source.objects.filter(is_open=True).values_list("pk", flat=True))
    found: dict[int, Origins] = {row.pk: {} for row in rows}
    if not shares:
        return found
    copied = _copied(list(found), shares)
    said, sources = _said(list(found))
    for row in rows:
        found[row.pk] |= copied.get(row.pk, {})
        for field, spoken in said.get(row.pk, {}).items():
            told = [sources[claim.id] for claim in _supporters(row, field, spoken)]
            if told and all(source in shares for source in told):
                found[row.pk][field] = told[0]  # type: ignore[assignment]
    return found


def _copied(numbers: list[int], shares: frozenset[int]) -> dict[int, Origins]:
    """Return the uncontested columns of what was read from an open list, but for those that a person has edited."""
    read: dict[int, int] = {}
    records = Record.objects.filter(facility__in=numbers, source__in=shares).order_by("pk")
    for facility, source in records.values_list("facility_id", "source_id"):
        read.setdefault(facility, source)
    steps = Transition.objects.filter(subject_type=Facility._meta.label_lower, subject_id__in=list(read))
    imported = set(steps.filter(move=FacilityMove.IMPORT).values_list("subject_id", flat=True))
    edited: dict[int, set[str]] = {}
    for facility, changes in steps.filter(move=FacilityMove.EDIT, by__isnull=False).values_list(
        "subject_id", "changes"
    ):
        edited.setdefault(facility, set()).update(changes.get("fields", ()))
    return {
        facility: dict.fromkeys(PLAIN - edited.get(facility, set()), source)
        for facility, source in read.items()
        if facility in imported
    }


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
