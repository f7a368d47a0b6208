"""Who sees what of me, a copy of it, and leaving."""

import pytest
from django.test import Client

from dialogues.enums import RegistrationState
from network.enums import MemberState, Visibility
from notifications import outbox
from tests.factories.dialogues import RegistrationFactory, SessionFactory, seat
from tests.factories.network import (
    CodeOfConductFactory,
    PractitionerFactory,
    UserFactory,
    accepted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PractitionerFactory(name_latin="Salma Tarhouni", user__email="salma@example.org")


@pytest.fixture
def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_visibility_is_kept(signed_in, person):
    assert signed_in.post("/en/me/privacy/", {"visibility": Visibility.NOBODY}).url == "/en/me/privacy/"

    person.refresh_from_db()
    assert person.visibility == Visibility.NOBODY


@pytest.mark.parametrize("posted", [{}, {"visibility": "everybody"}, {"visibility": "x" * 10_000}])
def test_visibility_that_is_none_is_refused(signed_in, person, posted):
    assert signed_in.post("/en/me/privacy/", posted).status_code == 200

    person.refresh_from_db()
    assert person.visibility == Visibility.SIDE


def test_my_data_holds_all_of_mine_and_nothing_of_others(signed_in, person):
    accepted(person, CodeOfConductFactory(version="1.0"))
    seat(practitioner=person, session=SessionFactory(title_en="Oxygen for Sebha"))
    seat(session=SessionFactory(title_en="Not mine at all"))
    other = PractitionerFactory(licence_number="LIC-SECRET")
    outbox.Message.objects.all().delete()
    outbox.set_preference(person.user_id, "seats", email=False, sms=False)

    response = signed_in.get("/en/me/privacy/data.json")

    data = response.json()
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert data["account"]["email"] == "salma@example.org"
    assert data["membership"]["licence_number"] == person.licence_number
    assert data["membership"]["code_of_conduct"][0]["conduct__version"] == "1.0"
    assert [row["session__title_en"] for row in data["sessions"]] == ["Oxygen for Sebha"]
    assert data["wanted_notices"]["seats"] == {"email": False, "sms": False}
    assert "LIC-SECRET" not in response.text
    assert other.user.email not in response.text


def test_my_data_of_somebody_without_a_profile():
    client = Client()
    client.force_login(UserFactory(email="new@example.org"))

    data = client.get("/en/me/privacy/data.json").json()

    assert (data["account"]["email"], data["membership"]) == ("new@example.org", None)
    assert "sessions" not in data


@pytest.mark.parametrize("language", ["ar", "en"])
def test_leaving_is_asked_once_more_and_ends_everything(signed_in, person, language):
    session = SessionFactory(site__seats=1)
    mine = seat(practitioner=person, session=session)
    waiting = RegistrationFactory(session=session, state=RegistrationState.WAITING)
    assert signed_in.get(f"/{language}/me/privacy/leave/").status_code == 200
    assert signed_in.post(f"/{language}/me/privacy/leave/", {}).status_code == 200
    person.refresh_from_db()
    assert person.state == MemberState.ACTIVE

    response = signed_in.post(f"/{language}/me/privacy/leave/", {"sure": "on"})

    assert response.url == f"/{language}/goodbye/"
    assert signed_in.get(response.url).status_code == 200
    assert signed_in.get(f"/{language}/me/").url.startswith(f"/{language}/accounts/login/")
    for row in (person, person.user, mine, waiting):
        row.refresh_from_db()
    assert (person.state, person.user.is_active) == (MemberState.LEFT, False)
    assert (mine.state, waiting.state) == (RegistrationState.CANCELLED, RegistrationState.OFFERED)


def test_leaving_twice_ends_at_the_login(signed_in):
    signed_in.post("/en/me/privacy/leave/", {"sure": "on"})

    assert signed_in.post("/en/me/privacy/leave/", {"sure": "on"}).url.startswith("/en/accounts/login/")


def test_an_account_without_membership_is_emptied_at_once(client):
    user = UserFactory(email="undecided@example.org")
    client.force_login(user)
    assert client.post("/en/me/privacy/leave/", {"sure": "on"}).url == "/en/goodbye/"
    user.refresh_from_db()
    assert (user.email, user.is_active) == (f"erased-{user.pk}@erased.invalid", False)
    assert client.get("/en/me/").status_code == 302
