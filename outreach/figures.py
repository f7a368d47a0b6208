"""Outreach in numbers: who may report what, what stands after corrections, where nobody was for how long, and what of it everybody is told.

Every number is a sum over rows that are only ever added, so that a correction is in it as soon as it is there.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from facilities.bars import Bar, bars
from network import disclosure, policies as network_policies
from network.models import District, Municipality, Profession
from outreach import policies
from outreach.enums import AgeGroup, ReferredTo, Sex
from outreach.models import (
    DailyReport,
    MobileUnit,
    Referred,
    SafeSpace,
    Seen,
    Stop,
    TeamMember,
    Trained,
    Training,
    TrainingTopic,
)

Cell = tuple[str, str]
# So many days back a place counts as visited in the picture of a district.
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many were seen, by (sex, age group), and how many of them were referred, by level. Nothing of 0."""

    seen: Mapping[Cell, int] = field(default_factory=dict)
    referred: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(self.seen.values())


# (id of the cadre, sex) → people; nothing of 0.
Staff = Mapping[tuple[int, str], int]


# --- who reports --------------------------------------------------------------------------------------------------------


def units_of(user: Any) -> QuerySet[MobileUnit]:
    """Return the units of which the person reports today: in whose team they are, or whose side they coordinate."""
    teams = TeamMember.objects.in_force(timezone.localdate()).filter(practitioner__user=user.pk)
    theirs = Q(pk__in=teams.values("unit"))
    if sides := network_policies.regions(user):
        theirs |= Q(side__in=sides)
    return MobileUnit.objects.filter(theirs, in_service=True).select_related("side").order_by("-pk")


def sides_of(user: Any) -> frozenset[int]:
    """Return the sides for which the person enters trainings and reads where nobody was."""
    teams = TeamMember.objects.in_force(timezone.localdate()).filter(practitioner__user=user.pk)
    return network_policies.regions(user) | frozenset(teams.values_list("unit__side_id", flat=True))


def may_correct_report(report: DailyReport, user: Any) -> bool:
    """Tell whether somebody puts a report right: who entered it and is still in the team, or who coordinates its side."""
    if policies.keeps(user, report.side_id):
        return True
    return report.entered_by_id == user.pk and units_of(user).filter(pk=report.unit_id).exists()


def may_correct_training(training: Training, user: Any) -> bool:
    """Tell whether somebody puts a training right: who entered it and still reports of its side, or who coordinates that."""
    if policies.keeps(user, training.side_id):
        return True
    return training.entered_by_id == user.pk and training.side_id in sides_of(user)


def stops_to_report(unit: MobileUnit, today: date) -> list[Stop]:
    """Return the planned stops of the last days that a report can name, the newest first."""
    rows = Stop.objects.filter(plan__unit=unit, day__range=(today - policies.STOPS_OFFERED, today))
    return list(rows.select_related("municipality").order_by("-day", "pk"))


def next_stops(units: Collection[MobileUnit], today: date) -> list[Stop]:
    """Return where these units are to go from today on."""
    rows = Stop.objects.filter(plan__unit__in=units, day__gte=today).select_related("municipality", "plan__unit")
    return list(rows.order_by("day", "pk")[:20])


# --- what stands --------------------------------------------------------------------------------------------------------


def numbers_of(reports: Collection[DailyReport]) -> dict[int, Numbers]:
    """Return the numbers of each report as its corrections leave them, by its id."""
    ids = [report.pk for report in reports]
    seen: dict[int, dict[Cell, int]] = defaultdict(dict)
    rows = Seen.objects.filter(report__in=ids).order_by()
    for pk, sex, age, people in rows.values_list("report", "sex", "age").annotate(n=Sum("people")):
        if people:
            seen[pk][sex, age] = people
    referred: dict[int, dict[str, int]] = defaultdict(dict)
    sent = Referred.objects.filter(report__in=ids).order_by()
    for pk, level, people in sent.values_list("report", "level").annotate(n=Sum("people")):
        if people:
            referred[pk][level] = people
    return {pk: Numbers(seen.get(pk, {}), referred.get(pk, {})) for pk in ids}


def staff_of(trainings: Collection[Training]) -> dict[int, dict[tuple[int, str], int]]:
    """Return who came to each training as its corrections leave it: its id → (id of the cadre, sex) → people."""
    found: dict[int, dict[tuple[int, str], int]] = {training.pk: {} for training in trainings}
    rows = Trained.objects.filter(training__in=list(found)).order_by("training", "cadre", "sex")
    for pk, cadre, sex, people in rows.values_list("training", "cadre", "sex").annotate(n=Sum("people")):
        if people:
            found[pk][cadre, sex] = people
    return found


def reports_by(user: Any) -> QuerySet[DailyReport]:
    """Return what the person reported, the last first."""
    return DailyReport.objects.filter(entered_by=user.pk).select_related("unit", "municipality").order_by("-pk")


def trainings_by(user: Any) -> QuerySet[Training]:
    """Return the trainings that the person entered, the last first."""
    rows = Training.objects.filter(entered_by=user.pk).select_related("topic", "municipality")
    return rows.with_people().order_by("-pk")


