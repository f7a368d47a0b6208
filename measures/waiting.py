"""What waits for one member: reads that a page shows to that person alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from measures import ballots, policies
from measures.enums import WRITABLE_STATES, ActionState, AuthorState, Choice, MeasureState
from measures.models import Action, Author, Ballot, Comment, Measure, RollEntry, Vote, VoteKey
from measures.querysets import ActionQuerySet
from network.models import Practitioner

SHOWN = 20


@dataclass(frozen=True, slots=True)
class OpenVote:
    """A vote in which somebody may vote, and whether they have."""

    vote: Vote
    voted: bool


def _open_votes(practitioner: Practitioner) -> QuerySet[Vote]:
    """Return the running votes on whose roll a member is, the first to close first."""
    mine = RollEntry.objects.filter(practitioner=practitioner)
    rows = Vote.objects.filter(pk__in=mine.values("vote_id"), measure__state=MeasureState.OPEN, closings__isnull=True)
    return rows.filter(closes_at__gt=timezone.now()).select_related("measure__current").order_by("closes_at", "pk")


def _last_choices(votes: Iterable[Vote], practitioner: Practitioner) -> dict[int, str]:
    """Return, by vote, what a member has voted last: found with the keys, as long as these are there."""
    keys = dict(VoteKey.objects.filter(vote__in=list(votes)).values_list("vote_id", "secret"))
    voters = {ballots.voter(key, practitioner.pk): vote for vote, key in keys.items()}
    rows = Ballot.objects.filter(vote__in=keys, voter__in=voters).order_by("number") if keys else Ballot.objects.none()
    return dict(rows.values_list("vote_id", "choice"))


def votes(practitioner: Practitioner) -> list[OpenVote]:
    """Return the running votes of a member, with whether they voted: for themselves alone, as long as the vote runs."""
    rows = list(_open_votes(practitioner)[:SHOWN])
    cast = _last_choices(rows, practitioner) if rows else {}
    return [OpenVote(vote, vote.pk in cast) for vote in rows]


def objections(practitioner: Practitioner) -> list[Measure]:
    """Return the measures in mediation at which a member's own objection stands."""
    mine = RollEntry.objects.filter(practitioner=practitioner).values("vote_id")
    rows = Vote.objects.filter(pk__in=mine, measure__state=MeasureState.MEDIATION, key__isnull=False)
    found = list(rows.select_related("measure__current").order_by("pk"))
    last = _last_choices(found, practitioner) if found else {}
    return [vote.measure for vote in found if last.get(vote.pk) == Choice.BLOCK]


def invitations(practitioner: Practitioner) -> QuerySet[Measure]:
    """Return the measures that somebody is asked to write."""
    asked = Author.objects.filter(practitioner=practitioner, state=AuthorState.INVITED)
    rows = Measure.objects.filter(pk__in=asked.values("measure_id"), state__in=WRITABLE_STATES)
    return rows.select_related("current").order_by("-pk")


def comparisons(practitioner: Practitioner) -> list[Measure]:
    """Return the measures whose two texts wait to be compared by somebody who reads both and wrote neither."""
    if not policies.reads_both(practitioner):
        return []
    wrote = Author.objects.filter(practitioner=practitioner).exclude(state=AuthorState.INVITED)
    rows = Measure.objects.filter(state=MeasureState.REVIEW).exclude(pk__in=wrote.values("measure_id"))
    found = list(rows.select_related("current").order_by("pk")[:SHOWN])
    return [measure for measure in found if not policies.missing(measure.current)]


def _commented(practitioner: Practitioner) -> QuerySet[Comment]:
    """Return what others say of a member's own measures and nobody has dealt with."""
    written = Author.objects.current().filter(practitioner=practitioner).values("measure_id")
    rows = Comment.objects.filter(measure__in=written, measure__state__in=WRITABLE_STATES)
    return rows.filter(Q(author__isnull=True) | ~Q(author=practitioner), answers__isnull=True, resolved_at__isnull=True)


def comments(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return [{"measure", "count"}] of comments on a member's measures that nobody has dealt with."""
    count = _count(_commented(practitioner).filter(measure=OuterRef("pk")))
    rows = Measure.objects.written_by(practitioner).annotate(unanswered=count).filter(unanswered__gt=0)
    return [{"measure": row, "count": row.unanswered} for row in rows.select_related("current").order_by("-pk")]


def _own_actions(practitioner: Practitioner) -> ActionQuerySet:
    return Action.objects.owned_by(practitioner).unfinished()


def _to_confirm(practitioner: Practitioner) -> QuerySet[Action]:
    """Return the actions that the other owner reported as done."""
    claimed = _own_actions(practitioner).filter(state=ActionState.CLAIMED)
    return claimed.exclude(claimed_by_id=practitioner.user_id)


def page(practitioner: Practitioner) -> dict[str, Any]:
    """Return all that waits for a member."""
    actions = list(_own_actions(practitioner).select_related("measure__current").order_by("due", "pk")[:SHOWN])
    to_confirm = [a for a in actions if a.state == ActionState.CLAIMED and a.claimed_by_id != practitioner.user_id]
    return {
        "votes": votes(practitioner),
        "objections": objections(practitioner),
        "invitations": list(invitations(practitioner)[:SHOWN]),
        "comparisons": comparisons(practitioner),
        "comments": comments(practitioner),
        "to_confirm": to_confirm,
        "actions": [action for action in actions if action not in to_confirm],
        "today": timezone.localdate(),
    }


def _count(rows: QuerySet[Any]) -> Any:
    """Return how many rows there are, as a column of another query."""
    one = rows.order_by().annotate(all_of_them=Coalesce("pk", 0) * 0).values("all_of_them")
    return Coalesce(Subquery(one.annotate(count=Count("pk")).values("count")), 0)


def my_page(practitioner: Practitioner) -> dict[str, Any]:
    """Return how much waits for a member, for their own page: one query, whatever there is."""
    mediated = RollEntry.objects.filter(
        practitioner=practitioner, vote__measure__state=MeasureState.MEDIATION, vote__key__isnull=False
    )
    counted = (
        Practitioner.objects.filter(pk=practitioner.pk)
        .annotate(
            votes=_count(_open_votes(practitioner)),
            invitations=_count(invitations(practitioner)),
            comments=_count(_commented(practitioner)),
            to_confirm=_count(_to_confirm(practitioner)),
            actions=_count(_own_actions(practitioner)),
            late=_count(_own_actions(practitioner).late(timezone.localdate())),
            mediated=_count(mediated),
        )
        .values("votes", "invitations", "comments", "to_confirm", "actions", "late", "mediated")
        .get()
    )
    return {**counted, "objections": len(objections(practitioner)) if counted["mediated"] else 0}
