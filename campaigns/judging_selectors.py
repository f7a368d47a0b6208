"""Reads of judging: who has a conflict with what, how a round is shared out, how far it has come, what a juror sees."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from campaigns import blind, duplicates, panels, scoring, sharing
from campaigns.enums import JUDGED_STATES, RUNNING_ROUNDS, ConflictKind, Counts, QuestionKind, RoundKind, RoundState
from campaigns.models import (
    Assignment,
    Conflict,
    Criterion,
    Entry,
    HandIn,
    Juror,
    Lot,
    Mark,
    Question,
    ResultSheet,
    Round,
    RoundEntry,
)
from network.models import Practitioner, RoleGrant, Transition, User

GONE_KEPT_FOR = timedelta(minutes=1)

# --- rounds -------------------------------------------------------------------------------------------------------------


def criteria(round_: Round) -> list[Criterion]:
    return list(Criterion.objects.filter(round=round_).order_by("position", "pk"))


def rules(round_: Round, *, quorum: int | None = None) -> scoring.Round:
    """Return the rules of a round as they are counted by. Raises ValueError for marks by criteria without one."""
    quorum = quorum or round_.quorum
    if round_.kind == RoundKind.SCREENING:
        return scoring.Screening(quorum, round_.threshold or scoring.FULL)
    if round_.kind == RoundKind.RANKING:
        return scoring.Ranking(quorum)
    marked = [scoring.Criterion(row.code, row.minimum, row.maximum, row.weight) for row in criteria(round_)]
    return scoring.Rating(quorum, marked)


def before(round_: Round) -> Round | None:
    """Return the round that comes before."""
    rows = Round.objects.filter(campaign_id=round_.campaign_id, position__lt=round_.position)
    return rows.order_by("-position").first()


def after(round_: Round) -> Round | None:
    """Return the round that comes next."""
    rows = Round.objects.filter(campaign_id=round_.campaign_id, position__gt=round_.position)
    return rows.order_by("position").first()


def makes_shortlist(round_: Round) -> bool:
    """Tell whether those who go on are the shortlist: of the last round, or of the one before the finalists are ranked."""
    if round_.kind == RoundKind.RANKING:
        return before(round_) is None
    following = after(round_)
    return following is None or following.kind == RoundKind.RANKING


def last_sheet(round_: Round) -> ResultSheet | None:
    return ResultSheet.objects.filter(round=round_).order_by("-number").first()


def candidates(round_: Round) -> QuerySet[Entry]:
    """Return what a round judges: in the first what meets the conditions, later what went on from the round before."""
    rows = Entry.objects.filter(campaign_id=round_.campaign_id, state__in=JUDGED_STATES)
    earlier = before(round_)
    if earlier:
        sheet = last_sheet(earlier)
        rows = rows.filter(code__in=sheet.sheet["shortlisted"] if sheet else [])
    return rows.order_by("pk")


# --- conflicts ------------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """A conflict that nobody declared."""

    juror: int
    entry: int
    kind: ConflictKind


Trait = tuple[ConflictKind, str]


def _traits_of_juror(juror: Juror) -> set[Trait]:
    person, user = juror.practitioner, juror.practitioner.user
    found = {(ConflictKind.MUNICIPALITY, str(pk)) for pk in (juror.municipality_id, person.municipality_id) if pk}
    found |= {(ConflictKind.WORKPLACE, duplicates.name_key(person.workplace))}
    named = (duplicates.name_key(person.name_ar), duplicates.name_key(person.name_latin))
    found |= {(ConflictKind.PERSON, value) for value in (user.phone or "", user.email.lower(), *named)}
    found |= {(ConflictKind.HANDS, str(user.pk))}
    return {(kind, value) for kind, value in found if value}


def _traits_of_entry(entry: Entry, hands: Iterable[int], workplace: str) -> set[Trait]:
    found = {(ConflictKind.PERSON, value) for value in (entry.phone, entry.email, entry.folded)}
    found |= {(ConflictKind.HANDS, str(pk)) for pk in hands}
    found |= {(ConflictKind.WORKPLACE, duplicates.name_key(str(entry.answers.get(workplace, "")) if workplace else ""))}
    if entry.municipality_id:
        found.add((ConflictKind.MUNICIPALITY, str(entry.municipality_id)))
    return {(kind, value) for kind, value in found if value}


def _hands(entries: Sequence[Entry]) -> dict[int, set[int]]:
    """Return who had each entry in their hands: whoever typed it, counted what was handed in, or made a step of it at the desk."""
    found: dict[int, set[int]] = defaultdict(set)
    steps = Transition.objects.filter(subject_type=Entry._meta.label_lower, by__isnull=False)
    counts = HandIn.objects.all()
    if len(entries) == 1:
        steps, counts = steps.filter(subject_id=entries[0].pk), counts.filter(entry=entries[0])
    else:
        own = Entry.objects.filter(campaign__in={entry.campaign_id for entry in entries})
        steps, counts = steps.filter(subject_id__in=own.values("pk")), counts.filter(entry__in=own.values("pk"))
    for entry, by in steps.values_list("subject_id", "by_id").distinct():
        found[entry].add(by)
    for entry, by in counts.values_list("entry_id", "counted_by_id").distinct():
        found[entry].add(by)
    for row in entries:
        if row.clerk_id:
            found[row.pk].add(row.clerk_id)
    return found


def found_conflicts(jurors: Iterable[Juror], entries: Iterable[Entry]) -> set[Found]:
    """Return the conflicts that show by themselves: place, workplace, the person, and having had it in their hands."""
    entries = list(entries)
    if not entries:
        return set()
    of_trait: dict[Trait, list[int]] = defaultdict(list)
    for juror in jurors:
        for trait in _traits_of_juror(juror):
            of_trait[trait].append(juror.pk)
    asked = Question.objects.filter(campaign=entries[0].campaign_id, counts_as=Counts.WORKPLACE)
    workplace, hands = asked.values_list("key", flat=True).first() or "", _hands(entries)
    return {
        Found(juror, entry.pk, trait[0])
        for entry in entries
        for trait in _traits_of_entry(entry, hands[entry.pk], workplace)
        for juror in of_trait.get(trait, ())
    }


# --- sharing out ------------------------------------------------------------------------------------------------------------


def jurors_of(campaign_id: int) -> QuerySet[Juror]:
    return Juror.objects.filter(campaign=campaign_id).select_related("practitioner__user", "side").order_by("pk")


def able(jurors: QuerySet[Juror]) -> QuerySet[Juror]:
    """Return who can be given something: not off, not pausing, an active member, and not at the desk, where names are read."""
    at_desk = RoleGrant.objects.in_force(timezone.localdate()).values("user")
    rows = jurors.filter(ended_at__isnull=True, paused_at__isnull=True, practitioner__user__is_active=True)
    active = Practitioner.objects.active().values("pk")
    return rows.filter(practitioner__in=active).exclude(practitioner__user__in=at_desk)


def panel(campaign_id: int, *, without: int | None = None) -> list[panels.Juror]:
    """Return the jury with its conflicts; `without` leaves somebody out of what is given from now on."""
    rows = jurors_of(campaign_id)
    giving = set(able(rows).values_list("pk", flat=True)) - {without}
    barred: dict[int, set[int]] = defaultdict(set)
    for juror, entry in Conflict.objects.filter(juror__campaign=campaign_id).values_list("juror_id", "entry_id"):
        barred[juror].add(entry)
    return [
        panels.Juror(row.pk, row.side_id, conflicts=frozenset(barred[row.pk]), active=row.pk in giving) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Shared:
    """A sharing out, and the entries that lack jurors for it: {entry: how many}."""

    plan: panels.Plan
    short: dict[int, int]


def share(round_: Round, *, quorum: int | None = None, without: int | None = None) -> Shared:
    """Work out who is to have what as things are now; nothing is written.

    Finalists are put in order by all who have no conflict with them: the quorum says how many it takes to count.
    """
    quorum, jury = quorum or round_.quorum, panel(round_.campaign_id, without=without)
    existing = [
        panels.Task(entry, juror, done is not None)
        for entry, juror, done in Assignment.objects.filter(round=round_, dropped_at__isnull=True).values_list(
            "entry_id", "juror_id", "done_at"
        )
    ]
    taken = RoundEntry.objects.filter(round=round_, entry__state__in=JUDGED_STATES)
    entries = [panels.Entry(*row) for row in taken.order_by("entry").values_list("entry_id", "entry__side_id")]
    secret = Lot.objects.values_list("secret", flat=True).get(campaign=round_.campaign_id)
    active = [juror for juror in jury if juror.active]
    ranking = round_.kind == RoundKind.RANKING
    each = max(len(active), 1) if ranking else quorum
    plan = sharing.reassign(existing, jury, entries, each, secret)
    if not ranking:
        return Shared(plan, {row.entry: row.missing for row in plan.unfilled})  # type: ignore[misc]
    return Shared(plan, _short_of(plan, entries, jury, quorum))


def _short_of(
    plan: panels.Plan, entries: Iterable[panels.Entry], jury: Iterable[panels.Juror], quorum: int
) -> dict[int, int]:
    """Return what has fewer than the quorum, or jurors of one side alone."""
    side = {juror.id: juror.side for juror in jury}
    sides = [juror.side for juror in jury if juror.active]
    having: dict[Any, list[panels.Side]] = defaultdict(list)
    for task in {*plan.kept, *plan.added} - {*plan.conflicted}:
        having[task.entry].append(side[task.juror])
    found = {}
    for entry in entries:
        held = having[entry.id]
        mixed = panels.is_mixed(entry.side, held, panel=sides, quorum=quorum)
        if missing := max(quorum - len(held), 0 if mixed else 1):
            found[entry.id] = missing
    return found  # type: ignore[return-value]


# --- how far it is ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one juror is."""

    juror: Juror
    given: int
    done: int

    @property
    def open(self) -> int:
        return self.given - self.done


