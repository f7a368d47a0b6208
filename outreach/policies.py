"""Who may do what in outreach: pure, but for the grants of the person."""

from datetime import date, timedelta
from typing import Any

from network import policies as network_policies

# Reports come late where there is no network, but not by more than a year.
REPORTED_WITHIN = timedelta(days=366)
# Planned stops that a report can still name.
STOPS_OFFERED = timedelta(days=14)

# A month is closed once so many days of the next are over.
CLOSED_AFTER = 10


def keeps(user: Any, side_id: int | None) -> bool:
    """The coordinators of a side keep its units, plans, trainings, safe spaces and referrals; nobody else does."""
    return side_id is not None and network_policies.answers_for(user, side_id)


def in_its_time(day: date, today: date) -> bool:
    """Tell whether something of that day can be reported today."""
    return today - REPORTED_WITHIN <= day <= today


def month_to_close(today: date) -> date:
    """Return the first day of the latest month that can be closed."""
    months_back = 1 if today.day > CLOSED_AFTER else 2
    number = today.year * 12 + today.month - 1 - months_back
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
