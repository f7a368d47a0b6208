"""From scores to winners, and the sheet from which anybody can count again: pure.

A sheet is what is published: the rules, the seed and its hash, every score under the letter of its juror, and what follows from them. It
names entries by their public codes and jurors by letters, and nobody's side.
"""

import hashlib
import json
from bisect import insort
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from campaigns import lots
from campaigns.lots import Id
from campaigns.scoring import Counted, Criterion, Ranking, Rating, Round, Score, Screening

VERSION = 1


class Place(NamedTuple):
    """Where an entry stands, from 1; `by_lot` where another has the same result and the lot put the one before the other."""

    place: int
    entry: str
    result: Fraction
    by_lot: bool


class Award(NamedTuple):
    """A prize, from 1, and who has it; `moved_up` where somebody before them is out."""

    prize: int
    entry: str
    by_lot: bool
    moved_up: bool


@dataclass(frozen=True, slots=True)
class Contest:
    """All that a result follows from. Scores of somebody with a conflict are not among `scores`.

    `eligible` are the entries that may win, judged or not; `out` those that were withdrawn or disqualified since. Their scores stay: they
    tell how strict their jurors are, and so nobody's result changes when another falls out. `one_sided` are those whose scores are all of
    one side: they lack scores, however many they have.
    """

    code: str
    round: Round
    seed: str
    commitment: str
    shortlist: int
    prizes: int
    scores: Sequence[Score]
    eligible: frozenset[str]
    out: frozenset[str] = frozenset()
    one_sided: frozenset[str] = frozenset()


def rank(results: Mapping[str, Fraction], seed: str) -> list[Place]:
    """Put entries in order, the highest result first, equal ones as the lot says."""
    shared = Counter(results.values())
    drawn = sorted(lots.order(seed, results), key=lambda entry: results[entry], reverse=True)
    return [Place(place, entry, results[entry], shared[results[entry]] > 1) for place, entry in enumerate(drawn, 1)]


def standing(
    results: Mapping[str, Fraction], seed: str, *, eligible: Collection[str], out: Collection[str] = ()
) -> list[Place]:
    """Put those in order who can win: eligible, complete, and not out."""
    return rank({entry: found for entry, found in results.items() if entry in eligible and entry not in out}, seed)


def award(
    results: Mapping[str, Fraction],
    seed: str,
    *,
    prizes: int,
    eligible: Collection[str],
    out: Collection[str] = (),
) -> list[Award]:
    """Return who has which prize: fewer than `prizes` where fewer can win. Raises ValueError for less than none."""
    if prizes < 0:
        raise ValueError("There are no fewer prizes than none.")
    before = {place.entry: place.place for place in standing(results, seed, eligible=eligible)}
    return [
        Award(place.place, place.entry, place.by_lot, before[place.entry] > place.place)
        for place in standing(results, seed, eligible=eligible, out=out)[:prizes]
    ]


def sheet(contest: Contest, letters: Mapping[Id, str]) -> dict[str, Any]:
    """Return the result sheet, of JSON's types alone. Raises MarkInvalid, and KeyError for a juror without a letter."""
    scores = sorted(
        ((score.entry, letters[score.juror], score.mark) for score in contest.scores), key=lambda score: score[:2]
    )
    found = counted(contest, [Score(*score) for score in scores])
    able = {"eligible": contest.eligible, "out": contest.out}
    places = standing(found.results, contest.seed, **able)
    going_on = _going_on(contest.round, found)
    judged = contest.eligible - contest.out
    return {
        "version": VERSION,
        "contest": contest.code,
        "round": _round_as_json(contest.round),
        "seed": contest.seed,
        "commitment": contest.commitment,
        "shortlist": contest.shortlist,
        "prizes": contest.prizes,
        "eligible": sorted(contest.eligible),
        "out": sorted(contest.out),
        "one_sided": sorted(contest.one_sided),
        "scores": [list(score) for score in scores],
        "places": [[place.place, place.entry, str(place.result), place.by_lot] for place in places],
        "incomplete": {entry: found.incomplete.get(entry, 0) for entry in sorted(judged - found.results.keys())},
        "shortlisted": [place.entry for place in places if place.entry in going_on][: contest.shortlist],
        "winners": [list(row) for row in award(going_on, contest.seed, prizes=contest.prizes, **able)],
    }


