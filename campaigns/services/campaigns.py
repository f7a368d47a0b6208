"""A campaign from its draft to its end."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import policies
from campaigns.enums import CAMPAIGN_MOVES, TAKING_STATES, CampaignMove, CampaignState
from campaigns.models import Campaign, Entry, Faq, Prize, Question
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, record_edit, record_transition, require_move


class NotYourCampaign(DomainError):
    message = _("Only the coordinators who run this campaign can change it.")


class Incomplete(DomainError):
    message = _("Before it is announced it needs a title and a sentence in both languages, its rules, and both dates.")


class HasEntries(DomainError):
    message = _("There are entries already: the questions stay as they were answered.")


class WhyCalledOff(DomainError):
    message = _("Please say why; everybody reads it.")


class OnlyLater(DomainError):
    message = _("The end can only be moved to later, and to a moment still to come.")


Part = Question | Prize | Faq


def lock(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def _require_manager(campaign: Campaign, by: User) -> None:
    if not policies.can_manage(by, campaign):
        raise NotYourCampaign


def _move(campaign: Campaign, step: CampaignMove, *, by: User | None, at: datetime, reason: str = "") -> None:
    before = campaign.state
    campaign.state = require_move(CAMPAIGN_MOVES, step, campaign)
    campaign.save(update_fields=["state"])
    record_transition(campaign, step, from_state=before, to_state=campaign.state, by=by, at=at, reason=reason)


@transaction.atomic
def save_campaign(*, campaign: Campaign, changed: Collection[str], by: User) -> Campaign:
    """Keep a draft, or what was edited of one. Raises NotYourCampaign."""
    _require_manager(campaign, by)
    now = timezone.now()
    new = campaign.pk is None
    if new:
        campaign.created_at = now
    campaign.save()
    if new:
        record_transition(campaign, "create", from_state="", to_state=campaign.state, by=by, at=now)
    else:
        record_edit(campaign, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    return campaign


@transaction.atomic
def save_part(*, part: Part, changed: Collection[str], by: User) -> Part:
    """Keep a question, prize or frequent question. Raises NotYourCampaign, and HasEntries for a question once there are entries."""
    campaign, now = lock(part.campaign), timezone.now()
    _require_manager(campaign, by)
    _require_no_entries(part, campaign)
    part.save()
    record_edit(campaign, changed={"part": [part._meta.model_name, part.pk], "fields": sorted(changed)}, by=by, at=now)
    return part


@transaction.atomic
def remove_part(*, part: Part, by: User) -> None:
    """Remove a question, prize or frequent question. Raises as `save_part` does."""
    campaign, now = lock(part.campaign), timezone.now()
    _require_manager(campaign, by)
    _require_no_entries(part, campaign)
    record_edit(campaign, changed={"removed": [part._meta.model_name, part.pk]}, by=by, at=now)
    part.delete()


def _require_no_entries(part: Part, campaign: Campaign) -> None:
    """What was asked of the first is asked of the last."""
    if isinstance(part, Question) and Entry.objects.filter(campaign=campaign).exists():
        raise HasEntries


@transaction.atomic
def announce_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Show a campaign to everybody; doing it twice is the same as once. Raises NotYourCampaign, Incomplete, IllegalMove."""
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    if campaign.state == CampaignState.ANNOUNCED:
        return campaign
    needed = ("title_ar", "title_en", "summary_ar", "summary_en", "rules_ar", "rules_en", "opens_at", "closes_at")
    if not all(getattr(campaign, name) for name in needed):
        raise Incomplete
    _move(campaign, CampaignMove.ANNOUNCE, by=by, at=now)
    return campaign


@transaction.atomic
def extend_campaign(*, campaign: Campaign, closes_at: datetime, by: User) -> Campaign:
    """Move the end to later. Raises NotYourCampaign, OnlyLater, IllegalMove."""
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    if campaign.state not in TAKING_STATES:
        raise IllegalMove(state=campaign.get_state_display())
    before = campaign.closes_at
    if before == closes_at:
        return campaign
    if before is None or closes_at <= before or closes_at <= now:
        raise OnlyLater
    campaign.closes_at = closes_at
    campaign.save(update_fields=["closes_at"])
    changes = {"closes_at": [before.isoformat(), closes_at.isoformat()]}
    record_edit(campaign, changed=changes, by=by, at=now)
    return campaign


@transaction.atomic
def follow_the_clock(*, campaign: Campaign, now: datetime) -> Campaign:
    """Record that entries have opened or closed. The clock has decided already: entries are taken by it, not by this state."""
    campaign = lock(campaign)
    if campaign.state == CampaignState.ANNOUNCED and campaign.opens_at and campaign.opens_at <= now:
        _move(campaign, CampaignMove.OPEN, by=None, at=now)
    if campaign.state == CampaignState.OPEN and campaign.closes_at and campaign.closes_at <= now:
        _move(campaign, CampaignMove.JUDGE, by=None, at=now)
    return campaign


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, by: User, reason: str) -> Campaign:
    """Call a campaign off, for a reason that everybody reads. Raises NotYourCampaign, WhyCalledOff, IllegalMove."""
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    if not reason.strip():
        raise WhyCalledOff
    if campaign.state != CampaignState.CANCELLED:
        _move(campaign, CampaignMove.CANCEL, by=by, at=now, reason=reason)
    return campaign
