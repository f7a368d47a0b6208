"""A form that has become an entry already: nothing that is typed into it again is lost, and none of it becomes somebody else's."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns import services
from campaigns.models import Campaign, Entry, Photo, Unfinished
from notifications.models import Message
from tests.campaigns.test_views_entries import address, entered, filled
from tests.campaigns.test_views_photos import picture, upload
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
SAID = {"ar": "سبق إرسال هذا النموذج", "en": "This form has been sent already"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


def aside(client: Client, campaign: Campaign, sent: dict[str, Any]) -> str:
    page = client.post(address(campaign), sent | {"do": "later"}).text
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]


def new_uid(text: str) -> str:
    return re.findall(r'name="uid" value="([^"]+)"', text)[-1]


# --- the code of a form that was put aside ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_is_sent_is_not_gone_on_with(client: Client, campaign: Campaign, language: str) -> None:
    sent = filled()
    code = aside(client, campaign, sent)
    other = make.campaign()
    aside(Client(), other, filled())
    entry = entered(client, campaign, uid=sent["uid"])

    answer = Client().post(address(campaign, language=language), {"do": "resume", "resume-code": code})

    assert answer.status_code == 400
    assert f'href="/{language}/entries/"' in answer.text.partition("</form>")[0]
    assert entry.name not in answer.text
    assert sent["uid"] not in answer.text
    assert [row.campaign for row in Unfinished.objects.all()] == [other]


def test_what_is_put_aside_goes_only_with_an_entry_that_is_kept(campaign: Campaign) -> None:
    uid = uuid.uuid4()
    code = services.keep_unfinished(campaign=campaign, uid=uid, typed={"name": "سعاد"})
    with pytest.raises(services.NoContact):
        make.entry(campaign, uid=uid, entrant=make.entrant(phone=""))
    assert services.unfinished_of(campaign, code)
    make.entry(campaign, uid=uid)
    assert services.unfinished_of(campaign, code) is None


def test_a_form_that_is_sent_is_not_put_aside(campaign: Campaign) -> None:
    entry = make.entry(campaign)
    before = everything()
    with pytest.raises(services.SentAlready):
        services.keep_unfinished(campaign=campaign, uid=entry.uid, typed={"name": "x"})
    assert everything() == before
    # Nor opened where both happened in one moment.
    code = services.keep_unfinished(campaign=campaign, uid=uuid.uuid4(), typed={"name": "x"})
    Unfinished.objects.update(uid=entry.uid)
    assert services.unfinished_of(campaign, code) is None


# --- the same form with somebody else in it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other", [{"name": "علي سالم"}, {"phone": "+218923456789"}, {"email": "ali@example.org"}, {"municipality": "east"}]
)
def test_the_service_keeps_the_first_and_says_so_to_the_second(campaign: Campaign, other: dict[str, Any]) -> None:
    uid, place = uuid.uuid4(), make.municipality("west")
    first = make.entry(campaign, uid=uid, entrant=make.entrant(municipality=place))
    other = {name: make.municipality(value) if name == "municipality" else value for name, value in other.items()}
    before = everything()
    with pytest.raises(services.SentAlready):
        make.entry(campaign, uid=uid, entrant=make.entrant(**{"municipality": place} | other))
    assert everything() == before
    again = make.entrant(municipality=place, name=" المنزلي ، سعاد ")
    assert make.entry(campaign, uid=uid, entrant=again) == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_person_on_the_same_telephone_loses_nothing(client: Client, campaign: Campaign, language: str) -> None:
    sent = filled()
    first = entered(client, campaign, **{**sent, "photos": [upload(picture(1))]})
    theirs = sent | {"name": "علي سالم", "phone": "0923456789", "q-words": "بقطن مزدوج", "q-made": "31"}

    answer = client.post(address(campaign, language=language), theirs | {"photos": [upload(picture(2))]})

    assert answer.status_code == 400
    assert SAID[language] in answer.text
    assert f'href="/{language}/entries/"' in answer.text
    assert all(f'value="{typed}"' in answer.text for typed in ("علي سالم", "0923456789", "31"))
    assert "بقطن مزدوج" in answer.text
    assert first.photos.count() == 1
    uid = new_uid(answer.text)
    assert uid != sent["uid"]
    second = entered(client, campaign, **theirs | {"uid": uid})
    assert (Entry.objects.count(), second.name, second.made, second.photos.count()) == (2, "علي سالم", 31, 1)
    first.refresh_from_db()
    assert (first.name, first.made) == ("سعاد المنزلي", 24)


@pytest.mark.parametrize("step", [{"do": "add"}, {"do": "later"}, {"do": "", "drop": "photo"}])
def test_photos_and_all_else_of_a_form_that_is_sent_go_on_with_a_new_one(
    client: Client, campaign: Campaign, step: dict[str, str]
) -> None:
    sent = filled()
    entry = entered(client, campaign, **{**sent, "photos": [upload(picture(1))]})
    step = {name: str(entry.photos.get().uid) if value == "photo" else value for name, value in step.items()}

    answer = Client().post(address(campaign), sent | step | {"photos": [upload(picture(2))]})

    assert (answer.status_code, SAID["ar"] in answer.text) == (400, True)
    assert entry.photos.count() == 1
    assert [str(row.form) for row in Photo.objects.filter(entry=None)] == [new_uid(answer.text)]
    assert not Unfinished.objects.exists()


def test_no_photo_is_sent_beside_a_form_into_somebody_s_entry(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign)
    beside = f"/ar/campaigns/{campaign.slug}/photos/"
    for browser in (client, Client()):
        answer = browser.post(beside, {"uid": str(entry.uid), "photo": upload(picture())})
        assert (answer.status_code, SAID["ar"] in answer.text) == (400, True)
    assert not Photo.objects.exists()

    own = f"/ar/entries/{entry.code}/photos/"
    assert own in client.get(f"/ar/entries/{entry.code}/correct/").text
    assert Client().post(own, {"photo": upload(picture())}).status_code == 404
    assert client.post(own, {"photo": upload(picture())}).status_code == 200
    assert entry.photos.count() == 1


# --- the same form of the same person ---------------------------------------------------------------------------------------


def test_the_same_post_again_gets_the_same_receipt_from_any_browser(client: Client, campaign: Campaign) -> None:
    sent = filled()
    entered(client, campaign, **{**sent, "photos": [upload(picture())]})
    for browser in (client, Client()):
        again = browser.post(address(campaign), sent | {"photos": [upload(picture())]})
        assert again["Location"] == "/ar/entries/mine/"
    assert (Entry.objects.count(), Photo.objects.count(), Message.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_answers_of_the_same_person_are_not_dropped_without_a_word(
    client: Client, campaign: Campaign, language: str
) -> None:
    sent = filled()
    entered(client, campaign, **sent)
    said = {"ar": "سبق إرسال هذه المشاركة", "en": "This was sent already"}[language]
    assert said not in client.get(f"/{language}/entries/mine/").text
    client.post(address(campaign, language=language), sent | {"q-made": "99"})
    assert said in client.get(f"/{language}/entries/mine/").text
    assert Entry.objects.get().made == 24


# --- on paper ---------------------------------------------------------------------------------------------------------------


def test_the_next_form_typed_over_one_that_is_saved_is_another(campaign: Campaign) -> None:
    desk, page = at_the_desk(coordinator("west")), f"/en/admin/campaigns/campaign/{campaign.pk}/paper/"
    place = make.municipality("west").pk
    sent = {"uid": str(uuid.uuid4()), "name": "سعاد", "municipality": place, "q-made": "24", "rules": "on"}
    for _ in range(2):
        assert desk.post(page, sent | {"photos": [upload(picture(1))]})["Location"] == page
    other = sent | {"name": "علي سالم", "q-made": "31"}

    answer = desk.post(page, other | {"photos": [upload(picture(2))]})

    assert (answer.status_code, SAID["en"] in answer.text) == (400, True)
    assert desk.post(page, other | {"do": "add"}).status_code == 400
    assert desk.post(page, other | {"uid": new_uid(answer.text)})["Location"] == page
    first, second = Entry.objects.order_by("pk")
    assert [(row.name, row.made, row.photos.count()) for row in (first, second)] == [
        ("سعاد", 24, 1),
        ("علي سالم", 31, 1),
    ]
