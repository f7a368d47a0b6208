"""Whom a move of a measure or an action concerns: pure of writing, for the digest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from measures.enums import ActionMove, AuthorState, MeasureMove, MeasureState, News
from measures.models import Action, Author, Following, Measure, RollEntry
from network.models import Practitioner, Transition

# What somebody follows when they follow a kind of news.
KIND_OF_MOVE: dict[str, News] = {
    MeasureMove.CREATE: News.REVIEW,
    MeasureMove.SUBMIT: News.REVIEW,
    MeasureMove.TAKE_BACK: News.REVIEW,
    MeasureMove.CONFIRM: News.REVIEW,
    MeasureMove.UNCONFIRM: News.REVIEW,
    MeasureMove.AMEND: News.REVIEW,
    MeasureMove.OPEN: News.VOTE,
    MeasureMove.MEDIATE: News.VOTE,
    MeasureMove.ADOPT: News.OUTCOME,
    MeasureMove.REJECT: News.OUTCOME,
    MeasureMove.SUPERSEDE: News.OUTCOME,
    MeasureMove.REVOKE: News.OUTCOME,
    MeasureMove.WITHDRAW: News.OUTCOME,
}
# What those on the roll of a vote are told.
TOLD_TO_VOTERS = frozenset({News.VOTE, News.OUTCOME})
# These concern the authors alone: to all others a draft does not exist.
AMONG_AUTHORS = frozenset({MeasureMove.CREATE, MeasureMove.TAKE_BACK})


@dataclass(frozen=True, slots=True)
class Step:
    """One move that is told: of a measure, or of an action of it."""

    number: int
    measure_id: int
    action_id: int | None
    move: str
    kind: News
    by_id: int | None
    from_state: str


@dataclass
class Around:
    """Who stands around one measure: accounts by their part in it, and the sides of its authors."""

    authors: set[int] = field(default_factory=set)
    invited: set[int] = field(default_factory=set)
    voters: set[int] = field(default_factory=set)
    followers: set[int] = field(default_factory=set)
    sides: set[int] = field(default_factory=set)


def steps(since: datetime, until: datetime) -> list[Step]:
    """Return what is told of the moves after `since`, until `until`. Edits are no news; nor is anything about votes that were cast."""
    measures, actions = Measure._meta.label_lower, Action._meta.label_lower
    moves = [*KIND_OF_MOVE, *ActionMove.values]
    journal = Transition.objects.filter(
        subject_type__in=[measures, actions], at__gt=since, at__lte=until, move__in=moves
    )
    rows = list(journal.order_by("pk"))
    acted = [row.subject_id for row in rows if row.subject_type == actions]
    measure_of = dict(Action.objects.filter(pk__in=acted).values_list("pk", "measure_id"))
    return [
        Step(
            number=row.pk,
            measure_id=measure_of[row.subject_id] if row.subject_type == actions else row.subject_id,
            action_id=row.subject_id if row.subject_type == actions else None,
            move=row.move,
            kind=News.ACTION if row.subject_type == actions else KIND_OF_MOVE[row.move],
            by_id=row.by_id,
            from_state=row.from_state,
        )
        for row in rows
    ]


def _around(measure_ids: Iterable[int]) -> dict[int, Around]:
    found: dict[int, Around] = defaultdict(Around)
    ids = set(measure_ids)
    writing = Author.objects.filter(measure_id__in=ids).exclude(state=AuthorState.LEFT)
    for measure, state, user, side in writing.values_list(
        "measure_id", "state", "practitioner__user_id", "practitioner__region_id"
    ):
        around = found[measure]
        if state == AuthorState.INVITED:
            around.invited.add(user)
            continue
        around.authors.add(user)
        if side is not None:
            around.sides.add(side)
    roll = RollEntry.objects.filter(vote__measure_id__in=ids)
    for measure, user in roll.values_list("vote__measure_id", "practitioner__user_id"):
        found[measure].voters.add(user)
    for measure, user in Following.objects.filter(measure_id__in=ids).values_list(
        "measure_id", "practitioner__user_id"
    ):
        found[measure].followers.add(user)
    return found


def _is_told(step: Step, measure: Measure) -> bool:
    """Tell whether a step may be told beyond the authors, as the measure stands now."""
    if step.move in AMONG_AUTHORS or measure.state == MeasureState.DRAFT:
        return False
    if measure.state == MeasureState.WITHDRAWN and measure.adopted_at is None:
        # Those who read it learn that it is gone, and of a draft that nobody read nothing.
        return step.move == MeasureMove.WITHDRAW and step.from_state != MeasureState.DRAFT
    return True


def _sides(step: Step, around: Around, action: Action | None) -> set[int]:
    if action is None:
        return around.sides
    sides = {action.first_side_id, action.second_side_id, action.region_id, *around.sides}
    return {side for side in sides if side is not None}


def _follows(row: Following, step: Step, measure: Measure, sides: set[int]) -> bool:
    """Side and topic and kind together; what is left open matches any."""
    return (
        (row.region_id is None or row.region_id in sides)
        and (row.topic_id is None or row.topic_id == measure.topic_id)
        and (not row.kind or row.kind == step.kind)
    )


def concerned(
    told: Iterable[Step], measures: dict[int, Measure], actions: dict[int, Action]
) -> Iterator[tuple[Step, set[int]]]:
    """Yield each step with the accounts of the active members whom it concerns; nobody is told of what they did themselves."""
    around = _around(measures)
    active = set(Practitioner.objects.active().filter(user__is_active=True).values_list("user_id", flat=True))
    filters = list(Following.objects.filter(measure__isnull=True).select_related("practitioner"))
    for step in told:
        measure, here = measures[step.measure_id], around[step.measure_id]
        action = actions.get(step.action_id) if step.action_id else None
        people = here.authors | here.invited if step.move == MeasureMove.CREATE else set(here.authors)
        if action:
            people |= {action.first_owner.user_id, action.second_owner.user_id}
        if _is_told(step, measure):
            people |= here.followers
            people |= here.voters if step.kind in TOLD_TO_VOTERS else set()
            sides = _sides(step, here, action)
            people |= {row.practitioner.user_id for row in filters if _follows(row, step, measure, sides)}
        yield step, (people & active) - {step.by_id}
