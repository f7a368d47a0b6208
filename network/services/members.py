from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import personal, policies, search, selectors
from network.enums import MEMBER_MOVES, DomainError, MemberMove
from network.models import CodeOfConduct, Practitioner, User
from network.services.accounts import end_sessions
from network.services.conduct import accept_conduct, activate
from network.services.journal import record_edit, record_transition, require_move
from notifications import outbox

PROFILE_FIELDS = (
    "name_ar",
    "name_latin",
    "profession",
    "specialty",
    "municipality",
    "abroad_in",
    "workplace",
    "licence_number",
    "languages",
    "visibility",
)
FOLDED_LENGTH = 120


class NotYourSide(DomainError):
    message = _("Only a coordinator of this person's side can do this, and nobody for themselves.")


class ReasonMissing(DomainError):
    message = _("Please give the reason: the person will read it.")


class HoldsARole(DomainError):
    message = _("This person holds a role. A national coordinator has to end the role first.")


def _fill(practitioner: Practitioner, profile: dict[str, Any]) -> None:
    for field in PROFILE_FIELDS:
        if field in profile:
            setattr(practitioner, field, profile[field])
    municipality = practitioner.municipality
    practitioner.region = municipality.district.region if municipality else None
    # A ligature may fold to more letters than the column holds.
    practitioner.folded_ar = search.fold(practitioner.name_ar)[:FOLDED_LENGTH]
    practitioner.folded_latin = search.fold(practitioner.name_latin)[:FOLDED_LENGTH]
    practitioner.search = search.index(practitioner.name_ar, practitioner.name_latin)


