"""Leaving: out of every list at once, personal data erased after a delay. What the network agreed stays, unattributed."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as WebSession
from django.db import transaction
from django.utils import timezone

from network import personal
from network.enums import MEMBER_MOVES, MemberMove, RoleMove
from network.models import Practitioner, Transition, User
from network.services.accounts import end_sessions
from network.services.journal import record_transition, require_move
from notifications import outbox


@transaction.atomic
def leave(*, user: User) -> Practitioner:
    """Take the person out of every list now; the account can no longer be used. Erasure follows after the delay."""
    # Before the row is locked: whoever takes a seat locks the session first and the person after it.
    for part in personal.parts():
        part.leave(practitioner=user.practitioner, by=user)
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(user=user)
    before, now = practitioner.state, timezone.now()
    practitioner.state = require_move(MEMBER_MOVES, MemberMove.LEAVE, practitioner)
    practitioner.left_at = now
    practitioner.save(update_fields=["state", "left_at"])
    record_transition(practitioner, MemberMove.LEAVE, from_state=before, to_state=practitioner.state, by=user, at=now)
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user=user)
    _end_roles(user)
    return practitioner


def _end_roles(user: User) -> None:
    now = timezone.now()
    for grant in user.role_grants.filter(ended_at__isnull=True):
        grant.ended_at, grant.ended_by = now, user
        grant.save(update_fields=["ended_at", "ended_by"])
        record_transition(grant, RoleMove.END, from_state="granted", to_state="ended", by=user, at=now)


@transaction.atomic
def erase(*, practitioner: Practitioner) -> None:
    """Empty all that tells who the person was; rows that others count on stay. Safe to repeat and to interrupt."""
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(pk=practitioner.pk)
    if practitioner.erased_at or not practitioner.left_at:
        return
    for part in personal.parts():
        if part.erase:
            part.erase(practitioner=practitioner)
    _empty_account(User.objects.get(pk=practitioner.user_id))
    for part in personal.parts():
        if part.erase:
            part.erase(practitioner=practitioner)
    Transition.objects.of(practitioner).empty_words()
    Practitioner.objects.filter(pk=practitioner.pk).update(
        name_ar="",
        name_latin="",
        folded_ar="",
        folded_latin="",
        search="",
        workplace="",
        licence_number="",
        abroad_in="",
        languages=[],
        erased_at=timezone.now(),
    )


@transaction.atomic
def close_account(*, user: User) -> None:
    """Close the account of somebody who never applied: there is nothing that others count on, so it is emptied at once."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if Practitioner.objects.filter(user=user).exists():
        leave(user=user)
        return
    _end_roles(user)
    _empty_account(user)


def _empty_account(user: User) -> None:
    """Empty an account and all that hangs on it; nobody can log in to it any more."""
    proved = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    outbox.forget(user.pk, addresses={user.email, user.phone or "", *proved})
    logins = UserSession.objects.filter(user=user)
    WebSession.objects.filter(session_key__in=logins.values("session_key")).delete()
    logins.delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.email, user.phone, user.phone_verified = f"erased-{user.pk}@erased.invalid", None, False
    user.is_active, user.zone = False, ""
    user.save()