# --- where nobody was for how long -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality, and for how many days no unit has been there; None: never."""

    municipality: Municipality
    days: int | None
    width: float


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district: days since a unit was last in it (None: never), in how many of its municipalities one was lately, people seen."""

    district: District
    days: int | None
    width: float
    lately: int
    municipalities: int
    people: str


def _last_visits() -> dict[int, date]:
    """Return the last day on which somebody was seen there, by the id of the municipality."""
    rows: Any = DailyReport.objects.with_people()
    rows = rows.filter(people__gt=0).order_by()
    return dict(rows.values_list("municipality").annotate(last=Max("on")))


def _width(days: int | None, longest: int) -> float:
    """Return how long a bar is: the longer nobody was there, the longer; never is as long as can be."""
    return 100.0 if days is None else 100 * days / longest if longest else 0.0


def places(sides: Collection[int], today: date) -> list[Place]:
    """Return the municipalities of some sides, those first where nobody was for longest."""
    last = _last_visits()
    rows = Municipality.objects.valid_on(today).filter(district__region__in=sides).select_related("district")
    since = {row: (today - last[row.pk]).days if row.pk in last else None for row in rows.order_by("name", "pk")}
    longest = max((days for days in since.values() if days is not None), default=0)
    ordered = sorted(since.items(), key=lambda each: -1 if each[1] is None else longest - each[1])
    return [Place(row, days, _width(days, longest)) for row, days in ordered]


def districts(today: date) -> list[DistrictRow]:
    """Return the districts in the order of sides and names, as everybody may read them."""
    last = _last_visits()
    seen: Counter[int] = Counter()
    rows = Seen.objects.order_by().values_list("report__municipality__district").annotate(n=Sum("people"))
    seen.update({pk: people for pk, people in rows if people})
    told = disclosure.tell(seen)
    inside: dict[int, list[int]] = defaultdict(list)
    for pk, district in Municipality.objects.valid_on(today).order_by("pk").values_list("pk", "district"):
        inside[district].append(pk)
    # Where a municipality has ended since, what was done there still counts for the district.
    since: dict[int, int] = {}
    of = dict(Municipality.objects.filter(pk__in=last).order_by("pk").values_list("pk", "district"))
    for pk, day in last.items():
        days = (today - day).days
        since[of[pk]] = min(days, since.get(of[pk], days))
    longest = max(since.values(), default=0)
    return [
        DistrictRow(
            row,
            since.get(row.pk),
            _width(since.get(row.pk), longest),
            sum(pk in last and today - last[pk] <= LATELY for pk in inside[row.pk]),
            len(inside[row.pk]),
            disclosure.figure_in(told, row.pk, seen[row.pk]),
        )
        for row in District.objects.select_related("region").order_by("region__position", "name", "pk")
    ]


# --- what everybody is told ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One line of the table: a figure for each sex, in the order of `Sex`."""

    name: Any
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody is told. The ways of parting the same people are told apart from each other, never crossed."""

    units: int
    people: str
    referred: str
    trained: str
    ages: list[AgeRow]
    levels: list[Bar]
    topics: list[Bar]
    hides: bool


def told_to_all() -> Told:
    """Return the public figures."""
    cells: Counter[Cell] = Counter()
    for sex, age, people in Seen.objects.order_by().values_list("sex", "age").annotate(n=Sum("people")):
        cells[sex, age] = people
    levels: Counter[str] = Counter(dict(Referred.objects.order_by().values_list("level").annotate(n=Sum("people"))))
    topics: Counter[int] = Counter(
        dict(Trained.objects.order_by().values_list("training__topic").annotate(n=Sum("people")))
    )
    by_cell, by_level, by_topic = (disclosure.tell(+found) for found in (cells, levels, topics))
    return Told(
        units=MobileUnit.objects.filter(in_service=True).count(),
        people=by_cell.total,
        referred=by_level.total,
        trained=by_topic.total,
        ages=[
            AgeRow(age.label, [disclosure.figure_in(by_cell, (sex, age), cells[sex, age]) for sex in Sex])
            for age in AgeGroup
        ],
        levels=bars({level.value: level.label for level in ReferredTo}, by_level.groups),
        topics=bars(
            {row.pk: row for row in TrainingTopic.objects.filter(pk__in=+topics).order_by("pk")}, by_topic.groups
        ),
        hides=by_cell.hides or by_level.hides or by_topic.hides,
    )


def safe_spaces() -> list[SafeSpace]:
    """Return the open safe spaces by district: no page tells more of where they are."""
    rows = SafeSpace.objects.filter(is_open=True).select_related("district")
    return list(rows.order_by("side__position", "district__name", "pk"))


def cadres() -> QuerySet[Profession]:
    rows: Any = Profession.objects.order_by("code", "pk")
    return rows


def topics() -> QuerySet[TrainingTopic]:
    rows: Any = TrainingTopic.objects.order_by("pk")
    return rows
