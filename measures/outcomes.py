"""What came of the votes on a measure, as far as it may be told: read from what was counted and sealed, never from the ballots alone."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from measures import adoption, disclosure
from measures.adoption import Rule, Side, Standing, Tally
from measures.disclosure import Level
from measures.enums import Choice
from measures.models import Ballot, Measure, SideRule, Vote, VoteClosing


@dataclass(frozen=True, slots=True)
class SideResult:
    """How one side stands, and how much of it is told."""

    rule: SideRule
    tally: Tally
    standing: Standing
    level: Level


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody said against a measure; nothing leads from it to them."""

    reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One vote: its last close, what it came to by side, and what was reserved. Without a close nothing was counted."""

    vote: Vote
    closing: VoteClosing | None
    sides: list[SideResult]
    # How many voted of all sides together; none where a side that is not told would follow from it.
    total: int | None
    # At the first close, and now.
    objected: int
    standing: int

    @property
    def adopted(self) -> bool:
        return self.closing is not None and bool(self.closing.outcome["adopted"])

    @property
    def sides_reached(self) -> bool:
        return bool(self.sides) and all(side.standing.reached for side in self.sides)

    @property
    def stood_aside(self) -> int | None:
        """How many stood aside; none where it is not told of every side."""
        if self.total is None or any(side.level != Level.ALL for side in self.sides):
            return None
        return sum(side.tally.stand_aside for side in self.sides)


def in_order(rules: Iterable[SideRule]) -> list[SideRule]:
    """Return the rules in the order of the sides, abroad last."""
    return sorted(rules, key=lambda row: (row.region is None, row.region.position if row.region else 0, row.pk))


def rounds(measure: Measure) -> list[Round]:
    """Return all rounds of a measure, the last one first."""
    rows = (
        Vote.objects.filter(measure=measure)
        .select_related("version", "parity")
        .prefetch_related(
            Prefetch("rules", SideRule.objects.select_related("region")),
            Prefetch("closings", VoteClosing.objects.order_by("number")),
        )
        .order_by("-number")
    )
    return [_round(vote) for vote in rows]


def _round(vote: Vote) -> Round:
    closings = list(vote.closings.all())
    if not closings:
        return Round(vote, None, [], None, 0, 0)
    first, last = closings[0], closings[-1]
    rules: dict[Side, SideRule] = {row.region_id: row for row in in_order(vote.rules.all())}
    counted = {row["region"]: Tally(**row["tally"]) for row in last.outcome["sides"]}
    tallies = {side: counted[side] for side in rules}
    objected = int(first.outcome["blocks"])
    told = disclosure.tell(tallies, objections=objected)
    sides = [
        SideResult(
            row,
            tallies[side],
            adoption.standing(vote.method, Rule(row.quorum, row.threshold), tallies[side]),
            told.levels[side],
        )
        for side, row in rules.items()
    ]
    total = sum(tally.votes for tally in tallies.values()) if told.total else None
    return Round(vote, last, sides, total, objected, int(last.outcome["blocks"]))


def objections(closed: Iterable[Round]) -> Mapping[int, list[Objection]]:
    """Return what was said against a measure in these rounds, by the number of the round.

    In the order of a hash: that of the ballots would tell who voted before whom.
    """
    votes = {found.vote.pk: found for found in closed if found.objected}
    if not votes:
        return {}
    objectors = Ballot.objects.filter(vote__in=votes, choice=Choice.BLOCK).values("voter")
    chains: dict[tuple[int, str], list[Ballot]] = {}
    for row in Ballot.objects.filter(vote__in=votes, voter__in=objectors).order_by("number"):
        chains.setdefault((row.vote_id, row.voter), []).append(row)
    said: dict[int, list[Objection]] = {found.vote.number: [] for found in votes.values()}
    for (vote_id, _voter), chain in chains.items():
        vote = votes[vote_id].vote
        at_close = [row for row in chain if row.number <= vote.closings.all()[0].ballots]
        if at_close and at_close[-1].choice == Choice.BLOCK:
            said[vote.number].append(Objection(at_close[-1].reason, stands=chain[-1].choice == Choice.BLOCK))
    for rows in said.values():
        rows.sort(key=lambda row: hashlib.sha256(row.reason.encode()).digest())
    return said


def named(vote: Vote) -> QuerySet[Ballot]:
    """Return who voted how in an open vote, side by side: the last ballot of each."""
    later = Ballot.objects.filter(vote=OuterRef("vote"), voter=OuterRef("voter"), number__gt=OuterRef("number"))
    return (
        Ballot.objects.filter(~Exists(later), vote=vote, practitioner__isnull=False)
        .select_related("practitioner__profession", "region")
        .order_by("region__position", "practitioner__search", "pk")
    )
