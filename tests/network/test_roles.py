"""Roles: given and ended by a national coordinator alone, from a day to a day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from network import policies, selectors, services
from network.enums import Role
from network.models import RoleGrant, User
from notifications.outbox import Message
from tests.factories.network import PractitionerFactory, RegionFactory, UserFactory, auditor, coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db

OTHERS = {
    "a regional coordinator": lambda: coordinator("west"),
    "an auditor": auditor,
    "a member": lambda: PractitionerFactory().user,
    "a deactivated national coordinator": lambda: coordinator(None, is_active=False),
}
EACH_OTHER = pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)


def grant(
    user: User,
    by: User,
    *,
    role: str = Role.AUDITOR,
    side: str = "",
    first: date | None = None,
    last: date | None = None,
) -> RoleGrant:
    return services.grant_role(
        email=user.email,
        role=role,
        region=RegionFactory(code=side) if side else None,
        starts_on=first or timezone.localdate(),
        ends_on=last,
        by=by,
    )


def fresh(user: User) -> User:
    """Return the account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def test_grant() -> None:
    user, by = UserFactory(language="en"), coordinator(None)

    given = grant(user, by, role=Role.REGIONAL_COORDINATOR, side="south")

    assert policies.roles(fresh(user)) == {Role.REGIONAL_COORDINATOR}
    assert policies.regions(fresh(user)) == {given.region_id}
    assert fresh(user).session_epoch == 1
    assert [(s.move, s.from_state, s.to_state, s.by_id) for s in selectors.steps(given)] == [
        ("grant", "", "granted", by.pk)
    ]
    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.language) == ("role-granted", user.pk, "en")
    assert message.context == {"role": Role.REGIONAL_COORDINATOR, "side": {"ar": "الجنوب", "en": "South"}}


def test_grant_finds_the_account_however_its_address_is_written() -> None:
    user = UserFactory(email="amal@example.org")

    given = services.grant_role(
        email=" Amal@Example.org ",
        role=Role.AUDITOR,
        region=None,
        starts_on=timezone.localdate(),
        ends_on=None,
        by=coordinator(None),
    )

    assert given.user == user


@EACH_OTHER
def test_nobody_else_grants(other: Callable[[], User]) -> None:
    user, by = UserFactory(), other()
    before = everything()

    with pytest.raises(services.NotNational):
        grant(user, by)

    assert everything() == before


@pytest.mark.parametrize("is_active", [False, None])
def test_no_role_for_an_account_that_is_not_there(is_active: bool | None) -> None:
    email = UserFactory(is_active=False).email if is_active is False else "nobody@example.org"

    with pytest.raises(services.NoSuchAccount):
        services.grant_role(
            email=email,
            role=Role.AUDITOR,
            region=None,
            starts_on=timezone.localdate(),
            ends_on=None,
            by=coordinator(None),
        )

    assert RoleGrant.objects.filter(role=Role.AUDITOR).count() == 0


@pytest.mark.parametrize(
    ("role", "side"),
    [(Role.REGIONAL_COORDINATOR, ""), (Role.NATIONAL_COORDINATOR, "west"), (Role.AUDITOR, "west"), ("king", "")],
)
def test_a_role_with_the_wrong_side_is_refused(role: str, side: str) -> None:
    with pytest.raises(ValidationError):
        grant(UserFactory(), coordinator(None), role=role, side=side)


def test_a_role_ends_after_it_begins() -> None:
    today = timezone.localdate()

    with pytest.raises(ValidationError):
        grant(UserFactory(), coordinator(None), first=today, last=today - timedelta(days=1))


@pytest.mark.parametrize(
    ("first", "last", "holds"), [(0, 0, True), (-9, 0, True), (-9, None, True), (1, 9, False), (-9, -1, False)]
)
def test_a_role_holds_from_its_first_to_its_last_day(first: int, last: int | None, holds: bool) -> None:
    user, today = UserFactory(), timezone.localdate()

    grant(
        user,
        coordinator(None),
        first=today + timedelta(days=first),
        last=None if last is None else today + timedelta(days=last),
    )

    assert fresh(user).is_staff is holds


def test_granting_twice_is_refused() -> None:
    user, by = UserFactory(), coordinator(None)
    grant(user, by, role=Role.REGIONAL_COORDINATOR, side="south")
    before = everything()

    with pytest.raises(services.AlreadyGranted):
        grant(user, by, role=Role.REGIONAL_COORDINATOR, side="south")

    assert everything() == before


def test_the_same_role_for_another_side_or_later_is_another_role() -> None:
    user, by, today = UserFactory(), coordinator(None), timezone.localdate()
    grant(user, by, role=Role.REGIONAL_COORDINATOR, side="south", last=today)

    grant(user, by, role=Role.REGIONAL_COORDINATOR, side="west", last=today)
    grant(user, by, role=Role.REGIONAL_COORDINATOR, side="south", first=today + timedelta(days=1))

    assert user.role_grants.count() == 3


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_a_grant_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, by = UserFactory(), coordinator(None)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        grant(user, by)

    assert everything() == before


def test_end() -> None:
    user, by = UserFactory(), coordinator(None)
    given = grant(user, by)
    Message.objects.all().delete()

    services.end_role(grant=given, by=by)

    assert fresh(user).is_staff is False
    assert fresh(user).session_epoch == 2
    assert [(s.move, s.from_state, s.to_state, s.by_id) for s in selectors.steps(given)][1:] == [
        ("end", "granted", "ended", by.pk)
    ]
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("role-ended", user.pk)]


def test_a_role_that_ended_is_granted_anew() -> None:
    user, by = UserFactory(), coordinator(None)
    services.end_role(grant=grant(user, by), by=by)

    grant(user, by)

    assert policies.roles(fresh(user)) == {Role.AUDITOR}


@EACH_OTHER
def test_nobody_else_ends(other: Callable[[], User]) -> None:
    given, by = grant(UserFactory(), coordinator(None)), other()
    before = everything()

    with pytest.raises(services.NotNational):
        services.end_role(grant=given, by=by)

    assert everything() == before


def test_ending_twice_is_refused() -> None:
    by = coordinator(None)
    given = services.end_role(grant=grant(UserFactory(), by), by=by)
    before = everything()

    with pytest.raises(services.AlreadyEnded):
        services.end_role(grant=given, by=by)

    assert everything() == before


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_an_end_whose_last_write_fails_changes_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    by = coordinator(None)
    given = grant(UserFactory(), by)
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        services.end_role(grant=given, by=by)

    assert everything() == before


def test_the_first_role_needs_nobody_to_give_it() -> None:
    user = UserFactory()

    services.grant_first_role(email=user.email, role=Role.NATIONAL_COORDINATOR, region=None)

    assert policies.is_national(fresh(user))