def counted(contest: Contest, scores: Sequence[Score]) -> Counted:
    """Return what scores come to. Raises MarkInvalid."""
    found = contest.round.count(scores)
    alone = found.results.keys() & contest.one_sided
    numbers = Counter(score.entry for score in scores)
    results = {entry: result for entry, result in found.results.items() if entry not in alone}
    return Counted(results, {**found.incomplete, **{entry: numbers[entry] for entry in alone}})


def _going_on(found: Round, counted: Any) -> dict[str, Fraction]:
    """Return the results of those who have passed: all, but where it was yes or no."""
    passed = found.passed(counted) if isinstance(found, Screening) else counted.results.keys()
    return {entry: result for entry, result in counted.results.items() if entry in passed}


def canonical(sheet: Mapping[str, Any]) -> bytes:
    """Return a sheet as the bytes that are hashed: JSON in UTF-8, keys in order, no space."""
    return json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(sheet: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a sheet, in hex."""
    return hashlib.sha256(canonical(sheet)).hexdigest()


def differences(published: Mapping[str, Any], counted: Mapping[str, Any]) -> list[str]:
    """Return the parts in which two sheets differ."""
    return sorted(part for part in published.keys() | counted.keys() if published.get(part) != counted.get(part))


def recount(published: Mapping[str, Any]) -> list[str]:
    """Count a sheet again from its rules, seed and scores alone, and return the parts that are not what follows from them.

    "commitment" where the seed is not the one whose hash stands there, "sheet" where it can't be read at all. It proves that a sheet fits
    together; that its scores are those of the jurors, and its hash the one that was published, is for whoever has these to compare.
    """
    try:
        contest = _contest_of(published)
        again = sheet(contest, {score.juror: str(score.juror) for score in contest.scores})
        is_committed = lots.verify(contest.seed, contest.commitment)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["sheet"]
    return differences(published, again) + ([] if is_committed else ["commitment"])


def _contest_of(published: Mapping[str, Any]) -> Contest:
    return Contest(
        code=published["contest"],
        round=_round_from_json(published["round"]),
        seed=published["seed"],
        commitment=published["commitment"],
        shortlist=published["shortlist"],
        prizes=published["prizes"],
        scores=[Score(*score) for score in published["scores"]],
        eligible=frozenset(published["eligible"]),
        out=frozenset(published["out"]),
        one_sided=frozenset(published["one_sided"]),
    )


# --- who moves up -------------------------------------------------------------------------------------------------------


def in_line(published: Mapping[str, Any], *, out: Collection[str]) -> list[Award]:
    """Return all who could win by a sheet, the first first, without those who are out now: there may be more than prizes."""
    contest = _contest_of(published)
    going_on = _going_on(contest.round, counted(contest, contest.scores))
    return award(going_on, contest.seed, prizes=len(going_on), eligible=contest.eligible, out=out)


class Held(NamedTuple):
    """A prize that somebody has; a `fixed` one was handed over, and stays theirs."""

    entry: str
    prize: int
    fixed: bool = False


class Rise(NamedTuple):
    """Somebody gets a prize that came free: from another prize, or as the first that they have."""

    prize: int
    entry: str
    before: int | None


def move_up(line: Sequence[str], held: Collection[Held], *, prizes: int) -> list[Rise]:
    """Return who moves up, in this order, until no prize is free or nobody is left.

    A free prize goes to the first in line who has none or a later one. Nobody ever moves down, also when somebody is taken back in.
    """
    has = {row.entry: row.prize for row in held}
    fixed = {row.entry for row in held if row.fixed}
    free = sorted(set(range(1, prizes + 1)) - set(has.values()))
    rises = []
    while free:
        prize = free.pop(0)
        entry = next(
            (e for e in line if e not in has or (has[e] > prize and e not in fixed)),
            None,
        )
        if entry is None:
            continue
        before = has.get(entry)
        rises.append(Rise(prize, entry, before))
        has[entry] = prize
        if before is not None:
            insort(free, before)
    return rises


def _round_as_json(found: Round) -> dict[str, Any]:
    if isinstance(found, Rating):
        criteria = [asdict(criterion) for criterion in found.criteria]
        return {"method": "rating", "quorum": found.quorum, "criteria": criteria}
    return {"method": "yesno" if isinstance(found, Screening) else "ranking", **asdict(found)}


def _round_from_json(data: Mapping[str, Any]) -> Round:
    rules = {key: value for key, value in data.items() if key != "method"}
    if data["method"] == "rating":
        rules["criteria"] = [Criterion(**criterion) for criterion in rules["criteria"]]
        return Rating(**rules)
    return {"yesno": Screening, "ranking": Ranking}[data["method"]](**rules)
