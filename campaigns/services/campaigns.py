"""A campaign from its draft to its end."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import lots, policies
from campaigns.enums import CAMPAIGN_MOVES, TAKING_STATES, CampaignMove, CampaignState, Counts
from campaigns.models import Activity, Campaign, Decision, Entry, Faq, Lot, Prize, PrizeGiving, Question, Topic
from campaigns.services import entrant_notices, steps
from network import files
from network.enums import DomainError
from network.models import User
from network.services import ChangedMeanwhile, IllegalMove, record_edit, record_transition, take_changes
from network.uploads import pictures


class NotYourCampaign(DomainError):
    message = _("Only the coordinators who run this campaign can change it.")


class Incomplete(DomainError):
    message = _(
        "Before it is announced it needs a title and a sentence in both languages and both dates; a contest its rules, "
        "an awareness campaign a topic."
    )


class NothingCounts(Incomplete):
    message = _(
        "At least %(least)s have to be made, but no question counts how many were made, or none takes so high a number: nobody "
        "could meet the conditions."
    )


class HasEntries(DomainError):
    message = _("There are entries already: the questions stay as they were answered.")


class WhyCalledOff(DomainError):
    message = _("Please say why; everybody reads it.")


class OnlyLater(DomainError):
    message = _("The end can only be moved to later, and to a moment still to come.")


class PrizesDecided(DomainError):
    message = _("The results are decided or being decided: the prizes stay as they are.")


class TopicUsed(DomainError):
    message = _("There are activities of this topic already: it stays.")


class WhatItShows(DomainError):
    message = _("Please write in both languages what the picture shows, for those who don't see it.")


Part = Question | Prize | Faq | PrizeGiving | Topic
PICTURES = "pictures"
PICTURE_TYPES = ("webp", "jpg")
ALT_LENGTH = 200


def lock(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def _require_manager(campaign: Campaign, by: User) -> None:
    if not policies.can_manage(by, campaign):
        raise NotYourCampaign


def _move(campaign: Campaign, step: CampaignMove, *, by: User | None, at: datetime, reason: str = "") -> None:
    steps.move(campaign, CAMPAIGN_MOVES, step, by=by, at=at, reason=reason)


@transaction.atomic
def save_campaign(*, campaign: Campaign, changed: Collection[str], by: User) -> Campaign:
    """Keep a new draft, or of a campaign what was `changed`: nobody undoes what somebody else has saved since the page was opened.

    Raises NotYourCampaign, ChangedMeanwhile.
    """
    _require_manager(campaign, by)
    now = timezone.now()
    if campaign.pk is None:
        campaign.created_at = now
        if not campaign.is_contest and "photos_at_most" not in changed:
            # Photos belong to contests, unless somebody asks for them.
            campaign.photos_at_most = 0
        campaign.save()
        record_transition(campaign, "create", from_state="", to_state=campaign.state, by=by, at=now)
        return campaign
    kept = lock(campaign)
    _require_manager(kept, by)
    if kept.state != CampaignState.DRAFT and policies.FIXED_ONCE_ANNOUNCED & set(changed):
        raise ChangedMeanwhile
    kept.save(update_fields=take_changes(kept, campaign, changed))
    record_edit(kept, changed={"fields": sorted(changed)} if changed else {}, by=by, at=now)
    return kept


@transaction.atomic
def save_part(*, part: Part, changed: Collection[str], by: User) -> Part:
    """Keep a new part of a campaign, or of one that is there what was `changed`.

    Raises NotYourCampaign, HasEntries for a question once there are entries, PrizesDecided, NothingCounts, ChangedMeanwhile.
    """
    campaign, now = lock(part.campaign), timezone.now()
    _require_manager(campaign, by)
    _require_free(part, campaign)
    if part.pk is None:
        part.save()
    else:
        kept: Part | None = type(part)._default_manager.filter(pk=part.pk, campaign=campaign).first()
        if kept is None:
            raise ChangedMeanwhile
        kept.save(update_fields=take_changes(kept, part, changed))
        part = kept
    _require_still_counted(part, campaign)
    record_edit(campaign, changed={"part": [part._meta.model_name, part.pk], "fields": sorted(changed)}, by=by, at=now)
    return part


@transaction.atomic
def remove_part(*, part: Part, by: User) -> None:
    """Remove a question, prize, frequent question or topic. Raises what `save_part` does, and TopicUsed."""
    campaign, now = lock(part.campaign), timezone.now()
    _require_manager(campaign, by)
    _require_free(part, campaign)
    if isinstance(part, Topic) and Activity.objects.filter(topic=part).exists():
        raise TopicUsed
    record_edit(campaign, changed={"removed": [part._meta.model_name, part.pk]}, by=by, at=now)
    part.delete()
    _require_still_counted(part, campaign)


def _require_free(part: Part, campaign: Campaign) -> None:
    """What was asked of the first is asked of the last, and what was to be won stays so once it is decided who has it."""
    if isinstance(part, Question) and Entry.objects.filter(campaign=campaign).exists():
        raise HasEntries
    if isinstance(part, Prize) and Decision.objects.filter(campaign=campaign).exclude(state="refused").exists():
        raise PrizesDecided


def _require_counted(campaign: Campaign) -> None:
    """Refuse conditions that nobody could ever meet: so many to be made, and no question that takes so many. Raises NothingCounts."""
    least = campaign.made_at_least
    if not (campaign.is_contest and least):
        return
    takes = Q(maximum__isnull=True) | Q(maximum__gte=least)
    if not Question.objects.filter(takes, campaign=campaign, counts_as=Counts.MADE).exists():
        raise NothingCounts(least=least)


def _require_still_counted(part: Part, campaign: Campaign) -> None:
    """Let no change of its questions leave an announced contest with conditions that nobody could meet. Raises NothingCounts."""
    if isinstance(part, Question) and campaign.state in TAKING_STATES:
        _require_counted(campaign)


@transaction.atomic
def announce_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Show a campaign to everybody, a contest with the hash of the seed that will break its ties; twice is the same as once.

    Raises NotYourCampaign, Incomplete, NothingCounts, IllegalMove.
    """
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    if campaign.state == CampaignState.ANNOUNCED:
        return campaign
    needed = ("title_ar", "title_en", "summary_ar", "summary_en", "opens_at", "closes_at")
    rules = ("rules_ar", "rules_en") if campaign.is_contest else ()
    told = all(getattr(campaign, name) for name in (*needed, *rules))
    if not told or (campaign.is_awareness and not campaign.topics.exists()):
        raise Incomplete
    _require_counted(campaign)
    _move(campaign, CampaignMove.ANNOUNCE, by=by, at=now)
    if campaign.is_contest:
        commit(campaign, at=now)
    return campaign


