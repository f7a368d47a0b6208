"""A prize from its decision to the hand of its winner: told, answered, passed on, promised, delivered with proof."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import notices, outcomes, policies
from campaigns.enums import (
    AWARD_MOVES,
    ENTRY_MOVES,
    LIVE_AWARDS,
    OUT_STATES,
    RESULT_STATES,
    AwardMove,
    AwardState,
    CampaignState,
    DecisionState,
    EntryMove,
    EntryState,
)
from campaigns.models import Award, Campaign, Decision, Entry, Prize
from campaigns.services import campaigns, steps
from network import files
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, record_edit, record_transition, require_move
from network.uploads import documents

PROOF_FOLDER = "proofs"
# In these somebody may have a prize: whoever takes an entry out holds the campaign first.
PRIZE_STATES = (CampaignState.JUDGING, *RESULT_STATES)


class NoPrize(DomainError):
    message = _("No prize waits for this entry.")


class NotLateYet(DomainError):
    message = _("The winner still has time to answer.")


class NoDay(DomainError):
    message = _("Please choose the day on which the prize is handed over, today or later.")


class ProofMissing(DomainError):
    message = _("A prize is delivered with proof: a photo or scan of the signed receipt.")


class ProofTooLarge(DomainError):
    message = _("The file is too large: at most %(megabytes)s MB.")


def hold(entry: Entry) -> Campaign | None:
    """Hold the campaign of an entry that may have a prize, before the entry itself is held: always in this order."""
    state = Campaign.objects.values_list("state", flat=True).get(pk=entry.campaign_id)
    return campaigns.lock(Campaign(pk=entry.campaign_id)) if state in PRIZE_STATES else None


def _locked(award: Award, by: User) -> Award:
    """Return a prize as it is now, held with its campaign. Raises NotYourCampaign."""
    campaign = campaigns.lock(Campaign(pk=award.campaign_id))
    _require_manager(campaign, by)
    return _with_campaign(Award.objects.select_for_update(of=("self",)), campaign).get(pk=award.pk)


def _with_campaign(rows: Any, campaign: Campaign) -> Any:
    return rows.filter(campaign=campaign).select_related("campaign", "entry__campaign", "prize", "decision")


def _require_manager(campaign: Campaign, by: User) -> None:
    if not policies.can_manage(by, campaign):
        raise campaigns.NotYourCampaign


def move_entry(entry: Entry, step: EntryMove, *, by: User | None, at: datetime, reason: str = "") -> None:
    steps.move(entry, ENTRY_MOVES, step, by=by, at=at, reason=reason)


def win(entry: Entry, *, by: User | None, at: datetime) -> None:
    """Make the entry of a published prize a winner, whichever way it came there."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.state == EntryState.ELIGIBLE:
        move_entry(entry, EntryMove.SHORTLIST, by=by, at=at)
    if entry.state in (EntryState.SHORTLISTED, EntryState.PLACED):
        move_entry(entry, EntryMove.WIN, by=by, at=at)


def _step_back(entry: Entry, *, by: User | None, at: datetime) -> None:
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.state == EntryState.WINNER:
        move_entry(entry, EntryMove.STEP_BACK, by=by, at=at)


# --- who has which ------------------------------------------------------------------------------------------------------


def give_prizes(decision: Decision, *, tell: bool, by: User | None, at: datetime) -> list[Award]:
    """Give every prize that is free to whoever is next, and move up who stands behind; return what was given or moved.

    The caller holds the campaign. `tell` tells them at once: a runner-up hears it before anybody else does.
    """
    campaign = decision.campaign
    prizes, by_lot = outcomes.prizes_of(campaign), outcomes.drawn_by_lot(decision)
    came_free: dict[int, Award] = {}
    for ended in Award.objects.filter(campaign=campaign).exclude(state__in=LIVE_AWARDS).order_by("pk"):
        came_free[ended.number] = ended
    given = []
    for rise in outcomes.rises(decision):
        before = came_free.get(rise.prize)
        if rise.before is None:
            award = _decide(decision, rise.entry, rise.prize, prizes, by_lot, before, by=by, at=at)
        else:
            award = _rise(campaign, rise.before, rise.prize, prizes, before, by=by, at=at)
            if before:
                came_free[rise.before] = before
        given.append(award)
    for award in given if tell else ():
        if award.state == AwardState.DECIDED:
            tell_award(award, by=by, at=at)
    return given


