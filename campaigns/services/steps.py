"""One step of anything that has a state: checked against its table, kept, recorded; and what a form changed of a row, no more."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.enums import DomainError, Move
from network.models import User
from network.services import record_transition, require_move


class NoLongerFits(DomainError):
    message = _(
        "Somebody else has changed this in the meantime, and what you have written does not fit that. Please open the page again."
    )


def keep_changed(row: Any, typed: Any, changed: Collection[str]) -> None:
    """Write into a row that the caller has locked what a form changed of it; all else stays as somebody else has left it.

    Raises NoLongerFits where both together break a rule of the database that each by itself kept.
    """
    fields = [field for field in row._meta.concrete_fields if field.name in set(changed) and field.editable]
    for field in fields:
        setattr(row, field.attname, getattr(typed, field.attname))
    if fields:
        try:
            row.validate_constraints()
        except ValidationError:
            raise NoLongerFits from None
        row.save(update_fields=[field.name for field in fields])


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
