"""Outreach in numbers: who may report what, what stands after corrections, where nobody was for how long, and what of it everybody is told.

What its own people read is a sum over rows that are only ever added, so that a correction is in it as soon as it is there. What everybody
reads is a sum of `ToldFigure`, which are kept when a month is closed: nothing that is entered today moves it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from facilities.bars import Bar, bars
from network import policies as network_policies
from network.models import District, Municipality, Profession
from network.months import last_day
from outreach import atoms, policies
from outreach.enums import AgeGroup, ReferredTo, Sex, Subject
from outreach.models import (
    Closing,
    DailyReport,
    MobileUnit,
    Referred,
    SafeSpace,
    Seen,
    Stop,
    TeamMember,
    ToldFigure,
    Trained,
    Training,
    TrainingTopic,
)

Cell = tuple[str, str]


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


def reported(stops: Collection[Stop]) -> set[int]:
    """Return which of these stops have a report whose numbers are not struck out, by id."""
    rows = Seen.objects.filter(report__stop__in=stops).order_by().values_list("report", "report__stop")
    return {stop for _report, stop, people in rows.annotate(n=Sum("people")) if people}


def next_stops(units: Collection[MobileUnit], today: date) -> list[Stop]:
    """Return where these units are still to go from today on: without what is reported."""
    rows = Stop.objects.filter(plan__unit__in=units, day__gte=today).select_related("municipality", "plan__unit")
    found = list(rows.order_by("day", "pk")[:20])
    done = reported(found)
    return [stop for stop in found if stop.pk not in done]


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


def _last_visits(until: date) -> dict[int, date]:
    """Return the last day up to that one on which somebody was seen there, by the id of the municipality."""
    rows: Any = DailyReport.objects.filter(on__lte=until)
    rows = rows.with_people().filter(people__gt=0).order_by()
    return dict(rows.values_list("municipality").annotate(last=Max("on")))


def _width(time: int | None, longest: int) -> float:
    """Return how long a bar is: the longer nobody was there, the longer; never is as long as can be."""
    return 100.0 if time is None else 100 * time / longest if longest else 0.0


def places(sides: Collection[int], today: date) -> list[Place]:
    """Return the municipalities of some sides, those first where nobody was for longest."""
    last = _last_visits(today)
    rows = Municipality.objects.valid_on(today).filter(district__region__in=sides).select_related("district")
    since = {row: (today - last[row.pk]).days if row.pk in last else None for row in rows.order_by("name", "pk")}
    longest = max((days for days in since.values() if days is not None), default=0)
    ordered = sorted(since.items(), key=lambda each: -1 if each[1] is None else longest - each[1])
    return [Place(row, days, _width(days, longest)) for row, days in ordered]


# --- what everybody is told ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district up to the last month that is closed.

    `month` is that of the last visit (None: never), `people` None where none may be told; in so many of its municipalities a unit was in
    the month that was closed last: `visited`.
    """

    district: District
    month: date | None
    width: float
    visited: int
    municipalities: int
    people: int | None


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One line of the table: a figure for each sex, in the order of `Sex`; None where none may be told."""

    name: Any
    cells: list[int | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody is told. The ways of parting the same people are told apart from each other, never crossed."""

    until: date | None
    units: int
    people: int | None
    referred: int | None
    trained: int | None
    ages: list[AgeRow]
    levels: list[Bar]
    topics: list[Bar]


def told_until() -> date | None:
    """Return the first day of the month up to which everybody is told; None before any was closed."""
    until: date | None = Closing.objects.until()
    return until


def told_to_all() -> Told:
    """Return the public figures."""
    rows = ToldFigure.objects.order_by().values_list("subject", "key").annotate(n=Sum("people"))
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for subject, key, people in rows:
        sums[subject][key] = people
    cells, topics = sums[Subject.CELL], sums[Subject.TOPIC]
    return Told(
        until=told_until(),
        units=MobileUnit.objects.filter(in_service=True).count(),
        people=sums[Subject.PEOPLE].get(""),
        referred=sums[Subject.REFERRED].get(""),
        trained=sums[Subject.TRAINED].get(""),
        ages=[AgeRow(age.label, [cells.get(atoms.cell(sex, age)) for sex in Sex]) for age in AgeGroup],
        levels=bars({level.value: level.label for level in ReferredTo}, sums[Subject.LEVEL]),
        topics=bars({row.code: row for row in TrainingTopic.objects.filter(code__in=topics).order_by("pk")}, topics),
    )


def districts(today: date) -> list[DistrictRow]:
    """Return the districts in the order of sides and names, as everybody may read them. No day is told: it would part a month's people."""
    until = told_until()
    last = _last_visits(last_day(until)) if until else {}
    people = (
        ToldFigure.objects.filter(subject=Subject.PEOPLE).order_by().values_list("district").annotate(n=Sum("people"))
    )
    told = dict(people)
    inside: dict[int, list[int]] = defaultdict(list)
    for pk, district in Municipality.objects.valid_on(today).order_by("pk").values_list("pk", "district"):
        inside[district].append(pk)
    # Where a municipality has ended since, what was done there still counts for the district.
    months: dict[int, date] = {}
    of = dict(Municipality.objects.filter(pk__in=last).order_by("pk").values_list("pk", "district"))
    for pk, day in last.items():
        months[of[pk]] = max(day.replace(day=1), months.get(of[pk], date.min))
    since = {pk: _months_between(month, until) for pk, month in months.items() if until}
    longest = max(since.values(), default=0)
    return [
        DistrictRow(
            row,
            months.get(row.pk),
            _width(since.get(row.pk), longest),
            sum(pk in last and last[pk].replace(day=1) == until for pk in inside[row.pk]),
            len(inside[row.pk]),
            told.get(row.pk),
        )
        for row in District.objects.select_related("region").order_by("region__position", "name", "pk")
    ]


def _months_between(first: date, second: date) -> int:
    return 12 * (second.year - first.year) + second.month - first.month


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
