"""What the scores of a round come to: pure, in fractions, so that it is the same on every machine.

Three kinds of rounds: yes or no (`Screening`), marks by weighted criteria (`Rating`), and putting finalists in order (`Ranking`). Each
gives an entry one number, higher is better, as soon as it has the quorum's scores.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from campaigns.lots import Id

FULL = 100


class MarkInvalid(ValueError):
    """A score is not one that its round allows."""


class Score(NamedTuple):
    """What a juror said of an entry: True or False, marks by criterion, or a rank from 1 (best)."""

    entry: str
    juror: Id
    mark: Any


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is marked from `least` to `most`, whole numbers, and how much it weighs (1 or more)."""

    code: str
    least: int
    most: int
    weight: int = 1

    def __post_init__(self) -> None:
        if self.least >= self.most or self.weight < 1:
            raise ValueError("A criterion goes up, and weighs something.")


@dataclass(frozen=True, slots=True)
class Counted:
    """The results of entries that have all their scores, and how many scores the others have."""

    results: Mapping[str, Fraction]
    incomplete: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Screening:
    """Yes or no: an entry's result is its share of yes; it passes with at least `threshold` of 100."""

    quorum: int
    threshold: int

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= FULL:
            raise ValueError("A threshold is one to a hundred of a hundred.")

    def count(self, scores: Iterable[Score]) -> Counted:
        """Count. Raises MarkInvalid."""
        found = _by_entry(scores)
        for said in found.values():
            if any(not isinstance(mark, bool) for mark in said.values()):
                raise MarkInvalid("Yes or no is true or false.")
        shares = {entry: Fraction(sum(said.values()), len(said)) for entry, said in found.items()}
        return _complete(shares, found, self.quorum)

    def passed(self, counted: Counted) -> frozenset[str]:
        """Return the entries that go on to the next round."""
        return frozenset(entry for entry, share in counted.results.items() if share * FULL >= self.threshold)


