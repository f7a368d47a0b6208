"""A vote: opened with rules that nothing changes any more, cast, closed, counted by each side for itself (rule 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from measures import adoption, ballots, notices, policies, recount, selectors
from measures.adoption import Rule, Side
from measures.enums import (
    CHOICES_OF,
    MEASURE_MOVES,
    MOVE_OF_EFFECT,
    REASONED,
    Choice,
    Effect,
    MeasureMove,
    MeasureState,
    Method,
    Secrecy,
)
from measures.models import Ballot, Measure, RollEntry, SideRule, Vote, VoteClosing, VoteKey
from measures.services.drafting import lock, move
from network import selectors as network_selectors
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import IllegalMove, require_move
from notifications import outbox

BATCH = 1000


class NotYourVote(DomainError):
    message = _("A vote is opened by a national coordinator who has not written the measure.")


class NotCompared(DomainError):
    message = _("Both texts have to be confirmed as equal first, exactly as they stand now.")


class SideCannotVote(DomainError):
    message = _("On one of the sides nobody may vote, so that no vote could adopt the measure.")


class UnsoundClose(DomainError):
    message = _("A vote lasts a day at least and sixty days at most.")


class SessionMissing(DomainError):
    message = _("This measure comes from no session whose participants could vote.")


class NotOnTheRoll(DomainError):
    message = _("You are not on the list of those who vote on this measure.")


class VoteIsClosed(DomainError):
    message = _("This vote is closed.")


class NoSuchChoice(DomainError):
    message = _("Please choose one of the answers.")


class SayWhy(DomainError):
    message = _("Please say why you object, so that the text can be mended.")


class NotClosedYet(DomainError):
    message = _("This vote is still open.")


class NotAsCast(DomainError):
    message = _(
        "The votes are not as they were cast, so that nothing is counted. The national coordinators look into it."
    )


class NothingToWithdraw(DomainError):
    message = _("There is no objection of yours that could be taken back.")


class WhyWithdrawn(DomainError):
    message = _("Please say why; it is kept with the measure.")


@dataclass(frozen=True, slots=True)
class Cast:
    """What somebody has voted, and the receipt with which they find it among those counted."""

    choice: str
    reason: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is chosen when a vote is opened: {side: (quorum in votes, threshold of 100)}, None being members abroad."""

    method: str
    secrecy: str
    electorate: str
    closes_at: datetime
    rules: Mapping[Side, Rule]


@transaction.atomic
def open_vote(*, measure: Measure, opening: Opening, by: User) -> Vote:
    """Open the vote on exactly the version whose texts were confirmed as equal, and freeze everything about it.

    Every side of the country takes part; members abroad where `opening.rules` names them. Who may vote is written down now. Raises
    NotYourVote, IllegalMove, NotCompared, UnsoundClose, SideCannotVote, SessionMissing.
    """
    measure, now = lock(measure), timezone.now()
    users = {row.practitioner.user_id for row in selectors.authors(measure)}
    if not policies.can_open(by, author_user_ids=users):
        raise NotYourVote
    require_move(MEASURE_MOVES, MeasureMove.OPEN, measure)
    version, parity = measure.current, measure.parity
    if version is None or parity is None or not recount.is_parity_of(parity, version):
        raise NotCompared
    if not policies.closing_is_sound(now, opening.closes_at):
        raise UnsoundClose
    if opening.electorate == "session" and measure.session_id is None:
        raise SessionMissing
    sizes = selectors.roll_sizes(opening.electorate, measure)
    taking_part = [side for side in sizes if side is not None or None in opening.rules]
    if set(opening.rules) != set(taking_part) or not all(sizes[side] for side in taking_part):
        raise SideCannotVote
    last = Vote.objects.filter(measure=measure).order_by("-number").first()
    vote = Vote.objects.create(
        measure=measure,
        number=last.number + 1 if last else 1,
        version=version,
        parity=parity,
        method=opening.method,
        secrecy=opening.secrecy,
        electorate=opening.electorate,
        opened_at=now,
        opened_by=by,
        closes_at=opening.closes_at,
    )
    VoteKey.objects.create(vote=vote, secret=ballots.new_key())
    for side in taking_part:
        rule = opening.rules[side]
        SideRule.objects.create(
            vote=vote,
            region_id=side,
            roll=sizes[side],
            quorum=min(max(rule.quorum, 1), sizes[side]),
            threshold=rule.threshold,
        )
    people = selectors.electorate(opening.electorate, measure).values_list("pk", "region_id")
    RollEntry.objects.bulk_create(
        (RollEntry(vote=vote, practitioner_id=pk, region_id=side) for pk, side in people if side in opening.rules),
        batch_size=BATCH,
    )
    move(measure, MeasureMove.OPEN, by=by, changes={"vote": vote.number, "version": version.number})
    return vote


