"""The pages of joining, of the code of conduct, and a person's own pages."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from network.enums import MemberState
from network.models import ConductAcceptance, Practitioner, Transition, User
from notifications import outbox
from tests.factories.dialogues import RegistrationFactory, SessionFactory, seat
from tests.factories.network import (
    CodeOfConductFactory,
    PractitionerFactory,
    UserFactory,
    accepted,
    coordinator,
)

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
STATES = [MemberState.APPLIED, MemberState.VERIFIED, MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.DECLINED]


def signed_in(person: User | Practitioner) -> Client:
    client = Client()
    client.force_login(person.user if isinstance(person, Practitioner) else person)
    return client


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def conduct():
    return CodeOfConductFactory()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["join", "conduct", "goodbye"])
def test_public_page_is_shown_to_anybody_and_kept_for_a_minute(client, conduct, language, page):
    response = client.get(f"/{language}/{page}/")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert f'lang="{language}"' in response.text


def test_join_leads_on_to_the_next_step_of_each(client):
    assert "/en/accounts/signup/" in client.get("/en/join/").text
    assert "/en/me/profile/" in signed_in(UserFactory()).get("/en/join/").text
    member = signed_in(PractitionerFactory()).get("/en/join/")
    assert "/en/accounts/signup/" not in member.text
    assert "public" not in member.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("language", "text"), [("ar", "نحترم المرضى وزملاءنا."), ("en", "We respect patients and colleagues.")]
)
def test_conduct_shows_the_text_of_the_page_language(client, conduct, language, text):
    page = client.get(f"/{language}/conduct/").text

    assert text in page
    assert "<form" not in page


def test_conduct_shows_a_missing_language_in_the_other_one_marked_as_such(client):
    conduct = CodeOfConductFactory(text_en="")

    page = client.get("/en/conduct/").text

    assert f'<div class="text" lang="ar" dir="rtl"><p>{conduct.text_ar}</p></div>' in page


def test_conduct_not_yet_in_force_is_not_shown(client):
    CodeOfConductFactory(in_force_from=date.today() + timedelta(days=9), text_en="The rules of tomorrow.")

    assert "The rules of tomorrow." not in client.get("/en/conduct/").text


def test_conduct_accepted_makes_a_verified_person_active_and_a_second_press_changes_nothing(conduct):
    person = PractitionerFactory(state=MemberState.VERIFIED)
    client = signed_in(person)
    assert conduct.sha256_in("ar") in client.get("/ar/conduct/").text
    posted = {"accept": "on", "language": "ar", "sha256": conduct.sha256_in("ar")}

    for _ in range(2):
        assert client.post("/ar/conduct/accept/", posted).url == "/ar/me/"

    person.refresh_from_db()
    assert person.state == MemberState.ACTIVE
    assert [(a.language, a.text_sha256) for a in ConductAcceptance.objects.all()] == [("ar", conduct.sha256_in("ar"))]
    assert "<form" not in client.get("/ar/conduct/").text


@pytest.mark.parametrize(
    "changed",
    [{"accept": ""}, {"sha256": "0" * 64}, {"sha256": "x" * 10_000}, {"language": "fr"}, {"language": "__class__"}],
)
def test_conduct_is_not_accepted_by_a_bad_form(conduct, changed):
    person = PractitionerFactory(state=MemberState.VERIFIED)
    posted = {"accept": "on", "language": "en", "sha256": conduct.sha256_in("en")} | changed

    response = signed_in(person).post("/en/conduct/accept/", posted)

    assert response.url == "/en/conduct/"
    assert len(said(response)) == 1
    assert not ConductAcceptance.objects.exists()


def test_conduct_cannot_be_accepted_by_somebody_signed_out_or_by_get(client, conduct):
    assert client.post("/en/conduct/accept/", {}).url.startswith("/en/accounts/login/")
    assert signed_in(PractitionerFactory()).get("/en/conduct/accept/").status_code == 405


@pytest.mark.parametrize("page", ["", "profile/", "notifications/", "privacy/", "privacy/data.json", "privacy/leave/"])
def test_own_pages_are_closed_to_somebody_signed_out(client, page):
    assert client.get(f"/ar/me/{page}").url == f"/ar/accounts/login/?next=/ar/me/{page}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [None, *STATES])
@pytest.mark.parametrize("page", ["", "profile/", "notifications/", "privacy/"])
def test_own_pages_open_in_every_state(conduct, language, state, page):
    person = PractitionerFactory(state=state) if state else UserFactory()

    response = signed_in(person).get(f"/{language}/me/{page}")

    assert response.status_code == 200
    assert "public" not in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MemberState.APPLIED, "Your application is with the coordinator of your side, <bdi>West</bdi>"),
        (MemberState.VERIFIED, "You are verified."),
        (MemberState.DECLINED, "The licence &lt;expired&gt;."),
        (MemberState.SUSPENDED, "The licence &lt;expired&gt;."),
    ],
)
def test_me_says_where_the_person_stands(conduct, state, sentence):
    person = PractitionerFactory(state=state)
    Transition.objects.create(
        subject_type="network.practitioner",
        subject_id=person.pk,
        move="any",
        from_state="",
        to_state=state,
        at=timezone.now(),
        reason="The licence <expired>." if state in (MemberState.DECLINED, MemberState.SUSPENDED) else "",
    )

    assert sentence in signed_in(person).get("/en/me/").text


def test_me_asks_an_active_member_to_accept_a_new_version(conduct):
    person = PractitionerFactory()
    accepted(person, conduct)
    client = signed_in(person)
    assert "The code of conduct has changed." not in client.get("/en/me/").text

    CodeOfConductFactory(in_force_from=date.today())

    assert "The code of conduct has changed." in client.get("/en/me/").text


def test_me_shows_my_places_and_nobody_elses(conduct):
    person = PractitionerFactory()
    seat(practitioner=person, session=SessionFactory(title_en="Oxygen for Sebha"))
    full = SessionFactory(title_en="Delivery rooms", site__seats=1)
    seat(session=full)
    RegistrationFactory(session=full, state="waiting")
    RegistrationFactory(session=full, practitioner=person, state="waiting")
    seat(practitioner=person, session=SessionFactory(title_en="Referrals"), state="offered")
    past = SessionFactory(title_en="Long ago", in_hours=-900, state="closed")
    seat(practitioner=person, session=past, state="attended")
    seat(session=SessionFactory(title_en="Not mine at all"))

    page = signed_in(person).get("/en/me/").text

    for text in (
        "Oxygen for Sebha",
        "Delivery rooms",
        "Place 2 on the waiting list",
        "Referrals",
        "Kept for you until",
        "Long ago",
    ):
        assert text in page
    assert "Not mine at all" not in page


@pytest.mark.parametrize("places", [1, 3])
def test_me_asks_the_database_as_often_for_one_place_as_for_three(conduct, django_assert_num_queries, places):
    person = PractitionerFactory()
    for _ in range(places):
        RegistrationFactory(practitioner=person, state="waiting")
        seat(practitioner=person, session=SessionFactory(in_hours=-900, state="closed"), state="attended")
    client = signed_in(person)

    with django_assert_num_queries(12):
        client.get("/ar/me/")


def test_me_leads_a_coordinator_to_the_desk_and_nobody_else():
    link = 'href="/en/admin/">Coordination desk'
    assert link in signed_in(coordinator()).get("/en/me/").text
    assert link not in signed_in(PractitionerFactory()).get("/en/me/").text


def test_notices_are_kept_as_chosen():
    user = UserFactory(phone="+218912345678", phone_verified=True, discreet=False, language="ar")
    client = signed_in(user)

    response = client.post(
        "/ar/me/notifications/", {"language": "en", "discreet": "on", "sessions-sms": "on", "reminders-email": "on"}
    )

    user.refresh_from_db()
    assert response.url == "/ar/me/notifications/"
    assert (user.language, user.discreet) == ("en", True)
    chosen = {topic: (p.email, p.sms) for topic, p in outbox.preferences(user.pk).items()}
    assert chosen == {
        "sessions": (False, True),
        "seats": (False, False),
        "reminders": (True, False),
        "soon": (False, False),
        "feedback": (False, False),
        "minutes": (False, False),
        "certificates": (False, False),
        "case-reviews": (True, False),
        "membership": (True, False),
        "actions": (False, False),
        "measures": (False, False),
        "votes": (False, False),
        "facilities": (False, False),
        "monthly-reports": (False, False),
        "needs": (False, False),
    }


def test_notices_by_sms_are_offered_only_with_a_confirmed_number():
    user = UserFactory(phone="+218912345678", phone_verified=False)
    outbox.set_preference(user.pk, "sessions", email=True, sms=True)
    client = signed_in(user)

    page = client.get("/en/me/notifications/").text
    client.post("/en/me/notifications/", {"language": "en", "sessions-sms": "on", "seats-sms": "on"})

    assert "-sms" not in page
    assert "+218912345678" not in page
    chosen = {topic: p.sms for topic, p in outbox.preferences(user.pk).items()}
    assert chosen["sessions"] is True
    assert chosen["seats"] is False


def test_notices_for_coordinators_are_offered_to_them_alone():
    assert "membership-email" in signed_in(coordinator()).get("/en/me/notifications/").text
    assert "membership-email" not in signed_in(PractitionerFactory()).get("/en/me/notifications/").text


def test_notices_in_an_unknown_language_are_refused():
    user = UserFactory(language="ar")

    response = signed_in(user).post("/en/me/notifications/", {"language": "tlh"})

    user.refresh_from_db()
    assert response.status_code == 200
    assert "tlh is not one of the available choices." in response.text
    assert user.language == "ar"
