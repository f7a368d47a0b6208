"""The chain of numbers: declared → brought → counted → given out. Only what was counted is told as an effect; gaps are shown.

Every number is a sum over rows that are only ever added (`HandIn`, `Distribution`), so that a correction is in it as soon as it is there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models import IntegerField, Q, Sum
from django.db.models.functions import Coalesce

from campaigns import eligibility
from campaigns.eligibility import Count, Rule
from campaigns.enums import OUT_STATES
from campaigns.models import Campaign, Desk, DeskCollector, Distribution, Entry, HandIn
from network import disclosure, policies as network_policies
from network.models import Practitioner, Region, User

# So many last receipts stand on the page of a desk.
LAST_SHOWN = 10
# Totals beyond so many pieces are kept for a while.
MANY = 10_000
KEPT_FOR = timedelta(minutes=1)


def _sum(column: str) -> Coalesce:
    return Coalesce(Sum(column), 0, output_field=IntegerField())


# --- of one entry -------------------------------------------------------------------------------------------------------


def counts_of(entries: Collection[Entry]) -> dict[int, list[Count]]:
    """Return what was counted of each entry, by its id: every hand-in as its corrections leave it, under who counted it first."""
    rows = HandIn.objects.filter(entry__in=[entry.pk for entry in entries]).order_by("pk")
    pieces: dict[int, int] = defaultdict(int)
    first: dict[int, tuple[int, int]] = {}
    for pk, entry, corrects, found, by in rows.values_list("pk", "entry_id", "corrects_id", "pieces", "counted_by_id"):
        pieces[corrects or pk] += found
        if corrects is None:
            first[pk] = (entry, by)
    counts: dict[int, list[Count]] = {entry.pk: [] for entry in entries}
    for pk, (entry, by) in first.items():
        counts[entry].append(Count(pieces[pk], by))
    return counts


def own_of(entries: Collection[Entry]) -> dict[int, frozenset[int]]:
    """Return by whom no count of an entry counts, accounts by the entry's id: who typed it, and whose proved contact it has."""
    phones, emails = {entry.phone for entry in entries} - {""}, {entry.email for entry in entries} - {""}
    by_phone = dict(User.objects.filter(phone__in=phones, phone_verified=True).values_list("phone", "pk"))
    by_email: dict[str, set[int]] = defaultdict(set)
    for email, user in EmailAddress.objects.filter(email__in=emails, verified=True).values_list("email", "user_id"):
        by_email[email.lower()].add(user)
    own = {}
    for entry in entries:
        found = {entry.clerk_id, by_phone.get(entry.phone), *by_email.get(entry.email, ())} - {None}
        own[entry.pk] = frozenset(pk for pk in found if pk is not None)
    return own


def missing_of(entries: Collection[Entry]) -> dict[int, dict[str, int]]:
    """Return by the id of each entry what it lacks, as `eligibility.missing` does; nothing where it lacks nothing."""
    if not entries:
        return {}
    counts, own = counts_of(entries), own_of(entries)
    return {
        entry.pk: eligibility.missing(
            Rule.of(entry.campaign), made=entry.made, counts=counts[entry.pk], own=own[entry.pk]
        )
        for entry in entries
    }


def hand_ins_of(entries: Collection[Entry]) -> dict[int, list[HandIn]]:
    """Return the receipts of each entry, first to last, by its id."""
    found: dict[int, list[HandIn]] = {entry.pk: [] for entry in entries}
    for row in HandIn.objects.filter(entry__in=found).select_related("desk").order_by("pk"):
        found[row.entry_id].append(row)
    return found


# --- of one desk --------------------------------------------------------------------------------------------------------


def desks_of(campaigns: Collection[int], day: date) -> dict[int, list[Desk]]:
    """Return the desks of each campaign that are not closed for good on that day, by the campaign's id."""
    found: dict[int, list[Desk]] = defaultdict(list)
    rows = Desk.objects.filter(campaign__in=campaigns, closes_on__gte=day).select_related("municipality")
    for desk in rows.order_by("side__position", "municipality__name", "pk"):
        found[desk.campaign_id].append(desk)
    return dict(found)