@transaction.atomic
def apply_for_membership(
    *, user: User, profile: dict[str, Any], conduct: CodeOfConduct, language: str, text_sha256: str
) -> Practitioner:
    """Keep a person's profile and acceptance of the code of conduct, and put them into their verifier's queue.

    `profile` maps PROFILE_FIELDS to cleaned values. Somebody who was declined applies again with the same call. Raises
    TextHasChanged, and IllegalMove for somebody who has applied already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    practitioner = Practitioner.objects.select_for_update(of=("self",)).filter(user=user).first()
    move = MemberMove.REAPPLY if practitioner else MemberMove.APPLY
    practitioner = practitioner or Practitioner(user=user, state="")
    before = practitioner.state
    practitioner.state = require_move(MEMBER_MOVES, move, practitioner)
    practitioner.applied_at = now
    _fill(practitioner, profile)
    practitioner.full_clean(exclude=["user"])
    practitioner.save()
    accept_conduct(user=user, conduct=conduct, language=language, text_sha256=text_sha256)
    record_transition(practitioner, move, from_state=before, to_state=practitioner.state, by=user, at=now)
    _tell_verifiers(practitioner, now)
    return practitioner


def _tell_verifiers(practitioner: Practitioner, now: Any) -> None:
    outbox.enqueue(
        "membership-applied",
        recipients=selectors.verifier_ids(practitioner),
        subject_ref=selectors.reference(practitioner),
        # One notice a day, however many apply.
        dedup=f"{practitioner.region_id or 'abroad'}:{timezone.localdate(now)}",
        at=now,
    )


def _give_up_places(practitioner: Practitioner, *, by: User) -> None:
    """Free what a person holds who is a member no longer, or not for now.

    Called before their row is locked: whoever takes a seat locks the session first and the person after it.
    """
    for part in personal.parts():
        part.leave(practitioner=practitioner, by=by)


@transaction.atomic
def edit_profile(*, user: User, profile: dict[str, Any]) -> Practitioner:
    """Change one's own profile. Moving to another side ends the sessions and asks the new side's coordinator to verify."""
    municipality = profile.get("municipality")
    if "municipality" in profile and user.practitioner.region_id != (
        municipality.district.region_id if municipality else None
    ):
        _give_up_places(user.practitioner, by=user)
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(user=user)
    now = timezone.now()
    old = {field: getattr(practitioner, field) for field in PROFILE_FIELDS}
    old_region, before = practitioner.region_id, practitioner.state
    _fill(practitioner, profile)
    practitioner.full_clean(exclude=["user"])
    practitioner.save()
    changed = [field for field in PROFILE_FIELDS if getattr(practitioner, field) != old[field]]
    record_edit(practitioner, changed={"fields": changed} if changed else {}, by=user, at=now)
    if old_region != practitioner.region_id:
        end_sessions(user=user)
        if before in MEMBER_MOVES[MemberMove.CHANGE_SIDE].sources:
            _verify_again(practitioner, by=user)
    return practitioner


def _verify_again(practitioner: Practitioner, *, by: User) -> None:
    now, before = timezone.now(), practitioner.state
    practitioner.state = require_move(MEMBER_MOVES, MemberMove.CHANGE_SIDE, practitioner)
    practitioner.verified_at = practitioner.verified_by = None
    practitioner.save(update_fields=["state", "verified_at", "verified_by"])
    record_transition(
        practitioner, MemberMove.CHANGE_SIDE, from_state=before, to_state=practitioner.state, by=by, at=now
    )
    _tell_verifiers(practitioner, now)


@transaction.atomic
def set_visibility(*, user: User, visibility: str) -> Practitioner:
    """Choose who finds me in the directory."""
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(user=user)
    if practitioner.visibility != visibility:
        practitioner.visibility = visibility
        practitioner.save(update_fields=["visibility"])
        record_edit(practitioner, changed={"fields": ["visibility"]}, by=user, at=timezone.now())
    return practitioner


def _locked(practitioner: Practitioner, by: User) -> Practitioner:
    """Return the row under lock; raises NotYourSide unless this coordinator answers for it."""
    row = (
        Practitioner.objects.visible_to(by)
        .select_related("user")
        .select_for_update(of=("self",))
        .filter(pk=practitioner.pk)
        .first()
    )
    if row is None or not policies.can_verify(by, row):
        raise NotYourSide
    return row


def _move(practitioner: Practitioner, move: MemberMove, *, by: User, reason: str = "", **changes: Any) -> None:
    now, before = timezone.now(), practitioner.state
    practitioner.state = require_move(MEMBER_MOVES, move, practitioner)
    for field, value in changes.items():
        setattr(practitioner, field, value)
    practitioner.save(update_fields=["state", *changes])
    record_transition(practitioner, move, from_state=before, to_state=practitioner.state, by=by, at=now, reason=reason)


def _tell(practitioner: Practitioner, kind: str, move: MemberMove, **context: str) -> None:
    step = selectors.steps(practitioner).filter(move=move).count()
    outbox.enqueue(
        kind,
        recipients=[practitioner.user_id],
        context=context,
        subject_ref=selectors.reference(practitioner),
        dedup=f"{practitioner.pk}:{step}",
    )


def _require_no_role(practitioner: Practitioner) -> None:
    """Raise HoldsARole: else the coordinator of one side could shut out whoever runs the whole network."""
    if practitioner.user.role_grants.in_force(timezone.localdate()).exists():
        raise HoldsARole


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


@transaction.atomic
def verify(*, practitioner: Practitioner, by: User) -> Practitioner:
    """Vouch that this person is who they say; they become active if they accepted the code of conduct in force."""
    practitioner = _locked(practitioner, by)
    _move(practitioner, MemberMove.VERIFY, by=by, verified_at=timezone.now(), verified_by=by)
    activate(practitioner, by=by)
    _tell(practitioner, "membership-verified", MemberMove.VERIFY)
    return practitioner


@transaction.atomic
def decline(*, practitioner: Practitioner, by: User, reason: str) -> Practitioner:
    """Decline an application with a reason that the person reads; they can apply again."""
    practitioner = _locked(practitioner, by)
    _require_no_role(practitioner)
    _move(practitioner, MemberMove.DECLINE, by=by, reason=_reason(reason))
    _tell(practitioner, "membership-declined", MemberMove.DECLINE, reason=reason.strip())
    return practitioner


@transaction.atomic
def suspend(*, practitioner: Practitioner, by: User, reason: str) -> Practitioner:
    """Take a member out of everything for now, their places in coming sessions too, end their logins, and tell them why.

    Raises NotYourSide, ReasonMissing, IllegalMove, and HoldsARole.
    """
    if not policies.can_verify(by, practitioner):
        raise NotYourSide
    _require_no_role(practitioner)
    _give_up_places(practitioner, by=by)
    practitioner = _locked(practitioner, by)
    _move(practitioner, MemberMove.SUSPEND, by=by, reason=_reason(reason))
    end_sessions(user=practitioner.user)
    _tell(practitioner, "membership-suspended", MemberMove.SUSPEND, reason=reason.strip())
    return practitioner


@transaction.atomic
def reinstate(*, practitioner: Practitioner, by: User) -> Practitioner:
    """Make a suspended member active again. Sessions that were ended stay ended."""
    practitioner = _locked(practitioner, by)
    _move(practitioner, MemberMove.REINSTATE, by=by)
    _tell(practitioner, "membership-reinstated", MemberMove.REINSTATE)
    return practitioner
