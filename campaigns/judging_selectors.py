"""Reads of judging: who has a conflict with what, how a round is shared out, how far it has come."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns import conflicts, lots, panels, scoring, sharing
from campaigns.enums import (
    JUDGED_STATES,
    OUT_STATES,
    RUNNING_ROUNDS,
    CampaignState,
    RoundKind,
    RoundState,
)
from campaigns.models import (
    Assignment,
    Conflict,
    Criterion,
    Entry,
    Juror,
    Lot,
    ResultSheet,
    Round,
    RoundEntry,
)
from network.models import Practitioner, RoleGrant

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
        rows = rows.filter(public_code__in=sheet.sheet["shortlisted"] if sheet else [])
    return rows.order_by("pk")


def waiting(round_: Round) -> QuerySet[Entry]:
    """Return what a round would judge too and has not taken in: what has met the conditions since it was last shared out."""
    return candidates(round_).exclude(pk__in=RoundEntry.objects.filter(round=round_).values("entry"))


class LeftOut(StrEnum):
    """Why no round judges an entry any more."""

    FEW = "few"  # It names fewer made than the rule asks for, and since the close nobody changes that.
    LATE = "late"  # When the first round ended it had not met the conditions.


def left_out(entries: Collection[Entry], missing: Mapping[int, Mapping[str, int]]) -> dict[int, LeftOut]:
    """Return which of these entries no round judges any more, and why, by id; `missing` is `chain.missing_of` them."""
    judging = [
        entry for entry in entries if entry.campaign.state == CampaignState.JUDGING and entry.state not in OUT_STATES
    ]
    if not judging:
        return {}
    rounds = Round.objects.filter(campaign__in={entry.campaign_id for entry in judging}, state=RoundState.CLOSED)
    over = set(rounds.values_list("campaign_id", flat=True))
    taken = set(RoundEntry.objects.filter(entry__in=judging).values_list("entry_id", flat=True))
    few = {entry.pk: LeftOut.FEW for entry in judging if "made" in missing.get(entry.pk, {})}
    late = {entry.pk: LeftOut.LATE for entry in judging if entry.campaign_id in over}
    return {pk: why for pk, why in (few | late).items() if pk not in taken}


# --- sharing out ------------------------------------------------------------------------------------------------------------


def jurors_of(campaign_id: int) -> QuerySet[Juror]:
    return Juror.objects.filter(campaign=campaign_id).select_related("practitioner__user", "side").order_by("pk")


def able(jurors: QuerySet[Juror]) -> QuerySet[Juror]:
    """Return who can be given something: not off, not pausing, an active member, and not at the desk, where names are read."""
    at_desk = RoleGrant.objects.in_force(timezone.localdate()).values("user")
    rows = jurors.filter(ended_at__isnull=True, paused_at__isnull=True, practitioner__user__is_active=True)
    active = Practitioner.objects.active().values("pk")
    return rows.filter(practitioner__in=active).exclude(practitioner__user__in=at_desk)


def panel(
    campaign_id: int, *, without: int | None = None, found: Iterable[conflicts.Found] = (), only: Entry | None = None
) -> list[panels.Juror]:
    """Return the jury with its conflicts, and those `found` besides; `without` leaves somebody out of what is given from now on.

    Of one entry `only` its conflicts alone are looked up.
    """
    rows = jurors_of(campaign_id)
    giving = set(able(rows).values_list("pk", flat=True)) - {without}
    barred: dict[int, set[int]] = defaultdict(set)
    known = Conflict.objects.filter(juror__campaign=campaign_id, **_of(only))
    for juror, entry in known.values_list("juror_id", "entry_id"):
        barred[juror].add(entry)
    for row in found:
        barred[row.juror].add(row.entry)
    return [
        panels.Juror(row.pk, row.side_id, conflicts=frozenset(barred[row.pk]), active=row.pk in giving) for row in rows
    ]


def _of(entry: Entry | None) -> dict[str, Any]:
    return {"entry": entry} if entry else {}


@dataclass(frozen=True, slots=True)
class Shared:
    """A sharing out, and the entries that lack jurors for it: {entry: how many}."""

    plan: panels.Plan
    short: dict[int, int]


def preview(round_: Round, *, quorum: int, without: int | None) -> Shared:
    """Work out what sharing out would come to: with what it takes in and the conflicts that it finds before; nothing is written."""
    coming = list(waiting(round_))
    entries = Entry.objects.filter(pk__in=RoundEntry.objects.filter(round=round_).values("entry")).order_by("pk")
    found = conflicts.found_conflicts(jurors_of(round_.campaign_id), [*entries, *coming])
    return share(round_, quorum=quorum, without=without, coming=coming, found=found)


def share(
    round_: Round,
    *,
    quorum: int | None = None,
    without: int | None = None,
    coming: Iterable[Entry] = (),
    found: Iterable[conflicts.Found] = (),
    only: Entry | None = None,
) -> Shared:
    """Work out who is to have what as things are now, or with entries and conflicts that are to come; nothing is written.

    Of one entry `only`, which is no more work where there are many: the others stay as they are.
    Finalists are put in order by all who have no conflict with them: the quorum says how many it takes to count.
    """
    quorum, jury = quorum or round_.quorum, panel(round_.campaign_id, without=without, found=found, only=only)
    given = Assignment.objects.filter(round=round_, dropped_at__isnull=True, **_of(only))
    existing = [
        panels.Task(entry, juror, done is not None)
        for entry, juror, done in given.values_list("entry_id", "juror_id", "done_at")
    ]
    besides: Counter[lots.Id] = Counter(loads(round_) if only else {})
    besides.subtract(task.juror for task in existing if only)
    taken = RoundEntry.objects.filter(round=round_, entry__state__in=JUDGED_STATES, **_of(only))
    entries = [panels.Entry(*row) for row in taken.order_by("entry").values_list("entry_id", "entry__side_id")]
    entries += [panels.Entry(entry.pk, entry.side_id) for entry in coming]
    secret = Lot.objects.values_list("secret", flat=True).get(campaign=round_.campaign_id)
    active = [juror for juror in jury if juror.active]
    ranking = round_.kind == RoundKind.RANKING
    each = max(len(active), 1) if ranking else quorum
    plan = sharing.reassign(existing, jury, entries, each, secret, besides=besides)
    if not ranking:
        return Shared(plan, {row.entry: row.missing for row in plan.unfilled})  # type: ignore[misc]
    return Shared(plan, _short_of(plan, entries, jury, quorum))


def turns(round_: Round) -> dict[int, int]:
    """Return the last turn of each juror in a round: how many entries they were ever given."""
    last = Assignment.objects.filter(round=round_, juror=OuterRef("pk")).order_by("-turn").values("turn")[:1]
    rows = Juror.objects.filter(campaign=round_.campaign_id)
    return dict(rows.values_list("pk", Coalesce(Subquery(last), 0)))


def loads(round_: Round) -> Counter[int]:
    """Return how many entries each juror has: what they were given but for what was dropped again, and so without counting all."""
    dropped = Assignment.objects.filter(round=round_, dropped_at__isnull=False).order_by().values_list("juror")
    return Counter(turns(round_)) - Counter(dict(dropped.annotate(Count("pk"))))


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


def _counted(round_: Round) -> dict[int, tuple[int, int]]:
    held = Assignment.objects.filter(round=round_).held()
    counted = held.values("juror").annotate(given=Count("pk"), done=Count("done_at"))
    return {row["juror"]: (row["given"], row["done"]) for row in counted}


def standings(round_: Round, counted: Mapping[int, tuple[int, int]] | None = None) -> list[Standing]:
    """Return how far each juror of a campaign is in a round: what they have, and what of it is done; never what they said.

    `counted` is what was counted just before.
    """
    found = _counted(round_) if counted is None else counted
    return [
        Standing(juror, *found.get(juror.pk, (0, 0)))
        for juror in jurors_of(round_.campaign_id)
        if juror.pk in found or juror.ended_at is None
    ]


def scored(round_: Round) -> dict[int, list[int]]:
    """Return whose scores count of each entry of a round: {entry: jurors}."""
    pairs = Assignment.objects.filter(round=round_, done_at__isnull=False, entry__state__in=JUDGED_STATES)
    barred = set(
        Conflict.objects.filter(juror__campaign=round_.campaign_id).values_list("juror_id", "entry_id").distinct()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for juror, entry in pairs.values_list("juror_id", "entry_id"):
        if (juror, entry) not in barred:
            found[entry].append(juror)
    return found


def one_sided(campaign_id: int, judged: Mapping[Any, Collection[int]]) -> set[Any]:
    """Return those of {entry: jurors} whose jurors are all of one side.

    Every round opens with jurors of several sides (`OneSide`), and so it holds for whatever is judged, whoever has left the jury since:
    a sheet counted again later comes to the same.
    """
    sides = dict(Juror.objects.filter(campaign=campaign_id).values_list("pk", "side_id"))
    return {entry for entry, jurors in judged.items() if len({sides[juror] for juror in jurors}) < 2}


def lacking(round_: Round) -> list[tuple[int, int]]:
    """Return the entries of a round that have fewer scores than the quorum, or of one side alone: (entry, how many are missing).

    The emptiest come first. While it runs these are also those that it has not taken in yet.
    """
    taken = RoundEntry.objects.filter(round=round_, entry__state__in=JUDGED_STATES).order_by("entry")
    have = scored(round_)
    alone = one_sided(round_.campaign_id, have)
    missing = [
        (entry, max(round_.quorum - len(have.get(entry, ())), int(entry in alone)))
        for entry in taken.values_list("entry_id", flat=True)
    ]
    if round_.state in RUNNING_ROUNDS:
        missing += [(entry, round_.quorum) for entry in waiting(round_).values_list("pk", flat=True)]
    return sorted((row for row in missing if row[1] > 0), key=lambda row: (-row[1], row[0]))


# Beyond so many entries what was counted is kept for a while: one more or less then tells nobody anything.
MANY = 10_000
KEPT_FOR = timedelta(minutes=1)
LACKING_KEPT = 30


@dataclass(frozen=True, slots=True)
class Watched:
    """What the page of a round counts: what each juror of {id: (given, done)} has, how many entries lack scores, and the emptiest."""

    standings: dict[int, tuple[int, int]]
    lacking: int
    emptiest: list[tuple[int, int]]


def watched_key(round_: Round) -> str:
    return f"judging:watched:{round_.pk}:{round_.state}"


def watched(round_: Round) -> Watched:
    """Return how far a round is: of many entries as it was within the last minute, for to look at each would cost more than the page."""
    kept_as = watched_key(round_)
    if found := cache.get(kept_as):
        return found
    missing, counted = lacking(round_), _counted(round_)
    found = Watched(counted, len(missing), missing[:LACKING_KEPT])
    if sum(given for given, _done in counted.values()) > MANY:
        cache.set(kept_as, found, KEPT_FOR.total_seconds())
    return found
