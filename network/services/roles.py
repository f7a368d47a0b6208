from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import policies, selectors
from network.enums import DomainError, Role, RoleMove
from network.models import Region, RoleGrant, User
from network.services.accounts import end_sessions
from network.services.journal import record_transition
from notifications import outbox


class NotNational(DomainError):
    message = _("Only a national coordinator can do this.")


class NoSuchAccount(DomainError):
    message = _("There is no account with this e-mail address. The person joins first, then you give the role.")


class AlreadyGranted(DomainError):
    message = _("This person holds this role in these days already.")


class AlreadyEnded(DomainError):
    message = _("This role has ended already.")


def _overlapping(grant: RoleGrant) -> QuerySet[RoleGrant]:
    same = RoleGrant.objects.filter(user=grant.user, role=grant.role, region=grant.region, ended_at__isnull=True)
    same = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=grant.starts_on))
    return same.filter(starts_on__lte=grant.ends_on) if grant.ends_on else same


def _grant(user: User, role: str, region: Region | None, starts_on: date, ends_on: date | None, by: User) -> RoleGrant:
    now = timezone.now()
    grant = RoleGrant(
        user=user, role=role, region=region, starts_on=starts_on, ends_on=ends_on, granted_at=now, granted_by=by
    )
    grant.full_clean()
    # A second grant of the same, from a double click, would outlive the end of the first.
    if _overlapping(grant).exists():
        raise AlreadyGranted
    grant.save()
    record_transition(grant, RoleMove.GRANT, from_state="", to_state="granted", by=by, at=now)
    end_sessions(user=user)
    outbox.enqueue(
        "role-granted",
        recipients=[user.pk],
        subject_ref=selectors.reference(grant),
        context={"role": role, "side": selectors.names(region) if region else ""},
        dedup=str(grant.pk),
        at=now,
    )
    return grant


@transaction.atomic
def grant_role(
    *, email: str, role: str, region: Region | None, starts_on: date, ends_on: date | None, by: User
) -> RoleGrant:
    """Give a role to the account of that address, from a day to a day, and end its sessions.

    Raises NotNational, NoSuchAccount, AlreadyGranted, and ValidationError for a role without its side or days in the wrong order.
    """
    if not policies.is_national(by):
        raise NotNational
    user = User.objects.select_for_update().filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise NoSuchAccount
    return _grant(user, role, region, starts_on, ends_on, by)


@transaction.atomic
def grant_first_role(*, email: str, role: str, region: Region | None) -> RoleGrant:
    """Give a role from the server's own console, where there may be no national coordinator yet. Raises NoSuchAccount."""
    user = User.objects.select_for_update().filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise NoSuchAccount
    return _grant(user, role, region, timezone.localdate(), None, by=user)


@transaction.atomic
def end_role(*, grant: RoleGrant, by: User) -> RoleGrant:
    """End a role at once, and the sessions of whoever held it. Raises NotNational and AlreadyEnded."""
    if not policies.is_national(by):
        raise NotNational
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if grant.ended_at:
        raise AlreadyEnded
    grant.ended_at, grant.ended_by = timezone.now(), by
    grant.save(update_fields=["ended_at", "ended_by"])
    record_transition(grant, RoleMove.END, from_state="granted", to_state="ended", by=by, at=grant.ended_at)
    end_sessions(user=grant.user)
    outbox.enqueue(
        "role-ended",
        recipients=[grant.user_id],
        subject_ref=selectors.reference(grant),
        context={"role": Role(grant.role).value, "side": selectors.names(grant.region) if grant.region else ""},
        dedup=str(grant.pk),
        at=grant.ended_at,
    )
    return grant
