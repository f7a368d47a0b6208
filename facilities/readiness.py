"""From what assessors found to the figures of a facility: what stands, domain scores, readiness index, agreement. Pure.

Source of scores and index: WHO, Service Availability and Readiness Assessment (SARA), reference manual, version 2.2 (2015): a domain
score is the share of the domain's tracer items that are present and work; the readiness index is the unweighted mean of the domain
scores. Source of kappa: Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960) 37-46;
for more than two assessors the mean over all pairs: Light, Psychological Bulletin 76 (1971) 365-377.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from facilities.upkeep_enums import Finding

# Below so many other facilities a district's mean would tell about single ones.
FEWEST_OTHERS = 5

Item = TypeVar("Item", bound=Hashable)
Domain = TypeVar("Domain", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody found of an item: whether it is there and works, and how many work, where they counted."""

    finding: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How many of a domain's items are present and work."""

    present: int
    items: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.present, self.items)


def _seen(found: Sequence[Found]) -> list[Found]:
    return [each for each in found if each.finding != Finding.UNSEEN]


def differ(found: Sequence[Found], tolerance: int) -> bool:
    """Tell whether assessors differ about an item so that they have to talk about it.

    Who could not see it differs from nobody. Numbers may differ by `tolerance`; where one did not count, the others'
    number stands.
    """
    seen = _seen(found)
    counts = [each.count for each in seen if each.count is not None]
    return len({each.finding for each in seen}) > 1 or (bool(counts) and max(counts) - min(counts) > tolerance)


def standing(found: Sequence[Found], reconciled: Found | None, tolerance: int) -> Found | None:
    """Return what stands of an item: what was agreed on, else what those who saw it found alike; None while they differ.

    Of numbers within the tolerance the smallest stands. What nobody could see stays unseen.
    """
    if differ(found, tolerance):
        return reconciled
    seen = _seen(found)
    if not seen:
        return Found(Finding.UNSEEN)
    counts = [each.count for each in seen if each.count is not None]
    return Found(seen[0].finding, min(counts, default=None))


def domain_scores(found: Mapping[Item, str], domain_of: Mapping[Item, Domain]) -> dict[Domain, Score]:
    """Return the score of every domain of the questionnaire: `domain_of` names all its items, `found` what stands of them.

    An item of which nothing is known, or that nobody could see, is not present.
    """
    items = Counter(domain_of.values())
    present = Counter(domain for item, domain in domain_of.items() if found.get(item) == Finding.PRESENT)
    return {domain: Score(present[domain], count) for domain, count in items.items()}


def readiness_index(scores: Mapping[Domain, Score]) -> Fraction | None:
    """Return the unweighted mean of the domain scores, from 0 to 1; None without a domain."""
    return sum((score.share for score in scores.values()), Fraction(0)) / len(scores) if scores else None


def agreement(answers: Sequence[Mapping[Item, str]]) -> Fraction | None:
    """Return the share of the items seen by two assessors or more on which all who saw them found the same; None without such items.

    `answers` are the findings of each assessor, as they were before anybody talked.
    """
    by_item: dict[Item, list[str]] = {}
    for given in answers:
        for item, finding in given.items():
            if finding != Finding.UNSEEN:
                by_item.setdefault(item, []).append(finding)
    shared = [findings for findings in by_item.values() if len(findings) > 1]
    return Fraction(sum(len(set(findings)) == 1 for findings in shared), len(shared)) if shared else None


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """Return kappa = (p_o - p_e) / (1 - p_e) of two assessors, from -1 to 1.

    p_o is the share of items on which both found the same, p_e the share expected by chance: the sum over all findings of the product of
    how often each of the two gave it. None without items, and where chance alone explains everything: both found the same throughout.
    """
    total = len(pairs)
    if not total:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = Fraction(sum(a == b for a, b in pairs), total)
    expected = Fraction(sum(first[finding] * second[finding] for finding in first), total**2)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def kappa(answers: Sequence[Mapping[Item, str]]) -> Fraction | None:
    """Return the mean of Cohen's kappa over all pairs of assessors that have one, over the items that both of a pair saw."""
    found = []
    for one, other in combinations(answers, 2):
        both = [item for item in one if item in other and Finding.UNSEEN not in (one[item], other[item])]
        value = cohens_kappa([(one[item], other[item]) for item in both])
        if value is not None:
            found.append(value)
    return sum(found, Fraction(0)) / len(found) if found else None


def rounded(value: Fraction | None, places: int, scale: int = 1) -> Decimal | None:
    """Return a fraction times `scale` as a figure of so many places, halves away from nought."""
    if value is None:
        return None
    exact = value * scale
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
