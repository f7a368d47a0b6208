"""Counting a vote, and counting it again from the ballots alone: what `manage.py recount` compares with what is published."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from measures import adoption, ballots, selectors, texts
from measures.adoption import Rule, Side, Tally, Verdict
from measures.models import Ballot, ParityReading, RollEntry, Version, Vote, VoteClosing
from measures.models.measures import PARTS


@dataclass(frozen=True, slots=True)
class Count:
    """What the ballots of a vote come to."""

    verdict: Verdict
    tallies: dict[Side, Tally]
    ballots: int
    head: str


@dataclass(slots=True)
class Check:
    """What a recount found; no fault means that what is published is what was cast."""

    faults: list[str] = field(default_factory=list)
    ballots: int = 0
    closings: int = 0


def is_parity_of(parity: ParityReading, version: Version) -> bool:
    return parity.version_id == version.pk and (parity.hash_ar, parity.hash_en) == (version.hash_ar, version.hash_en)


def is_intact(version: Version) -> bool:
    """Tell whether the words of a version are those that its hashes were made of."""
    said = {
        language: texts.sha256(getattr(version, f"{part}_{language}") for part in PARTS) for language in ("ar", "en")
    }
    return said == {"ar": version.hash_ar, "en": version.hash_en}


def frozen(vote: Vote) -> dict[str, Any]:
    """Return all that was frozen when a vote was opened, as the first ballot seals it."""
    return {
        "vote": str(vote.uid),
        "measure": vote.measure_id,
        "number": vote.number,
        "hash_ar": vote.version.hash_ar,
        "hash_en": vote.version.hash_en,
        "method": vote.method,
        "secrecy": vote.secrecy,
        "electorate": vote.electorate,
        "opened_at": vote.opened_at.isoformat(),
        "closes_at": vote.closes_at.isoformat(),
        "rules": [
            [row.region_id, row.roll, row.quorum, row.threshold]
            for row in sorted(vote.rules.all(), key=lambda row: (row.region_id is None, row.region_id or 0))
        ],
        "roll": sorted(RollEntry.objects.filter(vote=vote).values_list("practitioner_id", flat=True)),
    }


def said(ballot: Ballot) -> dict[str, Any]:
    """Return what the digest of a ballot seals."""
    return {
        "vote": ballot.vote_id,
        "number": ballot.number,
        "voter": ballot.voter,
        "region": ballot.region_id,
        "choice": str(ballot.choice),
        "reason": ballot.reason,
        "receipt": ballot.receipt,
        "practitioner": ballot.practitioner_id,
    }


def counted_ballots(rows: list[Ballot]) -> dict[str, Ballot]:
    """Return the ballots that count: the last one of each voter."""
    return {row.voter: row for row in sorted(rows, key=lambda row: row.number)}


def _tallies(rows: list[Ballot], rules: dict[Side, Rule]) -> dict[Side, Tally]:
    last = counted_ballots(rows).values()
    return {side: adoption.tally(row.choice for row in last if row.region_id == side) for side in rules}


def count(vote: Vote) -> Count:
    """Count the ballots of a vote as they stand."""
    rows = list(Ballot.objects.filter(vote=vote).order_by("number"))
    rules = selectors.rules_of(vote)
    tallies = _tallies(rows, rules)
    head = rows[-1].digest if rows else ballots.genesis(frozen(vote))
    return Count(adoption.decide(vote.method, rules, tallies), tallies, len(rows), head)


def as_outcome(verdict: Verdict, tallies: dict[Side, Tally]) -> dict[str, Any]:
    """Return an outcome as a closing keeps it."""
    return {
        "adopted": verdict.adopted,
        "blocks": verdict.blocks,
        "sides": [
            {
                "region": side,
                "tally": tallies[side].as_json(),
                "quorum_reached": standing.quorum_reached,
                "threshold_reached": standing.threshold_reached,
            }
            for side, standing in verdict.standings.items()
        ],
    }


def check(vote: Vote) -> Check:
    """Go through the ballots of a vote one by one, and compare with what was closed and published."""
    found = Check()
    rows = list(Ballot.objects.filter(vote=vote).order_by("number"))
    closings = list(VoteClosing.objects.filter(vote=vote).order_by("number"))
    found.ballots, found.closings = len(rows), len(closings)
    if not is_parity_of(vote.parity, vote.version):
        found.faults.append("the vote is not on the texts that were compared")
    if not is_intact(vote.version):
        found.faults.append("the text is not the one that was voted on")
    secret = _secret_of(vote, rows, closings)
    found.faults += _chain_faults(vote, rows, secret)
    roll: dict[Side, int] = {}
    for entry in RollEntry.objects.filter(vote=vote):
        roll[entry.region_id] = roll.get(entry.region_id, 0) + 1
    for rule in vote.rules.all():
        if roll.get(rule.region_id, 0) != rule.roll:
            found.faults.append(
                f"the roll of side {rule.region_id} has {roll.get(rule.region_id, 0)} names, not {rule.roll}"
            )
    for closing in closings:
        found.faults += _closing_faults(vote, rows, closing, secret)
    return found


def _secret_of(vote: Vote, rows: list[Ballot], closings: list[VoteClosing]) -> str:
    """Return the key under which this vote was sealed: the first of those tried that fits its first ballot or its close."""
    start = frozen(vote)
    for secret in ballots.secrets_tried():
        first = ballots.genesis(start, secret=secret)
        if rows and ballots.same(ballots.digest(first, said(rows[0]), secret=secret), rows[0].digest):
            return secret
        if not rows and closings and ballots.same(first, closings[0].head):
            return secret
    return ballots.secrets_tried()[0]


def _chain_faults(vote: Vote, rows: list[Ballot], secret: str) -> Iterator[str]:
    previous = ballots.genesis(frozen(vote), secret=secret)
    sizes = {rule.region_id: rule.roll for rule in vote.rules.all()}
    voters = {side: {row.voter for row in rows if row.region_id == side} for side in {row.region_id for row in rows}}
    for side, voted in voters.items():
        if len(voted) > sizes.get(side, 0):
            yield f"side {side} has more voters than may vote"
    for position, row in enumerate(rows, 1):
        if row.number != position:
            yield f"ballot {position} is missing: the next one is number {row.number}"
        if not ballots.same(ballots.digest(previous, said(row), secret=secret), row.digest):
            yield f"ballot {row.number} is not what was sealed, or something before it was changed"
        previous = row.digest


def _closing_faults(vote: Vote, rows: list[Ballot], closing: VoteClosing, secret: str) -> Iterator[str]:
    name = f"close {closing.number}"
    upto = [row for row in rows if row.number <= closing.ballots]
    head = upto[-1].digest if upto else ballots.genesis(frozen(vote), secret=secret)
    if len(upto) != closing.ballots:
        yield f"{name} counted {closing.ballots} ballots, {len(upto)} are there"
    if closing.head != head:
        yield f"{name} does not end with the last of its ballots"
    rules = selectors.rules_of(vote)
    tallies = _tallies(upto, rules)
    if as_outcome(adoption.decide(vote.method, rules, tallies), tallies) != closing.outcome:
        yield f"{name} publishes another outcome than its ballots give"
    sealed = ballots.seal(
        closing.head, {"vote": str(vote.uid), "number": closing.number, "outcome": closing.outcome}, secret=secret
    )
    if not ballots.same(sealed, closing.seal):
        yield f"the seal of {name} is broken"


def receipt_standing(vote: Vote, receipt_hash: str) -> str:
    """Say of a receipt what became of its vote, "" for none of this vote.

    "counted"; "replaced" by a later vote of the same person; "withdrawn", an objection that was counted and taken back in the mediation.
    """
    found = Ballot.objects.filter(vote=vote, receipt=receipt_hash).first()
    if found is None:
        return ""
    later = Ballot.objects.filter(vote=vote, voter=found.voter, number__gt=found.number).order_by("number").first()
    if later is None:
        return "counted"
    closing = VoteClosing.objects.filter(vote=vote, number=1).first()
    return "withdrawn" if closing and found.number <= closing.ballots < later.number else "replaced"
