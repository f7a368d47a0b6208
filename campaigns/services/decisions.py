"""Results: proposed by the rule, decided by two people, told to the winners, then published."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from campaigns import outcomes, policies, shortlists
from campaigns.enums import (
    AWARD_MOVES,
    CAMPAIGN_MOVES,
    DECISION_MOVES,
    LIVE_AWARDS,
    PUBLIC_AWARDS,
    AwardMove,
    AwardState,
    CampaignMove,
    CampaignState,
    DecisionMove,
    DecisionState,
    EntryMove,
    EntryState,
)
from campaigns.models import Award, Campaign, Decision, Entry
from campaigns.services import awards, campaigns, rounds, steps
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, ReasonMissing, record_transition, require_move


class NothingToDecide(DomainError):
    message = _("There is nothing to decide yet: the last round has to be closed, and somebody has to have won.")


class SecondPerson(DomainError):
    message = _(
        "Whoever proposed the results can’t confirm them: it takes a second person, of another side where there is one."
    )


class NoLongerSo(DomainError):
    message = _(
        "Since this was proposed, an entry fell out or came back. Please refuse it, and propose the results again."
    )


class NotAllTold(DomainError):
    message = _("Every winner hears it before everybody else: some have not been told yet.")


class TooSoon(DomainError):
    message = _("The winners were told a moment ago. The results can be published from %(moment)s on.")


def _managed(campaign: Campaign, by: User) -> Campaign:
    campaign = campaigns.lock(campaign)
    if not policies.can_manage(by, campaign):
        raise campaigns.NotYourCampaign
    return campaign


@transaction.atomic
def propose_results(*, campaign: Campaign, by: User) -> Decision:
    """Put before a second person what the rule says, as a sheet of this moment; what stands proposed already is returned.

    Raises NotYourCampaign, NothingToDecide.
    """
    campaign, now = _managed(campaign, by), timezone.now()
    standing = outcomes.standing_decision(campaign)
    if standing:
        return standing
    round_ = outcomes.to_decide(campaign)
    if round_ is None or campaign.state != CampaignState.JUDGING:
        raise NothingToDecide
    sheet = rounds.keep_sheet(rounds.lock(round_), by=by, at=now)
    if not sheet.sheet["winners"]:
        raise NothingToDecide
    decision = Decision(campaign=campaign, sheet=sheet, sha256=sheet.sha256, state="", proposed_at=now, proposed_by=by)
    decision.state = require_move(DECISION_MOVES, DecisionMove.PROPOSE, decision)
    decision.save()
    record_transition(
        decision,
        DecisionMove.PROPOSE,
        from_state="",
        to_state=decision.state,
        by=by,
        at=now,
        changes={"sha256": decision.sha256},
    )
    return decision


def _standing(campaign: Campaign) -> Decision:
    found = outcomes.standing_decision(campaign)
    if found is None:
        raise NothingToDecide
    return (
        Decision.objects.select_related("campaign", "sheet__round__campaign")
        .select_for_update(of=("self",))
        .get(pk=found.pk)
    )


@transaction.atomic
def confirm_results(*, campaign: Campaign, sha256: str, by: User) -> Decision:
    """Decide as the second person, shortlist and prizes; `sha256` is the hash that they have seen. Their second click changes nothing.

    Raises NotYourCampaign, NothingToDecide, SecondPerson, NoLongerSo.
    """
    campaign, now = _managed(campaign, by), timezone.now()
    decision = _standing(campaign)
    if decision.state == DecisionState.CONFIRMED and decision.confirmed_by_id == by.pk:
        return decision
    require_move(DECISION_MOVES, DecisionMove.CONFIRM, decision)
    if not outcomes.may_confirm(by, decision):
        raise SecondPerson
    # Nobody falls out while this is being decided.
    winning = shortlists.decided(decision) | _winning(decision)
    listed = Entry.objects.filter(campaign=campaign, public_code__in=winning)
    held = list(listed.select_for_update(of=("self",)).order_by("pk"))
    if decision.sha256 != sha256 or outcomes.counted_now(decision) != decision.sha256:
        raise NoLongerSo
    steps.move(decision, DECISION_MOVES, DecisionMove.CONFIRM, by=by, at=now, confirmed_at=now, confirmed_by=by)
    for entry in held:
        if entry.state == EntryState.ELIGIBLE:
            awards.move_entry(entry, EntryMove.SHORTLIST, by=by, at=now)
    awards.give_prizes(decision, tell=False, by=by, at=now)
    return decision


def _winning(decision: Decision) -> set[str]:
    return {row[1] for row in decision.sheet.sheet["winners"]}


@transaction.atomic
def refuse_results(*, campaign: Campaign, by: User, reason: str) -> Decision:
    """Refuse what is proposed, or take it back. Raises NotYourCampaign, NothingToDecide, ReasonMissing, IllegalMove."""
    campaign, now = _managed(campaign, by), timezone.now()
    if not reason.strip():
        raise ReasonMissing
    decision = _standing(campaign)
    steps.move(
        decision,
        DECISION_MOVES,
        DecisionMove.REFUSE,
        by=by,
        at=now,
        reason=reason.strip(),
        refused_at=now,
        refused_by=by,
    )
    return decision


@transaction.atomic
def tell_winners(*, campaign: Campaign, by: User) -> list[Award]:
    """Tell each winner that has a contact, once; return who has to be told in person. Raises NotYourCampaign, NothingToDecide."""
    campaign, now = _managed(campaign, by), timezone.now()
    if _standing(campaign).state != DecisionState.CONFIRMED:
        raise NothingToDecide
    rows = Award.objects.select_for_update(of=("self",)).filter(campaign=campaign, state=AwardState.DECIDED)
    left = list(rows.select_related("campaign", "entry", "prize").order_by("number"))
    for award in left:
        awards.tell_award(award, by=by, at=now)
    return [award for award in left if award.state in AWARD_MOVES[AwardMove.TELL].sources]


@transaction.atomic
def publish_results(*, campaign: Campaign, by: User) -> Campaign:
    """Let everybody read the results, once every winner was told and has had the hours that the campaign names.

    Raises NotYourCampaign, NothingToDecide, NotAllTold, TooSoon, IllegalMove.
    """
    campaign, now = _managed(campaign, by), timezone.now()
    if campaign.state == CampaignState.RESULTS:
        return campaign
    if campaign.state != CampaignState.JUDGING:
        raise IllegalMove(state=campaign.get_state_display())
    decision = _standing(campaign)
    if decision.state != DecisionState.CONFIRMED:
        raise NothingToDecide
    own = Award.objects.filter(campaign=campaign)
    if own.filter(state=AwardState.DECIDED).exists():
        raise NotAllTold
    told = list(own.filter(state__in=LIVE_AWARDS).values_list("told_at", flat=True))
    soonest = max((at for at in told if at), default=now) + timedelta(hours=campaign.told_hours if told else 0)
    if now < soonest:
        raise TooSoon(moment=date_format(timezone.localtime(soonest), "DATETIME_FORMAT"))
    steps.move(campaign, CAMPAIGN_MOVES, CampaignMove.PUBLISH, by=by, at=now, results_at=now)
    _tell_entries(campaign, by=by, at=now)
    return campaign


def _tell_entries(campaign: Campaign, *, by: User, at: datetime) -> None:
    """Make winners of those who have a prize, and place the rest of the shortlist."""
    own = Award.objects.filter(campaign=campaign, state__in=PUBLIC_AWARDS).select_related("entry")
    for award in own.order_by("number"):
        awards.win(award.entry, by=by, at=at)
    rest = Entry.objects.filter(campaign=campaign, state=EntryState.SHORTLISTED)
    for entry in rest.select_for_update(of=("self",)).order_by("pk"):
        awards.move_entry(entry, EntryMove.PLACE, by=by, at=at)
