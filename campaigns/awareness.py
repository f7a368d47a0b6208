"""Awareness in numbers: who may enter what, what stands after corrections, and what of it everybody is told.

What its own people read is a sum over rows that are only ever added (`Reached`, `Handout`), so that a correction is in it as soon as it is
there. What everybody reads of activities is a sum of `ToldFigure`, which are kept when a month is closed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from campaigns import atoms
from campaigns.enums import PLEDGED_STATES, AgeGroup, Sex, Subject
from campaigns.models import (
    Activity,
    ActivityClosing,
    Campaign,
    Entry,
    Handout,
    HealthWorker,
    Reached,
    ToldFigure,
    Topic,
)
from facilities.bars import Bar, bars
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
class AgeRow:
    """One line of the table: of each sex a figure, None where it may not be told."""

    name: Any
    cells: list[tuple[Any, int | None]]
    bars: list[float]


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody is told of a campaign. The ways of parting the same people are told apart from each other, never crossed.

    `until` is the month up to which it tells, None before one of its months was closed; `whole` that this is the month in which it ended,
    or a later one. A month's people are those whom its closing counted.
    """

    until: date | None
    whole: bool
    people: int | None
    ages: list[AgeRow]
    sides: list[Bar]
    months: list[Bar]
    places: list[Bar]
    activities: int


def told_to_all(campaign: Campaign) -> Told | None:
    """Return the public figures: sums of what was kept when months were closed. None before the campaign begins."""
    if campaign.opens_at is None or campaign.closes_at is None or campaign.opens_at > timezone.now():
        return None
    until = ActivityClosing.objects.until()
    if until and until < first_day(campaign).replace(day=1):
        until = None
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    sides: Counter[int] = Counter()
    months: Counter[date] = Counter()
    figures = ToldFigure.objects.filter(campaign=campaign).order_by()
    for subject, key, number in figures.values_list("subject", "key").annotate(n=Sum("number")):
        sums[subject][key] = number
    people = figures.filter(subject=Subject.PEOPLE).values_list("side", "closing__month")
    for side, month, number in people.annotate(n=Sum("number")):
        sides[side] += number
        months[month] += number
    cells, places = sums[Subject.CELL], sums[Subject.PLACE]
    longest = max(cells.values(), default=0)
    ages = []
    for age in AgeGroup:
        found = [cells.get(atoms.cell(sex, age)) for sex in Sex]
        labels = [sex.label for sex in Sex]
        ages.append(
            AgeRow(age.label, list(zip(labels, found, strict=True)), [100 * (n or 0) / (longest or 1) for n in found])
        )
    names = {str(row.pk): row for row in Municipality.objects.filter(pk__in=places)}
    ordered = sorted(places, key=lambda pk: (-places[pk], names[pk].name))
    return Told(
        until=until,
        whole=bool(until and until >= timezone.localdate(campaign.closes_at).replace(day=1)),
        people=sums[Subject.PEOPLE].get(""),
        ages=ages,
        sides=bars({row.pk: row for row in Region.objects.order_by("position", "pk")}, sides),
        months=bars({month: month for month in sorted(months)}, months),
        places=bars({pk: names[pk] for pk in ordered}, places),
        activities=sum(places.values()),
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