def last_receipts(desk: Desk) -> list[HandIn]:
    rows = HandIn.objects.filter(desk=desk).select_related("desk", "entry")
    return list(rows.order_by("-number")[:LAST_SHOWN])


def as_it_stands(row: HandIn) -> HandIn:
    """Return a hand-in with what its corrections leave of it, as `brought_now` and `pieces_now`."""
    sums = HandIn.objects.filter(corrects=row).aggregate(brought=_sum("brought"), pieces=_sum("pieces"))
    row.brought_now = row.brought + sums["brought"]  # type: ignore[attr-defined]
    row.pieces_now = row.pieces + sums["pieces"]  # type: ignore[attr-defined]
    return row


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What was counted at a desk on one day, in the order of the receipts, and its sums."""

    rows: list[HandIn]
    brought: int
    pieces: int


def day_sheet(desk: Desk, day: date) -> DaySheet:
    """Return the sheet of a day in Tripoli."""
    rows = HandIn.objects.filter(desk=desk, counted_at__date=day).select_related("desk", "entry", "corrects__desk")
    found = list(rows.order_by("number"))
    return DaySheet(found, sum(row.brought for row in found), sum(row.pieces for row in found))


def left_at(desk: Desk) -> int:
    """Return how many pieces were counted at a desk and not given out; below 0 where a count was corrected afterwards."""
    counted = HandIn.objects.filter(desk=desk).aggregate(pieces=_sum("pieces"))["pieces"]
    given = Distribution.objects.filter(desk=desk).aggregate(pieces=_sum("pieces"))["pieces"]
    return int(counted - given)


def given_now(row: Distribution) -> int:
    """Return how many pieces a distribution is of after its corrections."""
    return row.pieces + int(row.corrections.aggregate(pieces=_sum("pieces"))["pieces"])


# --- of a campaign ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """The numbers of a side or of one desk; `declared` is known of sides alone, and so is what those who declared it brought anywhere."""

    name: str
    declared: int | None = None
    own_brought: int = 0
    brought: int = 0
    counted: int = 0
    given: int = 0

    @property
    def uncounted(self) -> int:
        """What was said to be brought and not counted; below 0 where more was counted than said."""
        return self.brought - self.counted

    @property
    def left(self) -> int:
        """What was counted and not given out: still at the desk, or gone without a row."""
        return self.counted - self.given

    @property
    def at_home(self) -> int | None:
        """What was declared and never brought: of these entries, to whichever desk; below 0 where they brought more than they declared."""
        return None if self.declared is None else self.declared - self.own_brought

    @property
    def has_fault(self) -> bool:
        """More was given out than counted, or more counted than brought: somebody has to look at it."""
        return self.left < 0 or self.uncounted < 0


@dataclass(frozen=True, slots=True)
class Side:
    whole: Link
    desks: list[Link]


def _desk_links(campaign: Campaign, sides: Iterable[int]) -> dict[int, list[Link]]:
    """Return the numbers of each desk, by the id of its side."""
    desks = Desk.objects.filter(campaign=campaign, side__in=sides)
    counted = {
        row["desk"]: row
        for row in HandIn.objects.filter(desk__in=desks)
        .order_by()
        .values("desk")
        .annotate(all_brought=_sum("brought"), all_pieces=_sum("pieces"))
    }
    given = dict(
        Distribution.objects.filter(desk__in=desks).order_by().values_list("desk").annotate(all_pieces=_sum("pieces"))
    )
    links: dict[int, list[Link]] = defaultdict(list)
    for desk in desks.order_by("pk"):
        numbers: Mapping[str, Any] = counted.get(desk.pk, {})
        link = Link(
            str(desk),
            brought=numbers.get("all_brought", 0),
            counted=numbers.get("all_pieces", 0),
            given=given.get(desk.pk, 0),
        )
        links[desk.side_id].append(link)
    return links


def _added(name: str, links: Iterable[Link], *, declared: int, own_brought: int) -> Link:
    links = list(links)
    return Link(
        name,
        declared=declared,
        own_brought=own_brought,
        brought=sum(link.brought for link in links),
        counted=sum(link.counted for link in links),
        given=sum(link.given for link in links),
    )


def _sides(reader: Any) -> list[Region]:
    """Return the sides that the reader answers for or reads, in their order."""
    sides = Region.objects.order_by("position", "pk")
    if not network_policies.reads_all(reader):
        sides = sides.filter(pk__in=network_policies.regions(reader))
    return list(sides)


def of_campaign(campaign: Campaign, reader: Any) -> list[Side]:
    """Return the chain of each side that the reader answers for or reads, in the order of the sides; entries from abroad are in none.

    What was declared goes by the side of the entry and all else by that of the desk, but for `own_brought`: what those who declared
    brought to any desk, so that the two can be compared.
    """
    shown = _sides(reader)
    entries = Entry.objects.filter(campaign=campaign, side__in=shown).exclude(state__in=OUT_STATES)
    declared = dict(entries.order_by().values_list("side").annotate(all_made=_sum("made")))
    handed = HandIn.objects.filter(entry__campaign=campaign, entry__side__in=shown)
    own = handed.exclude(entry__state__in=OUT_STATES).order_by().values_list("entry__side")
    own_brought = dict(own.annotate(all_brought=_sum("brought")))
    desks = _desk_links(campaign, [side.pk for side in shown])
    return [
        Side(
            _added(
                side.name,
                desks.get(side.pk, ()),
                declared=declared.get(side.pk, 0),
                own_brought=own_brought.get(side.pk, 0),
            ),
            desks.get(side.pk, []),
        )
        for side in shown
    ]


def of_others(campaign: Campaign, reader: Any, name: str) -> Link:
    """Return what these desks took in of entries that declare nothing here: out of the contest, from abroad, or of another side."""
    shown = _sides(reader)
    others = Q(entry__state__in=OUT_STATES) | Q(entry__side__isnull=True) | ~Q(entry__side__in=shown)
    rows = HandIn.objects.filter(others, desk__campaign=campaign, desk__side__in=shown)
    sums = rows.aggregate(all_brought=_sum("brought"), all_pieces=_sum("pieces"))
    return Link(name, brought=sums["all_brought"], counted=sums["all_pieces"])


def total(sides: Iterable[Side], name: str) -> Link:
    sides = list(sides)
    return _added(
        name,
        (side.whole for side in sides),
        declared=sum(side.whole.declared or 0 for side in sides),
        own_brought=sum(side.whole.own_brought for side in sides),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody is told: pieces counted, and pieces given out."""

    counted: int
    given: int


