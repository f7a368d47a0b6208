"""Jurors at work, for the tests of judging."""

from typing import Any

from campaigns import judging_selectors, services
from campaigns.models import Assignment, Juror, Round


def value(round_: Round, number: int) -> Any:
    if round_.kind == "screening":
        return number % 3 > 0
    return {row.code: number % 5 + 1 for row in judging_selectors.criteria(round_)}


def held(round_: Round, juror: Juror | None = None) -> list[Assignment]:
    rows = Assignment.objects.filter(round=round_, **({"juror": juror} if juror else {})).held()
    return list(rows.select_related("juror__practitioner__user", "entry").order_by("juror", "turn"))


def give(assignment: Assignment, said: Any = None) -> Assignment:
    said = value(assignment.round, assignment.entry_id + assignment.juror_id) if said is None else said
    return services.give_marks(assignment=assignment, value=said, by=assignment.juror.practitioner.user)


def give_all(round_: Round, *, but: Juror | None = None) -> None:
    for assignment in held(round_):
        if assignment.juror != but:
            give(assignment)


def give_all_left(round_: Round) -> None:
    for assignment in held(round_):
        if not assignment.done_at:
            give(assignment)