def _decide(
    decision: Decision,
    code: str,
    number: int,
    prizes: list[Prize],
    by_lot: Collection[str],
    before: Award | None,
    *,
    by: User | None,
    at: datetime,
) -> Award:
    award = Award(
        campaign=decision.campaign,
        decision=decision,
        entry=Entry.objects.select_related("campaign").get(campaign=decision.campaign_id, public_code=code),
        prize=prizes[number - 1],
        number=number,
        by_lot=code in by_lot,
        moved_up_from=before,
        state="",
        decided_at=at,
    )
    award.state = require_move(AWARD_MOVES, AwardMove.DECIDE, award)
    award.save()
    changes = {"number": number} | ({"moved_up_from": before.pk} if before else {})
    record_transition(award, AwardMove.DECIDE, from_state="", to_state=award.state, by=by, at=at, changes=changes)
    return award


def _rise(
    campaign: Campaign,
    number: int,
    to: int,
    prizes: list[Prize],
    before: Award | None,
    *,
    by: User | None,
    at: datetime,
) -> Award:
    rows = _with_campaign(Award.objects.filter(number=number, state__in=LIVE_AWARDS), campaign)
    award: Award = rows.get()
    another = award.prize_id != prizes[to - 1].pk
    award.number, award.prize, award.moved_up_from = to, prizes[to - 1], before
    changes: dict[str, Any] = {"number": [number, to], "moved_up_from": before.pk if before else None}
    if another and award.state == AwardState.TOLD and award.answer_until and award.answer_until <= at:
        # Nobody is asked to answer until a day that is over.
        award.answer_until = at + timedelta(days=campaign.answer_days)
        changes["answer_until"] = award.answer_until.isoformat()
    award.save(update_fields=["number", "prize", "moved_up_from", "answer_until"])
    record_transition(
        award, AwardMove.RISE, from_state=award.state, to_state=award.state, by=by, at=at, changes=changes
    )
    if another and award.state == AwardState.TOLD:
        notices.tell_won(award)
    elif another and award.state in (AwardState.ACCEPTED, AwardState.PROMISED):
        notices.tell_another_prize(award)
    return award


def tell_award(award: Award, *, by: User | None, at: datetime, in_person: bool = False) -> None:
    """Tell a winner before everybody else; without a contact only in person, at the desk."""
    reachable = bool(award.entry.phone or award.entry.email)
    if not (reachable or in_person):
        return
    until = at + timedelta(days=award.campaign.answer_days)
    changes = {"in_person": True} if in_person else {}
    steps.move(award, AWARD_MOVES, AwardMove.TELL, by=by, at=at, changes=changes, told_at=at, answer_until=until)
    if reachable and not in_person:
        notices.tell_won(award)
    if award.campaign.state in RESULT_STATES:
        win(award.entry, by=by, at=at)


def _pass_on(award: Award, *, told: bool, by: User | None, at: datetime) -> None:
    """Give a prize that came free to whoever is next."""
    decision = award.decision
    if decision.state == DecisionState.CONFIRMED:
        give_prizes(decision, tell=told or award.campaign.state in RESULT_STATES, by=by, at=at)


def let_go(entries: Iterable[Entry], *, by: User | None, at: datetime) -> None:
    """Pass on the prizes of entries that fall out, all at once; one that was handed over stays. The caller holds the campaign."""
    ids = [entry.pk for entry in entries]
    rows = Award.objects.select_for_update(of=("self",)).filter(
        entry__in=ids, state__in=AWARD_MOVES[AwardMove.LOSE].sources
    )
    lost = list(rows.select_related("campaign", "decision__campaign", "decision__sheet").order_by("pk"))
    told = any(award.told_at for award in lost)
    for award in lost:
        steps.move(award, AWARD_MOVES, AwardMove.LOSE, by=by, at=at, name_shown=False, place_shown=False)
    if lost:
        _pass_on(lost[0], told=told, by=by, at=at)


