"""How far the entries of a campaign have come, by side and day, and what holds them up: what its managers look at.

Counts of indexed columns alone: a page asks as often for a hundred and forty thousand entries as for ten. Of many entries they are
kept for five minutes, for each reach by itself: what a side's coordinators read was counted within their scope.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from campaigns import chain
from campaigns.enums import RUNNING_STATES, SETTLED_STATES, EntryState, PairState, PhotoState, RoundState
from campaigns.models import Assignment, Campaign, DuplicatePair, Entry, HandIn, Photo, Round
from campaigns.querysets import EntryQuerySet
from network import disclosure, policies as network_policies
from network.models import Region

# An entry that has come so far has come as far as all before.
STAGES = (
    EntryState.RECEIVED,
    EntryState.CONFIRMED,
    EntryState.HANDED_IN,
    EntryState.ELIGIBLE,
    EntryState.SHORTLISTED,
    EntryState.WINNER,
)
PLEDGE_STAGES = STAGES[:2]
REACHED = {state: place for place, state in enumerate(STAGES)} | {
    EntryState.PLACED: STAGES.index(EntryState.SHORTLISTED)
}
# Whoever has not proved their contact for so long may have typed it wrongly.
UNPROVED_FOR = timedelta(days=2)
DAYS_SHOWN = 31


# --- the funnel ---------------------------------------------------------------------------------------------------------


@dataclass
class Funnel:
    """Entries of one side or one day: in which state how many are."""

    name: Any
    states: Counter[str] = field(default_factory=Counter)

    @property
    def entries(self) -> int:
        """All that came, also those that are out by now."""
        return sum(self.states.values())

    @property
    def out(self) -> int:
        return sum(self.states[state] for state in chain.OUT_STATES)

    def upto(self, stage: str) -> int:
        """Return how many have come so far or farther; those that are out are counted as received alone."""
        if stage == EntryState.RECEIVED:
            return self.entries
        return sum(
            n for state, n in self.states.items() if REACHED.get(EntryState(state), -1) >= REACHED[EntryState(stage)]
        )

    def steps(self, stages: Iterable[str]) -> list[int]:
        return [self.upto(stage) for stage in stages]


@dataclass(frozen=True, slots=True)
class Other:
    """A side whose people the reader has no business with: one number, or the hidden ones could be computed."""

    name: str
    entries: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The funnel as one reader sees it: whole, by side and by day of what is theirs; of the other sides one number each."""

    stages: tuple[EntryState, ...]
    whole: Funnel
    sides: list[Funnel]
    others: list[Other]
    days: list[Funnel]


def stages_of(campaign: Campaign) -> tuple[EntryState, ...]:
    return STAGES if campaign.is_contest else PLEDGE_STAGES


# How many entries came on which day, of which side, and are in which state.
Cells = list[tuple[date, int | None, str, int]]


def cells(campaign: Campaign) -> Cells:
    rows = Entry.objects.filter(campaign=campaign).order_by()
    return list(rows.values_list("received_on", "side", "state").annotate(n=Count("pk")))


def of_campaign(campaign: Campaign, reader: Any, counted: Cells, *, abroad: str, whole: str) -> Progress:
    """Return the funnel of a campaign as its `cells` say; `abroad` and `whole` are what these are called."""
    everything, own = network_policies.reads_all(reader), network_policies.regions(reader)
    names: dict[int | None, str] = {side.pk: side.name for side in Region.objects.order_by("position", "pk")}
    names[None] = abroad
    sides = {pk: Funnel(name) for pk, name in names.items()}
    all_of_it, days = Funnel(whole), dict[date, Funnel]()
    for day, side, state, count in counted:
        sides[side].states[state] += count
        if everything or side in own:
            all_of_it.states[state] += count
            days.setdefault(day, Funnel(day)).states[state] += count
    shown = [funnel for pk, funnel in sides.items() if everything or pk in own]
    others = [
        Other(funnel.name, disclosure.figure(funnel.entries))
        for pk, funnel in sides.items()
        if not everything and pk not in own
    ]
    latest_first = [days[day] for day in sorted(days, reverse=True)]
    return Progress(stages_of(campaign), all_of_it, shown, others, latest_first)


# --- what holds entries up ------------------------------------------------------------------------------------------------


def unproved(rows: EntryQuerySet, now: datetime) -> EntryQuerySet:
    return rows.filter(state=EntryState.RECEIVED, received_on__lt=timezone.localdate(now - UNPROVED_FOR))


def with_photos(rows: EntryQuerySet, state: PhotoState) -> EntryQuerySet:
    """Return the running entries that have a photo in this state."""
    return rows.running().filter(Exists(Photo.objects.filter(entry=OuterRef("pk"), state=state)))


def made_too_few(rows: EntryQuerySet, campaign: Campaign) -> EntryQuerySet:
    least = campaign.made_at_least or 0
    short = Q(made__lt=least) | Q(made__isnull=True) if least else Q(pk__in=[])
    return rows.filter(short, state__in=(EntryState.RECEIVED, *SETTLED_STATES))


def not_handed_in(rows: EntryQuerySet, campaign: Campaign) -> EntryQuerySet:
    """Return those whose contact is proved and of which nothing was counted, where something has to be handed in."""
    return rows.filter(state=EntryState.CONFIRMED) if campaign.handed_at_least else rows.none()


