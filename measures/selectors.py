"""Reads across measures."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from dialogues.models import Registration
from measures import policies
from measures.adoption import Rule, Side, Tally, bridging
from measures.enums import AuthorState, Electorate, Leaning, MeasureState
from measures.models import (
    Action,
    Author,
    Ballot,
    Comment,
    Evidence,
    Following,
    LeaningVote,
    Measure,
    ParityReading,
    RollEntry,
    SideRule,
    Version,
    Vote,
)
from measures.models.measures import COLUMNS
from network.enums import MemberState, Role
from network.models import Practitioner, Region, RoleGrant


def authors(measure: Measure) -> QuerySet[Author]:
    """Return the authors of a measure, who leads it first, with their sides."""
    rows = Author.objects.filter(measure=measure, state=AuthorState.ACCEPTED)
    people = ("practitioner__region", "practitioner__user", "practitioner__profession")
    return rows.select_related(*people).order_by("-lead", "pk")


def author_ids(measure: Measure) -> frozenset[int]:
    """Return the ids of everybody who writes the measure or ever wrote it."""
    rows = Author.objects.filter(measure=measure).exclude(state=AuthorState.INVITED)
    return frozenset(rows.values_list("practitioner_id", flat=True))


def is_author(measure: Measure, practitioner: Practitioner | None) -> bool:
    return (
        practitioner is not None
        and Author.objects.current().filter(measure=measure, practitioner=practitioner).exists()
    )


def written_by_user(user: Any) -> QuerySet[Any]:
    """Return the measures of which the holder of an account is an author, as ids."""
    return Author.objects.current().filter(practitioner__user_id=user.pk).values("measure_id")


def to_review(today: date) -> QuerySet[Measure]:
    """Return the measures in force whose day of review has come, longest waiting first."""
    return Measure.objects.in_force().filter(review_on__lte=today).order_by("review_on", "pk")


def left_for_review(today: date) -> QuerySet[Measure]:
    """Return those of them for which no draft was begun because none of their authors is active any more."""
    there = Author.objects.current().filter(practitioner__state=MemberState.ACTIVE)
    return to_review(today).exclude(pk__in=there.values("measure_id"))


@dataclass(frozen=True, slots=True)
class Known:
    """Who somebody is as far as a reader may know: a name, or profession and side only."""

    person: Practitioner
    name: str
    me: bool

    @property
    def gone(self) -> bool:
        return not self.person.is_active_member


def told_people(
    people: Iterable[Practitioner | None], reader: Practitioner | None, *, together: Collection[int] = ()
) -> dict[int, Known]:
    """Return these people as the reader knows them: by name whom the directory shows, and among those who do something `together`."""
    rows = {person.pk: person for person in people if person is not None}
    me = reader.pk if reader else None
    named = {me} | (set(together) if me in together else set())
    if reader is not None and rows.keys() - named:
        named |= set(Practitioner.objects.listed_for(reader).filter(pk__in=rows).values_list("pk", flat=True))
    return {
        pk: Known(person, person.name if pk in named and person.is_active_member else "", pk == me)
        for pk, person in rows.items()
    }


def electorate(kind: str, measure: Measure) -> QuerySet[Practitioner]:
    """Return who may vote: members who are active now, or those of them who were present in the session that it came from."""
    people = Practitioner.objects.active().filter(user__is_active=True)
    if kind == Electorate.SESSION and measure.session_id is not None:
        there = Registration.objects.filter(session_id=measure.session_id, state="attended")
        people = people.filter(pk__in=there.values("practitioner_id"))
    return people.order_by("pk")


def roll_sizes(kind: str, measure: Measure) -> dict[Side, int]:
    """Return how many of each side, None for abroad, may vote; every side of the country is in it."""
    counted = electorate(kind, measure).order_by().values("region_id").annotate(count=Count("pk"))
    found: dict[Side, int] = {row["region_id"]: row["count"] for row in counted}
    sides = Region.objects.order_by("position", "pk").values_list("pk", flat=True)
    return {side: found.get(side, 0) for side in [*sides, None]}


def readable(user: Any, practitioner: Practitioner | None) -> QuerySet[Measure]:
    """Return what somebody may read: the public, a member, whoever coordinates; what they may not is as if it were not there."""
    rows = Measure.objects.public() | Measure.objects.visible_to(user)
    if practitioner is not None:
        rows |= Measure.objects.known_to(practitioner)
    return rows.select_related("current", "parity", "about")


def votes_to_close(now: datetime) -> QuerySet[Vote]:
    """Return the votes whose time is over and that nobody has counted yet."""
    rows = Vote.objects.filter(measure__state=MeasureState.OPEN, closes_at__lte=now, closings__isnull=True)
    return rows.select_related("measure").order_by("closes_at", "pk")


def votes_to_remind_of(now: datetime) -> QuerySet[Vote]:
    """Return the votes that close within a day."""
    soon = now + policies.VOTERS_REMINDED
    rows = Vote.objects.filter(measure__state=MeasureState.OPEN, closes_at__gt=now, closes_at__lte=soon)
    return rows.select_related("measure__current").order_by("closes_at", "pk")


def mediations_over(now: datetime) -> QuerySet[Measure]:
    return Measure.objects.filter(state=MeasureState.MEDIATION, mediation_until__lte=now).order_by("pk")


def running_vote(measure: Measure) -> Vote | None:
    """Return the last vote on a measure, whether it runs or not."""
    return Vote.objects.filter(measure=measure).select_related("version", "parity").order_by("-number").first()


def rules_of(vote: Vote) -> dict[Side, Rule]:
    """Return what each side has to reach, in the order of the sides, abroad last."""
    rows = SideRule.objects.filter(vote=vote).select_related("region")
    ordered = sorted(rows, key=lambda row: (row.region is None, row.region.position if row.region else 0, row.pk))
    return {row.region_id: Rule(row.quorum, row.threshold) for row in ordered}


def roll_entry(vote: Vote, practitioner: Practitioner) -> RollEntry | None:
    return RollEntry.objects.filter(vote=vote, practitioner=practitioner).first()


def voter_accounts(vote: Vote) -> list[int]:
    """Return the accounts of all on the roll who are still active members, whether they have voted or not."""
    people = Practitioner.objects.active().filter(pk__in=RollEntry.objects.filter(vote=vote).values("practitioner_id"))
    return list(people.order_by("pk").values_list("user_id", flat=True))


def tally_of(row: dict[str, Any]) -> Tally:
    return Tally(**row)


def scores(measures: Iterable[Measure]) -> dict[int, tuple[dict[Side, tuple[int, int]], Any]]:
    """Return, by measure, ({side: (would agree, asked)}, bridging score); members abroad are not counted in."""
    ids = [measure.pk for measure in measures]
    sides = list(Region.objects.order_by("position", "pk").values_list("pk", flat=True))
    rows = (
        LeaningVote.objects.filter(measure_id__in=ids, region__isnull=False)
        .values("measure_id", "region_id", "value")
        .annotate(count=Count("pk"))
        .order_by()
    )
    asked: dict[int, dict[Side, tuple[int, int]]] = {pk: dict.fromkeys(sides, (0, 0)) for pk in ids}
    for row in rows:
        agreed, all_asked = asked[row["measure_id"]][row["region_id"]]
        more = row["count"] if row["value"] == Leaning.AGREE else 0
        asked[row["measure_id"]][row["region_id"]] = (agreed + more, all_asked + row["count"])
    return {pk: (by_side, bridging(by_side)) for pk, by_side in asked.items()}


def follows(practitioner: Practitioner, measure: Measure) -> bool:
    return Following.objects.filter(practitioner=practitioner, measure=measure).exists()


def followings(practitioner: Practitioner) -> QuerySet[Following]:
    """Return what a member wants to hear of, the newest first; measures that they read no longer are left out."""
    readable = Measure.objects.known_to(practitioner)
    rows = Following.objects.filter(practitioner=practitioner).filter(
        Q(measure__isnull=True) | Q(measure__in=readable.values("pk"))
    )
    return rows.select_related("measure__current", "region", "topic").order_by("-pk")


NOT_IN_THE_COPY = (
    "Secret ballots are not in this copy: nothing in Jisr leads from you to them. While a vote runs, its page shows you your own; after "
    "the close nobody can tell any more."
)


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    """Return all that measures keep about a person, as the copy of their data holds it. Secret ballots can't be in it."""
    mine: dict[str, Any] = {"practitioner": practitioner}
    owned = Action.objects.owned_by(practitioner).order_by("pk")
    return {
        "written": list(
            Author.objects.filter(**mine)
            .order_by("pk")
            .values("measure__slug", "measure__state", "measure__current__title_ar", "measure__current__title_en")
            .annotate(role=F("state"), leads=F("lead"), since=F("added_at"))
        ),
        "versions": list(
            Version.objects.filter(written_by_id=practitioner.user_id)
            .order_by("pk")
            .values("measure__slug", "number", "written_at", "note", *COLUMNS)
        ),
        "compared": list(
            ParityReading.objects.filter(read_by=practitioner)
            .order_by("pk")
            .values("version__measure__slug", "version__number", "read_at", "hash_ar", "hash_en")
        ),
        "comments": list(
            Comment.objects.filter(author=practitioner)
            .order_by("pk")
            .values("measure__slug", "version__number", "text", "created_at", "resolved_at")
        ),
        "leanings": list(LeaningVote.objects.filter(**mine).order_by("pk").values("measure__slug", "value")),
        "followed": list(
            Following.objects.filter(**mine)
            .order_by("pk")
            .values("measure__slug", "region__code", "topic__code", "kind")
        ),
        "actions": list(
            owned.values("measure__slug", "title_ar", "title_en", "state", "due", "claimed_at", "confirmed_at")
        ),
        "evidence": list(
            Evidence.objects.filter(added_by_id=practitioner.user_id)
            .order_by("pk")
            .values("action_id", "text", "link", "filename", "added_at")
        ),
        "may_vote_in": list(
            RollEntry.objects.filter(**mine)
            .order_by("pk")
            .values("vote__measure__slug", "vote__number", "region__code")
        ),
        "votes_cast_openly": list(
            Ballot.objects.filter(**mine)
            .order_by("pk")
            .values("vote__measure__slug", "vote__number", "choice", "reason")
        ),
        "secret_votes": NOT_IN_THE_COPY,
    }


def in_force_count() -> int:
    return Measure.objects.filter(state=MeasureState.ADOPTED).count()


def coordinators_of(sides: Iterable[Side]) -> set[int]:
    """Return the accounts of those who coordinate any of these sides today; for members abroad the national coordinators."""
    wanted = set(sides)
    roles = Q(role=Role.REGIONAL_COORDINATOR, region_id__in=wanted - {None})
    if None in wanted:
        roles |= Q(role=Role.NATIONAL_COORDINATOR)
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(roles, user__is_active=True)
    return set(grants.values_list("user_id", flat=True))
