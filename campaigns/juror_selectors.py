"""What one juror has before them: their rounds, their entries in turn, and of an entry what is blind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from campaigns import blind
from campaigns.enums import JUDGED_STATES, RUNNING_ROUNDS, Counts, QuestionKind, RoundState
from campaigns.models import Assignment, Conflict, Entry, Juror, Mark, Question, Round, RoundEntry
from network.models import Practitioner, User

GONE_KEPT_FOR = timedelta(minutes=1)


def juror_of(user: User, campaign_id: int) -> Juror | None:
    rows = Juror.objects.filter(practitioner__user=user, campaign=campaign_id, ended_at__isnull=True)
    return rows.select_related("practitioner__user", "campaign").first()


def theirs(user: User) -> QuerySet[Assignment]:
    """Return what is before somebody and without a conflict."""
    barred = Conflict.objects.filter(juror=OuterRef("juror"), entry=OuterRef("entry"))
    return Assignment.objects.of(user).filter(~Exists(barred))


@dataclass(frozen=True, slots=True)
class Mine:
    """A round as one of its jurors sees it."""

    round: Round
    juror: Juror
    whole: int
    done: int

    @property
    def left(self) -> int:
        return self.whole - self.done


def rounds_of(user: User) -> list[Mine]:
    """Return the rounds in which somebody is a juror: those that run first, the newest first."""
    jurors = {
        juror.campaign_id: juror
        for juror in Juror.objects.filter(practitioner__user=user, ended_at__isnull=True).select_related("campaign")
    }
    rows = Round.objects.filter(campaign__in=jurors).exclude(state=RoundState.DRAFT).select_related("campaign")
    counted = theirs(user).values("round").annotate(whole=Count("pk"), done=Count("done_at"))
    found = {row["round"]: (row["whole"], row["done"]) for row in counted}
    mine = [
        Mine(row, jurors[row.campaign_id], *found.get(row.pk, (0, 0))) for row in rows.order_by("-opened_at", "-pk")
    ]
    return sorted(mine, key=lambda row: row.round.state not in RUNNING_ROUNDS)


def before_me(user: User, round_: Round) -> QuerySet[Assignment]:
    """Return what is before a juror in a round, in their own order, with what they said last."""
    marks = Prefetch("marks", Mark.objects.order_by("number"))
    # Turns are unique for a juror in a round: the index has them in this order.
    rows = theirs(user).filter(round=round_).order_by("turn")
    return rows.select_related("entry__municipality__district__region").prefetch_related(marks)


def how_far(juror: Juror, round_: Round, turn: int) -> dict[str, int]:
    """Return how many entries a juror has (`whole`), how many are `done`, and how many come up to this turn (`number`).

    Entries that have left the round are left out as they were known up to a minute ago: to look at each would cost more than the page.
    """
    barred = Conflict.objects.filter(juror=juror, entry=OuterRef("entry"))
    rows = Assignment.objects.filter(round=round_, juror=juror, dropped_at__isnull=True).filter(~Exists(barred))
    upto = Count("pk", filter=Q(turn__lte=turn))
    return rows.exclude(entry__in=_gone(round_)).aggregate(whole=Count("pk"), done=Count("done_at"), number=upto)


def _gone(round_: Round) -> list[int]:
    """Return the ids of the entries of a round that are judged no more, as they were up to a minute ago."""
    key = f"judging:gone:{round_.pk}"
    gone: list[int] | None = cache.get(key)
    if gone is None:
        taken = RoundEntry.objects.filter(round=round_).exclude(entry__state__in=JUDGED_STATES)
        gone = list(taken.order_by("entry").values_list("entry_id", flat=True))
        cache.set(key, gone, GONE_KEPT_FOR.total_seconds())
    return gone


def said(assignment: Assignment) -> Any:
    """Return what counts of what a juror said of an entry, None for nothing."""
    rows = list(assignment.marks.all())
    return max(rows, key=lambda row: row.number).value if rows else None


def undoable(juror: Juror, round_: Round) -> Mark | None:
    """Return what a juror did last of what is before them still, and has not undone."""
    held = Assignment.objects.filter(juror=juror, round=round_).held()
    barred = Conflict.objects.filter(juror=juror).values("entry")
    rows = Mark.objects.filter(assignment__in=held.exclude(entry__in=barred).values("pk"))
    rows = rows.filter(undoes__isnull=True, undone__isnull=True)
    return rows.select_related("assignment").order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is shown; `own` says that the words are the entrant's, in whichever script."""

    label: str
    text: str
    own: bool


def identity(entry: Entry) -> blind.Identity:
    """Return what of an entry no juror may read. Asks for the entry's municipality."""
    place = entry.municipality
    places: list[str] = []
    if place:
        levels: tuple[Any, ...] = (place, place.district, place.district.region)
        places = [name for level in levels for name in (level.name_ar, level.name_en)]
    return blind.Identity(names=(entry.name,), places=tuple(filter(None, places)))


def blind_answers(entry: Entry, questions: Iterable[Question]) -> list[Answer]:
    """Return the answers as a juror reads them: without consents and workplaces, and without what tells whose they are."""
    whose, found = identity(entry), []
    for question in questions:
        answer = entry.answers.get(question.key)
        if answer in (None, "") or question.kind == QuestionKind.CONSENT or question.counts_as == Counts.WORKPLACE:
            continue
        if question.kind == QuestionKind.CHOICE:
            lines = [line.strip() for line in question.choices.splitlines() if line.strip()]
            number = int(answer) if str(answer).isascii() and str(answer).isdigit() else 0
            text = lines[number - 1] if 0 < number <= len(lines) else ""
        else:
            text = blind.mask(str(answer), whose)
        own = question.kind in (QuestionKind.LINE, QuestionKind.TEXT)
        found.append(Answer(question.label, text, own))
    return [row for row in found if row.text]


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what the copy of somebody's data says of their judging."""
    rows = Juror.objects.filter(practitioner=practitioner).select_related("campaign").order_by("pk")
    return [
        {
            "contest": row.campaign.slug,
            "named_at": row.named_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "marks": [
                {"value": mark.value, "given_at": mark.given_at.isoformat()}
                for mark in Mark.objects.filter(assignment__juror=row).order_by("pk")
            ],
        }
        for row in rows
    ]
