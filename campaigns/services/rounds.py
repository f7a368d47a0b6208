"""A round of judging: set up, opened, shared out, paused, closed (rule 8)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext

from campaigns import judging, judging_selectors, policies, recount
from campaigns.enums import (
    ROUND_MOVES,
    RUNNING_ROUNDS,
    CampaignState,
    DecisionState,
    RoundKind,
    RoundMove,
    RoundState,
)
from campaigns.models import (
    Campaign,
    Criterion,
    Decision,
    Lot,
    ResultSheet,
    Round,
)
from campaigns.services import campaigns, shares, steps
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, record_edit, record_transition, require_move

FINALISTS_AT_LEAST = 2


class NotJudgingYet(DomainError):
    message = _("A round opens once entries are closed, and before the results.")


class NoCommitment(DomainError):
    message = _(
        "This campaign was announced without the hash of a seed: no one could check its lot, so it can’t be judged."
    )


class EarlierRoundRuns(DomainError):
    message = _("The round before has to be closed first.")


class NoCriteria(DomainError):
    message = _("Marks need a criterion at least.")


class NothingToJudge(DomainError):
    message = _("There is nothing to judge: no entry meets the conditions, or too few for an order.")


class TooFewJurors(DomainError):
    message = _("There are fewer jurors who can judge now than each entry needs.")


class OneSide(DomainError):
    message = _("The jurors who can judge now are all of one side. Name somebody of another side first.")


class AlreadyOpen(DomainError):
    message = _(
        "The round has been opened: its rules stand. The quorum alone can be changed, on the page of the round."
    )


class OutOfOrder(DomainError):
    message = _("A round that comes after this one, or is in its place, has been opened: a new round comes last.")


class ResultsStand(DomainError):
    message = _("The results are decided or being decided: the rounds stay as they are.")


class NoQuorum(DomainError):
    message = _("Each entry needs from two to fifteen jurors.")


class Lacking(DomainError):
    @property
    def message(self) -> str:  # type: ignore[override]
        """Say how many."""
        return ngettext(
            "%(count)s entry lacks scores and would fall out. Confirm that you close the round all the same.",
            "%(count)s entries lack scores and would fall out. Confirm that you close the round all the same.",
            int(str(self.values["count"])),
        )


def lock(round_: Round) -> Round:
    """Return the round as it is now, held until the end of the transaction: whatever is given to jurors waits for it."""
    return Round.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=round_.pk)


def _require_manager(campaign: Campaign, by: User) -> None:
    if not policies.can_manage(by, campaign):
        raise campaigns.NotYourCampaign


def _require_draft(round_: Round) -> None:
    if round_.pk and Round.objects.filter(pk=round_.pk).exclude(state=RoundState.DRAFT).exists():
        raise AlreadyOpen


@transaction.atomic
def save_round(*, round_: Round, changed: Collection[str], by: User) -> Round:
    """Keep a round that is set up, after all that have been opened.

    Raises NotYourCampaign, NotJudgingYet where nobody ever judges, AlreadyOpen, OutOfOrder, ResultsStand.
    """
    campaign, now = campaigns.lock(round_.campaign), timezone.now()
    _require_manager(campaign, by)
    if not campaign.is_contest:
        raise NotJudgingYet
    _require_draft(round_)
    _require_place(round_)
    new = round_.pk is None
    round_.save()
    if new:
        record_transition(round_, "create", from_state="", to_state=round_.state, by=by, at=now)
    else:
        record_edit(round_, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    return round_


def _require_place(round_: Round) -> None:
    others = Round.objects.filter(campaign=round_.campaign_id).exclude(state=RoundState.DRAFT)
    if others.filter(position__gte=round_.position).exists():
        raise OutOfOrder
    if Decision.objects.filter(campaign=round_.campaign_id).exclude(state=DecisionState.REFUSED).exists():
        raise ResultsStand


@transaction.atomic
def remove_round(*, round_: Round, by: User) -> None:
    """Remove a round that was never opened, with its criteria: as long as it is there the results wait for it.

    Raises NotYourCampaign, AlreadyOpen.
    """
    campaign, now = campaigns.lock(round_.campaign), timezone.now()
    _require_manager(campaign, by)
    _require_draft(round_)
    record_transition(round_, "delete", from_state=round_.state, to_state="", by=by, at=now)
    round_.delete()


@transaction.atomic
def save_criterion(*, criterion: Criterion, changed: Collection[str], by: User) -> Criterion:
    """Keep a criterion of a round that is set up. Raises NotYourCampaign, AlreadyOpen."""
    round_, now = lock(criterion.round), timezone.now()
    _require_manager(round_.campaign, by)
    _require_draft(round_)
    criterion.save()
    record_edit(round_, changed={"criterion": criterion.pk, "fields": sorted(changed)}, by=by, at=now)
    return criterion


@transaction.atomic
def remove_criterion(*, criterion: Criterion, by: User) -> None:
    """Remove a criterion of a round that is set up. Raises NotYourCampaign, AlreadyOpen."""
    round_, now = lock(criterion.round), timezone.now()
    _require_manager(round_.campaign, by)
    _require_draft(round_)
    record_edit(round_, changed={"removed": criterion.pk}, by=by, at=now)
    criterion.delete()


# --- from its opening to its close ------------------------------------------------------------------------------------------


def _require_openable(round_: Round) -> None:
    require_move(ROUND_MOVES, RoundMove.OPEN, round_)
    if round_.campaign.state != CampaignState.JUDGING:
        raise NotJudgingYet
    if not Lot.objects.filter(campaign=round_.campaign_id).exists():
        raise NoCommitment
    earlier = judging_selectors.before(round_)
    if earlier and earlier.state != RoundState.CLOSED:
        raise EarlierRoundRuns
    if round_.kind == RoundKind.SCORES and not judging_selectors.criteria(round_):
        raise NoCriteria
    least = FINALISTS_AT_LEAST if round_.kind == RoundKind.RANKING else 1
    if judging_selectors.candidates(round_).count() < least:
        raise NothingToJudge
    active = [juror for juror in judging_selectors.panel(round_.campaign_id) if juror.active]
    if len(active) < round_.quorum:
        raise TooFewJurors
    if len({juror.side for juror in active}) < FINALISTS_AT_LEAST:
        raise OneSide


@transaction.atomic
def open_round(*, round_: Round, by: User) -> Round:
    """Take in the entries, share them out, and let jurors begin; doing it twice is the same as once.

    What nobody can be found for stays short: the page of the round says which. Raises NotYourCampaign, IllegalMove and those above.
    """
    campaign, now = campaigns.lock(round_.campaign), timezone.now()
    round_ = lock(round_)
    _require_manager(campaign, by)
    if round_.state == RoundState.OPEN:
        return round_
    _require_openable(round_)
    entries = {"entries": judging_selectors.candidates(round_).count()}
    steps.move(round_, ROUND_MOVES, RoundMove.OPEN, by=by, at=now, changes=entries, opened_at=now, opened_by=by)
    shares.share_out(round_, by=by, at=now)
    return round_


@transaction.atomic
def pause_round(*, round_: Round, by: User) -> Round:
    """Let nobody give marks for a while. Raises NotYourCampaign, IllegalMove."""
    round_, now = lock(round_), timezone.now()
    _require_manager(round_.campaign, by)
    if round_.state != RoundState.PAUSED:
        steps.move(round_, ROUND_MOVES, RoundMove.PAUSE, by=by, at=now)
    return round_


@transaction.atomic
def go_on_with_round(*, round_: Round, by: User) -> Round:
    """End the pause. Raises NotYourCampaign, IllegalMove."""
    round_, now = lock(round_), timezone.now()
    _require_manager(round_.campaign, by)
    if round_.state != RoundState.OPEN:
        steps.move(round_, ROUND_MOVES, RoundMove.GO_ON, by=by, at=now)
    return round_


@transaction.atomic
def change_quorum(*, round_: Round, quorum: int, by: User) -> Round:
    """Ask for more or fewer scores of each entry; what is scored is kept. Raises NotYourCampaign, NoQuorum, TooFewJurors, IllegalMove."""
    round_, now = lock(round_), timezone.now()
    _require_manager(round_.campaign, by)
    _require_running(round_)
    if not policies.QUORUM_AT_LEAST <= quorum <= policies.QUORUM_AT_MOST:
        raise NoQuorum
    if quorum > sum(juror.active for juror in judging_selectors.panel(round_.campaign_id)):
        raise TooFewJurors
    if quorum != round_.quorum:
        before, round_.quorum = round_.quorum, quorum
        round_.save(update_fields=["quorum"])
        record_edit(round_, changed={"fields": ["quorum"], "quorum": [before, quorum]}, by=by, at=now)
    shares.share_out(round_, by=by, at=now)
    return round_


@transaction.atomic
def share_again(*, round_: Round, by: User) -> Round:
    """Bring a running round up to date with its jurors and entries. Raises NotYourCampaign, IllegalMove."""
    round_, now = lock(round_), timezone.now()
    _require_manager(round_.campaign, by)
    _require_running(round_)
    shares.share_out(round_, by=by, at=now)
    return round_


@transaction.atomic
def take_latecomers(*, round_: Round) -> Round:
    """Let an open round judge too what has met the conditions since it was last shared out. The clock does it; again changes nothing."""
    round_, now = lock(round_), timezone.now()
    if round_.state == RoundState.OPEN and judging_selectors.waiting(round_).exists():
        shares.share_out(round_, by=None, at=now)
    return round_


def _require_running(round_: Round) -> None:
    if round_.state not in RUNNING_ROUNDS:
        raise IllegalMove(state=round_.get_state_display())


@transaction.atomic
def close_round(*, round_: Round, by: User, sure: bool = False) -> Round:
    """End a round with what is there, and keep its sheet; who goes on is told nothing: two people decide that with the results.

    Nobody who is late holds it up. Entries that lack scores fall out: with `sure` alone. Raises NotYourCampaign, Lacking, IllegalMove.
    """
    campaign = campaigns.lock(round_.campaign)
    round_ = lock(round_)
    # Only now: a mark that was given while this waited for the round is older than the close, and counts.
    now = timezone.now()
    _require_manager(campaign, by)
    if round_.state == RoundState.CLOSED:
        return round_
    _require_running(round_)
    lacking = judging_selectors.lacking(round_)
    if lacking and not sure:
        raise Lacking(count=len(lacking))
    changes = {"lacking": len(lacking)}
    steps.move(round_, ROUND_MOVES, RoundMove.CLOSE, by=by, at=now, changes=changes, closed_at=now, closed_by=by)
    keep_sheet(round_, by=by, at=now)
    return round_


def keep_sheet(round_: Round, *, by: User, at: datetime) -> ResultSheet:
    """Write what a round comes to at this moment, beside the sheets that were written before."""
    counted = recount.sheet(round_, at, to_win=recount.prizes(round_))
    last = judging_selectors.last_sheet(round_)
    return ResultSheet.objects.create(
        round=round_,
        number=last.number + 1 if last else 1,
        sheet=counted,
        sha256=judging.digest(counted),
        made_at=at,
        made_by=by,
    )
