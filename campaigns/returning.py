"""What becomes of an entry in the rounds once its appeal is upheld: read before by whoever answers, done by the answer.

A round that is closed is not held again. Who was judged in it and is taken back in while the next one runs goes into that one if they would
have gone on, had they not been out: counted as of the close, with whoever else was taken back in since. Nobody makes room for them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext

from campaigns import chain, judging, judging_selectors, outcomes, recount
from campaigns.enums import JUDGED_STATES, CampaignState, EntryState, RoundState
from campaigns.models import Campaign, Entry, ResultSheet, Round, RoundEntry
from campaigns.scoring import Screening


class Way(StrEnum):
    """What becomes of it."""

    UNTOUCHED = (
        "untouched"  # No round has begun, or the results are being decided: the rounds have nothing to do with it.
    )
    SHORT = "short"
    JUDGED = "judged"
    GOES_ON = "goes_on"
    COUNTED = "counted"
    BEHIND = "behind"
    UNSCORED = "unscored"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Return:
    """What becomes of one entry, and in which round that is decided."""

    way: Way
    round: Round | None = None

    @property
    def is_over(self) -> bool:
        """Nobody judges it, although it takes part again."""
        return self.way in (Way.SHORT, Way.BEHIND, Way.UNSCORED, Way.LATE)

    @property
    def sentence(self) -> str:
        """Say it to the desk; nothing where there is nothing to say."""
        name = {"round": self.round.name if self.round else ""}
        match self.way:
            case Way.SHORT:
                return gettext(
                    "It does not meet the conditions as it stands: as long as that is so, no round takes it in."
                )
            case Way.JUDGED:
                return gettext("It goes before the jurors of “%(round)s”.") % name
            case Way.GOES_ON:
                return gettext("By its scores in “%(round)s” it goes on to the next round.") % name
            case Way.COUNTED:
                return gettext("Its scores in “%(round)s” count for the results.") % name
            case Way.BEHIND:
                return (
                    gettext("By its scores in “%(round)s” it would not have gone on: it is judged no further.") % name
                )
            case Way.UNSCORED:
                return gettext("It had too few scores when “%(round)s” was closed: it is judged no further.") % name
            case Way.LATE:
                return (
                    gettext(
                        "It comes too late for the rounds: “%(round)s” was held without it. It is judged no further."
                    )
                    % name
                )
        return ""


def returns(campaign: Campaign, entries: Collection[Entry]) -> dict[int, Return]:
    """Return what becomes of each of these entries, by its id: of those that are out what would, as far as it alone came back."""
    found = {entry.pk: Return(Way.UNTOUCHED) for entry in entries}
    if not entries or campaign.state != CampaignState.JUDGING:
        return found
    begun = Round.objects.filter(campaign=campaign).exclude(state=RoundState.DRAFT).order_by("-position").first()
    if begun is None or outcomes.standing_decision(campaign):
        return found
    missing = chain.missing_of(entries)
    # Who has withdrawn meanwhile does not come back.
    coming = [entry for entry in entries if entry.state != EntryState.WITHDRAWN]
    able = [entry for entry in coming if _is_able(entry, missing[entry.pk])]
    found |= {entry.pk: Return(Way.SHORT) for entry in coming}
    return found | (_of_closed(begun, able) if begun.state == RoundState.CLOSED else _of_running(begun, able))


def _is_able(entry: Entry, missing: dict[str, int]) -> bool:
    return entry.state in JUDGED_STATES or (entry.state == EntryState.DISQUALIFIED and not missing)


def _of_running(round_: Round, entries: Collection[Entry]) -> dict[int, Return]:
    earlier = judging_selectors.before(round_)
    judged = {entry.pk: Return(Way.JUDGED, round_) for entry in entries}
    taken = set(RoundEntry.objects.filter(round=round_, entry__in=entries).values_list("entry_id", flat=True))
    asked = [entry for entry in entries if entry.pk not in taken]
    if earlier is None or not asked:
        return judged
    # No sheet of it is kept any more since this one was opened.
    opened_by = ResultSheet.objects.filter(round=earlier).order_by("number").values_list("made_at", flat=True).last()
    tally = _counted(earlier, asked, opened_by or round_.opened_at or timezone.now())
    return judged | {pk: row for pk, row in tally.items() if row.way != Way.GOES_ON}


def _of_closed(round_: Round, entries: Collection[Entry]) -> dict[int, Return]:
    tally = _counted(round_, entries, timezone.now())
    if judging_selectors.after(round_):
        return tally
    return {pk: Return(Way.COUNTED, round_) if row.way == Way.GOES_ON else row for pk, row in tally.items()}


def _counted(round_: Round, entries: Collection[Entry], at: datetime) -> dict[int, Return]:
    """Return whether each of these would go on from a closed round, counted as of a moment but with who is back in since."""
    contest = recount.contest(round_, at, to_win=0)
    counted = judging.counted(contest, contest.scores)
    passed = contest.round.passed(counted) if isinstance(contest.round, Screening) else counted.results.keys()
    places = judging.standing(counted.results, contest.seed, eligible=contest.eligible)
    line = [place.entry for place in places if place.entry in passed]
    back = Entry.objects.filter(
        campaign=round_.campaign_id, public_code__in=contest.out, state__in=outcomes.ABLE_STATES
    )
    out = contest.out - set(back.values_list("public_code", flat=True))

    def way(code: str) -> Way:
        if code not in contest.eligible:
            return Way.LATE
        if code not in counted.results:
            return Way.UNSCORED
        with_it = [other for other in line if other == code or other not in out]
        return Way.GOES_ON if code in with_it[: contest.shortlist] else Way.BEHIND

    return {entry.pk: Return(way(entry.public_code), round_) for entry in entries}