@dataclass(frozen=True, slots=True)
class Rating:
    """Marks by criteria: an entry's result is the mean of its totals, each centred on its juror."""

    quorum: int
    criteria: Sequence[Criterion]

    def __post_init__(self) -> None:
        if not self.criteria or len({criterion.code for criterion in self.criteria}) < len(self.criteria):
            raise ValueError("There is a criterion at least, and none comes twice.")

    def total(self, marks: Mapping[str, int]) -> Fraction:
        """Return the weighted total of one score, from 0 (all at their least) to 100 (all at their most). Raises MarkInvalid.

        Each criterion is taken as a share of its own range, so that its weight and not its scale says how much it counts (the additive
        model of W. Edwards, "How to use multiattribute utility measurement for social decisionmaking", 1977).
        """
        if not isinstance(marks, Mapping) or set(marks) != {criterion.code for criterion in self.criteria}:
            raise MarkInvalid("Each criterion has one mark.")
        for criterion in self.criteria:
            mark = marks[criterion.code]
            if type(mark) is not int or not criterion.least <= mark <= criterion.most:
                raise MarkInvalid("A mark is a whole number within its criterion.")
        shares = (
            criterion.weight * Fraction(marks[criterion.code] - criterion.least, criterion.most - criterion.least)
            for criterion in self.criteria
        )
        weighed = sum(shares, Fraction())
        return FULL * weighed / sum(criterion.weight for criterion in self.criteria)

    def count(self, scores: Iterable[Score]) -> Counted:
        """Count. Raises MarkInvalid."""
        totals: dict[tuple[tuple[str, int], ...], Fraction] = {}
        valued = []
        for score in scores:
            key = tuple(sorted(score.mark.items())) if isinstance(score.mark, Mapping) else ()
            if key not in totals:
                totals[key] = self.total(score.mark)
            valued.append(Score(score.entry, score.juror, totals[key]))
        found = _by_entry(centred(valued))
        return _complete({entry: mean(said.values()) for entry, said in found.items()}, found, self.quorum)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Finalists put in order: the Borda count.

    An entry has from each juror as many points as that juror put entries below it (J.-C. de Borda, "Mémoire sur les élections au scrutin",
    1781), as a share of all others on the same ballot. Where everybody has ranked all, that is the order of Borda's count. Who has a
    conflict with a finalist ranks the others: shares keep the rest of a shorter ballot from counting less, and the entry that is not on
    it from losing by that.
    """

    quorum: int

    def count(self, scores: Iterable[Score]) -> Counted:
        """Count. Raises MarkInvalid for a ballot that is not 1, 2, 3 and so on, or has one entry alone."""
        scores = list(scores)
        found = _by_entry(scores)
        ballots: dict[Id, list[int]] = defaultdict(list)
        for score in scores:
            ballots[score.juror].append(score.mark)
        for ranks in ballots.values():
            whole = all(type(rank) is int for rank in ranks)
            if not whole or len(ranks) < 2 or sorted(ranks) != list(range(1, len(ranks) + 1)):
                raise MarkInvalid("A ballot has each rank once, from one on.")
        size = {juror: len(ranks) for juror, ranks in ballots.items()}
        shares = {
            entry: mean(Fraction(size[juror] - rank, size[juror] - 1) for juror, rank in said.items())
            for entry, said in found.items()
        }
        return _complete(shares, found, self.quorum)


Round = Screening | Rating | Ranking


def mean(values: Iterable[Fraction]) -> Fraction:
    """Return the mean of one value or more."""
    values = list(values)
    return Fraction(sum(values), len(values))


def centred(scores: Sequence[Score]) -> list[Score]:
    """Take from each total the mean of its juror, and add the mean of all: strict and mild jurors weigh the same.

    That a score is the entry's worth plus what is the juror's own is the first model of W. Kuhlisch et al., "A statistical approach to
    calibrating the scores of biased reviewers of scientific papers" (Metrika 79, 2016). A juror's own part is taken here to be the mean of
    what they gave, which holds if what they were given is as good on average as what the others were: the lot sees to that.

    Somebody with one score comes to the mean of all with it, whatever they said: one score can't tell a strict juror from a weak entry, so
    it neither lifts nor sinks. It still counts towards the quorum; see `single`.
    """
    sums: dict[Id, Fraction] = defaultdict(Fraction)
    numbers: dict[Id, int] = defaultdict(int)
    for score in scores:
        sums[score.juror] += score.mark
        numbers[score.juror] += 1
    if not scores:
        return []
    overall = sum(sums.values(), Fraction()) / len(scores)
    shift = {juror: overall - sums[juror] / numbers[juror] for juror in sums}
    return [Score(score.entry, score.juror, score.mark + shift[score.juror]) for score in scores]


def single(scores: Iterable[Score]) -> frozenset[Id]:
    """Return the jurors with one score, which says nothing once it is centred: whose work others should take over."""
    numbers: dict[Id, int] = defaultdict(int)
    for score in scores:
        numbers[score.juror] += 1
    return frozenset(juror for juror, number in numbers.items() if number == 1)


def _by_entry(scores: Iterable[Score]) -> dict[str, dict[Id, Any]]:
    found: dict[str, dict[Id, Any]] = defaultdict(dict)
    for score in scores:
        if score.juror in found[score.entry]:
            raise MarkInvalid("A juror has scored an entry twice.")
        found[score.entry][score.juror] = score.mark
    return found


def _complete(results: Mapping[str, Fraction], found: Mapping[str, Mapping[Id, Any]], quorum: int) -> Counted:
    if quorum < 1:
        raise ValueError("A quorum is at least one.")
    return Counted(
        {entry: result for entry, result in results.items() if len(found[entry]) >= quorum},
        {entry: len(said) for entry, said in found.items() if len(said) < quorum},
    )
