"""The dates of a rule, and what holidays and Ramadan make of them."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count as count_from, takewhile

from django.conf import settings
from django.utils import timezone

from dialogues.enums import SeriesRule
from dialogues.models import Session
from network.enums import PeriodEffect
from network.models import SpecialPeriod

LARGEST = 52
# A week in a month by which a rule counts; beyond it, it is the last one.
FOURTH = 4
# How far the next working day is looked for.
FAR = timedelta(days=40)


def clock(at: datetime) -> datetime:
    """Return what the clock on the wall shows, without a zone: the same clock time stays the same across a change of the hour."""
    return at.astimezone(timezone.get_default_timezone()).replace(tzinfo=None)


def moment(shown: datetime) -> datetime:
    """Return when the clock on the wall shows this."""
    return timezone.make_aware(shown, timezone.get_default_timezone())


def _months_on(first: date, months: int) -> tuple[int, int]:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return year, month + 1


def _same_day(first: date, months: int) -> date:
    """Return the same day of a later month, the last one where that month is shorter."""
    year, month = _months_on(first, months)
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _same_weekday(first: date, months: int) -> date:
    """Return the same weekday of a later month: its first to fourth, or, where the first date was a fifth, its last."""
    year, month = _months_on(first, months)
    nth = (first.day - 1) // 7
    opening = date(year, month, 1)
    found = opening + timedelta(days=(first.weekday() - opening.weekday()) % 7)
    if nth < FOURTH:
        return found + timedelta(weeks=nth)
    last = calendar.monthrange(year, month)[1]
    return found + timedelta(weeks=(last - found.day) // 7)


STEPS = {
    SeriesRule.WEEKLY: lambda first, n: first + timedelta(weeks=n),
    SeriesRule.FORTNIGHTLY: lambda first, n: first + timedelta(weeks=2 * n),
    SeriesRule.MONTHLY_WEEKDAY: _same_weekday,
    SeriesRule.MONTHLY_DAY: _same_day,
}


def dates_of(rule: str, first: date, *, count: int | None = None, until: date | None = None) -> list[date]:
    """Return the days of a rule, the first included: so many, or up to a day, that day included; one more than LARGEST at most."""
    step = STEPS[SeriesRule(rule)]
    number = min(count or LARGEST + 1, LARGEST + 1)
    days = (step(first, n) for n in count_from())
    within = takewhile(lambda day: until is None or day <= until, days)
    return [day for _, day in zip(range(number), within, strict=False)]


@dataclass(frozen=True)
class WorkingDays:
    """The special times of some sides, and the weekend."""

    periods: Collection[SpecialPeriod]

    def on(self, day: date) -> list[SpecialPeriod]:
        """Return what falls on a day."""
        return [period for period in self.periods if period.first_day <= day <= period.last_day]

    def is_free(self, day: date) -> bool:
        """Tell whether people work on a day."""
        off = (PeriodEffect.SKIP, PeriodEffect.SHIFT)
        return day.weekday() not in settings.WEEKEND and not any(period.effect in off for period in self.on(day))

    def next_free(self, day: date) -> date:
        """Return the first working day after a day; the day itself where there is none for weeks."""
        later = (day + timedelta(days=n) for n in range(1, FAR.days))
        return next((other for other in later if self.is_free(other)), day)

    def hour_on(self, day: date) -> SpecialPeriod | None:
        """Return the time in which another hour is proposed for that day."""
        return next((period for period in self.on(day) if period.effect == PeriodEffect.HOUR), None)


def working_days(first: date, last: date, *, session: Session | None = None) -> WorkingDays:
    """Return the special times between two days, and for weeks after: those of the sides that the session brings together."""
    periods = SpecialPeriod.objects.between(first, last + FAR).select_related("region")
    if session is not None:
        if session.host_region_id:
            periods = periods.observed_on([session.host_region_id])
        else:
            invited = list(session.invited_regions.values_list("pk", flat=True))
            periods = periods.observed_on(invited or None)
    return WorkingDays(list(periods.order_by("first_day", "pk")))


class Do(StrEnum):
    """What becomes of one date of a rule."""

    KEEP = "keep"
    OTHER = "other"
    SKIP = "skip"


@dataclass(frozen=True)
class Proposal:
    """One date of a rule, why it is unlike the others, and what is proposed instead."""

    number: int
    planned: datetime
    starts: datetime
    do: Do = Do.KEEP
    periods: list[SpecialPeriod] = field(default_factory=list)
    weekend: bool = False


def _proposal(number: int, shown: datetime, days: WorkingDays, *, weekends_matter: bool) -> Proposal:
    day = shown.date()
    periods = days.on(day)
    effects = {period.effect for period in periods}
    weekend = weekends_matter and day.weekday() in settings.WEEKEND
    do, proposed = Do.KEEP, shown
    if PeriodEffect.SKIP in effects:
        do = Do.SKIP
    elif PeriodEffect.SHIFT in effects or weekend:
        do, proposed = Do.OTHER, datetime.combine(days.next_free(day), shown.time())
    hour = days.hour_on(proposed.date())
    if hour and hour.starts_time:
        proposed = datetime.combine(proposed.date(), hour.starts_time)
        do = Do.OTHER if do is Do.KEEP and proposed != shown else do
    return Proposal(number, moment(shown), moment(proposed), do, periods, weekend)


def proposals(session: Session, rule: str, *, count: int | None = None, until: date | None = None) -> list[Proposal]:
    """Return the dates of a rule that begins with this session, the session's own first: it stays as it is."""
    start = clock(session.starts_at)
    days = dates_of(rule, start.date(), count=count, until=until)[:LARGEST]
    special = working_days(days[0], days[-1], session=session) if days else WorkingDays([])
    # A series on Saturdays is meant to be on Saturdays; a series on the 15th only happens to meet one.
    weekends_matter = start.weekday() not in settings.WEEKEND
    rows = [
        _proposal(number, datetime.combine(day, start.time()), special, weekends_matter=weekends_matter)
        for number, day in enumerate(days, 1)
    ]
    return [
        Proposal(1, row.planned, session.starts_at, periods=row.periods, weekend=row.weekend)
        if row.number == 1
        else row
        for row in rows
    ]


def shifted(at: datetime | None, by: timedelta) -> datetime | None:
    """Return a time moved by what the clock on the wall shows."""
    return moment(clock(at) + by) if at else None
