"""Who may do what in outreach: pure, but for the grants of the person."""

from datetime import date, timedelta
from typing import Any

from network import policies as network_policies

# Reports come late where there is no network, but not by more than a year.
REPORTED_WITHIN = timedelta(days=366)
# Planned stops that a report can still name.
STOPS_OFFERED = timedelta(days=14)


def keeps(user: Any, side_id: int | None) -> bool:
    """The coordinators of a side keep its units, plans, trainings, safe spaces and referrals; nobody else does."""
    return side_id is not None and network_policies.answers_for(user, side_id)


def in_its_time(day: date, today: date) -> bool:
    """Tell whether something of that day can be reported today."""
    return today - REPORTED_WITHIN <= day <= today
