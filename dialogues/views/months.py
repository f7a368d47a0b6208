"""A month as a grid of weeks, which begin on Saturday."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import get_format

from dialogues.views.cards import Card

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    inside: bool
    today: bool
    cards: list[Card] = field(default_factory=list)


def parse(text: str | None) -> date | None:
    """Return the first day of a month written as YYYY-MM, None for anything else."""
    if not text or len(text) != 7:
        return None
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None


def before(first: date) -> date | None:
    """Return the month before, None where the calendar begins."""
    previous = (first - timedelta(days=1)).replace(day=1)
    return previous if previous.year >= FIRST_YEAR else None


def after(first: date) -> date | None:
    """Return the month after, None where the calendar ends."""
    following = (first + timedelta(days=31)).replace(day=1)
    return following if following.year <= LAST_YEAR else None


def _weeks(first: date) -> list[list[date]]:
    # Django counts days from Sunday, Python's calendar from Monday.
    return calendar.Calendar((get_format("FIRST_DAY_OF_WEEK") - 1) % 7).monthdatescalendar(first.year, first.month)


def weekdays(first: date) -> list[date]:
    """Return the days of one week, for their names."""
    return _weeks(first)[0]


def days(first: date, cards: Iterable[Card]) -> list[Day]:
    """Return the days of the month's weeks, each with what begins on it in local time."""
    today = timezone.localdate()
    grid = {
        day: Day(day, inside=day.month == first.month, today=day == today) for week in _weeks(first) for day in week
    }
    for card in cards:
        grid[timezone.localdate(card.session.starts_at)].cards.append(card)
    return list(grid.values())
