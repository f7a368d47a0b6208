"""Surplus and need: offered, counted, proposed to the coordinators of both sides at once, pledged when both agree."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.enums import FacilityState
from facilities.models import Facility
from needs import balances, matching, notices, pairing, policies
from needs.enums import ASKING_STATES, FOLLOWED_STATES, PROPOSAL_MOVES, ProposalMove, ProposalState, SurplusKind
from needs.models import Item, Need, Proposal, Surplus, SurplusEntry
from needs.services import pledges, steps
from network.enums import DomainError
from network.models import User
from network.services import record_transition, require_move, require_seen


class NotYourProposal(DomainError):
    message = _("Only the coordinators of both sides answer this proposal.")


class NoLongerFits(DomainError):
    message = _("This no longer fits: the need or the surplus has changed meanwhile.")


class BelowNothing(DomainError):
    message = _("A quantity can't be below zero.")


class NothingChanges(DomainError):
    message = _("This is the quantity as it stands: there is nothing to correct.")


# --- surplus ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def offer_surplus(*, facility: Facility, uid: uuid.UUID, item: Item, quantity: int, note: str, by: User) -> Surplus:
    """Keep what a facility can give away. The same `uid` again is the surplus that is there.

    Raises NotYourFacility, FacilityClosed, NotAQuantity, FormUsed.
    """
    facility, now = Facility.objects.select_for_update(of=("self",)).get(pk=facility.pk), timezone.now()
    steps.require_worker(facility, by)
    known = Surplus.objects.filter(uid=uid).first()
    if known:
        if known.facility_id != facility.pk:
            raise steps.FormUsed
        return known
    steps.require_quantity(quantity)
    surplus = Surplus.objects.create(
        uid=uid, facility=facility, item=item, note=note.strip(), offered_at=now, offered_by=by
    )
    _enter(surplus, SurplusKind.OFFERED, quantity, uid=uuid.uuid4(), why="", by=by, at=now)
    return surplus


@transaction.atomic
def correct_surplus(*, surplus: Surplus, uid: uuid.UUID, seen: int, quantity: int, why: str, by: User) -> Surplus:
    """Say how much is still there for others besides what is promised, 0 for nothing. The same `uid` again changes nothing.

    `seen` is how many entries of its book its writer knew of: what was promised since is not there for others. Raises NotYourFacility,
    FacilityClosed, WhyMissing, BelowNothing, NotAQuantity, CorrectedMeanwhile, NothingChanges, FormUsed.
    """
    surplus, now = steps.lock_surplus(surplus.pk), timezone.now()
    steps.require_worker(surplus.facility, by)
    known = SurplusEntry.objects.filter(uid=uid).first()
    if known:
        if known.surplus_id != surplus.pk:
            raise steps.FormUsed
        return surplus
    why = steps.require_reason(why)
    if quantity < 0:
        raise BelowNothing
    if quantity:
        steps.require_quantity(quantity)
    require_seen(surplus.entries.all(), seen)
    more = quantity - balances.free(surplus)
    if not more:
        raise NothingChanges
    _enter(surplus, SurplusKind.CORRECTED, more, uid=uid, why=why[:300], by=by, at=now)
    lapse_of(surplus=surplus, at=now)
    return surplus


def _enter(
    surplus: Surplus, kind: SurplusKind, quantity: int, *, uid: uuid.UUID, why: str, by: User, at: datetime
) -> None:
    SurplusEntry.objects.create(
        uid=uid, surplus=surplus, kind=kind, quantity=quantity, why=why, entered_at=at, entered_by=by
    )


# --- proposals ----------------------------------------------------------------------------------------------------------


def propose_matches(*, now: datetime) -> int:
    """Propose what fits, to the coordinators of both sides at once; return how many proposals were made."""
    spare, refused = pairing.left_over(), pairing.not_to_propose()
    found = matching.propose(pairing.wanted_of(spare), spare, refused=refused, most=policies.PROPOSALS_AT_ONCE)
    return sum(_proposed(match, now) for match in found)


@transaction.atomic
def _proposed(match: matching.Match, now: datetime) -> bool:
    """Make one proposal, unless in the meantime somebody has made it or it fits no longer."""
    need, surplus = steps.lock_need(match.need), steps.lock_surplus(match.surplus)
    if (
        _fault(need, surplus, match.quantity)
        or Proposal.objects.filter(
            need=need, surplus=surplus, state__in=(*ASKING_STATES, ProposalState.DECLINED)
        ).exists()
    ):
        return False
    proposal = Proposal.objects.create(
        need=need, surplus=surplus, quantity=match.quantity, score=match.score, km=match.km, proposed_at=now
    )
    record_transition(proposal, ProposalMove.PROPOSE, from_state="", to_state=proposal.state, by=None, at=now)
    notices.tell_proposed(proposal, at=now)
    return True


def _fault(need: Need, surplus: Surplus, quantity: int) -> bool:
    """Tell whether a proposal fits no longer; both are locked."""
    hidden = (need.facility.concern or surplus.facility.concern) and need.facility.side_id != surplus.facility.side_id
    gone = need.state not in FOLLOWED_STATES or {need.facility.state, surplus.facility.state} != {FacilityState.OPEN}
    return hidden or gone or quantity > balances.of_need(need).open or quantity > balances.free(surplus)


def _lock(proposal: Proposal) -> tuple[Need, Surplus, Proposal]:
    need, surplus = steps.lock_need(proposal.need_id), steps.lock_surplus(proposal.surplus_id)
    return need, surplus, Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)


def _sides(need: Need, surplus: Surplus, proposal: Proposal, by: User) -> frozenset[int]:
    sides = policies.may_answer_proposal(by, need.facility.side_id, surplus.facility.side_id)
    if not sides or not Proposal.objects.editable_by(by).filter(pk=proposal.pk).exists():
        raise NotYourProposal
    return sides


def agree(*, proposal: Proposal, by: User) -> Proposal:
    """Agree for one's side; where both have, it is pledged. Agreeing twice is the same as once.

    Raises NotYourProposal, NoLongerFits (it has lapsed then), IllegalMove.
    """
    with transaction.atomic():
        need, surplus, proposal = _lock(proposal)
        now = timezone.now()
        sides = _sides(need, surplus, proposal, by)
        fits = not _fault(need, surplus, proposal.quantity)
        if proposal.state == ProposalState.ACCEPTED:
            return proposal
        # Before any field is set: a refusal leaves nothing behind.
        require_move(PROPOSAL_MOVES, ProposalMove.ACCEPT, proposal)
        if fits:
            _agreed(proposal, need, surplus, sides, by, now)
        else:
            steps.move(proposal, PROPOSAL_MOVES, ProposalMove.LAPSE, by=None, at=now)
    # That it lapsed is kept, so that it is raised outside of the transaction.
    if not fits:
        raise NoLongerFits
    return proposal


def _agreed(proposal: Proposal, need: Need, surplus: Surplus, sides: frozenset[int], by: User, at: datetime) -> None:
    fields: dict[str, Any] = {}
    if need.facility.side_id in sides and proposal.need_agreed_at is None:
        fields |= {"need_agreed_at": at, "need_agreed_by": by}
    if surplus.facility.side_id in sides and proposal.surplus_agreed_at is None:
        fields |= {"surplus_agreed_at": at, "surplus_agreed_by": by}
    both = all(fields.get(name) or getattr(proposal, name) for name in ("need_agreed_at", "surplus_agreed_at"))
    if both:
        steps.move(proposal, PROPOSAL_MOVES, ProposalMove.ACCEPT, by=by, at=at, **fields)
        pledges.arrange(need=need, surplus=surplus, quantity=proposal.quantity, by=by, at=at)
    elif fields:
        steps.move(proposal, PROPOSAL_MOVES, ProposalMove.AGREE, by=by, at=at, **fields)


@transaction.atomic
def decline(*, proposal: Proposal, reason: str, by: User) -> Proposal:
    """Say no for one's side, with a reason that the other side reads; the pair is not proposed again.

    Raises NotYourProposal, WhyMissing, IllegalMove.
    """
    need, surplus, proposal = _lock(proposal)
    _sides(need, surplus, proposal, by)
    reason, now = steps.require_reason(reason), timezone.now()
    # In the row before it moves: the database takes no declined one without.
    proposal.reason = reason
    proposal.save(update_fields=["reason"])
    steps.move(proposal, PROPOSAL_MOVES, ProposalMove.DECLINE, by=by, at=now, reason=reason)
    notices.tell_declined(proposal, by=by, at=now)
    return proposal


def lapse_of(*, at: datetime, need: Need | None = None, surplus: Surplus | None = None) -> None:
    """Let the proposals about a need or a surplus lapse that fit no longer; the caller has locked it."""
    rows = Proposal.objects.filter(state__in=ASKING_STATES).select_related("need__facility", "surplus__facility")
    rows = rows.filter(need=need) if need else rows.filter(surplus=surplus)
    for proposal in rows.select_for_update(of=("self",)).order_by("pk"):
        if _fault(proposal.need, proposal.surplus, proposal.quantity):
            steps.move(proposal, PROPOSAL_MOVES, ProposalMove.LAPSE, by=None, at=at)