def told_to_all(campaign: Campaign) -> Told | None:
    """Return the two totals for the public page; nothing before as many people stand behind them as a figure may tell of.

    Large ones are those of the last minute, as everything on a page for everybody may be.
    """
    key = f"campaign-told:{campaign.pk}"
    if found := cache.get(key):
        return found
    handed = HandIn.objects.filter(desk__campaign=campaign)
    of_entries = handed.order_by().values("entry").annotate(pieces_of=_sum("pieces")).filter(pieces_of__gt=0)
    people = of_entries.values_list("entry", flat=True)[: disclosure.SMALLEST]
    if len(people) < disclosure.SMALLEST:
        return None
    counted = handed.aggregate(pieces=_sum("pieces"))["pieces"]
    given = Distribution.objects.filter(desk__campaign=campaign).aggregate(pieces=_sum("pieces"))["pieces"]
    told = Told(counted, given)
    if counted > MANY:
        cache.set(key, told, KEPT_FOR.total_seconds())
    return told


# --- of a collector -----------------------------------------------------------------------------------------------------


def my_desks_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what the copy of a member's data holds of their work at desks: when they collected where, and how often they counted."""
    rows = DeskCollector.objects.filter(practitioner=practitioner).select_related("desk").order_by("pk")
    return [
        {
            "desk": str(row.desk),
            "from": row.starts_on.isoformat(),
            "until": row.ends_on.isoformat() if row.ends_on else None,
            "counted": HandIn.objects.filter(desk=row.desk, counted_by=practitioner.user_id).count(),
        }
        for row in rows
    ]
