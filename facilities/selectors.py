"""What is read of facilities, for whom."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import get_language

from facilities import claims, policies
from facilities.enums import Audience, Contested, Position
from facilities.lists.enums import Decision, Outcome
from facilities.models import Claim, Facility, FacilityImport, ImportRow, OtherName, Posting, Record, Settlement, Source
from network import search
from network.models import Practitioner

OWN_NAMES = frozenset({Contested.NAME_AR, Contested.NAME_EN})
NAMES = frozenset({Contested.NAME_AR, Contested.NAME_EN, Contested.HEAD})


def same_as(field: str) -> Any:
    """Return by what values of a contested field are compared: names by their folded form, so that a spelling is no dispute."""
    return search.fold if field in NAMES else str


def public_facilities() -> QuerySet[Facility]:
    """Return the facilities of the public list by name in the reader's language, those without one last."""
    return (
        Facility.objects.public()
        .select_related("kind", "district", "municipality", "side")
        .order_by(f"sort_{get_language() or 'ar'}"[:7], "pk")
    )


def facility_for(code: str, user: Any) -> Facility | None:
    """Return a facility that this person may read, by its code; a merged one gives the one into which it went in the end."""
    rows = Facility.objects.readable_by(user).select_related("kind", "district", "municipality", "side")
    # Most have none of either, and are asked no more.
    lists = Record.objects.filter(facility=OuterRef("pk"), source__is_open=True)
    others = Facility.objects.filter(merged_into=OuterRef("pk"))
    rows = rows.annotate(has_open_lists=Exists(lists), has_merged=Exists(others))
    found = rows.filter(code=code).first()
    if found:
        return found
    merged = Facility.objects.filter(code=code, merged_into__isnull=False).values("merged_into")
    return rows.filter(pk__in=merged).first()


def audience_of(facility: Facility, user: Any, practitioner: Practitioner | None) -> Audience:
    """Return as which audience this person reads this facility."""
    if user.is_authenticated and (policies.keeps(user, facility.side_id) or is_keeper(facility, user)):
        return Audience.KEEPERS
    return Audience.MEMBERS if practitioner else Audience.PUBLIC


def is_keeper(facility: Facility, user: Any) -> bool:
    """Tell whether this person is a focal point of the facility today."""
    return user.is_authenticated and Facility.objects.kept_by(user).filter(pk=facility.pk).exists()


def with_merged(facility: Facility) -> list[int]:
    """Return a facility's number and those of all that were merged into it, at whatever depth."""
    known = [facility.pk]
    frontier = known if facility.has_merged else []
    while frontier:
        frontier = list(Facility.objects.filter(merged_into__in=frontier).values_list("pk", flat=True))
        known = [*known, *frontier]
    return known


def said(facility: Facility, family: list[int] | None = None) -> dict[str, list[Claim]]:
    """Return all claims by field, those of merged facilities too (`family`), oldest first; but for what those were called."""
    family = family or with_merged(facility)
    rows = Claim.objects.filter(facility__in=family).select_related("side", "source").order_by("pk")
    by_field: dict[str, list[Claim]] = {}
    for row in rows:
        if tells_of(facility, row):
            by_field.setdefault(row.field, []).append(row)
    return by_field


def tells_of(facility: Facility, claim: Claim) -> bool:
    """Tell whether a claim speaks of this facility: the names of one that was merged into it have become other names."""
    return claim.facility_id == facility.pk or claim.field not in OWN_NAMES


def standings(
    facility: Facility, known: dict[str, list[Claim]] | None = None, family: list[int] | None = None
) -> dict[str, claims.Standing]:
    """Return what stands of every contested field of which anything was said; `known` are its claims where they were read already."""
    family = family or with_merged(facility)
    known = said(facility, family) if known is None else known
    settled: dict[str, claims.Settled] = {}
    # What was settled of one that was merged into it was settled of that one, with its own names and its own claims.
    for row in Settlement.objects.filter(facility=facility).order_by("pk"):
        settled[row.field] = claims.Settled(row.value, row.upto_id)
    return {
        field: claims.standing(
            [claims.Said(row.pk, row.side_id, row.value, row.said_on) for row in rows],
            settled.get(field),
            same_as(field),
        )
        for field, rows in known.items()
    }


