"""One step of anything that has a state: checked against its table, kept, recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from network.enums import Move
from network.models import User
from network.services import record_transition, require_move


def move(
    subject: Any,
    table: Mapping[Any, Move],
    step: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Move what the caller has locked, and set fields along with it. Raises IllegalMove."""
    before = subject.state
    subject.state = require_move(table, step, subject)
    for name, value in fields.items():
        setattr(subject, name, value)
    subject.save(update_fields=["state", *fields])
    record_transition(
        subject, step, from_state=before, to_state=subject.state, by=by, at=at, reason=reason, changes=changes
    )
