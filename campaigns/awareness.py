"""Awareness in numbers: who may enter what, what stands after corrections, and what of it everybody is told.

Every number is a sum over rows that are only ever added (`Reached`, `Handout`), so that a correction is in it as soon as it is there.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from campaigns.enums import PLEDGED_STATES, AgeGroup, Sex
from campaigns.models import Activity, Campaign, Entry, Handout, HealthWorker, Reached, Topic
from network import disclosure, policies as network_policies
from network.models import Municipality, Practitioner, Region

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many came, by (sex, age group), and what was given: pieces by what it is. Nothing of 0."""

    reached: Mapping[Cell, int] = field(default_factory=dict)
    materials: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(self.reached.values())


# --- who enters ---------------------------------------------------------------------------------------------------------


def sides_of(campaign: Campaign, user: Any) -> frozenset[int]:
    """Return the sides whose activities of this campaign the person enters today: as their coordinator, or named by one."""
    named = HealthWorker.objects.in_force(timezone.localdate()).filter(campaign=campaign, practitioner__user=user.pk)
    own = network_policies.regions(user)
    if own and not Campaign.objects.visible_to(user).filter(pk=campaign.pk).exists():
        own = frozenset()
    return own | frozenset(named.values_list("side_id", flat=True))


def campaigns_for(user: Any) -> list[Campaign]:
    """Return the campaigns of which the person enters activities today, the newest first."""
    named = HealthWorker.objects.in_force(timezone.localdate()).filter(practitioner__user=user.pk)
    rows = Campaign.objects.reporting()
    theirs = Q(pk__in=named.values("campaign"))
    if network_policies.regions(user):
        theirs |= Q(pk__in=Campaign.objects.visible_to(user).values("pk"))
    return list(rows.filter(theirs).order_by("-closes_at", "-pk"))


def may_correct(activity: Activity, user: Any) -> bool:
    """Tell whether somebody puts an activity right: who entered it and still enters, or who coordinates its side."""
    if network_policies.answers_for(user, activity.side_id):
        return True
    return activity.entered_by_id == user.pk and activity.side_id in sides_of(activity.campaign, user)


def first_day(campaign: Campaign) -> date:
    return timezone.localdate(campaign.opens_at)


def last_day(campaign: Campaign) -> date:
    """Return the last day of which an activity can be entered now."""
    return min(timezone.localdate(), timezone.localdate(campaign.closes_at))


def topics(campaign: Campaign) -> list[Topic]:
    return list(Topic.objects.filter(campaign=campaign).order_by("position", "pk"))


def leaders(campaign: Campaign, user: Any) -> list[Practitioner]:
    """Return the members whom the person may name as having held an activity: themselves, for a coordinator also their health workers."""
    rows = HealthWorker.objects.in_force(timezone.localdate()).filter(campaign=campaign)
    shown = rows.filter(side__in=network_policies.regions(user)) | rows.filter(practitioner__user=user.pk)
    found = Practitioner.objects.active().filter(Q(user=user.pk) | Q(pk__in=shown.values("practitioner")))
    return sorted(found.order_by("pk"), key=lambda person: person.user_id != user.pk)


# --- what stands --------------------------------------------------------------------------------------------------------


def numbers_of(activities: Collection[Activity]) -> dict[int, Numbers]:
    """Return the numbers of each activity as its corrections leave them, by its id."""
    ids = [activity.pk for activity in activities]
    reached: dict[int, dict[Cell, int]] = defaultdict(dict)
    rows = Reached.objects.filter(activity__in=ids).order_by()
    for pk, sex, age, people in rows.values_list("activity", "sex", "age").annotate(n=Sum("people")):
        if people:
            reached[pk][sex, age] = people
    materials: dict[int, dict[str, int]] = defaultdict(dict)
    given = Handout.objects.filter(activity__in=ids).order_by("activity", "what")
    for pk, what, pieces in given.values_list("activity", "what").annotate(n=Sum("pieces")):
        if pieces:
            materials[pk][what] = pieces
    return {pk: Numbers(reached.get(pk, {}), materials.get(pk, {})) for pk in ids}


def in_words(numbers: Numbers) -> list[tuple[str, str, int]]:
    """Return the numbers of those who came as (sex, age group, people), in the order of the table."""
    cells = [(sex, age) for age in AgeGroup for sex in Sex]
    return [
        (str(sex.label), str(age.label), numbers.reached[sex, age])
        for sex, age in cells
        if (sex, age) in numbers.reached
    ]


def holder(activity: Activity) -> str:
    """Return who held an activity; by name only whoever is still of its side, for the others are that side's to know of."""
    person = activity.practitioner
    if person is None:
        return activity.group
    return person.name if person.region_id == activity.side_id else f"#{person.pk}"