def disputes(facility: Facility) -> list[tuple[Contested, list[Claim]]]:
    """Return what sides say differently: the field, and the newest claim of each side, with its side and source."""
    if not facility.disputed:
        return []
    family = with_merged(facility)
    known = said(facility, family)
    by_number = {row.pk: row for rows in known.values() for row in rows}
    found = standings(facility, known, family)
    return [
        (Contested(field), [by_number[claim.id] for claim in found[field].claims])
        for field in Contested.values
        if field in facility.disputed and field in found
    ]


def vouching(facility: Facility) -> list[Claim]:
    """Return the newest claims that say what is shown of whether a facility works; none where sides differ about it."""
    if facility.functionality_on is None or facility.is_disputed(Contested.FUNCTIONALITY):
        return []
    rows = Claim.objects.filter(facility__in=with_merged(facility), field=Contested.FUNCTIONALITY)
    by_number = {row.pk: row for row in rows.select_related("side", "source").order_by("pk")}
    newest = claims.latest(claims.Said(row.pk, row.side_id, row.value, row.said_on) for row in by_number.values())
    return [by_number[claim.id] for claim in newest if claim.value == facility.functionality]


def own_claims(facility: Facility) -> dict[str, Claim]:
    """Return the newest claim of the facility's own side, by field."""
    return claims_of(facility, facility.side_id)


def claims_of(facility: Facility, side: int) -> dict[str, Claim]:
    """Return the newest claim of a side, by field."""
    found: dict[str, Claim] = {}
    for field, rows in said(facility).items():
        own = [row for row in rows if row.side_id == side]
        if own:
            found[field] = max(own, key=lambda row: (row.said_on, row.pk))
    return found


def credits_asked(facility: Facility | None = None) -> list[str]:
    """Return what the licence of each open list asks to stand wherever its values are told; of one facility, of its own lists.

    One without a credit of its own is credited by its name.
    """
    if facility and not facility.has_open_lists:
        return []
    sources = Source.objects.filter(is_open=True).order_by("pk")
    if facility:
        sources = sources.filter(pk__in=Record.objects.filter(facility=facility).values("source"))
    return [" – ".join(filter(None, [row.credit or str(row), row.licence])) for row in sources]


def other_names(facility: Facility) -> list[OtherName]:
    return list(facility.other_names.order_by("kind", "pk"))


def focal_points(facility: Facility, viewer: Practitioner | None, day: Any) -> list[Practitioner]:
    """Return the people who keep a facility's page as far as this member finds them in the directory.

    Whoever merely works there is not told: members do not read where somebody works.
    """
    if viewer is None:
        return []
    posted = Posting.objects.in_force(day).filter(facility=facility, position=Position.FOCAL).values("practitioner")
    return list(
        Practitioner.objects.listed_for(viewer).filter(pk__in=posted).select_related("profession").order_by("pk")
    )


def kept_facilities(user: Any) -> QuerySet[Facility]:
    """Return the facilities that this member keeps."""
    return Facility.objects.kept_by(user).select_related("kind", "district").order_by("pk")


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return a member's postings for the copy of their data."""
    rows = Posting.objects.filter(practitioner=practitioner).select_related("facility").order_by("pk")
    return [
        {
            "facility": row.facility.code,
            "position": row.position,
            "from": row.starts_on.isoformat(),
            "until": row.ends_on.isoformat() if row.ends_on else None,
        }
        for row in rows
    ]


def with_names(rows: QuerySet[Facility]) -> QuerySet[Facility]:
    return rows.prefetch_related(Prefetch("other_names", OtherName.objects.order_by("pk")))


def index_of(facility: Facility, found: dict[str, claims.Standing], names: Iterable[str]) -> str:
    """Return the search index of a facility: all names that anybody gives it, and its code."""
    claimed = [
        claim.value
        for field in (Contested.NAME_AR, Contested.NAME_EN)
        if field in found
        for claim in found[field].claims
    ]
    return search.text_index(*dict.fromkeys([*claimed, *names, facility.code]))


def import_rows(batch: FacilityImport, outcome: str) -> QuerySet[ImportRow]:
    """Return the rows of a list with one outcome, in its order; of possible duplicates those that nobody has decided first."""
    rows = ImportRow.objects.filter(batch=batch, outcome=outcome)
    order = ("decision", "line") if outcome == Outcome.DUPLICATE else ("line",)
    return rows.select_related("facility__kind", "facility__district").order_by(*order)


def undecided_rows(batch: FacilityImport) -> int:
    return ImportRow.objects.filter(batch=batch, outcome=Outcome.DUPLICATE, decision=Decision.OPEN).count()
