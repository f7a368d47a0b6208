"""The jury: named, replaced, taken off, pausing, and its conflicts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import policies
from campaigns.enums import DECLARED_CONFLICTS, RUNNING_ROUNDS, ConflictKind, JurorMove
from campaigns.models import Assignment, Campaign, Conflict, Juror, Round
from campaigns.services import campaigns, rounds, shares
from network.enums import DomainError, MemberState
from network.models import Practitioner, User
from network.services import record_transition


class NotAMember(DomainError):
    message = _("Only an active member can be a juror: of others we don’t know where they live and work.")


class AtTheDesk(DomainError):
    message = _("Whoever holds a role reads the names of entrants and can’t be a juror.")


class JurorAlready(DomainError):
    message = _("This member is or was a juror of this campaign already.")


class NotYourJuror(DomainError):
    message = _(
        "Jurors of your own side in your own campaigns are yours to name; others are named by a national coordinator."
    )


class NotYourEntry(DomainError):
    message = _("This entry is not before you any more.")


class NoSuchConflict(DomainError):
    message = _("Please say what kind of conflict it is.")


def lock(juror: Juror) -> Juror:
    rows = Juror.objects.select_for_update(of=("self",)).select_related("practitioner__user", "campaign")
    return rows.get(pk=juror.pk)


def _record(juror: Juror, step: JurorMove, *, by: User) -> None:
    record_transition(juror, step, from_state="", to_state="", by=by, at=timezone.now())


@transaction.atomic
def name_juror(*, campaign: Campaign, practitioner: Practitioner, by: User) -> Juror:
    """Make an active member a juror; entries come with the next sharing out. Raises NotYourJuror, NotAMember, AtTheDesk, JurorAlready."""
    campaign, now = campaigns.lock(campaign), timezone.now()
    person = Practitioner.objects.visible_to(by).select_related("user").filter(pk=practitioner.pk).first()
    if person is None or not policies.names_jurors(by, campaign):
        raise NotYourJuror
    if person.state != MemberState.ACTIVE:
        raise NotAMember
    if not policies.can_be_juror(person.user):
        raise AtTheDesk
    if Juror.objects.filter(campaign=campaign, practitioner=person).exists():
        raise JurorAlready
    juror = Juror.objects.create(
        campaign=campaign,
        practitioner=person,
        side=person.region,
        municipality=person.municipality,
        named_at=now,
        named_by=by,
    )
    _record(juror, JurorMove.NAME, by=by)
    return juror


@transaction.atomic
def end_juror(*, juror: Juror, by: User, successor: Juror | None = None) -> Juror:
    """Take somebody off the jury: what they scored stands, what they have not scored goes to others. Twice is the same as once.

    `successor` is another juror of the campaign who comes in their place. Raises NotYourJuror.
    """
    campaign = campaigns.lock(juror.campaign)
    runs = policies.can_manage(by, campaign)
    if not runs and not Juror.objects.editable_by(by).filter(pk=juror.pk).exists():
        raise NotYourJuror
    return _end(juror, by=by, successor=successor)


@transaction.atomic
def change_jury(*, round_: Round, quorum: int, leaving: Juror | None, successor: Juror | None, by: User) -> Round:
    """Take somebody off the jury and ask for a quorum in one: the round is shared out once, as it was looked at before.

    Raises NotYourCampaign, NotYourJuror, NoQuorum, TooFewJurors, IllegalMove.
    """
    if leaving:
        campaign = campaigns.lock(round_.campaign)
        if not policies.can_manage(by, campaign) or leaving.campaign_id != campaign.pk:
            raise NotYourJuror
        _end(leaving, by=by, successor=successor, shared_later=round_)
    return rounds.change_quorum(round_=round_, quorum=quorum, by=by)


def _end(juror: Juror, *, by: User, successor: Juror | None = None, shared_later: Round | None = None) -> Juror:
    running = _running(juror.campaign_id)
    juror = lock(juror)
    if juror.ended_at:
        return juror
    if successor and (successor.campaign_id != juror.campaign_id or successor.ended_at or successor.pk == juror.pk):
        raise NotYourJuror
    juror.ended_at, juror.ended_by, juror.successor = timezone.now(), by, successor
    juror.save(update_fields=["ended_at", "ended_by", "successor"])
    _record(juror, JurorMove.END, by=by)
    for round_ in running:
        if round_ != shared_later:
            shares.share_out(round_, by=by, at=juror.ended_at)
    return juror


def _running(campaign_id: int) -> list[Round]:
    """Return the rounds that run, held: first these, then jurors, in this order always."""
    rows = Round.objects.filter(campaign=campaign_id, state__in=RUNNING_ROUNDS).order_by("pk")
    return list(rows.select_for_update(of=("self",)).select_related("campaign"))


@transaction.atomic
def give_up_judging(*, practitioner: Practitioner, by: User) -> None:
    """Take somebody who leaves or is suspended off every jury; what they scored stands."""
    for juror in Juror.objects.filter(practitioner=practitioner, ended_at__isnull=True).order_by("pk"):
        campaigns.lock(juror.campaign)
        _end(juror, by=by)


# --- their own ------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def pause_juror(*, juror: Juror, by: User) -> Juror:
    """Say that one stops for a while: what is open stays, unless the desk shares it out again. Raises NotYourEntry."""
    juror = lock(juror)
    if not policies.judges(by, juror):
        raise NotYourEntry
    if juror.paused_at is None:
        juror.paused_at = timezone.now()
        juror.save(update_fields=["paused_at"])
        _record(juror, JurorMove.PAUSE, by=by)
    return juror


@transaction.atomic
def go_on_judging(*, juror: Juror, by: User) -> Juror:
    """End one's pause. Raises NotYourEntry."""
    juror = lock(juror)
    if not policies.judges(by, juror):
        raise NotYourEntry
    if juror.paused_at is not None:
        juror.paused_at = None
        juror.save(update_fields=["paused_at"])
        _record(juror, JurorMove.GO_ON, by=by)
    return juror


@transaction.atomic
def declare_conflict(*, assignment: Assignment, kind: str, by: User) -> Conflict:
    """Stand back from an entry: somebody else gets it, and what one has said of it no longer counts.

    Raises NotYourEntry, NoSuchConflict.
    """
    round_ = rounds.lock(assignment.round)
    if kind not in DECLARED_CONFLICTS:
        raise NoSuchConflict
    assignment = Assignment.objects.select_related("juror__practitioner", "entry").get(pk=assignment.pk)
    if not policies.judges(by, assignment.juror) or round_.state not in RUNNING_ROUNDS:
        raise NotYourEntry
    return stand_back(round_, assignment, ConflictKind(kind), by=by)


def stand_back(round_: Round, assignment: Assignment, kind: ConflictKind, *, by: User | None) -> Conflict:
    """Write a conflict down and give the entry of the locked round to somebody else."""
    now = timezone.now()
    conflict, _new = Conflict.objects.get_or_create(
        juror=assignment.juror,
        entry_id=assignment.entry_id,
        kind=kind,
        defaults={"declared_at": now, "declared_by": by},
    )
    shares.give_to_others(round_, assignment.entry, by=by, at=now)
    return conflict