def standings(round_: Round) -> list[Standing]:
    """Return how far each juror of a campaign is in a round: what they have, and what of it is done; never what they said."""
    held = Assignment.objects.filter(round=round_).held()
    counted = held.values("juror").annotate(given=Count("pk"), done=Count("done_at"))
    found = {row["juror"]: (row["given"], row["done"]) for row in counted}
    return [
        Standing(juror, *found.get(juror.pk, (0, 0)))
        for juror in jurors_of(round_.campaign_id)
        if juror.pk in found or juror.ended_at is None
    ]


def scored(round_: Round) -> Counter[int]:
    """Return how many scores that count each entry of a round has."""
    pairs = Assignment.objects.filter(round=round_, done_at__isnull=False, entry__state__in=JUDGED_STATES)
    barred = set(
        Conflict.objects.filter(juror__campaign=round_.campaign_id).values_list("juror_id", "entry_id").distinct()
    )
    rows = pairs.values_list("juror_id", "entry_id")
    return Counter(entry for juror, entry in rows if (juror, entry) not in barred)


def lacking(round_: Round) -> list[tuple[int, int]]:
    """Return the entries of a round that have fewer scores than the quorum: (entry, how many are missing), the emptiest first."""
    taken = RoundEntry.objects.filter(round=round_, entry__state__in=JUDGED_STATES).order_by("entry")
    have = scored(round_)
    missing = [(entry, round_.quorum - have[entry]) for entry in taken.values_list("entry_id", flat=True)]
    return sorted((row for row in missing if row[1] > 0), key=lambda row: (-row[1], row[0]))


# --- a juror's own ------------------------------------------------------------------------------------------------------------


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
    """Return what a juror did last and has not undone."""
    rows = Mark.objects.filter(
        assignment__juror=juror, assignment__round=round_, undoes__isnull=True, undone__isnull=True
    )
    return rows.filter(assignment__dropped_at__isnull=True).select_related("assignment").order_by("-pk").first()


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


# --- of a person ----------------------------------------------------------------------------------------------------------------


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