def handed_in_too_few(rows: EntryQuerySet, campaign: Campaign) -> EntryQuerySet:
    """Return those of which something was counted, and less than is asked for.

    Who made enough and still does not meet the conditions lacks pieces: `services.settle` has decided it by the counts that count. Only
    of those who made too few as well the pieces are added up here.
    """
    if not campaign.handed_at_least:
        return rows.none()
    pieces = HandIn.objects.filter(entry=OuterRef("pk")).order_by().values("entry").annotate(n=Sum("pieces"))
    made = Q(made__gte=campaign.made_at_least) if campaign.made_at_least else ~Q(pk__in=[])
    return rows.filter(made | Q(Exists(pieces.filter(n__lt=campaign.handed_at_least))), state=EntryState.HANDED_IN)


# What an entry may be held up by: the key of the filter in the list of entries.
UNPROVED, PHOTO_REFUSED, PHOTO_WAITING, TOO_FEW, NOT_HANDED_IN, HANDED_IN_TOO_FEW = (
    "unproved", "refused", "waiting", "few", "at-home", "short",
)  # fmt: skip
BLOCKS = (UNPROVED, PHOTO_REFUSED, PHOTO_WAITING, TOO_FEW, NOT_HANDED_IN, HANDED_IN_TOO_FEW)


def blocked(rows: EntryQuerySet, campaign: Campaign, by: str, now: datetime) -> EntryQuerySet:
    """Return the entries of a campaign that are held up by one of BLOCKS."""
    rows = rows.filter(campaign=campaign)
    match by:
        case "unproved":
            return unproved(rows, now)
        case "refused":
            return with_photos(rows, PhotoState.REFUSED)
        case "waiting":
            return with_photos(rows, PhotoState.WAITING)
        case "few":
            return made_too_few(rows, campaign)
        case "short":
            return handed_in_too_few(rows, campaign)
        case _:
            return not_handed_in(rows, campaign)


def blocks(campaign: Campaign, reader: Any, now: datetime) -> dict[str, int]:
    """Return how many entries that the reader may see are held up by what, by the keys of BLOCKS."""
    own = Entry.objects.visible_to(reader)
    asked = (UNPROVED, TOO_FEW, NOT_HANDED_IN, HANDED_IN_TOO_FEW)
    found = {by: blocked(own, campaign, by, now).count() for by in asked}
    photos = Photo.objects.visible_to(reader).filter(campaign=campaign, entry__state__in=RUNNING_STATES)
    for by, state in ((PHOTO_REFUSED, PhotoState.REFUSED), (PHOTO_WAITING, PhotoState.WAITING)):
        counted = photos.filter(state=state).aggregate(n=Count("entry", distinct=True))
        found[by] = counted["n"]
    return {by: found[by] for by in BLOCKS}


def open_pairs(campaign: Campaign, reader: Any) -> int:
    return DuplicatePair.objects.visible_to(reader).filter(campaign=campaign, state=PairState.OPEN).count()


# --- the jury -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundProgress:
    round: Round
    given: int
    done: int


def rounds(campaign: Campaign, counted: Mapping[int, tuple[int, int]]) -> list[RoundProgress]:
    """Return how far each round is as its `scores` say; who is how far stands on its own page."""
    shown = Round.objects.filter(campaign=campaign).order_by("position", "pk")
    return [RoundProgress(row, *counted.get(row.pk, (0, 0))) for row in shown]


def scores(campaign: Campaign) -> dict[int, tuple[int, int]]:
    """Return how many scores are asked for and given, by the id of the round."""
    begun = Round.objects.filter(campaign=campaign).exclude(state=RoundState.DRAFT)
    held = Assignment.objects.filter(round__in=begun, dropped_at__isnull=True).order_by()
    return {
        pk: (given, done)
        for pk, given, done in held.values_list("round").annotate(given=Count("pk"), done=Count("done_at"))
    }


# --- counted now and then -------------------------------------------------------------------------------------------------

# Beyond so many entries what was counted is kept for a while: one more or less then tells nobody anything.
MANY = 10_000
KEPT_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counted:
    """All that the managers' page counts, for whoever reads the same sides; `desks` of a contest alone."""

    at: datetime
    cells: Cells
    blocks: dict[str, int]
    pairs: int
    desks: chain.Link | None
    scores: dict[int, tuple[int, int]]
    kept: bool


def key(campaign: Campaign, reader: Any) -> str:
    """Return under what the numbers are kept: whoever reads the same sides reads the same."""
    sides = "-".join(map(str, network_policies.reach(reader)))
    return f"campaign-progress:{campaign.pk}:{sides}"


def counted(campaign: Campaign, reader: Any, now: datetime) -> Counted:
    """Return what is counted of a campaign for this reader: of many entries as it was within the last five minutes."""
    kept_as = key(campaign, reader)
    if found := cache.get(kept_as):
        return found
    rows = cells(campaign)
    kept = sum(row[-1] for row in rows) > MANY
    contest = campaign.is_contest
    found = Counted(
        at=now,
        cells=rows,
        blocks=blocks(campaign, reader, now),
        pairs=open_pairs(campaign, reader),
        desks=chain.total(chain.of_campaign(campaign, reader), "") if contest else None,
        scores=scores(campaign) if contest else {},
        kept=kept,
    )
    if kept:
        cache.set(kept_as, found, KEPT_FOR.total_seconds())
    return found