def _key(vote: Vote) -> str | None:
    return VoteKey.objects.filter(vote=vote).values_list("secret", flat=True).first()


def _last_of(vote: Vote, voter: str) -> tuple[Ballot | None, int]:
    rows = list(Ballot.objects.filter(vote=vote, voter=voter).order_by("number"))
    return (rows[-1] if rows else None), len(rows)


def my_ballot(vote: Vote, practitioner: Practitioner) -> Cast | None:
    """Return what a member has voted, while the key is still there; None for nothing, or when nobody can tell any more."""
    key = _key(vote)
    if key is None:
        return None
    voter = ballots.voter(key, practitioner.pk)
    last, count = _last_of(vote, voter)
    return Cast(last.choice, last.reason, ballots.receipt(key, voter, count)) if last else None


@transaction.atomic
def cast_vote(*, vote: Vote, practitioner: Practitioner, choice: str, reason: str = "") -> Cast:
    """Cast or change somebody's vote. The same vote again is the one they have.

    Nothing about it goes into the journal, a notice or a log: any of them would tell who voted, and in what order. Raises VoteIsClosed,
    NotOnTheRoll, NoSuchChoice, SayWhy.
    """
    measure = lock(vote.measure)
    if measure.state != MeasureState.OPEN or vote.closes_at <= timezone.now():
        raise VoteIsClosed
    if choice not in CHOICES_OF[Method(vote.method)]:
        raise NoSuchChoice
    reason = reason.strip() if choice in REASONED else ""
    if choice in REASONED and not reason:
        raise SayWhy
    return _append(vote, practitioner, choice, reason)


def _append(vote: Vote, practitioner: Practitioner, choice: str, reason: str) -> Cast:
    """Add a ballot to the chain. The caller holds the lock of the measure."""
    entry = RollEntry.objects.filter(vote=vote, practitioner=practitioner, practitioner__state="active").first()
    if entry is None:
        raise NotOnTheRoll
    key = _key(vote)
    if key is None:
        raise VoteIsClosed
    voter = ballots.voter(key, practitioner.pk)
    last, count = _last_of(vote, voter)
    if last is not None and (last.choice, last.reason) == (choice, reason):
        return Cast(choice, reason, ballots.receipt(key, voter, count))
    receipt = ballots.receipt(key, voter, count + 1)
    before = Ballot.objects.filter(vote=vote).order_by("-number").first()
    ballot = Ballot(
        vote=vote,
        number=before.number + 1 if before else 1,
        voter=voter,
        region_id=entry.region_id,
        choice=choice,
        reason=reason,
        receipt=ballots.receipt_hash(str(vote.uid), receipt),
        practitioner=practitioner if vote.secrecy == Secrecy.NAMED else None,
    )
    previous = before.digest if before else ballots.genesis(recount.frozen(vote))
    ballot.digest = ballots.digest(previous, recount.said(ballot))
    ballot.save()
    return Cast(choice, reason, receipt)


@transaction.atomic
def close_vote(*, vote: Vote) -> Measure:
    """Count a vote whose time is over, and move the measure; a vote that is closed already stays so.

    Where each side has its quorum and threshold and only objections stand, mediation begins. Raises NotClosedYet, NotAsCast.
    """
    measure, now = lock(vote.measure), timezone.now()
    # An earlier round of a measure that is voted on anew is over too.
    if measure.state != MeasureState.OPEN or VoteClosing.objects.filter(vote=vote).exists():
        return measure
    if vote.closes_at > now:
        raise NotClosedYet
    verdict = _close(vote, now)
    if verdict.adopted:
        _adopt(measure, vote, now)
    elif verdict.sides_reached:
        until = now + policies.MEDIATION_LASTS
        move(measure, MeasureMove.MEDIATE, by=None, changes={"vote": vote.number}, mediation_until=until)
        return measure
    else:
        move(measure, MeasureMove.REJECT, by=None, changes={"vote": vote.number})
    VoteKey.objects.filter(vote=vote).delete()
    return measure


def _close(vote: Vote, now: datetime) -> adoption.Verdict:
    # Fail closed: what was tampered with adopts nothing, and is there for `manage.py recount` to name.
    if recount.check(vote).faults:
        raise NotAsCast
    counted = recount.count(vote)
    number = VoteClosing.objects.filter(vote=vote).count() + 1
    outcome = recount.as_outcome(counted.verdict, counted.tallies)
    VoteClosing.objects.create(
        vote=vote,
        number=number,
        closed_at=now,
        ballots=counted.ballots,
        head=counted.head,
        outcome=outcome,
        seal=ballots.seal(counted.head, {"vote": str(vote.uid), "number": number, "outcome": outcome}),
    )
    return counted.verdict


