"""Months, each by its first day, and when one is closed: from then on what everybody is told of it stands. Pure."""

from datetime import date, timedelta

# A month is closed once so many days of the next are over.
CLOSED_AFTER = 10


def month_before(month: date, months: int = 1) -> date:
    """Return the first day of the month so many months before."""
    number = month.year * 12 + month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: date) -> date:
    return month_before(month, -1) - timedelta(days=1)


def month_to_close(today: date) -> date:
    """Return the latest month that can be closed."""
    return month_before(today, 1 if today.day > CLOSED_AFTER else 2)
