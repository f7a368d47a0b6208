"""The directory: who finds whom, by what, and what is never in it."""

import pytest
from django.test import Client

from network import paging
from network.enums import MemberState, Visibility
from tests.factories.network import (
    PractitionerFactory,
    ProfessionFactory,
    SpecialtyFactory,
    UserFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer():
    return PractitionerFactory(name_latin="Vera Viewer", visibility=Visibility.NOBODY)


@pytest.fixture
def signed_in(viewer) -> Client:
    client = Client()
    client.force_login(viewer.user)
    return client


def names(response) -> list[str]:
    return [person.name_latin for person in response.context["page_obj"].rows]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_people_shows_only_those_who_let_themselves_be_found(signed_in, language):
    everybody = {
        "Amal All": {"visibility": Visibility.MEMBERS, "side": "east"},
        "Badr Abroad": {"visibility": Visibility.MEMBERS, "side": None, "abroad_in": "Malta"},
        "Sana Side": {"visibility": Visibility.SIDE},
        "Huda Hidden": {"visibility": Visibility.NOBODY},
        "Emad East": {"visibility": Visibility.SIDE, "side": "east"},
        "Widad Waits": {"visibility": Visibility.MEMBERS, "state": MemberState.APPLIED},
        "Samir Suspended": {"visibility": Visibility.MEMBERS, "state": MemberState.SUSPENDED},
    }
    for name, fields in everybody.items():
        PractitionerFactory(name_latin=name, name_ar="", **fields)

    response = signed_in.get(f"/{language}/people/")

    assert sorted(names(response)) == ["Amal All", "Badr Abroad", "Sana Side", "Vera Viewer"]
    for name in ("Huda Hidden", "Emad East", "Widad Waits", "Samir Suspended"):
        assert name not in response.text


def test_people_never_shows_contact_workplace_licence_or_municipality(signed_in):
    person = PractitionerFactory(
        visibility=Visibility.MEMBERS,
        workplace="Hidden ward",
        licence_number="LIC-SECRET",
        user__phone="+218911111111",
        user__email="hidden@example.org",
        municipality__name_en="Hidden Town",
        municipality__district__name_en="Known District",
    )

    page = signed_in.get("/en/people/").text

    assert person.name_latin in page
    assert "Known District" in page
    for secret in ("Hidden ward", "LIC-SECRET", "218911111111", "hidden@example.org", "Hidden Town"):
        assert secret not in page


@pytest.mark.parametrize("person", ["applied", "verified", "suspended", "declined", "nobody", "coordinator"])
def test_people_is_closed_to_all_but_active_members(person):
    PractitionerFactory(name_latin="Amal All", visibility=Visibility.MEMBERS)
    users = {"nobody": UserFactory, "coordinator": coordinator}
    user = users[person]() if person in users else PractitionerFactory(state=person).user
    client = Client()
    client.force_login(user)

    response = client.get("/en/people/", follow=True)

    assert response.redirect_chain == [("/en/me/", 302)]
    assert "Amal All" not in response.text


def test_people_is_closed_to_somebody_signed_out(client):
    assert client.get("/en/people/").url == "/en/accounts/login/?next=/en/people/"


@pytest.mark.parametrize("query", ["محمد", "مُحَمَّد", "Mohamed", "muhammad", "فيتوري", "MOHAMED fitouri"])
def test_people_is_searched_in_either_script_and_any_spelling(signed_in, query):
    PractitionerFactory(name_ar="محمد الفيتوري", name_latin="Mohamed Fitouri")
    PractitionerFactory(name_ar="نجاة المبروك", name_latin="Najat Mabrouk")

    assert names(signed_in.get("/ar/people/", {"q": query})) == ["Mohamed Fitouri"]


def test_people_is_filtered_by_profession_specialty_and_district(signed_in, viewer):
    nurse = PractitionerFactory(profession=ProfessionFactory(code="2221", name_en="Nurse"), name_latin="Nadia Nurse")
    child = PractitionerFactory(specialty=SpecialtyFactory(), name_latin="Karim Child")
    filters = {
        "Nadia Nurse": {"profession": nurse.profession_id},
        "Karim Child": {"specialty": child.specialty_id},
        "Vera Viewer": {"district": viewer.municipality.district_id},
    }

    for name, query in filters.items():
        assert names(signed_in.get("/en/people/", query)) == [name]
    nothing = signed_in.get("/en/people/", filters["Nadia Nurse"] | filters["Karim Child"])
    assert "Nobody is found." in nothing.text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "-3"},
        {"page": "9" * 400},
        {"page": "²"},
        {"q": "x" * 10_000},
        {"q": "\x00"},
        {"q": "%_'\"\\"},
        {"profession": "doctor"},
        {"district": "999999999999999999999999"},
        {"unknown": "1"},
    ],
)
def test_people_takes_any_query(signed_in, query):
    assert signed_in.get("/ar/people/", query).status_code == 200


def test_people_says_that_a_filter_is_not_used(signed_in):
    response = signed_in.get("/en/people/", {"profession": "doctor"})

    assert "There is no such choice: this filter is not used." in response.text
    assert names(response) == ["Vera Viewer"]


def test_people_has_pages_and_asks_to_refine_after_the_last(signed_in, monkeypatch):
    PractitionerFactory.create_batch(26)
    first = signed_in.get("/en/people/")
    assert len(names(first)) == 25
    assert 'rel="next" href="?page=2"' in first.text
    assert len(names(signed_in.get("/en/people/", {"page": 2}))) == 2

    monkeypatch.setattr(paging, "LAST_PAGE", 1)

    last = signed_in.get("/en/people/", {"page": 2})
    assert last.context["page_obj"].number == 1
    assert "Please refine your search" in last.text
    assert 'rel="next"' not in last.text


@pytest.mark.parametrize("rows", [1, 3])
def test_people_asks_the_database_as_often_for_one_row_as_for_three(signed_in, django_assert_num_queries, rows):
    PractitionerFactory.create_batch(rows - 1, specialty=SpecialtyFactory(), side="east", visibility=Visibility.MEMBERS)

    with django_assert_num_queries(8):
        response = signed_in.get("/ar/people/")

    assert len(names(response)) == rows