def _adopt(measure: Measure, vote: Vote, now: datetime) -> None:
    measure.year, measure.number = _next_number(measure, timezone.localdate(now).year, now)
    changes = {"vote": vote.number, "version": vote.version.number, "number": measure.reference}
    move(measure, MeasureMove.ADOPT, by=None, changes=changes, mediation_until=None)
    if measure.about_id:
        _take_effect(measure, now)


def _next_number(measure: Measure, year: int, now: datetime) -> tuple[int, int]:
    """Give a measure the next number of a year; of two that are adopted in the same moment the second tries once more."""
    while True:
        taken = Measure.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                Measure.objects.filter(pk=measure.pk).update(year=year, number=taken + 1, adopted_at=now)
        except IntegrityError:
            continue
        measure.adopted_at = now
        return year, taken + 1


def _take_effect(measure: Measure, now: datetime) -> None:
    """End the measure that this one changes, if it is still in force."""
    other = lock(measure.about)  # type: ignore[arg-type]
    step = MOVE_OF_EFFECT[Effect(measure.effect)]
    if other.state in MEASURE_MOVES[step].sources:
        move(other, step, by=None, changes={"by": measure.pk}, ended_at=now)


@transaction.atomic
def withdraw_objection(*, vote: Vote, practitioner: Practitioner) -> Measure:
    """Take one's objection back during the mediation: one abstains instead. With the last one gone the measure is adopted.

    Neither an objection nor an abstention is weighed, so that a side that has its quorum and its threshold keeps both.
    Raises NothingToWithdraw, NotAsCast.
    """
    measure, now = lock(vote.measure), timezone.now()
    if measure.state != MeasureState.MEDIATION or measure.mediation_until is None or measure.mediation_until <= now:
        raise NothingToWithdraw
    mine = my_ballot(vote, practitioner)
    if mine is None or mine.choice != Choice.BLOCK:
        raise NothingToWithdraw
    _append(vote, practitioner, Choice.ABSTAIN, "")
    if recount.count(vote).verdict.adopted:
        _close(vote, now)
        _adopt(measure, vote, now)
        VoteKey.objects.filter(vote=vote).delete()
    return measure


@transaction.atomic
def end_mediation(*, measure: Measure) -> Measure:
    """Let a mediation end whose time is over: the objections stand, the measure is not adopted."""
    measure, now = lock(measure), timezone.now()
    if measure.state != MeasureState.MEDIATION or measure.mediation_until is None or measure.mediation_until > now:
        return measure
    move(measure, MeasureMove.REJECT, by=None, mediation_until=None)
    VoteKey.objects.filter(vote__measure=measure).delete()
    return measure


@transaction.atomic
def remind_voters(*, vote: Vote) -> None:
    """Remind everybody on the roll that a vote closes soon; once, however often this is called.

    Everybody alike, those who have voted too: a reminder to the others alone would tell the outbox and each mailbox who has not voted.
    """
    reference = network_selectors.reference(vote)
    if outbox.Message.objects.filter(kind="vote-reminder", subject_ref=reference).exists():
        return
    notices.tell(
        vote.measure,
        "vote-reminder",
        recipients=selectors.voter_accounts(vote),
        again=f"round {vote.number}",
        subject_ref=reference,
        expires_at=vote.closes_at,
        closes=outbox.stamp(vote.closes_at),
    )


@transaction.atomic
def withdraw_measure(*, measure: Measure, by: User, reason: str) -> Measure:
    """Withdraw a measure that was not adopted; a running vote ends uncounted. Raises NotAnAuthor, IllegalMove, WhyWithdrawn."""
    measure, now = lock(measure), timezone.now()
    lead = selectors.authors(measure).first()
    if not policies.can_withdraw(by, measure, lead_user_id=lead.practitioner.user_id if lead else None):
        raise NotYourVote if measure.state == MeasureState.OPEN else IllegalMove(state=measure.get_state_display())
    require_move(MEASURE_MOVES, MeasureMove.WITHDRAW, measure)
    if not reason.strip() and measure.state != MeasureState.DRAFT:
        raise WhyWithdrawn
    move(measure, MeasureMove.WITHDRAW, by=by, reason=reason, ended_at=now, parity=None, mediation_until=None)
    VoteKey.objects.filter(vote__measure=measure).delete()
    return measure


def receipt_standing(*, vote: Vote, typed: str) -> str:
    """Say of a receipt as it was typed whether it was "counted", "replaced" by a later vote, "withdrawn", or "" for none of this vote."""
    receipt = ballots.receipt_read(typed)
    return recount.receipt_standing(vote, ballots.receipt_hash(str(vote.uid), receipt)) if receipt else ""
