"""Whether a measure is adopted: pure, by each side for itself.

The rule is concurrent agreement: every side that takes part reaches its own quorum and its own threshold, and no objection stands. No
majority of one side, however large, makes up for another. The bridging score follows the group-aware consensus of Polis
(https://github.com/compdemocracy/polis, `group-aware-consensus`): the product over groups of (agreed + 1) / (asked + 2), here over the
sides that people declare and not over groups found by clustering.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from measures.enums import Choice, Method

# A side: its id in the network, None for members abroad.
Side = int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What one side has to reach: so many votes (`quorum`, at least 1), and so many of 100 that decide for it (`threshold`)."""

    quorum: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of one side, by choice."""

    agree: int = 0
    abstain: int = 0
    stand_aside: int = 0
    disagree: int = 0
    block: int = 0

    @property
    def votes(self) -> int:
        return self.agree + self.abstain + self.stand_aside + self.disagree + self.block

    @property
    def deciding(self) -> int:
        """The votes that count towards the threshold: who abstains leaves it to the others, and an objection is not weighed, it stands."""
        return self.agree + self.stand_aside + self.disagree

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one side stands against its rule."""

    votes: int
    quorum: int
    threshold: int
    quorum_reached: bool
    threshold_reached: bool
    blocks: int

    @property
    def reached(self) -> bool:
        return self.quorum_reached and self.threshold_reached


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a vote: each side's standing, and whether all of them together adopt."""

    standings: Mapping[Side, Standing]

    @property
    def blocks(self) -> int:
        return sum(standing.blocks for standing in self.standings.values())

    @property
    def sides_reached(self) -> bool:
        """Tell whether each side has its quorum and its threshold, whatever the objections."""
        return bool(self.standings) and all(standing.reached for standing in self.standings.values())

    @property
    def adopted(self) -> bool:
        return self.sides_reached and not self.blocks


def needed(threshold: int, deciding: int) -> int:
    """Return how many of `deciding` votes have to agree: the smallest number that is at least `threshold` of 100."""
    return -(-threshold * deciding // 100)


@dataclass(frozen=True, slots=True)
class Least:
    """The fewest that carry one side: so many votes, so many who agree if just these decide, and so many if the whole roll decides."""

    votes: int
    agree: int
    agree_of_all: int


def least(method: str, rule: Rule, roll: int) -> Least:
    """Return the fewest votes with which a side of `roll` voters has its quorum and its threshold, nobody abstaining."""
    votes = max(rule.quorum, 1)
    if method == Method.CONSENT:
        return Least(votes, 1, 1)
    return Least(votes, needed(rule.threshold, votes), needed(rule.threshold, roll))


def standing(method: str, rule: Rule, tally: Tally) -> Standing:
    """Say how one side stands. Under consent only objections count, so the threshold is reached by anybody who agrees."""
    consent = method == Method.CONSENT
    return Standing(
        votes=tally.votes,
        quorum=rule.quorum,
        threshold=1 if consent else rule.threshold,
        quorum_reached=tally.votes >= max(rule.quorum, 1),
        threshold_reached=tally.agree > 0 and (consent or tally.agree >= needed(rule.threshold, tally.deciding)),
        blocks=tally.block,
    )


def decide(method: str, rules: Mapping[Side, Rule], tallies: Mapping[Side, Tally]) -> Verdict:
    """Return what came of a vote. A side without a single vote has an empty tally; raises KeyError for votes of a side without a rule."""
    for side in tallies:
        rules[side]
    return Verdict({side: standing(method, rule, tallies.get(side, Tally())) for side, rule in rules.items()})


def tally(choices: Iterable[str]) -> Tally:
    """Count choices."""
    counted = dict.fromkeys((field.name for field in fields(Tally)), 0)
    for choice in choices:
        counted[Choice(choice).value] += 1
    return Tally(**counted)


def bridging(sides: Mapping[Any, tuple[int, int]]) -> Fraction:
    """Return the bridging score of {side: (agreed, asked)}: the product over sides of (agreed + 1) / (asked + 2).

    It lies between 0 and 1, is 0.5 a side where nobody was asked, and is high only where every side agrees.
    """
    score = Fraction(1)
    for agreed, asked in sides.values():
        if not 0 <= agreed <= asked:
            raise ValueError("More agreed than were asked.")
        score *= Fraction(agreed + 1, asked + 2)
    return score
