"""What a juror says of an entry: given, changed, taken back, until the round closes. Every word is kept, the last one counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import conflicts, judging_selectors, juror_selectors, policies, scoring
from campaigns.enums import JUDGED_STATES, RoundKind, RoundState
from campaigns.models import Assignment, Conflict, Juror, Mark, Round
from campaigns.services import jurors, rounds
from network.enums import DomainError
from network.models import User


class RoundNotOpen(DomainError):
    message = _("This round is not open now: nothing was saved. What you gave before is kept.")


class MarksIncomplete(DomainError):
    message = _("Please give each criterion its mark.")


class NotAnOrder(DomainError):
    message = _("Please give each place once, from 1 on.")


class InConflict(DomainError):
    message = _(
        "This entry is not for you: you share its municipality or workplace, or had it in your hands. Somebody else judges it."
    )


class SomeInConflict(InConflict):
    message = _(
        "What is not for you was taken out: you share its municipality or workplace, or had it in your hands. Put the others in order."
    )


class NothingToUndo(DomainError):
    message = _("There is nothing to undo.")


def _open(round_: Round, juror: Juror, by: User) -> Round:
    """Return the round, held, if this person may give marks in it. Raises RoundNotOpen, NotYourEntry.

    Whatever else is asked is asked after this: until the round is held an entry may go to somebody else.
    """
    round_ = rounds.lock(round_)
    if not policies.judges(by, Juror.objects.select_related("practitioner").get(pk=juror.pk)):
        raise jurors.NotYourEntry
    if round_.state != RoundState.OPEN:
        raise RoundNotOpen
    return round_


def _mine(assignment: Assignment) -> Assignment:
    rows = Assignment.objects.select_related("juror__practitioner__user", "entry")
    return rows.get(pk=assignment.pk)


def _require_before(assignment: Assignment) -> None:
    """Raises NotYourEntry for what has gone to somebody else, or is judged no more."""
    if assignment.dropped_at or assignment.entry.state not in JUDGED_STATES:
        raise jurors.NotYourEntry
    if Conflict.objects.filter(juror=assignment.juror_id, entry=assignment.entry_id).exists():
        raise InConflict


def _keep(assignment: Assignment, value: Any, *, at: datetime, undoes: Mark | None = None) -> Mark | None:
    """Add a row, unless it says what was said already."""
    last = Mark.objects.filter(assignment=assignment).order_by("-number").first()
    if undoes is None and (last.value if last else None) == value:
        return None
    mark = Mark.objects.create(
        assignment=assignment, number=last.number + 1 if last else 1, value=value, given_at=at, undoes=undoes
    )
    done = None if value is None else assignment.done_at or at
    if done != assignment.done_at:
        assignment.done_at = done
        assignment.save(update_fields=["done_at"])
    return mark


def give_marks(*, assignment: Assignment, value: Any, by: User) -> Assignment:
    """Say what one thinks of an entry: True or False, or {criterion: mark}. The same again changes nothing.

    Where a conflict shows by now, it is written down and the entry goes to somebody else. Raises RoundNotOpen, NotYourEntry, InConflict,
    MarksIncomplete.
    """
    with transaction.atomic():
        round_ = _open(Round(pk=assignment.round_id), Juror(pk=assignment.juror_id), by)
        assignment = _mine(assignment)
        _require_before(assignment)
        if not _stood_back(round_, [assignment]):
            _require_marks(round_, value)
            _keep(assignment, value, at=timezone.now())
            _wake(assignment.juror, by)
            return assignment
    # The conflict is kept: what is refused is the mark.
    raise InConflict


def _require_marks(round_: Round, value: Any) -> None:
    rules = judging_selectors.rules(round_)
    if isinstance(rules, scoring.Screening) and isinstance(value, bool):
        return
    if isinstance(rules, scoring.Rating):
        try:
            rules.total(value)
        except scoring.MarkInvalid:
            raise MarksIncomplete from None
        return
    raise MarksIncomplete


def _wake(juror: Juror, by: User) -> None:
    if juror.paused_at:
        jurors.go_on_judging(juror=juror, by=by)


def give_order(*, round_: Round, juror: Juror, places: Mapping[int, int], by: User) -> None:
    """Put all finalists that one has in order: {assignment: place from 1}. The same again changes nothing.

    Where conflicts show by now, they are written down and the order is asked for again. Raises RoundNotOpen, NotYourEntry,
    SomeInConflict, NotAnOrder.
    """
    with transaction.atomic():
        round_ = _open(round_, juror, by)
        barred = Conflict.objects.filter(juror=juror).values("entry")
        rows = Assignment.objects.filter(round=round_, juror=juror).held().exclude(entry__in=barred).order_by("turn")
        mine = {row.pk: row for row in rows.select_related("juror__practitioner__user", "entry")}
        whole = sorted(places.values()) == list(range(1, len(mine) + 1))
        if round_.kind != RoundKind.RANKING or places.keys() != mine.keys() or not whole:
            raise NotAnOrder
        if not _stood_back(round_, list(mine.values())):
            now = timezone.now()
            for pk, place in places.items():
                _keep(mine[pk], place, at=now)
            _wake(juror, by)
            return
    # The conflicts are kept: what is refused is the order.
    raise SomeInConflict


def _stood_back(round_: Round, mine: Sequence[Assignment]) -> bool:
    """Write down the conflicts of a juror with what is before them, and tell whether there is one."""
    found = conflicts.found_conflicts([row.juror for row in mine[:1]], [row.entry for row in mine])
    # Of several kinds the same as for an entry by itself: the first.
    kinds = {row.entry: row.kind for row in sorted(found, reverse=True)}
    for row in mine:
        if row.entry_id in kinds:
            jurors.stand_back(round_, row, kinds[row.entry_id], by=None)
    return bool(kinds)


@transaction.atomic
def undo(*, round_: Round, juror: Juror, by: User) -> Assignment:
    """Take back what one did last: the entry has again what was said before, or waits again. Raises RoundNotOpen, NothingToUndo."""
    round_ = _open(round_, juror, by)
    last = juror_selectors.undoable(juror, round_)
    if last is None or round_.kind == RoundKind.RANKING:
        raise NothingToUndo
    standing = Mark.objects.filter(assignment=last.assignment, undoes__isnull=True, undone__isnull=True)
    before = standing.exclude(pk=last.pk).order_by("-number").first()
    _keep(last.assignment, before.value if before else None, at=timezone.now(), undoes=last)
    return last.assignment
