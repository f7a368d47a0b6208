"""The list of sessions and the month: what each reader finds in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dialogues.enums import Listing, RegistrationState, SessionKind, SessionState
from dialogues.models import Session
from dialogues.views import months
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, UserFactory, coordinator

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(response) -> list[str]:
    return [card.session.title_en for card in response.context["cards"]]


@pytest.fixture
def listings():
    """One session of each listing (the invited are the east); a draft; a cancelled one; one called off as a draft."""
    east, west = RegionFactory(code="east"), RegionFactory(code="west")
    SessionFactory(title_en="Public", in_hours=1)
    SessionFactory(title_en="Members", in_hours=2, listing=Listing.MEMBERS)
    SessionFactory(title_en="Invited east", in_hours=3, listing=Listing.INVITED, host_region=east)
    SessionFactory(title_en="Cancelled", in_hours=4, state=SessionState.CANCELLED)
    SessionFactory(title_en="Draft west", in_hours=5, state=SessionState.DRAFT, host_region=west)
    SessionFactory(
        title_en="Never shown", in_hours=6, state=SessionState.CANCELLED, published_at=None, published_by=None
    )


READERS = {
    "anonymous": (lambda: None, ["Public", "Cancelled"]),
    "applied": (lambda: PractitionerFactory(state="applied").user, ["Public", "Cancelled"]),
    "suspended": (lambda: PractitionerFactory(state="suspended", side="east").user, ["Public", "Cancelled"]),
    "without profile": (UserFactory, ["Public", "Cancelled"]),
    "same side": (lambda: PractitionerFactory(side="east").user, ["Public", "Members", "Invited east", "Cancelled"]),
    "other side": (lambda: PractitionerFactory(side="west").user, ["Public", "Members", "Cancelled"]),
    "coordinator": (lambda: coordinator("east"), ["Public", "Members", "Invited east", "Cancelled"]),
    "other coordinator": (lambda: coordinator("west"), ["Public", "Members", "Cancelled"]),
}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("view", ["", "?view=month"])
def test_list_shows_each_reader_what_they_may_know(client, listings, reader, language, view):
    make, expected = READERS[reader]
    user = make()
    client = signed_in(user) if user else client

    response = client.get(f"/{language}/sessions/{view}")

    assert response.status_code == 200
    every = set(Session.objects.values_list("title_en", "slug"))
    if view:
        shown = {card.session.title_en for day in response.context["days"] for card in day.cards if day.inside}
        assert shown <= set(expected)
    else:
        assert titles(response) == expected
    for title, slug in every:
        if title not in expected:
            assert slug not in response.text


def test_list_of_somebody_signed_out_is_kept_for_a_minute_and_of_a_member_not(client):
    SessionFactory()
    member = signed_in(PractitionerFactory().user)

    assert client.get("/ar/sessions/").headers["Cache-Control"] == "public, max-age=60"
    assert "no-store" in member.get("/ar/sessions/").headers["Cache-Control"]
    assert "csrfmiddlewaretoken" not in client.get("/ar/sessions/").text


@pytest.mark.parametrize(
    ("taken", "seats", "sentence"),
    [
        (0, 30, "Seats are free"),
        (4, 30, "Seats are free"),
        (18, 30, "12 of 30 seats free"),
        (30, 30, "No seat is free: waiting list"),
    ],
)
def test_list_tells_everybody_of_seats_but_not_how_few_have_signed_up(client, taken, seats, sentence):
    SessionFactory(site__seats=seats, site__taken=taken)

    page = client.get("/en/sessions/").text

    assert sentence in page
    assert "26 of 30" not in page
    assert "30 of 30" not in page


def test_list_tells_members_how_many_seats_are_free():
    SessionFactory(site__seats=30, site__taken=4)

    assert "26 of 30 seats free" in signed_in(PractitionerFactory().user).get("/en/sessions/").text


def test_list_shows_a_member_their_own_places_and_nobody_elses():
    member = PractitionerFactory()
    seat(practitioner=member, session=SessionFactory(title_en="Mine", in_hours=1))
    seat(session=SessionFactory(title_en="Not mine", in_hours=2))
    led = SessionFactory(title_en="Led by me", in_hours=3)
    led.facilitators.add(member)
    client = signed_in(member.user)

    response = client.get("/en/sessions/")

    assert [card.has_place for card in response.context["cards"]] == [True, False, False]
    assert titles(client.get("/en/sessions/?mine=on")) == ["Mine", "Led by me"]
    assert titles(client.get("/en/sessions/?mine=off")) == ["Mine", "Led by me"]


def test_list_signs_up_with_one_press_where_there_is_one_site_and_an_invitation():
    one = SessionFactory(in_hours=1)
    SiteFactory(session=SessionFactory(in_hours=2))
    other_side = SessionFactory(in_hours=3, host_region=RegionFactory(code="east"))

    page = signed_in(PractitionerFactory().user).get("/en/sessions/").text

    assert page.count("/register/") == 1
    assert f'action="/en/sessions/{one.slug}/register/"' in page
    assert f'<a class="btn" href="/en/sessions/{other_side.slug}/"' not in page


def test_list_is_filtered_by_kind_and_side(client):
    SessionFactory(title_en="Workshop east", kind=SessionKind.WORKSHOP, host_region=RegionFactory(code="east"))
    SessionFactory(title_en="Joint dialogue")

    assert titles(client.get("/en/sessions/?kind=workshop")) == ["Workshop east"]
    assert titles(client.get("/en/sessions/?side=east")) == ["Workshop east"]
    assert titles(client.get("/en/sessions/?side=joint")) == ["Joint dialogue"]
    assert titles(client.get("/en/sessions/?side=joint&kind=workshop")) == []


def test_list_ignores_mine_for_somebody_signed_out(client):
    SessionFactory(title_en="Public")

    assert titles(client.get("/en/sessions/?mine=on")) == ["Public"]


def test_list_has_what_is_coming_or_what_is_past(client):
    SessionFactory(title_en="Now", in_hours=-1)
    SessionFactory(title_en="Coming", in_hours=1)
    SessionFactory(title_en="Yesterday", in_hours=-24, state=SessionState.HELD)
    SessionFactory(title_en="Called off", in_hours=-48, state=SessionState.CANCELLED)
    SessionFactory(title_en="Last month", in_hours=-24 * 30, state=SessionState.CLOSED)

    assert titles(client.get("/en/sessions/")) == ["Now", "Coming"]
    assert titles(client.get("/en/sessions/?view=past")) == ["Yesterday", "Last month"]


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("view", ["", "?view=past", "?view=month", "?kind=workshop"])
def test_list_without_sessions_says_so(client, language, view):
    response = client.get(f"/{language}/sessions/{view}")

    assert response.status_code == 200
    assert 'class="empty"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=0",
        "page=-1",
        "page=" + "9" * 300,
        "kind=party",
        "side=moon",
        "side=" + "x" * 10_000,
        "side=%00",
        "mine=%00",
        "view=" + "y" * 10_000,
        "view=month&month=abc",
        "view=month&month=2026-13",
        "view=month&month=0001-01",
        "view=month&month=9999-12",
        "view=month&month=2026-02-30",
        "view=month&month=%D9%A2%D9%A0%D9%A2%D9%A6-%D9%A0%D9%A2",
        "view=month&month=" + "1" * 10_000,
    ],
)
def test_list_takes_any_query(client, query):
    SessionFactory()
    for reader in (client, signed_in(PractitionerFactory().user)):
        assert reader.get(f"/ar/sessions/?{query}").status_code == 200


def test_list_has_pages(client):
    SessionFactory.create_batch(13)

    first, second = client.get("/en/sessions/?kind=dialogue"), client.get("/en/sessions/?kind=dialogue&page=2")

    assert (len(titles(first)), len(titles(second))) == (12, 1)
    assert 'href="?kind=dialogue&amp;page=2"' in first.text


def test_list_marks_a_title_that_only_the_other_language_has(client):
    SessionFactory(title_ar="جلسة التعقيم", title_en="")

    assert '<bdi lang="ar">جلسة التعقيم</bdi>' in client.get("/en/sessions/").text
    assert "<bdi>جلسة التعقيم</bdi>" in client.get("/ar/sessions/").text


def test_month_puts_each_session_on_its_local_day(client):
    # 22:30 UTC is half past midnight of the next day in Tripoli.
    starts = datetime(2026, 3, 14, 22, 30, tzinfo=UTC)
    SessionFactory(
        title_en="At midnight", starts_at=starts, ends_at=starts + timedelta(hours=1), state=SessionState.HELD
    )

    response = client.get("/en/sessions/?view=month&month=2026-03")

    days = response.context["days"]
    assert days[0].date.isoformat() == "2026-02-28"
    assert days[0].date.strftime("%A") == "Saturday"
    assert [day.date.isoformat() for day in days if day.cards] == ["2026-03-15"]
    assert "00:30" in response.text


def test_month_that_is_none_is_said_to_be_none(client):
    response = client.get("/en/sessions/?view=month&month=2026-13")

    assert "There is no such month." in response.text
    assert response.context["first"] == timezone.localdate().replace(day=1)


@pytest.mark.parametrize(
    ("text", "before", "after"), [("2000-01", None, "2000-02-01"), ("2100-12", "2100-11-01", None)]
)
def test_month_has_ends(text, before, after):
    first = months.parse(text)

    assert (str(months.before(first) or "") or None, str(months.after(first) or "") or None) == (before, after)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("view", "public", "member"), [("", 3, 9), ("?view=past", 3, 9), ("?view=month", 3, 9)])
def test_list_asks_the_database_as_often_for_one_row_as_for_three(
    client, django_assert_num_queries, rows, view, public, member
):
    person = PractitionerFactory()
    for _ in range(rows):
        for hours in (0.02, -3):
            session = SessionFactory(in_hours=hours, host_region=RegionFactory(code="west"))
            SiteFactory(session=session)
            RegistrationFactory(
                session=session, site=session.sites.first(), practitioner=person, state=RegistrationState.WAITING
            )

    with django_assert_num_queries(public):
        client.get(f"/ar/sessions/{view}")
    reader = signed_in(person.user)
    with django_assert_num_queries(member):
        reader.get(f"/ar/sessions/{view}")
