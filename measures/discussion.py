"""What is read around the text of a measure: which versions were ever shared, the comments where they belong now, the ranking of drafts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, QuerySet

from measures import selectors, texts
from measures.enums import AuthorState, MeasureMove, MeasureState
from measures.models import Author, Comment, Measure, Version
from measures.models.measures import PARTS
from network.disclosure import SMALLEST
from network.models import Practitioner, Transition

MOST_RANKED, MOST_COMMENTS = 200, 600
# So many answers of each side are needed before a score is shown at all: below, one could tell who answered how.
LEAST_ANSWERS = SMALLEST
# The score is shown in steps, so that one answer more can't be read off it.
STEP = 5


@dataclass(frozen=True, slots=True)
class History:
    """Which versions members ever read (`shared`), when the text was its authors' alone (`alone`), and which version was compared before an
    edit undid it (`undone`, 0 for none).
    """

    shared: frozenset[int]
    alone: tuple[tuple[datetime, datetime | None], ...]
    undone: int

    def was_shared(self, at: datetime) -> bool:
        return not any(start <= at and (end is None or at < end) for start, end in self.alone)


def history(measure: Measure) -> History:
    """Return what the journal knows of a measure's versions."""
    rows = Transition.objects.of(measure).order_by("pk").values_list("move", "from_state", "to_state", "at", "changes")
    shared: set[int] = set()
    alone: list[tuple[datetime, datetime | None]] = []
    compared = undone = 0
    for move, before, after, at, changes in rows:
        if before != MeasureState.DRAFT and after == MeasureState.DRAFT:
            alone.append((at, None))
        elif before == MeasureState.DRAFT and after != MeasureState.DRAFT and alone:
            alone[-1] = (alone[-1][0], at)
        version = changes.get("version", 0)
        # A draft that was withdrawn was never read by anybody else.
        if version and after != MeasureState.DRAFT:
            shared.add(version)
        if move == MeasureMove.CONFIRM:
            compared, undone = version, 0
        elif move in (MeasureMove.UNCONFIRM, MeasureMove.AMEND):
            undone = compared
    return History(frozenset(shared), tuple(alone), undone)


def versions(measure: Measure, past: History, *, author: bool) -> QuerySet[Version]:
    """Return the versions that somebody reads, the last one first: an author all of them, others those that were ever shared."""
    rows = Version.objects.filter(measure=measure)
    return (rows if author else rows.filter(number__in=past.shared)).order_by("-number")


# --- comments -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Thread:
    """A comment and the answers to it."""

    comment: Comment
    answers: list[Comment] = field(default_factory=list)

    @property
    def resolved(self) -> bool:
        return self.comment.resolved_at is not None


def threads(measure: Measure, past: History, *, author: bool) -> list[Thread]:
    """Return the comments that somebody reads, each with its answers; what was said before a draft was shared is its authors' alone."""
    rows = (
        Comment.objects.filter(measure=measure)
        .select_related("author__profession", "author__region")
        .annotate(on_version=F("version__number"))
        .order_by("-pk")[:MOST_COMMENTS]
    )
    found: dict[int, Thread] = {}
    for comment in reversed(rows):
        if not (author or past.was_shared(comment.created_at)):
            continue
        if comment.answers_id is None:
            found[comment.pk] = Thread(comment)
        elif comment.answers_id in found:
            found[comment.answers_id].answers.append(comment)
    return list(found.values())


@dataclass(slots=True)
class Placed:
    """Comments where they belong in the present text: by (language, part, block), on all of it, or on what is no longer there."""

    at: dict[tuple[str, str, int], list[Thread]] = field(default_factory=dict)
    general: list[Thread] = field(default_factory=list)
    earlier: list[Thread] = field(default_factory=list)


Blocks = Mapping[tuple[str, str], list[texts.Block]]


def blocks_of(version: Version | None) -> dict[tuple[str, str], list[texts.Block]]:
    """Return the blocks of a version by (language, part)."""
    if version is None:
        return {}
    return {
        (code, part): texts.blocks(getattr(version, f"{part}_{code}") or "") for code in ("ar", "en") for part in PARTS
    }


def placed(found: Iterable[Thread], blocks: Blocks) -> Placed:
    """Put each thread at the block that still says the same, of several the nearest one."""
    result = Placed()
    for thread in found:
        said = thread.comment
        if not said.block:
            result.general.append(thread)
            continue
        same = [block.number for block in blocks.get((said.language, said.part), []) if block.anchor == said.anchor]
        if not same:
            result.earlier.append(thread)
            continue
        number = min(same, key=lambda number: abs(number - said.block))
        result.at.setdefault((said.language, said.part, number), []).append(thread)
    return result


# --- drafts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranked:
    """A draft with its score of 100 in steps, None while any side has too few answers."""

    measure: Measure
    score: int | None


def shown_score(sides: Mapping[Any, tuple[int, int]], score: Fraction) -> int | None:
    """Return a bridging score as it may be shown."""
    if not sides or min(asked for _, asked in sides.values()) < LEAST_ANSWERS:
        return None
    return STEP * round(100 * score / STEP)


def ranked_drafts() -> list[Ranked]:
    """Return what is open for comments or compared, by the score as it is shown; those without one come after, the newest first.

    The order follows from nothing but what is shown: by a finer one an answer could be told.
    """
    rows = Measure.objects.filter(state__in=[MeasureState.REVIEW, MeasureState.PARITY])
    listed = list(rows.select_related("current", "topic").order_by("-pk")[:MOST_RANKED])
    scores = selectors.scores(listed)
    found = [Ranked(measure, shown_score(*scores[measure.pk])) for measure in listed]
    return sorted(found, key=lambda row: -1 if row.score is None else row.score, reverse=True)


def own_drafts(practitioner: Practitioner) -> tuple[list[Measure], list[Measure]]:
    """Return what a member writes that is not shared yet, and what they are asked to write."""
    rows = Author.objects.filter(practitioner=practitioner).exclude(state=AuthorState.LEFT)
    rows = rows.exclude(measure__state__in=[MeasureState.WITHDRAWN, MeasureState.SUPERSEDED])
    rows = rows.select_related("measure__current", "measure__topic").order_by("-measure_id")[:MOST_RANKED]
    found = list(rows)
    mine = [r.measure for r in found if r.state == AuthorState.ACCEPTED and r.measure.state == MeasureState.DRAFT]
    return mine, [r.measure for r in found if r.state == AuthorState.INVITED]