def entered_by(user: Any, campaign: Campaign | None = None) -> QuerySet[Activity]:
    """Return what the person entered, the last first."""
    rows = Activity.objects.filter(entered_by=user.pk).select_related(
        "campaign", "topic", "municipality", "practitioner"
    )
    return (rows.filter(campaign=campaign) if campaign else rows).order_by("-pk")


# --- what everybody is told ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a picture: `number` is None where it may not be told, `width` in hundredths of the longest."""

    name: Any
    number: int | None
    width: float


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One line of the table: of each sex a figure, None where it may not be told."""

    name: Any
    cells: list[tuple[Any, int | None]]
    bars: list[float]


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody is told of a campaign. The three ways of parting the same people are told apart from each other, never crossed."""

    people: str
    ages: list[AgeRow]
    sides: list[Bar]
    months: list[Bar]
    places: list[Bar]
    activities: int
    hides: bool


def bars(named: Mapping[Any, Any], told: Mapping[Any, int]) -> list[Bar]:
    """Return lines of a picture in the order of the names; who is hidden is not told from nobody."""
    longest = max(told.values(), default=0)
    return [Bar(name, told.get(key), 100 * told.get(key, 0) / longest if longest else 0) for key, name in named.items()]


def _sums(campaign: Campaign) -> list[tuple[int, int, int, str, str, int]]:
    """Return (side, year, month, sex, age group, people), in one question however many activities there are."""
    rows = Reached.objects.filter(activity__campaign=campaign).order_by()
    parted = rows.values_list("activity__side", ExtractYear("activity__on"), ExtractMonth("activity__on"), "sex", "age")
    return list(parted.annotate(n=Sum("people")))


def _places(campaign: Campaign) -> dict[int, int]:
    """Return how many activities that reached somebody there were, by the id of the municipality."""
    rows = Activity.objects.filter(campaign=campaign).with_people().filter(people__gt=0)
    return dict(rows.order_by().values_list("municipality").annotate(count=Count("pk")))


def told_to_all(campaign: Campaign) -> Told | None:
    """Return the public figures; None before anything was entered."""
    cells: Counter[Cell] = Counter()
    sides: Counter[int] = Counter()
    months: Counter[date] = Counter()
    for side, year, month, sex, age, people in _sums(campaign):
        cells[sex, age] += people
        sides[side] += people
        months[date(year, month, 1)] += people
    places = _places(campaign)
    if not places:
        return None
    by_cell, by_side, by_month = (disclosure.tell(+found) for found in (cells, sides, months))
    longest = max(by_cell.groups.values(), default=0)
    ages = [
        AgeRow(
            age.label,
            [(sex.label, by_cell.groups.get((sex, age))) for sex in Sex],
            [100 * by_cell.groups.get((sex, age), 0) / longest if longest else 0 for sex in Sex],
        )
        for age in AgeGroup
    ]
    names = {row.pk: row for row in Municipality.objects.filter(pk__in=places)}
    ordered = sorted(places, key=lambda pk: (-places[pk], names[pk].name))
    regions = {row.pk: row for row in Region.objects.order_by("position", "pk")}
    return Told(
        people=by_cell.total,
        ages=ages,
        sides=bars(regions, by_side.groups),
        months=bars({month: month for month in sorted(+months)}, by_month.groups),
        places=bars({pk: names[pk] for pk in ordered}, places),
        activities=sum(places.values()),
        hides=by_cell.hides or by_side.hides or by_month.hides,
    )


# --- pledges ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pledged:
    """How many have pledged and proved their contact, as it may be told, and of which sides."""

    people: str
    sides: list[Bar]
    hides: bool


def pledged(campaign: Campaign) -> Pledged:
    """Return the counter of a pledge. Who is of no side is in the number alone."""
    # Counted in the order of an index, so that nothing is sorted.
    rows = Entry.objects.filter(campaign=campaign).order_by()
    counts: Counter[int | None] = Counter()
    for state, side, people in rows.values_list("state", "side").annotate(n=Count("pk")):
        counts[side] += people if state in PLEDGED_STATES else 0
    rest = counts.pop(None, 0)
    told = disclosure.tell(counts, rest=rest)
    regions = {row.pk: row for row in Region.objects.order_by("position", "pk") if row.pk in told.groups}
    return Pledged(told.total, bars(regions, told.groups), told.hides)


# --- of a member --------------------------------------------------------------------------------------------------------


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what the copy of a member's data holds of their work for awareness."""
    rows = HealthWorker.objects.filter(practitioner=practitioner).select_related("campaign").order_by("pk")
    return [
        {
            "campaign": row.campaign.title,
            "from": row.starts_on.isoformat(),
            "until": row.ends_on.isoformat() if row.ends_on else None,
            "entered": Activity.objects.filter(campaign=row.campaign, entered_by=practitioner.user_id).count(),
            "held": Activity.objects.filter(campaign=row.campaign, practitioner=practitioner).count(),
        }
        for row in rows
    ]
