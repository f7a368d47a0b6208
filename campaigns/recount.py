"""A round counted from the database: what its sheet says, and whether the sheet that was kept is what follows from what is there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from campaigns import judging, judging_selectors, lots
from campaigns.enums import EntryMove, RoundKind
from campaigns.models import Conflict, Entry, Lot, Mark, Prize, ResultSheet, Round, RoundEntry
from campaigns.scoring import Score, Screening
from network.models import Transition

# What makes an entry one that can win, and what makes it one that can't; whoever is taken back in after an appeal meets the conditions
# again by a move of its own.
RISING = (EntryMove.FULFIL,)
FALLING = (
    EntryMove.WITHDRAW,
    EntryMove.DISQUALIFY,
    EntryMove.RESTORE,
    EntryMove.RESTORE_UNPROVED,
    EntryMove.FALL_SHORT,
    EntryMove.TAKE_BACK,
)


def _scores(round_: Round, at: datetime) -> list[Score]:
    """Return the last word of each juror on each entry by a moment, without those of somebody with a conflict."""
    barred = set(
        Conflict.objects.filter(juror__campaign=round_.campaign_id, declared_at__lte=at).values_list(
            "juror_id", "entry_id"
        )
    )
    rows = Mark.objects.filter(assignment__round=round_, given_at__lte=at).order_by("assignment", "number")
    last = {
        (juror, entry): (code, value)
        for juror, entry, code, value in rows.values_list(
            "assignment__juror_id", "assignment__entry_id", "assignment__entry__public_code", "value"
        )
    }
    found = [
        Score(code, juror, value)
        for (juror, entry), (code, value) in last.items()
        if value is not None and (juror, entry) not in barred
    ]
    return _ballots(found) if round_.kind == RoundKind.RANKING else found


def _ballots(scores: list[Score]) -> list[Score]:
    """Close the gaps of ballots off which an entry has fallen; one entry alone is no order."""
    ballots: dict[Any, list[Score]] = defaultdict(list)
    for score in scores:
        ballots[score.juror].append(score)
    return [
        Score(score.entry, juror, rank)
        for juror, ballot in ballots.items()
        if len(ballot) > 1
        for rank, score in enumerate(sorted(ballot, key=lambda score: score.mark), 1)
    ]


def _one_sided(round_: Round, scores: list[Score]) -> frozenset[str]:
    """Return the codes of those that have the quorum's scores, of one side alone."""
    judged: dict[str, list[Any]] = defaultdict(list)
    for score in scores:
        judged[score.entry].append(score.juror)
    full = {entry: jurors for entry, jurors in judged.items() if len(jurors) >= round_.quorum}
    return frozenset(judging_selectors.one_sided(round_.campaign_id, full))


def _out(entries: dict[int, str], at: datetime) -> frozenset[str]:
    """Return the public codes of those that could not win at a moment: withdrawn, disqualified, or corrected below the conditions."""
    rows = Transition.objects.filter(
        subject_type=Entry._meta.label_lower, move__in=[*RISING, *FALLING], at__lte=at, subject_id__in=list(entries)
    )
    last = dict(rows.order_by("pk").values_list("subject_id", "move"))
    return frozenset(entries[pk] for pk, move in last.items() if move in FALLING)


def prizes(round_: Round) -> int:
    """Return how many prizes there are to win in a round: all in the last, none before."""
    if judging_selectors.after(round_):
        return 0
    return Prize.objects.filter(campaign=round_.campaign_id).aggregate(whole=Sum("count"))["whole"] or 0


def contest(round_: Round, at: datetime, *, to_win: int) -> judging.Contest:
    """Return what a result of a round follows from, as it was at a moment."""
    lot = Lot.objects.get(campaign=round_.campaign_id)
    taken = RoundEntry.objects.filter(round=round_, taken_at__lte=at).order_by("entry")
    entries = dict(taken.values_list("entry_id", "entry__public_code"))
    scores = _scores(round_, at)
    return judging.Contest(
        code=f"{round_.campaign.slug}/{round_.position}",
        round=judging_selectors.rules(round_),
        seed=lot.seed,
        commitment=lot.commitment,
        shortlist=round_.go_on or len(entries),
        prizes=to_win,
        scores=scores,
        eligible=frozenset(entries.values()),
        out=_out(entries, at),
        one_sided=_one_sided(round_, scores),
    )


def sheet(round_: Round, at: datetime, *, to_win: int) -> dict[str, Any]:
    """Return the sheet of a round as of a moment. Its letters are drawn among those who have scored."""
    found = contest(round_, at, to_win=to_win)
    secret = Lot.objects.values_list("secret", flat=True).get(campaign=round_.campaign_id)
    return judging.sheet(found, lots.letters(secret, {score.juror for score in found.scores}))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a closed round comes to as entries stand now: places and awards. Nothing is decided by it."""

    places: list[judging.Place]
    awards: list[judging.Award]


def propose(round_: Round) -> Proposal:
    """Return places and awards of a closed round; whoever fell out since is passed over, and whoever follows moves up."""
    found = contest(round_, timezone.now(), to_win=prizes(round_))
    counted = judging.counted(found, found.scores)
    passed = found.round.passed(counted) if isinstance(found.round, Screening) else counted.results.keys()
    going_on = {entry: result for entry, result in counted.results.items() if entry in passed}
    able: dict[str, Any] = {"eligible": found.eligible, "out": found.out}
    return Proposal(
        judging.standing(counted.results, found.seed, **able),
        judging.award(going_on, found.seed, prizes=found.prizes, **able),
    )


def check(kept: ResultSheet) -> list[str]:
    """Count a kept sheet again; return the parts that are not what follows from the database, nothing where all is right."""
    faults = [f"the sheet itself: {part}" for part in judging.recount(kept.sheet)]
    if judging.digest(kept.sheet) != kept.sha256:
        faults.append("the sheet itself: its hash")
    counted = sheet(kept.round, kept.made_at, to_win=kept.sheet.get("prizes", 0))
    different = judging.differences(kept.sheet, counted)
    return faults + [f"{part}: {_difference(kept.sheet.get(part), counted.get(part))}" for part in different]


def _difference(kept: Any, counted: Any) -> str:
    """Say what is in one and not in the other."""
    if isinstance(kept, list) and isinstance(counted, list):
        gone = [str(row) for row in kept if row not in counted]
        new = [str(row) for row in counted if row not in kept]
        return f"kept {', '.join(gone) or 'nothing'}; counted {', '.join(new) or 'nothing'}"
    return f"kept {kept}; counted {counted}"