# --- the winner's answer --------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_award(
    *, entry: Entry, accepts: bool, name_shown: bool = False, place_shown: bool = False, by: User | None = None
) -> Award:
    """Accept or decline a prize; who declines makes room for the next. Accepting again changes what may be shown.

    `by` is a coordinator to whom the winner has said it: what the winner has chosen themselves stays. Raises NoPrize, NotYourCampaign,
    IllegalMove.
    """
    campaign, now = campaigns.lock(Campaign(pk=entry.campaign_id)), timezone.now()
    if by:
        _require_manager(campaign, by)
    rows = _with_campaign(Award.objects.select_for_update(of=("self",)), campaign)
    award = rows.filter(entry=entry, told_at__isnull=False).order_by("-pk").first()
    if award is None or award.entry.state in OUT_STATES:
        raise NoPrize
    if not accepts:
        return _decline(award, by=by, at=now)
    shown: dict[str, Any] = {"name_shown": name_shown, "place_shown": place_shown}
    if award.state == AwardState.TOLD:
        steps.move(award, AWARD_MOVES, AwardMove.ACCEPT, by=by, at=now, answered_at=now, **shown)
        return award
    if award.state not in LIVE_AWARDS:
        raise IllegalMove(state=award.get_state_display())
    if by:
        return award
    changed = sorted(name for name, value in shown.items() if getattr(award, name) != value)
    for name in changed:
        setattr(award, name, shown[name])
    award.save(update_fields=list(shown))
    record_edit(award, changed={"fields": changed} if changed else {}, by=by, at=now)
    return award


def _decline(award: Award, *, by: User | None, at: datetime) -> Award:
    if award.state == AwardState.DECLINED:
        return award
    shown: dict[str, Any] = {"name_shown": False, "place_shown": False}
    steps.move(award, AWARD_MOVES, AwardMove.DECLINE, by=by, at=at, answered_at=at, **shown)
    _step_back(award.entry, by=by, at=at)
    _pass_on(award, told=True, by=by, at=at)
    return award


@transaction.atomic
def tell_in_person(*, award: Award, by: User) -> Award:
    """Record that a winner was told face to face or on the telephone. Raises NotYourCampaign, IllegalMove."""
    award, now = _locked(award, by), timezone.now()
    if award.state != AwardState.TOLD:
        tell_award(award, by=by, at=now, in_person=True)
    return award


@transaction.atomic
def lapse_award(*, award: Award, by: User) -> Award:
    """Pass on a prize whose winner has not answered in time. Raises NotYourCampaign, NotLateYet, IllegalMove."""
    award, now = _locked(award, by), timezone.now()
    if award.state == AwardState.LAPSED:
        return award
    if award.state == AwardState.TOLD and award.answer_until and now < award.answer_until:
        raise NotLateYet
    steps.move(award, AWARD_MOVES, AwardMove.LAPSE, by=by, at=now)
    _step_back(award.entry, by=by, at=now)
    _pass_on(award, told=True, by=by, at=now)
    return award


# --- handed over ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def promise_award(*, award: Award, day: date | None, by: User) -> Award:
    """Promise a prize for a day, or for another one. Raises NotYourCampaign, NoDay, IllegalMove."""
    award, now = _locked(award, by), timezone.now()
    if day is None or day < timezone.localdate(now):
        raise NoDay
    if award.state == AwardState.PROMISED and award.promised_for == day:
        return award
    changes = {"promised_for": day.isoformat()}
    steps.move(award, AWARD_MOVES, AwardMove.PROMISE, by=by, at=now, changes=changes, promised_for=day)
    return award


def deliver_award(*, award: Award, upload: tuple[str, bytes] | None, note: str = "", by: User) -> Award:
    """Record that a prize was handed over, with the proof, which is taken apart and rebuilt; twice is the same as once.

    Raises NotYourCampaign, ProofMissing, ProofTooLarge, IllegalMove, and the uploads' Refused.
    """
    _require_manager(award.campaign, by)
    if upload is None:
        raise ProofMissing
    if len(upload[1]) > settings.MATERIAL_LARGEST:
        raise ProofTooLarge(megabytes=settings.MATERIAL_LARGEST // 1_000_000)
    clean, stored = documents.examined(*upload), ""
    try:
        with transaction.atomic():
            kept, now = _locked(award, by), timezone.now()
            if kept.state == AwardState.DELIVERED:
                return kept
            require_move(AWARD_MOVES, AwardMove.DELIVER, kept)
            stored = files.keep(clean.content, PROOF_FOLDER)
            steps.move(
                kept,
                AWARD_MOVES,
                AwardMove.DELIVER,
                by=by,
                at=now,
                proof=note.strip(),
                stored=stored,
                filename=clean.filename,
                size=len(clean.content),
                delivered_at=now,
                delivered_by=by,
            )
    except BaseException:
        if stored:
            files.path_of(stored, PROOF_FOLDER).unlink(missing_ok=True)
        raise
    return kept


def clear_lost_proofs(*, now: datetime) -> int:
    """Remove the files of proofs whose row is gone; return how many."""
    known = set(Award.objects.exclude(stored="").values_list("stored", flat=True))
    return files.sweep(known=known, now=now, folder=PROOF_FOLDER)
