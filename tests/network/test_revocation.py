"""Whoever loses a right loses it with the next request, in every browser, and gets no old session back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from network import services
from network.enums import MemberState, Role
from network.models import Municipality, Practitioner, RoleGrant, User
from tests.desk import at_the_desk
from tests.factories.network import PASSWORD, MunicipalityFactory, PractitionerFactory, RoleGrantFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "en")


def at(name: str, language: str = "ar") -> str:
    with translation.override(language):
        return reverse(name)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    answer = client.get(at("network:me"))
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(at("account_login"))
    return answer.status_code == 200


@pytest.fixture
def member() -> Practitioner:
    return PractitionerFactory(side="west")


def suspend(member: Practitioner) -> None:
    services.suspend(practitioner=member, by=coordinator("west"), reason="because")


def leave(member: Practitioner) -> None:
    services.leave(user=member.user)


def move_to_another_side(member: Practitioner) -> None:
    elsewhere: Municipality = MunicipalityFactory(district__region__code="east")
    profile = {"municipality": elsewhere, "abroad_in": ""}
    services.edit_profile(user=member.user, profile=profile)


def get_a_role(member: Practitioner) -> None:
    services.grant_role(
        email=member.user.email,
        role=Role.AUDITOR,
        region=None,
        starts_on=timezone.localdate(),
        ends_on=None,
        by=coordinator(None),
    )


def lose_a_role(member: Practitioner) -> None:
    services.end_role(grant=RoleGrantFactory(user=member.user), by=coordinator(None))


CHANGES: list[Callable[[Practitioner], None]] = [suspend, leave, move_to_another_side, get_a_role, lose_a_role]


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_request_with_the_old_cookie_is_refused_and_stays_so(
    member: Practitioner, change: Callable[[Practitioner], None]
) -> None:
    phone, desktop, other = browser(member.user), browser(member.user), browser(PractitionerFactory().user)
    assert is_in(phone)
    assert is_in(desktop)

    change(member)

    assert not is_in(phone)
    assert not is_in(desktop)
    # Back as before: the old cookies stay worthless, a new login works.
    User.objects.filter(pk=member.user_id).update(is_active=True)
    Practitioner.objects.filter(pk=member.pk).update(
        state=MemberState.ACTIVE, left_at=None, verified_at=timezone.now(), verified_by=member.user
    )
    assert not is_in(phone)
    assert not is_in(desktop)
    assert is_in(browser(User.objects.get(pk=member.user_id)))
    assert is_in(other)


@pytest.mark.parametrize("change", CHANGES)
def test_without_the_epoch_in_the_hash_the_old_cookie_would_come_back(
    member: Practitioner, change: Callable[[Practitioner], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take the control out: the test above must see it."""

    def without_epoch(user: User, secret: str | None = None) -> str:
        return salted_hmac("x", user.password, secret=secret, algorithm="sha256").hexdigest()

    monkeypatch.setattr(User, "_get_session_auth_hash", without_epoch)
    phone = browser(member.user)
    change(member)
    User.objects.filter(pk=member.user_id).update(is_active=True)

    assert is_in(phone)


def test_reinstating_brings_no_session_back(member: Practitioner) -> None:
    old = browser(member.user)
    suspend(member)
    services.reinstate(practitioner=member, by=coordinator("west"))

    assert not is_in(old)


def test_an_account_that_is_switched_off_is_out_at_once(member: Practitioner) -> None:
    client = browser(member.user)
    User.objects.filter(pk=member.user_id).update(is_active=False)

    assert not is_in(client)


@pytest.mark.parametrize("state", [MemberState.SUSPENDED, MemberState.DECLINED, MemberState.LEFT])
def test_whoever_is_out_of_the_network_holds_no_role(state: str) -> None:
    person = PractitionerFactory(state=state)
    RoleGrantFactory(user=person.user, role=Role.REGIONAL_COORDINATOR, region=person.region)
    RoleGrantFactory(user=person.user)

    assert person.user.current_grants == []
    assert not person.user.is_staff
    assert at_the_desk(person.user).get(at("admin:index")).status_code == 302


@pytest.mark.parametrize("move", ["suspend", "decline"])
def test_the_coordinator_of_a_side_cannot_shut_out_whoever_holds_a_role(move: str) -> None:
    person = PractitionerFactory(side="west", state=MemberState.ACTIVE if move == "suspend" else MemberState.APPLIED)
    grant = RoleGrantFactory(user=person.user)
    by = coordinator("west")
    before = everything()

    with pytest.raises(services.HoldsARole):
        getattr(services, move)(practitioner=person, by=by, reason="because")
    assert everything() == before

    services.end_role(grant=grant, by=coordinator(None))
    getattr(services, move)(practitioner=person, by=by, reason="because")


def test_a_role_opens_the_desk_from_its_first_day_to_its_last() -> None:
    today = timezone.localdate()
    days = {
        (today, None): True,
        (today - timedelta(days=9), today): True,
        (today - timedelta(days=9), today - timedelta(days=1)): False,
        (today + timedelta(days=1), None): False,
    }
    for (starts, ends), opens in days.items():
        user = PractitionerFactory().user
        RoleGrantFactory(user=user, starts_on=starts, ends_on=ends)
        assert (at_the_desk(user).get(at("admin:index")).status_code == 200) is opens, (starts, ends)


def test_the_last_day_of_a_role_ends_while_somebody_is_signed_in() -> None:
    user = PractitionerFactory().user
    grant = RoleGrantFactory(user=user)
    client = at_the_desk(user)
    assert client.get(at("admin:index")).status_code == 200

    RoleGrant.objects.filter(pk=grant.pk).update(ends_on=timezone.localdate() - timedelta(days=1))

    assert client.get(at("admin:index")).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_that_was_ended_from_the_list_is_out(member: Practitioner, language: str) -> None:
    EmailAddress.objects.create(user=member.user, email=member.user.email, verified=True, primary=True)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post(at("account_login", language), {"login": member.user.email, "password": PASSWORD})
        assert is_in(client)
    assert UserSession.objects.filter(user=member.user).count() == 2

    here.post(at("usersessions_list", language))

    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_role_is_never_read_from_the_session(member: Practitioner) -> None:
    client = at_the_desk(member.user)
    session: Any = client.session
    session["is_staff"] = session["roles"] = True
    session.save()

    assert client.get(at("admin:index")).status_code == 302