def commit(campaign: Campaign, *, at: datetime) -> Lot:
    """Draw the seeds of a contest and bind the organisers to them, before there is an entry."""
    seed = lots.new_seed()
    return Lot.objects.create(
        campaign=campaign, seed=seed, commitment=lots.commit(seed), secret=lots.new_seed(), committed_at=at
    )


@transaction.atomic
def extend_campaign(*, campaign: Campaign, closes_at: datetime, by: User) -> Campaign:
    """Move the end to later; whoever has entered is told. Raises NotYourCampaign, OnlyLater, IllegalMove."""
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
    entrant_notices.begin_telling(campaign, closes_at=closes_at, now=now)
    return campaign


def set_picture(*, campaign: Campaign, content: bytes, alt: Mapping[str, str], by: User) -> Campaign:
    """Put a picture on the page of a campaign, made anew and small; `alt` says in each language what it shows.

    The one before goes once this is committed. Raises NotYourCampaign, WhatItShows, Refused.
    """
    _require_manager(campaign, by)
    words = {code: alt.get(code, "").strip()[:ALT_LENGTH] for code, _name in settings.LANGUAGES}
    if not all(words.values()):
        raise WhatItShows
    made = pictures.for_page(content)
    stored = {"webp": files.keep(made.webp, PICTURES)}
    try:
        stored["jpg"] = files.keep(made.jpg, PICTURES)
        return _show(campaign, {**stored, "width": made.width, "height": made.height}, words, by)
    except BaseException:
        for name in stored.values():
            files.path_of(name, PICTURES).unlink(missing_ok=True)
        raise


@transaction.atomic
def _show(campaign: Campaign, picture: dict[str, Any], alt: Mapping[str, str], by: User) -> Campaign:
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    for extension in PICTURE_TYPES:
        if before := campaign.picture.get(extension):
            files.drop(before, PICTURES)
    campaign.picture = picture
    for code, text in alt.items():
        setattr(campaign, f"picture_alt_{code}", text)
    campaign.save(update_fields=["picture", *(f"picture_alt_{code}" for code in alt)])
    record_edit(campaign, changed={"fields": ["picture"]}, by=by, at=now)
    return campaign


def remove_picture(*, campaign: Campaign, by: User) -> Campaign:
    """Take the picture off the page. Raises NotYourCampaign."""
    return _show(campaign, {}, {code: "" for code, _name in settings.LANGUAGES}, by)


def clear_lost_pictures(*, now: datetime) -> int:
    """Remove the files that a crash left without a campaign; return how many."""
    shown = Campaign.objects.exclude(picture={}).values_list("picture", flat=True)
    known = {picture[extension] for picture in shown for extension in PICTURE_TYPES if extension in picture}
    return files.sweep(known=known, now=now, folder=PICTURES)


@transaction.atomic
def follow_the_clock(*, campaign: Campaign, now: datetime) -> Campaign:
    """Record that entries have opened or closed. The clock has decided already: entries are taken by it, not by this state.

    A contest ends when its time for complaints is over and nothing of it is open any more.
    """
    campaign = lock(campaign)
    if campaign.state == CampaignState.ANNOUNCED and campaign.opens_at and campaign.opens_at <= now:
        _move(campaign, CampaignMove.OPEN, by=None, at=now)
    if campaign.state == CampaignState.OPEN and campaign.closes_at and campaign.closes_at <= now:
        # Nobody judges a pledge or an awareness campaign: its end is its close.
        _move(campaign, CampaignMove.JUDGE if campaign.is_contest else CampaignMove.CLOSE, by=None, at=now)
    heard = campaign.results_at is not None and policies.complaints_until(campaign, campaign.results_at) <= now
    if heard and Campaign.objects.settled().filter(pk=campaign.pk).exists():
        _move(campaign, CampaignMove.CLOSE, by=None, at=now)
    return campaign


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, by: User, reason: str) -> Campaign:
    """Call a campaign off, for a reason that everybody reads; whoever has entered is told.

    Raises NotYourCampaign, WhyCalledOff, IllegalMove.
    """
    campaign, now = lock(campaign), timezone.now()
    _require_manager(campaign, by)
    if not reason.strip():
        raise WhyCalledOff
    if campaign.state != CampaignState.CANCELLED:
        _move(campaign, CampaignMove.CANCEL, by=by, at=now, reason=reason)
        entrant_notices.begin_telling(campaign, closes_at=None, now=now)
    return campaign
