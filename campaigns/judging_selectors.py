"""Reads of judging: who has a conflict with what, how a round is shared out, how far it has come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.utils import timezone

from campaigns import duplicates, panels, scoring, sharing
from campaigns.enums import (
    JUDGED_STATES,
    OUT_STATES,
    RUNNING_ROUNDS,
    CampaignState,
    ConflictKind,
    Counts,
    RoundKind,
    RoundState,
)
from campaigns.models import (
    Assignment,
    Conflict,
    Criterion,
    Entry,
    HandIn,
    Juror,
    Lot,
    Question,
    ResultSheet,
    Round,
    RoundEntry,
)
from facilities.models import OtherName, Posting
from facilities.naming import WHAT_IT_IS
from network import search
from network.models import Practitioner, RoleGrant, Transition

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


def left_out(entries: Collection[Entry]) -> set[int]:
    """Return which of these entries no round judges any more, by id: when the first one ended they had not met the conditions."""
    judging = {entry.campaign_id for entry in entries if entry.campaign.state == CampaignState.JUDGING}
    if not judging:
        return set()
    over = set(
        Round.objects.filter(campaign__in=judging, state=RoundState.CLOSED).values_list("campaign_id", flat=True)
    )
    late = {entry.pk for entry in entries if entry.campaign_id in over and entry.state not in OUT_STATES}
    return late - set(RoundEntry.objects.filter(entry__in=late).values_list("entry_id", flat=True))


# --- conflicts ------------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """A conflict that nobody declared."""

    juror: int
    entry: int
    kind: ConflictKind


Trait = tuple[ConflictKind, str]
# For each word that tells a workplace from others, all that another spelling of it may look or sound like.
Telling = tuple[frozenset[str], ...]
# Words that say what an organisation is, in either language; folded, without the article.
KINDS = WHAT_IT_IS | frozenset(
    search.fold(
        """
        جامعة كلية معهد مدرسة وزارة مكتب إدارة شركة منظمة جمعية مركزي university college faculty institute school ministry office
        department company organisation organization association central at in and
        """
    ).split()
)


def _telling(name: str) -> Telling:
    words = [word for word in search.words(name) if word.removeprefix("ال") not in KINDS]
    return tuple(frozenset({word, *(f"~{sound}" for sound in search.sounds(word))}) for word in dict.fromkeys(words))


def _is_one_place(one: Telling, other: Telling) -> bool:
    """Tell whether two names may be one workplace's, in whatever script and spelling: the longer one has all that tells the shorter.

    Rather once too often: that keeps a juror from one entry, the other lets a colleague judge.
    """
    few, many = sorted((one, other), key=len)
    return bool(few) and all(any(word & there for there in many) for word in few)


def _workplaces(jurors: Iterable[Juror]) -> dict[int, set[str]]:
    """Return by what names the places are called where jurors work: as they write it, and as the facilities of their postings are known."""
    jurors = list(jurors)
    found = {juror.pk: {juror.practitioner.workplace} - {""} for juror in jurors}
    juror_of = {juror.practitioner_id: juror.pk for juror in jurors}
    now = Posting.objects.lasting(timezone.localdate()).filter(practitioner__in=juror_of).select_related("facility")
    at: dict[int, set[int]] = defaultdict(set)
    for posting in now.order_by("pk"):
        juror = juror_of[posting.practitioner_id]
        at[posting.facility_id].add(juror)
        found[juror] |= {name for name in (posting.facility.name_ar, posting.facility.name_en) if name}
    for other in OtherName.objects.filter(facility__in=at).order_by("pk"):
        for juror in at[other.facility_id]:
            found[juror].add(other.name)
    return found


def _traits_of_juror(juror: Juror, workplaces: Iterable[str]) -> set[Trait]:
    person, user = juror.practitioner, juror.practitioner.user
    found = {(ConflictKind.MUNICIPALITY, str(pk)) for pk in (juror.municipality_id, person.municipality_id) if pk}
    found |= {(ConflictKind.WORKPLACE, duplicates.name_key(name)) for name in workplaces}
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
    entries, jurors = list(entries), list(jurors)
    if not entries:
        return set()
    asked = Question.objects.filter(campaign=entries[0].campaign_id, counts_as=Counts.WORKPLACE)
    workplace, hands = asked.values_list("key", flat=True).first() or "", _hands(entries)
    # Where they work is looked up only if it was asked of the entrants.
    places = _workplaces(jurors) if workplace else {}
    of_trait: dict[Trait, list[int]] = defaultdict(list)
    for juror in jurors:
        for trait in _traits_of_juror(juror, places.get(juror.pk, ())):
            of_trait[trait].append(juror.pk)
    return _colleagues(places, entries, workplace) | {
        Found(juror, entry.pk, trait[0])
        for entry in entries
        for trait in _traits_of_entry(entry, hands[entry.pk], workplace)
        for juror in of_trait.get(trait, ())
    }


def _colleagues(places: Mapping[int, Iterable[str]], entries: Iterable[Entry], workplace: str) -> set[Found]:
    """Return the conflicts of jurors with entries of whoever works at the same place, however they write it."""
    heard: dict[str, list[tuple[int, Telling]]] = defaultdict(list)
    for juror, names in places.items():
        for telling in map(_telling, names):
            for form in frozenset().union(*telling):
                heard[form].append((juror, telling))
    found = set()
    for entry in entries if heard else ():
        telling = _telling(str(entry.answers.get(workplace, "")))
        alike = {known for word in telling for form in word for known in heard.get(form, ())}
        found |= {Found(juror, entry.pk, ConflictKind.WORKPLACE) for juror, of in alike if _is_one_place(telling, of)}
    return found


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
