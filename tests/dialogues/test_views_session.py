"""One session's page: who may read it, and what it tells whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from dialogues.enums import Listing, RegistrationState, SessionState, SiteKind
from network.enums import Visibility
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import (
    PractitionerFactory,
    ProfessionFactory,
    RegionFactory,
    UserFactory,
    auditor,
    coordinator,
)

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.org/oxygen-742"
ADDRESS = "5 Zawiya Street"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(**fields) -> Client:
    return signed_in(PractitionerFactory(**fields).user)


READERS = {
    "anonymous": Client,
    "applied": lambda: member(state="applied"),
    "suspended": lambda: member(state="suspended"),
    "same side": lambda: member(side="west"),
    "other side": lambda: member(side="east"),
    "coordinator": lambda: signed_in(coordinator("west")),
    "other coordinator": lambda: signed_in(coordinator("east")),
    "auditor": lambda: signed_in(auditor()),
}
KINDS = {
    "public": ({}, set(READERS)),
    "members": ({"listing": Listing.MEMBERS}, {"same side", "other side", "coordinator", "auditor"}),
    "invited": ({"listing": Listing.INVITED}, {"same side", "coordinator", "auditor"}),
    "draft": ({"state": SessionState.DRAFT}, {"coordinator", "auditor"}),
    "cancelled": ({"state": SessionState.CANCELLED}, set(READERS)),
}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_detail_is_404_to_whoever_may_not_know_of_it(reader, kind, language):
    fields, readers = KINDS[kind]
    session = SessionFactory(host_region=RegionFactory(code="west"), title_en="Secret title", **fields)

    response = READERS[reader]().get(f"/{language}/sessions/{session.slug}/")

    assert response.status_code == (200 if reader in readers else 404)
    if reader not in readers:
        assert "Secret title" not in response.text


def test_detail_of_no_session_is_404(client):
    assert client.get("/ar/sessions/no-such-session/").status_code == 404


def test_detail_of_a_draft_is_a_preview():
    session = SessionFactory(state=SessionState.DRAFT, host_region=RegionFactory(code="west"))

    assert "Preview: this is a draft." in signed_in(coordinator("west")).get(f"/en/sessions/{session.slug}/").text


def test_detail_shows_the_address_and_the_link_to_whoever_has_a_seat_and_to_nobody_else():
    session = SessionFactory(in_hours=0.2, join_link=LINK)
    url = f"/en/sessions/{session.slug}/"
    confirmed, waiting = PractitionerFactory(), PractitionerFactory()
    seat(session=session, practitioner=confirmed)
    RegistrationFactory(session=session, practitioner=waiting, state=RegistrationState.WAITING)

    browser = signed_in(confirmed.user)
    page = browser.get(url).text
    assert "Your seat is confirmed." in page
    assert ADDRESS in page
    assert f"{url}join/" in page
    assert LINK in browser.post(f"{url}join/", follow=True).text
    for reader in (Client(), signed_in(waiting.user), *(READERS[name]() for name in READERS)):
        page = reader.get(url).text
        assert ADDRESS not in page
        assert f"{url}join/" not in page
        assert LINK not in reader.post(f"{url}join/", follow=True).text
        assert LINK not in reader.get(f"{url}online/", follow=True).text


def test_detail_keeps_the_link_until_it_is_time():
    session = SessionFactory(in_hours=48, join_link=LINK, join_link_minutes=20, site__kind=SiteKind.ONLINE)
    confirmed = PractitionerFactory()
    seat(session=session, practitioner=confirmed)

    browser = signed_in(confirmed.user)
    page = browser.get(f"/en/sessions/{session.slug}/").text

    assert LINK not in page
    assert "Join online" not in page
    assert LINK not in browser.post(f"/en/sessions/{session.slug}/join/", follow=True).text
    assert "The link to join appears here 20 minutes before the start." in page


@pytest.mark.parametrize(
    ("state", "fields", "sentence"),
    [
        (RegistrationState.WAITING, {}, "You are on the waiting list, in place 1."),
        (RegistrationState.OFFERED, {}, "Do you take it?"),
        (RegistrationState.OFFERED, {"offer_expires_at": timezone.now() - timedelta(hours=1)}, "has run out."),
        (RegistrationState.DECLINED, {}, "You declined the seat that was offered to you."),
        (RegistrationState.EXPIRED, {}, "has run out."),
        (RegistrationState.CANCELLED, {}, "You gave up your place."),
        (RegistrationState.ATTENDED, {}, "You were present."),
        (RegistrationState.ABSENT, {}, "You were noted as absent."),
    ],
)
def test_detail_says_how_it_stands_with_my_place(state, fields, sentence):
    person = PractitionerFactory()
    registration = RegistrationFactory(practitioner=person, state=state, **fields)

    response = signed_in(person.user).get(f"/en/sessions/{registration.session.slug}/")

    assert sentence in response.text
    offers = "/offer/accept/" in response.text
    assert offers == (sentence == "Do you take it?")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_detail_leads_somebody_signed_out_through_the_login_back_to_it(client, language):
    session = SessionFactory()

    page = client.get(f"/{language}/sessions/{session.slug}/").text

    assert f"/{language}/accounts/login/?next=/{language}/sessions/{session.slug}/" in page
    assert "csrfmiddlewaretoken" not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"registration_opens_at": timezone.now() + timedelta(hours=1)}, "Sign-up opens on"),
        ({"registration_closes_at": timezone.now() - timedelta(hours=1)}, "Sign-up closed on"),
        ({}, "You can sign up until"),
        ({"in_hours": -1}, "Taking place now"),
        ({"in_hours": -3}, "It is over"),
        ({"state": SessionState.CANCELLED}, "This session was cancelled."),
        ({"host_region": "east"}, "This session invites other members."),
    ],
)
def test_detail_says_whether_signing_up_is_possible(fields, sentence):
    if fields.get("host_region"):
        fields = {"host_region": RegionFactory(code=fields["host_region"])}
    session = SessionFactory(**fields)

    page = member(side="west").get(f"/en/sessions/{session.slug}/").text

    assert sentence in page
    assert ("/register/" in page) == (sentence == "You can sign up until")


def test_detail_offers_each_site_to_a_member_and_says_who_is_invited():
    session = SessionFactory(site__seats=1, site__taken=1)
    SiteFactory(session=session, kind=SiteKind.ONLINE)
    session.invited_regions.add(RegionFactory(code="west"))
    session.invited_professions.add(ProfessionFactory())

    page = member().get(f"/en/sessions/{session.slug}/").text

    assert page.count("/register/") == 2
    assert page.count("Join the waiting list") == 1
    assert "A joint session of:" in page
    assert "Specialist doctor" in page


def test_detail_names_facilitators_to_members_only():
    session = SessionFactory()
    everybody = {"visibility": Visibility.MEMBERS}
    session.facilitators.add(PractitionerFactory(name_latin="Lamia Leads", side="east", **everybody))
    session.facilitators.add(PractitionerFactory(name_latin="Samir Suspended", state="suspended", **everybody))
    session.facilitators.add(PractitionerFactory(name_latin="Emad East", side="east", visibility=Visibility.SIDE))
    url = f"/en/sessions/{session.slug}/"

    assert "Lamia Leads" in member().get(url).text
    assert "Emad East" not in member().get(url).text
    assert "Emad East" in member(side="east").get(url).text
    assert "Samir Suspended" not in member().get(url).text
    for reader in ("anonymous", "applied", "suspended"):
        assert "Lamia Leads" not in READERS[reader]().get(url).text


def test_detail_under_the_chatham_house_rule_names_nobody():
    session = SessionFactory(chatham_house=True)
    leader = PractitionerFactory(name_latin="Lamia Leads")
    session.facilitators.add(leader)

    for reader in (member(), signed_in(coordinator(None))):
        page = reader.get(f"/en/sessions/{session.slug}/").text
        assert "Under the Chatham House Rule" in page
        assert "Lamia Leads" not in page


@pytest.mark.parametrize("chatham_house", [True, False])
def test_detail_tells_whoever_leads_that_they_do_and_gives_them_the_link(chatham_house):
    session = SessionFactory(chatham_house=chatham_house, in_hours=0.2, join_link=LINK)
    leader = PractitionerFactory()
    session.facilitators.add(leader)

    browser = signed_in(leader.user)
    page = browser.get(f"/en/sessions/{session.slug}/").text

    assert "You lead this session." in page
    assert LINK in browser.post(f"/en/sessions/{session.slug}/join/", follow=True).text
    assert "/register/" not in page


def test_detail_never_shows_who_else_comes():
    registration = seat(practitioner=PractitionerFactory(name_latin="Carim Comes", name_ar="كريم القادم"))

    for reader in READERS.values():
        page = reader().get(f"/en/sessions/{registration.session.slug}/").text
        assert "Carim Comes" not in page
        assert "كريم القادم" not in page


def test_detail_escapes_what_people_wrote(client):
    session = SessionFactory(title_en="<script>x</script>", summary_en="<b>y</b>", agenda_en="<i>z</i>")

    page = client.get(f"/en/sessions/{session.slug}/").text

    for tag in ("<script>x", "<b>y", "<i>z"):
        assert tag not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_asks_the_database_as_often_for_one_row_as_for_three(client, django_assert_num_queries, rows):
    session = SessionFactory()
    for side in ("west", "east", "south")[: rows - 1]:
        SiteFactory(session=session)
        session.invited_regions.add(RegionFactory(code=side))
    for number in range(rows):
        session.facilitators.add(PractitionerFactory())
        session.invited_professions.add(ProfessionFactory(code=str(number)))
    person = PractitionerFactory(profession=ProfessionFactory(code="0"))
    RegistrationFactory(session=session, site=session.sites.first(), practitioner=person, state="waiting")

    with django_assert_num_queries(6):
        client.get(f"/ar/sessions/{session.slug}/")
    reader = signed_in(person.user)
    with django_assert_num_queries(13):
        reader.get(f"/ar/sessions/{session.slug}/")


def entry(response):
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    return next(iter(Calendar.from_ical(response.content).walk("VEVENT")))


def test_calendar_tells_the_place_only_to_whoever_has_a_seat():
    session = SessionFactory(title_en="Oxygen for Sebha")
    confirmed = PractitionerFactory()
    seat(session=session, practitioner=confirmed)
    url = f"/en/sessions/{session.slug}/calendar.ics"

    mine, other = entry(signed_in(confirmed.user).get(url)), entry(Client().get(url))

    assert (mine["summary"], mine["dtstart"].dt) == ("Oxygen for Sebha", session.starts_at.replace(microsecond=0))
    assert ADDRESS in mine["location"]
    assert "location" not in other
    assert mine["url"].endswith(f"/en/sessions/{session.slug}/")


@pytest.mark.parametrize(("language", "word"), [("ar", "موعد"), ("en", "Appointment")])
@pytest.mark.parametrize("why", ["discreet", "chatham"])
def test_calendar_gives_nothing_away(language, word, why, settings):
    session = SessionFactory(title_ar="الأكسجين لسبها", title_en="Oxygen for Sebha", chatham_house=why == "chatham")
    person = PractitionerFactory(user__discreet=why == "discreet")
    seat(session=session, practitioner=person)

    response = signed_in(person.user).get(f"/{language}/sessions/{session.slug}/calendar.ics")

    event = entry(response)
    assert str(event["summary"]) == word
    assert "location" not in event
    for secret in ("Oxygen", "الأكسجين", "Zawiya", session.slug):
        assert secret not in response.text


@pytest.mark.parametrize("kind", ["members", "invited", "draft"])
def test_calendar_is_404_where_the_page_is(client, kind):
    session = SessionFactory(host_region=RegionFactory(code="west"), **KINDS[kind][0])
    url = f"/en/sessions/{session.slug}/calendar.ics"

    assert client.get(url).status_code == 404
    assert READERS["other coordinator"]().get(url).status_code == 404
    assert READERS["coordinator"]().get(url).status_code == (404 if kind == "draft" else 200)


def test_calendar_of_a_cancelled_session_says_so(client):
    session = SessionFactory(state=SessionState.CANCELLED)

    assert entry(client.get(f"/en/sessions/{session.slug}/calendar.ics"))["status"] == "CANCELLED"


def test_detail_of_somebody_without_a_profile_leads_to_their_page():
    session = SessionFactory()

    page = signed_in(UserFactory()).get(f"/en/sessions/{session.slug}/").text

    assert "Only active members can sign up." in page
    assert "/register/" not in page
