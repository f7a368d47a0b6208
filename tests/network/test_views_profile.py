"""Applying for membership, and changing one's profile."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from network.enums import MemberState, Visibility
from network.models import ConductAcceptance, Practitioner
from notifications import outbox
from tests.factories.network import (
    CodeOfConductFactory,
    MunicipalityFactory,
    PractitionerFactory,
    ProfessionFactory,
    RegionFactory,
    UserFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user if isinstance(person, Practitioner) else person)
    return client


@pytest.fixture
def conduct():
    return CodeOfConductFactory()


@pytest.fixture
def application(conduct) -> Callable[..., dict[str, object]]:
    """Return what the form of an application posts."""

    def post(**changed: object) -> dict[str, object]:
        return {
            "name_ar": "سالمة الترهوني",
            "name_latin": "Salma Tarhouni",
            "profession": ProfessionFactory().pk,
            "specialty": "",
            "where": "here",
            "municipality": MunicipalityFactory().pk,
            "abroad_in": "",
            "workplace": "Invented hospital",
            "licence_number": "LIC-777",
            "languages": ["ar"],
            "visibility": Visibility.SIDE,
            "accept": "on",
            "language": "en",
            "sha256": conduct.sha256_in("en"),
        } | changed

    return post


@pytest.mark.parametrize("language", LANGUAGES)
def test_application_is_kept_and_told_to_the_verifier_once(application, language):
    verifier = coordinator("west")
    user = UserFactory(language="ar")
    client = signed_in(user)
    posted = application()

    for _ in range(2):
        assert client.post(f"/{language}/me/profile/", posted).url == f"/{language}/me/"

    person = Practitioner.objects.get()
    assert (person.user, person.state, person.name_latin) == (user, MemberState.APPLIED, "Salma Tarhouni")
    assert ConductAcceptance.objects.get().language == "en"
    assert [m.recipient_id for m in outbox.Message.objects.all()] == [verifier.pk]
    user.refresh_from_db()
    assert user.language == "en"


def test_application_from_abroad_has_no_side(application):
    client = signed_in(UserFactory())

    client.post("/en/me/profile/", application(where="abroad", municipality="", abroad_in="Malta"))

    person = Practitioner.objects.get()
    assert (person.region, person.municipality, person.abroad_in) == (None, None, "Malta")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name_ar": "", "name_latin": ""}, "Please give your name in Arabic or in Latin letters."),
        ({"name_ar": "Salma"}, "Please write this name in Arabic letters only."),
        ({"name_latin": "سالمة"}, "Please write this name in Latin letters only."),
        ({"name_latin": "Salma\u202eevil"}, "This text has invisible control characters. Please type it again."),
        ({"name_latin": "a" * 10_000}, "Ensure this value has at most 120 characters"),
        ({"workplace": "\x00"}, "Null characters are not allowed."),
        ({"municipality": ""}, "Please choose your municipality, or say that you live abroad."),
        ({"municipality": "99999999"}, "That choice is not one of the available choices."),
        ({"where": "abroad"}, "Please write the country in which you live."),
        ({"where": "moon"}, "moon is not one of the available choices."),
        ({"profession": "doctor"}, "That choice is not one of the available choices."),
        ({"languages": ["ar", "xx"]}, "xx is not one of the available choices."),
        ({"accept": ""}, "Please tick the box if you accept the code of conduct."),
        ({"sha256": "0" * 64}, "The code of conduct was changed while you were reading."),
    ],
)
def test_application_refused_keeps_what_was_typed(application, conduct, changed, sentence):
    posted = application(**changed)

    response = signed_in(UserFactory()).post("/en/me/profile/", posted)

    assert response.status_code == 200
    assert sentence in response.text
    assert 'value="LIC-777"' in response.text
    assert f'name="sha256" value="{conduct.sha256_in("en")}"' in response.text
    assert not Practitioner.objects.exists()


def test_application_without_a_code_of_conduct_is_not_possible():
    client = signed_in(UserFactory())

    assert "<form class" not in client.get("/en/me/profile/").text
    assert client.post("/en/me/profile/", {"name_ar": "سالمة"}).status_code == 200
    assert not Practitioner.objects.exists()


def test_declined_person_applies_again_with_what_is_kept(application, conduct):
    person = PractitionerFactory(state=MemberState.DECLINED, workplace="Old clinic")
    client = signed_in(person)
    assert 'value="Old clinic"' in client.get("/en/me/profile/").text

    client.post("/en/me/profile/", application())

    person.refresh_from_db()
    assert (person.state, person.workplace) == (MemberState.APPLIED, "Invented hospital")


def test_ended_municipality_is_offered_to_nobody_but_whoever_lives_there(application, conduct):
    ended = MunicipalityFactory(name_en="Merged Town", valid_to=date.today())
    assert "Merged Town" not in signed_in(UserFactory()).get("/en/me/profile/").text
    assert signed_in(UserFactory()).post("/en/me/profile/", application(municipality=ended.pk)).status_code == 200
    assert not Practitioner.objects.exists()

    assert "Merged Town" in signed_in(PractitionerFactory(municipality=ended)).get("/en/me/profile/").text


def test_profile_edited_on_the_same_side_stays_active(application):
    person = PractitionerFactory()
    posted = application(municipality=person.municipality_id, workplace="New clinic")
    for name in ("accept", "language", "sha256"):
        del posted[name]

    response = signed_in(person).post("/en/me/profile/", posted)

    person.refresh_from_db()
    assert (response.url, person.state, person.workplace) == ("/en/me/", MemberState.ACTIVE, "New clinic")


def test_profile_moved_to_another_side_ends_the_sessions_and_is_verified_again(application):
    person = PractitionerFactory()
    east = MunicipalityFactory(district__region=RegionFactory(code="east"))
    posted = application(municipality=east.pk)
    del posted["sha256"]
    client, elsewhere = signed_in(person), signed_in(person)

    response = client.post("/en/me/profile/", posted)

    person.refresh_from_db()
    assert (person.state, person.region.code) == (MemberState.APPLIED, "east")
    assert response.url == "/en/accounts/login/"
    assert "you were logged out everywhere" in client.get(response.url).text
    assert elsewhere.get("/en/me/").url == "/en/accounts/login/?next=/en/me/"


def test_profile_shows_no_other_persons_data(conduct):
    PractitionerFactory(licence_number="LIC-SECRET", workplace="Hidden ward")

    page = signed_in(PractitionerFactory()).get("/en/me/profile/").text

    assert "LIC-SECRET" not in page
    assert "Hidden ward" not in page
