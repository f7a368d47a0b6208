"""When a change that was asked for is reminded of, when a page is asked about, and who may decide, say and assess: pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from facilities import policies
from facilities.upkeep_enums import RequestState
from network import policies as network_policies

# The coordinators of its side are reminded of a change that waits, then the national ones are told.
REMIND_AFTER = timedelta(days=7)
ESCALATE_AFTER = timedelta(days=14)
# Two who come from different sides see more than one, and neither can be put under pressure alone.
FEWEST_ASSESSORS = 2
FEWEST_SIDES = 2


def reminder_due(request: Any, now: datetime) -> bool:
    """Tell whether the coordinators of its side are to be reminded of a change that waits."""
    waits = request.state == RequestState.WAITING and request.reminded_at is None
    return waits and now - request.asked_at >= REMIND_AFTER


def escalation_due(request: Any, now: datetime) -> bool:
    """Tell whether the national coordinators are to be told of a change that waits."""
    waits = request.state == RequestState.WAITING and request.escalated_at is None
    return waits and now - request.asked_at >= ESCALATE_AFTER


def may_decide(user: Any, request: Any) -> bool:
    """A change is checked by a coordinator of the facility's side who did not ask for it."""
    return policies.keeps(user, request.facility.side_id) and request.asked_by_id != user.pk


def may_run(user: Any, side_id: int | None) -> bool:
    """A visit is planned and published by the coordinators of the facility's side, or by a national one: it joins sides."""
    return policies.keeps(user, side_id) or network_policies.is_national(user)


def may_begin(assessors: Iterable[Any]) -> bool:
    """A visit needs two assessors or more, of different sides (abroad counts as one of its own), of whom one at least is there."""
    rows = list(assessors)
    sides = {row.side_id for row in rows}
    return len(rows) >= FEWEST_ASSESSORS and len(sides) >= FEWEST_SIDES and any(not row.remote for row in rows)
