"""Complaints of entrants about the results, and their appeals against a disqualification; disqualification itself."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy as _

from campaigns import notices, outcomes, policies, returning, shortlists
from campaigns.enums import (
    COMPLAINT_MOVES,
    RESULT_STATES,
    ComplaintKind,
    ComplaintMove,
    ComplaintState,
    DecisionState,
    EntryMove,
    EntryState,
    RoundState,
)
from campaigns.models import Campaign, Complaint, Decision, Entry, Round, RoundEntry
from campaigns.models.results import ANSWER_LENGTH
from campaigns.services import awards, campaigns, entries, rounds, shares, steps
from network.enums import DomainError
from network.models import User
from network.services import ReasonMissing, record_transition, require_move


class NotInTime(DomainError):
    message = _(
        "Complaints are taken for some days from the publication of the results on, and appeals from a "
        "disqualification on. That time is not now."
    )


class OneWaits(DomainError):
    message = _("You have written to us already. Please wait for the answer.")


class AnswerMissing(DomainError):
    message = _("Please write the answer: the entrant reads it.")


class YourOwnDisqualification(DomainError):
    message = _(
        "You have disqualified this entry yourself, or written its appeal down. Somebody else who runs the campaign has to answer it."
    )


class Changed(DomainError):
    message = _("Something has changed since this was shown. Please look at it again.")


class NobodyGoes(DomainError):
    message = _("None of these codes is of an entry that still takes part.")


def _managed(campaign: Campaign, by: User) -> Campaign:
    campaign = campaigns.lock(campaign)
    if not policies.can_manage(by, campaign):
        raise campaigns.NotYourCampaign
    return campaign


# --- complaints -----------------------------------------------------------------------------------------------------------


def receive_complaint(
    *, entry: Entry, uid: uuid.UUID, text: str, received_at: datetime, by: User | None = None
) -> Complaint:
    """Take a complaint, or the appeal of somebody disqualified, in time by the server's clock, and tell those who may answer it.

    The same `uid` again is the same one. `by` writes it down for somebody who entered on paper. Raises NotInTime, OneWaits, and with
    `by` NotOnPaper.
    """
    try:
        return _received(entry, uid, text, received_at, by)
    except IntegrityError:
        known = Complaint.objects.filter(uid=uid, entry=entry).first()
        if known is None:
            raise OneWaits from None
        return known


@transaction.atomic
def _received(entry: Entry, uid: uuid.UUID, text: str, received_at: datetime, by: User | None) -> Complaint:
    known = Complaint.objects.filter(uid=uid, entry=entry).first()
    if known:
        return known
    entry = entries.lock(entry)
    entries.require_hand(entry, by)
    outcome = outcomes.outcomes([entry], received_at)[entry.pk]
    kind = ComplaintKind.APPEAL if entry.state == EntryState.DISQUALIFIED else ComplaintKind.COMPLAINT
    if any(row.state == ComplaintState.RECEIVED and row.kind == kind for row in outcome.complaints):
        raise OneWaits
    if not (outcome.may_complain or outcome.may_appeal):
        raise NotInTime
    complaint = Complaint(
        uid=uid,
        campaign=entry.campaign,
        entry=entry,
        kind=kind,
        state="",
        language=entry.language if by else (get_language() or "ar")[:2],
        text=text.strip(),
        received_at=received_at,
    )
    complaint.state = require_move(COMPLAINT_MOVES, ComplaintMove.RECEIVE, complaint)
    complaint.save()
    record_transition(complaint, ComplaintMove.RECEIVE, from_state="", to_state=complaint.state, by=by, at=received_at)
    notices.tell_answerers(complaint, at=received_at)
    return complaint


@transaction.atomic
def answer_complaint(*, complaint: Complaint, upheld: bool, answer: str, by: User) -> Complaint:
    """Answer in the words that the entrant reads. An appeal that is upheld takes the entry back in.

    Raises NotYourCampaign, AnswerMissing, YourOwnDisqualification, IllegalMove.
    """
    campaign, now = _managed(complaint.campaign, by), timezone.now()
    if not answer.strip():
        raise AnswerMissing
    entry = entries.lock(complaint.entry)
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    answered = complaint.state, complaint.answer, complaint.answered_by_id
    if answered == (ComplaintState.UPHELD if upheld else ComplaintState.REJECTED, answer.strip(), by.pk):
        return complaint
    if not policies.may_answer(complaint.kind, outcomes.involved([complaint])[complaint.pk], by.pk):
        raise YourOwnDisqualification
    steps.move(
        complaint,
        COMPLAINT_MOVES,
        ComplaintMove.UPHOLD if upheld else ComplaintMove.REJECT,
        by=by,
        at=now,
        answer=answer.strip()[:ANSWER_LENGTH],
        answered_at=now,
        answered_by=by,
    )
    if upheld and complaint.kind == ComplaintKind.APPEAL and entry.state == EntryState.DISQUALIFIED:
        _restore(campaign, entry, by=by, at=now)
    notices.tell_answer(entry, complaint)
    return complaint


def _restore(campaign: Campaign, entry: Entry, *, by: User, at: datetime) -> None:
    """Take an entry back in as what was counted of it says: into the round that runs or comes, its place, and a prize that nobody has."""
    # An appeal proves no contact.
    step = EntryMove.RESTORE if entry.confirmed_at else EntryMove.RESTORE_UNPROVED
    awards.move_entry(entry, step, by=by, at=at)
    entries.settle(entry=entry, by=by, at=at)
    decision = outcomes.standing_decision(campaign)
    if decision is None:
        _count_again(campaign, entry, by=by, at=at)
        _judge(campaign, entry, by=by, at=at)
    elif decision.state == DecisionState.CONFIRMED:
        told = decision.awards.filter(told_at__isnull=False).exists()
        awards.give_prizes(decision, tell=told, by=by, at=at)
        _place(decision, entries.lock(entry), by=by, at=at)


def _count_again(campaign: Campaign, entry: Entry, *, by: User, at: datetime) -> None:
    """Keep the sheet of the last closed round anew where the entry was in it and no later one has opened: that goes by it."""
    begun = Round.objects.filter(campaign=campaign).exclude(state=RoundState.DRAFT).order_by("-position").first()
    if begun and begun.state == RoundState.CLOSED and RoundEntry.objects.filter(round=begun, entry=entry).exists():
        rounds.keep_sheet(rounds.lock(begun), by=by, at=at)


def _judge(campaign: Campaign, entry: Entry, *, by: User, at: datetime) -> None:
    """Put an entry before the jurors of the round that runs, if it belongs there; whoever that round was opened with stays in it."""
    found = returning.returns(campaign, [entry])[entry.pk]
    if found.way != returning.Way.JUDGED or found.round is None:
        return
    round_ = rounds.lock(found.round)
    if not RoundEntry.objects.filter(round=round_, entry=entry).exists():
        RoundEntry.objects.create(round=round_, entry=entry, taken_at=at)
    shares.share_out(round_, by=by, at=at)


def _place(decision: Decision, entry: Entry, *, by: User, at: datetime) -> None:
    """Put an entry that has no prize where the marks have it now: on the shortlist, once the results are out with a place."""
    if entry.state != EntryState.ELIGIBLE or entry.public_code not in shortlists.now(decision):
        return
    awards.move_entry(entry, EntryMove.SHORTLIST, by=by, at=at)
    if entry.campaign.state in RESULT_STATES:
        awards.move_entry(entry, EntryMove.PLACE, by=by, at=at)


# --- disqualification -------------------------------------------------------------------------------------------------------


@transaction.atomic
def disqualify_entries(
    *, campaign: Campaign, wanted: Collection[str], reason: str, seal: str, by: User
) -> outcomes.Plan:
    """Take entries out all at once, for a reason that each entrant reads, exactly as the preview with this seal said.

    Raises NotYourCampaign, ReasonMissing, NobodyGoes, Changed.
    """
    campaign, now = _managed(campaign, by), timezone.now()
    if not reason.strip():
        raise ReasonMissing
    # Held first: nothing of them changes between the look and the deed.
    held = Entry.objects.select_for_update(of=("self",)).filter(campaign=campaign).called(wanted)
    list(held.order_by("pk"))
    plan = outcomes.plan(campaign, wanted)
    if not plan.going:
        raise NobodyGoes
    if plan.seal != seal:
        raise Changed
    going = [fate.entry for fate in plan.going]
    for entry in going:
        awards.move_entry(entry, EntryMove.DISQUALIFY, by=by, at=now, reason=reason.strip())
        notices.tell_disqualified(entry, at=now)
    awards.let_go(going, by=by, at=now)
    return plan
