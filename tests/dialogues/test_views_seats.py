"""Sign up, withdraw, accept, decline: each once and twice, by GET and POST, by those who may and those who may not."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from dialogues.enums import Listing, RegistrationState, SessionState
from dialogues.models import Registration
from notifications.outbox import Message
from tests.factories.dialogues import RegistrationFactory, SessionFactory, seat
from tests.factories.network import CodeOfConductFactory, PractitionerFactory, RegionFactory, coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
ACTS = ["register", "withdraw", "offer/accept", "offer/decline"]


@pytest.fixture
def person():
    return PractitionerFactory()


@pytest.fixture
def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_register_takes_a_seat_once_however_often_it_is_pressed(signed_in, person, language):
    session = SessionFactory()
    site = session.sites.get()
    page = f"/{language}/sessions/{session.slug}/"

    for _ in range(2):
        assert signed_in.post(f"{page}register/", {"site": site.pk}).url == page

    registration = Registration.objects.get()
    site.refresh_from_db()
    assert (registration.practitioner, registration.state, site.taken) == (person, RegistrationState.CONFIRMED, 1)
    assert Message.objects.filter(kind="seat-confirmed").count() == 1
    answer = signed_in.get(page)
    assert ("Your seat is confirmed." in answer.text) == (language == "en")


def test_register_for_a_full_site_tells_the_place_on_the_waiting_list(signed_in):
    session = SessionFactory(site__seats=1)
    seat(session=session)
    RegistrationFactory(session=session, state=RegistrationState.WAITING)

    response = signed_in.post(f"/en/sessions/{session.slug}/register/", {"site": session.sites.get().pk})

    assert said(response) == ["No seat is free at the moment. You are on the waiting list, in place 2."]


@pytest.mark.parametrize("site", ["", "abc", "0", "999999", "9" * 400, "-1", "٣٣٣٣٣٣", "\x00", "1 OR 1=1"])
def test_register_for_no_site_of_the_session_takes_none(signed_in, site):
    session = SessionFactory()
    SessionFactory()

    response = signed_in.post(f"/en/sessions/{session.slug}/register/", {"site": site})

    assert response.url == f"/en/sessions/{session.slug}/"
    assert said(response) == ["Please choose one of the places of this session."]
    assert not Registration.objects.exists()


def test_register_for_a_site_of_another_session_takes_none(signed_in):
    session, other = SessionFactory(), SessionFactory()

    response = signed_in.post(f"/en/sessions/{session.slug}/register/", {"site": other.sites.get().pk})

    assert said(response) == ["Please choose one of the places of this session."]
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"in_hours": -1}, "Registration for this session is not open."),
        ({"state": SessionState.CANCELLED}, "Registration for this session is not open."),
        ({"registration_closes_at": timezone.now() - timedelta(hours=1)}, "Registration for this session is not open."),
        ({"host_region": "east"}, "This session invites other members. Your coordinator can tell you more."),
    ],
)
def test_register_refused_says_why(signed_in, fields, sentence):
    if "host_region" in fields:
        fields = {"host_region": RegionFactory(code="east")}
    session = SessionFactory(**fields)

    response = signed_in.post(f"/en/sessions/{session.slug}/register/", {"site": session.sites.get().pk})

    assert said(response) == [sentence]
    assert not Registration.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ACTS)
def test_seats_are_closed_to_somebody_signed_out(client, language, act):
    url = f"/{language}/sessions/{SessionFactory().slug}/{act}/"

    assert client.get(url).url == f"/{language}/accounts/login/?next={url}"
    assert client.post(url).url == f"/{language}/accounts/login/?next={url}"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["applied", "verified", "suspended", "declined", "coordinator"])
def test_seats_are_closed_to_all_but_active_members(act, state):
    CodeOfConductFactory()
    user = coordinator() if state == "coordinator" else PractitionerFactory(state=state).user
    client = Client()
    client.force_login(user)
    session = SessionFactory()

    assert client.post(f"/en/sessions/{session.slug}/{act}/", {"site": session.sites.get().pk}).url == "/en/me/"
    assert not Registration.objects.exists()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_seats_of_a_session_that_one_may_not_know_of_are_404(signed_in, act, method):
    east = RegionFactory(code="east")
    for fields in ({"listing": Listing.INVITED, "host_region": east}, {"state": SessionState.DRAFT}):
        session = SessionFactory(**fields)
        assert getattr(signed_in, method)(f"/en/sessions/{session.slug}/{act}/").status_code == 404
    assert getattr(signed_in, method)(f"/en/sessions/nothing/{act}/").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_seats_are_not_changed_by_other_methods(signed_in, act):
    assert signed_in.delete(f"/en/sessions/{SessionFactory().slug}/{act}/").status_code == 405


def test_register_by_get_takes_nothing_and_leads_to_the_session(signed_in):
    session = SessionFactory()

    assert signed_in.get(f"/en/sessions/{session.slug}/register/").url == f"/en/sessions/{session.slug}/"
    assert not Registration.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.OFFERED])
def test_withdraw_asks_then_acts_and_a_second_press_says_the_same(signed_in, person, language, state):
    make = RegistrationFactory if state == RegistrationState.WAITING else seat
    registration = make(practitioner=person, state=state)
    url = f"/{language}/sessions/{registration.session.slug}/withdraw/"

    assert signed_in.get(url).status_code == 200
    registration.refresh_from_db()
    assert registration.state == state
    first, second = signed_in.post(url), signed_in.post(url)

    registration.refresh_from_db()
    registration.site.refresh_from_db()
    assert (registration.state, registration.site.taken) == (RegistrationState.CANCELLED, 0)
    assert first.url == second.url == f"/{language}/sessions/{registration.session.slug}/"
    assert len(said(first)) == 1
    assert said(second) == said(first)


def test_withdraw_touches_nobody_elses_place(signed_in):
    other = seat()

    response = signed_in.post(f"/en/sessions/{other.session.slug}/withdraw/")

    other.refresh_from_db()
    assert other.state == RegistrationState.CONFIRMED
    assert said(response) == ["You have no place in this session that could be changed."]


@pytest.mark.parametrize("act", ["withdraw", "offer/accept", "offer/decline"])
@pytest.mark.parametrize("fields", [{"in_hours": -1}, {"state": SessionState.CANCELLED}])
def test_a_place_is_not_changed_after_the_start_or_the_cancelling(signed_in, person, act, fields):
    state = RegistrationState.CONFIRMED if act == "withdraw" else RegistrationState.OFFERED
    registration = seat(practitioner=person, session=SessionFactory(**fields), state=state)
    url = f"/en/sessions/{registration.session.slug}/{act}/"

    assert signed_in.get(url).status_code == 302
    assert signed_in.post(url).status_code == 302

    registration.refresh_from_db()
    assert registration.state == state


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("act", "state", "taken"),
    [("accept", RegistrationState.CONFIRMED, 1), ("decline", RegistrationState.DECLINED, 0)],
)
def test_offer_is_asked_then_answered_and_a_second_press_says_the_same(signed_in, person, language, act, state, taken):
    registration = seat(practitioner=person, state=RegistrationState.OFFERED)
    url = f"/{language}/sessions/{registration.session.slug}/offer/{act}/"

    assert signed_in.get(url).status_code == 200
    registration.refresh_from_db()
    assert registration.state == RegistrationState.OFFERED
    first, second = signed_in.post(url), signed_in.post(url)

    registration.refresh_from_db()
    registration.site.refresh_from_db()
    assert (registration.state, registration.site.taken) == (state, taken)
    assert len(said(first)) == 1
    assert said(second) == said(first)


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_offer_to_somebody_else_stays_theirs(signed_in, act):
    other = seat(state=RegistrationState.OFFERED)

    signed_in.post(f"/en/sessions/{other.session.slug}/offer/{act}/")

    other.refresh_from_db()
    assert other.state == RegistrationState.OFFERED


def test_offer_that_is_over_is_said_to_be_over(signed_in, person):
    late = timezone.now() - timedelta(minutes=1)
    registration = seat(practitioner=person, state=RegistrationState.OFFERED, offer_expires_at=late)

    response = signed_in.post(f"/en/sessions/{registration.session.slug}/offer/accept/")

    registration.refresh_from_db()
    assert registration.state == RegistrationState.OFFERED
    assert said(response) == ["This offer is over. The seat has gone to the next person."]


@pytest.mark.parametrize("act", ["withdraw", "offer/accept"])
def test_asking_shows_the_session_and_asks_the_database_little(signed_in, person, django_assert_num_queries, act):
    registration = seat(practitioner=person, state=RegistrationState.OFFERED)

    with django_assert_num_queries(6):
        response = signed_in.get(f"/en/sessions/{registration.session.slug}/{act}/")

    assert registration.session.title_en in response.text
