from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import policies
from network.enums import DomainError, Move
from network.models import Transition, User


class IllegalMove(DomainError):
    message = _("This is no longer possible: in the meantime it became “%(state)s”. Please look at it again.")


class CorrectedMeanwhile(DomainError):
    message = _(
        "These numbers have been corrected in the meantime. What stands now is told beside each box: please compare, and send it again."
    )


def require_seen(corrections: models.QuerySet[Any], seen: int) -> None:
    """Refuse a correction whose writer saw fewer or more than there are: it would undo what they never saw. Raises CorrectedMeanwhile."""
    if corrections.count() != seen:
        raise CorrectedMeanwhile


def require_move(table: Mapping[Any, Move], move: Any, subject: Any) -> str:
    """Return the state to which the move leads; raises IllegalMove where the present state allows no such move."""
    if subject.state not in table[move].sources:
        raise IllegalMove(state=subject.get_state_display())
    return table[move].target


def record_transition(
    subject: models.Model,
    move: str,
    *,
    from_state: str,
    to_state: str,
    by: User | None,
    at: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Transition:
    """Add the row that tells of a move; `by` is None when a rule and no person made it."""
    return Transition.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        move=move,
        from_state=from_state,
        to_state=to_state,
        by=by,
        at=at,
        reason=reason,
        changes=dict(changes or {}),
    )


def record_edit(subject: Any, *, changed: Mapping[str, Any], by: User | None, at: datetime) -> None:
    """Record that fields were edited, without a move; nothing when none was."""
    if changed:
        state = getattr(subject, "state", "")
        record_transition(subject, "edit", from_state=state, to_state=state, by=by, at=at, changes=changed)


class ChangedMeanwhile(DomainError):
    message = _(
        "Somebody else has changed this in the meantime, and your change does not fit it. Please open the page again."
    )


def take_changes(stands: Any, typed: Any, changed: Collection[str]) -> list[str]:
    """Set of a locked row what a form changed of it, and return these columns: the rest stays as others have saved it meanwhile.

    Raises ChangedMeanwhile where both together break a constraint that the form alone kept.
    """
    taken = [field for field in stands._meta.concrete_fields if field.name in changed]
    for field in taken:
        setattr(stands, field.attname, getattr(typed, field.attname))
    try:
        stands.validate_constraints()
    except ValidationError as error:
        raise ChangedMeanwhile from error
    return [field.name for field in taken]


class NotYours(DomainError):
    message = _("Only a national coordinator can change this.")


@transaction.atomic
def keep_reference(*, row: Any, changed: Collection[str], by: User) -> Any:
    """Keep a row of reference data that was edited in a form. Raises NotYours."""
    if not policies.is_national(by):
        raise NotYours
    if row._state.adding:
        row.save()
    else:
        typed, row = row, type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        row.save(update_fields=take_changes(row, typed, changed))
    record_edit(row, changed={"fields": sorted(changed)} if changed else {}, by=by, at=timezone.now())
    return row
