"""What is done about an adopted measure: one owner reports it as done, the other, of another side, confirms it on the evidence."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.services import TooLarge
from measures import notices, policies, selectors
from measures.enums import ACTION_MOVES, ActionMove, ActionState, MeasureState
from measures.models import Action, Evidence, Measure
from measures.services.drafting import NotAnAuthor
from network import files, policies as network_policies, selectors as network_selectors
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import record_edit, record_transition, require_move
from network.uploads import documents
from notifications import outbox

EVIDENCE_FOLDER = "evidence"
FIELDS = ("title_ar", "title_en", "wanted_ar", "wanted_en", "region", "municipality", "facility", "place", "due")
ACTIONS_AT_MOST = 60
EVIDENCE_AT_MOST = 30


class NotAdopted(DomainError):
    message = _("Actions belong to a measure that is in force.")


class SameSide(DomainError):
    message = _("The two owners of an action have to be of different sides.")


class NotYourAction(DomainError):
    message = _("Only the two owners of an action can do this.")


class NotTheOtherOwner(DomainError):
    message = _("Whoever reported it as done can't confirm it: that is for the other owner, of the other side.")


class EvidenceMissing(DomainError):
    message = _("Please say what was done, so that the other owner can confirm it.")


class WhyNot(DomainError):
    message = _("Please say why; both owners read it.")


class TooManyActions(DomainError):
    message = _("A measure has %(most)s actions at most.")


class TooMuchEvidence(DomainError):
    message = _("An action has %(most)s pieces of evidence at most.")


class WaitsForTheOther(DomainError):
    message = _("It is reported as done: first the other owner confirms it, or says what is missing.")


class ActionIsOver(DomainError):
    message = _("This action is over: nothing of it can be changed any more.")


def lock(action: Action) -> Action:
    """Return the action as it is now, held until the end of the transaction."""
    return (
        Action.objects.select_for_update(of=("self",))
        .select_related("measure__current", "first_owner", "second_owner")
        .get(pk=action.pk)
    )


def _may_plan(measure: Measure, by: User) -> bool:
    authors = {row.practitioner.user_id for row in selectors.authors(measure)}
    return network_policies.is_national(by) or by.pk in authors


def _move(action: Action, step: ActionMove, *, by: User, reason: str = "", **fields: Any) -> None:
    before, now = action.state, timezone.now()
    action.state = require_move(ACTION_MOVES, step, action)
    for name, value in fields.items():
        setattr(action, name, value)
    action.save(update_fields=["state", *fields])
    record_transition(action, step, from_state=before, to_state=action.state, by=by, at=now, reason=reason)


def _owner(action: Action, by: User) -> Practitioner:
    for owner in (action.first_owner, action.second_owner):
        if owner.user_id == by.pk and owner.is_active_member:
            return owner
    raise NotYourAction


def _other_user(action: Action, owner: Practitioner) -> int:
    other = action.second_owner if owner.pk == action.first_owner_id else action.first_owner
    return other.user_id


@transaction.atomic
def plan_action(
    *,
    measure: Measure,
    content: Mapping[str, Any],
    first_owner: Practitioner,
    second_owner: Practitioner,
    uid: uuid.UUID,
    by: User,
) -> Action:
    """Plan something to do about a measure in force; the same `uid` again is the same action.

    Its authors and the national coordinators may. Raises NotAdopted, NotAnAuthor, SameSide, TooManyActions.
    """
    measure, now = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk), timezone.now()
    if not _may_plan(measure, by):
        raise NotAnAuthor
    known = Action.objects.filter(uid=uid, measure=measure).first()
    if known:
        return known
    if measure.state != MeasureState.ADOPTED:
        raise NotAdopted
    _require_owners(first_owner, second_owner)
    if measure.actions.count() >= ACTIONS_AT_MOST:
        raise TooManyActions(most=ACTIONS_AT_MOST)
    action = Action(
        measure=measure,
        uid=uid,
        first_owner=first_owner,
        second_owner=second_owner,
        first_side_id=first_owner.region_id,
        second_side_id=second_owner.region_id,
        created_at=now,
        **{name: content[name] for name in FIELDS if name in content},
    )
    action.reminded = policies.reminders_due(action.due, timezone.localdate(now))
    action.full_clean(exclude=["measure", "first_owner", "second_owner"])
    action.save()
    record_transition(action, ActionMove.PLAN, from_state="", to_state=action.state, by=by, at=now)
    owners = [owner.user_id for owner in (first_owner, second_owner) if owner.user_id != by.pk]
    notices.tell_owners(action, "action-given", recipients=owners, again="given")
    return action


def _require_owners(first: Practitioner, second: Practitioner) -> None:
    if not (first.is_active_member and second.is_active_member and policies.owners_differ(first, second)):
        raise SameSide


def _require_heir(to: Practitioner, other: Practitioner, other_side: int | None) -> None:
    """The other owner stands for the side of which they were when they took it on, wherever they live by now."""
    if not to.is_active_member or to.pk == other.pk or to.region_id == other_side:
        raise SameSide


@transaction.atomic
def edit_action(*, action: Action, content: Mapping[str, Any], by: User) -> Action:
    """Change what is to be done, where or until when; a new day is reminded of anew. Raises NotAnAuthor, ActionIsOver."""
    action, now = lock(action), timezone.now()
    if not _may_plan(action.measure, by):
        raise NotAnAuthor
    if action.state in (ActionState.CONFIRMED, ActionState.DROPPED):
        raise ActionIsOver
    changed = [name for name in FIELDS if name in content and getattr(action, name) != content[name]]
    if not changed:
        return action
    before = action.due
    for name in changed:
        setattr(action, name, content[name])
    action.full_clean(exclude=["measure", "first_owner", "second_owner"])
    if "due" in changed:
        action.reminded = policies.reminders_due(action.due, timezone.localdate(now))
        outbox.withdraw(subject_ref=notices.subject_of(action), kinds_=["action-reminder"])
    action.save(update_fields=[*changed, "reminded"])
    more = {"due": [before.isoformat(), action.due.isoformat()]} if "due" in changed else {}
    record_edit(action, changed={"fields": sorted(changed)} | more, by=by, at=now)
    return action


@transaction.atomic
def hand_over(*, action: Action, owner: Practitioner, to: Practitioner, by: User) -> Action:
    """Put another member in the place of an owner: the owner themselves may, the authors, the national coordinators.

    Whoever has reported it as done stays until the other owner has looked at it: else somebody of the same side could confirm it.
    Raises NotYourAction, ActionIsOver, SameSide, WaitsForTheOther.
    """
    action = lock(action)
    if by.pk != owner.user_id and not _may_plan(action.measure, by):
        raise NotYourAction
    if action.state in (ActionState.CONFIRMED, ActionState.DROPPED):
        raise ActionIsOver
    if owner.pk not in (action.first_owner_id, action.second_owner_id) and to.pk in (
        action.first_owner_id,
        action.second_owner_id,
    ):
        return action
    if action.state == ActionState.CLAIMED and action.claimed_by_id == owner.user_id:
        raise WaitsForTheOther
    put_in_place(action, owner=owner, to=to, by=by)
    return action


def put_in_place(action: Action, *, owner: Practitioner, to: Practitioner, by: User) -> None:
    """Put somebody in the place of an owner of a locked action, and tell them. Raises SameSide, NotYourAction."""
    if owner.pk == action.first_owner_id:
        _require_heir(to, action.second_owner, action.second_side_id)
        action.first_owner, action.first_side_id = to, to.region_id
        fields = ["first_owner", "first_side"]
    elif owner.pk == action.second_owner_id:
        _require_heir(to, action.first_owner, action.first_side_id)
        action.second_owner, action.second_side_id = to, to.region_id
        fields = ["second_owner", "second_side"]
    else:
        raise NotYourAction
    action.save(update_fields=fields)
    record_edit(action, changed={"owner": [owner.pk, to.pk]}, by=by, at=timezone.now())
    notices.tell_owners(action, "action-given", recipients=[to.user_id], again=f"given:{to.pk}")


@transaction.atomic
def start_action(*, action: Action, by: User) -> Action:
    """Say that it has begun; saying so twice is the same as once. Raises NotYourAction, IllegalMove."""
    action = lock(action)
    _owner(action, by)
    if action.state != ActionState.IN_PROGRESS:
        _move(action, ActionMove.START, by=by)
    return action


def add_evidence(
    *, action: Action, text: str, uid: uuid.UUID, by: User, link: str = "", upload: tuple[str, bytes] | None = None
) -> Evidence:
    """Keep what proves an action, with a file that is taken apart and rebuilt. The same `uid` again is the same evidence.

    Raises NotYourAction, ActionIsOver, EvidenceMissing, TooMuchEvidence, TooLarge, and the uploads' Refused.
    """
    _owner(Action.objects.select_related("first_owner", "second_owner").get(pk=action.pk), by)
    if not text.strip():
        raise EvidenceMissing
    clean = None
    if upload:
        if len(upload[1]) > settings.MATERIAL_LARGEST:
            raise TooLarge(megabytes=settings.MATERIAL_LARGEST // 1_000_000)
        clean = documents.examined(*upload)
    stored = ""
    try:
        with transaction.atomic():
            kept, now = lock(action), timezone.now()
            _owner(kept, by)
            known = Evidence.objects.filter(uid=uid, action=kept).first()
            if known:
                return known
            if kept.state in (ActionState.CONFIRMED, ActionState.DROPPED):
                raise ActionIsOver
            if kept.evidence.count() >= EVIDENCE_AT_MOST:
                raise TooMuchEvidence(most=EVIDENCE_AT_MOST)
            if clean:
                stored = files.keep(clean.content, EVIDENCE_FOLDER)
            row = Evidence(
                action=kept,
                uid=uid,
                text=text.strip(),
                link=link,
                stored=stored,
                filename=clean.filename if clean else "",
                size=len(clean.content) if clean else None,
                added_at=now,
                added_by=by,
            )
            row.full_clean(exclude=["action", "added_by"])
            row.save()
            record_edit(kept, changed={"evidence": row.pk}, by=by, at=now)
    except BaseException:
        if stored:
            files.path_of(stored, EVIDENCE_FOLDER).unlink(missing_ok=True)
        raise
    return row


@transaction.atomic
def claim_done(*, action: Action, by: User) -> Action:
    """Report an action as done, with evidence that is there. Raises NotYourAction, IllegalMove, EvidenceMissing."""
    action, now = lock(action), timezone.now()
    owner = _owner(action, by)
    if action.state == ActionState.CLAIMED and action.claimed_by_id == by.pk:
        return action
    require_move(ACTION_MOVES, ActionMove.CLAIM, action)
    if not Evidence.objects.filter(action=action).exists():
        raise EvidenceMissing
    _move(action, ActionMove.CLAIM, by=by, claimed_at=now, claimed_by=by)
    notices.tell_owners(action, "action-claimed", recipients=[_other_user(action, owner)], again=now.isoformat())
    return action


@transaction.atomic
def confirm_done(*, action: Action, by: User) -> Action:
    """Confirm that an action was done: the other owner, of the other side. Raises NotYourAction, NotTheOtherOwner, IllegalMove."""
    action, now = lock(action), timezone.now()
    _owner(action, by)
    if action.state == ActionState.CONFIRMED and action.confirmed_by_id == by.pk:
        return action
    if action.claimed_by_id == by.pk:
        raise NotTheOtherOwner
    _move(action, ActionMove.CONFIRM, by=by, confirmed_at=now, confirmed_by=by)
    return action


@transaction.atomic
def return_claim(*, action: Action, by: User, reason: str) -> Action:
    """Say that an action is not done yet, and why: the other owner. Saying it twice is the same as once.

    Raises NotYourAction, NotTheOtherOwner, WhyNot, IllegalMove.
    """
    action, now = lock(action), timezone.now()
    owner = _owner(action, by)
    if action.state == ActionState.IN_PROGRESS and _was_last(action, ActionMove.RETURN, by):
        return action
    require_move(ACTION_MOVES, ActionMove.RETURN, action)
    if action.claimed_by_id == by.pk:
        raise NotTheOtherOwner
    if not reason.strip():
        raise WhyNot
    _move(action, ActionMove.RETURN, by=by, reason=reason, claimed_at=None, claimed_by=None)
    again = now.isoformat()
    notices.tell_owners(action, "action-returned", recipients=[_other_user(action, owner)], again=again, reason=reason)
    return action


@transaction.atomic
def drop_action(*, action: Action, by: User, reason: str) -> Action:
    """Give an action up, for a reason that stays with it: only a national coordinator. Raises NotYourAction, WhyNot, IllegalMove."""
    action = lock(action)
    if not network_policies.is_national(by):
        raise NotYourAction
    if action.state == ActionState.DROPPED and _was_last(action, ActionMove.DROP, by):
        return action
    if not reason.strip():
        raise WhyNot
    _move(action, ActionMove.DROP, by=by, reason=reason)
    return action


def _was_last(action: Action, step: ActionMove, by: User) -> bool:
    """Tell whether this was the last that happened, by the same person: the second of two clicks."""
    last = network_selectors.steps(action).last()
    return last is not None and (last.move, last.by_id) == (step, by.pk)


def clear_lost_evidence(*, now: datetime) -> int:
    """Remove the files whose row is gone; return how many."""
    known = set(Evidence.objects.exclude(stored="").values_list("stored", flat=True))
    return files.sweep(known=known, now=now, folder=EVIDENCE_FOLDER)


@transaction.atomic
def remind_of_action(*, action: Action, today: date) -> None:
    """Remind of an action as often as is due by now, each stage once: its owners, at last the coordinators of both sides too."""
    action = lock(action)
    due = policies.reminders_due(action.due, today)
    if (
        action.state not in (ActionState.PLANNED, ActionState.IN_PROGRESS, ActionState.CLAIMED)
        or due <= action.reminded
    ):
        return
    recipients = {action.first_owner.user_id, action.second_owner.user_id}
    if due == len(policies.REMINDERS):
        recipients |= selectors.coordinators_of([action.first_side_id, action.second_side_id])
    action.reminded = due
    action.save(update_fields=["reminded"])
    notices.tell_owners(
        action,
        "action-reminder",
        recipients=sorted(recipients),
        again=f"{action.due}:{due}",
        days=(today - action.due).days,
    )
