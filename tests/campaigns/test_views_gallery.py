"""The gallery of a contest: what everybody sees of it, and what the desk puts into it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import services
from campaigns.models import Campaign, Entry, GalleryItem, Photo
from tests.campaigns.test_views_results import LANGUAGES, desk, looked_up, mine, page, shown
from tests.campaigns.winners import hang, judged, line, manager, published, told
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture_of(campaign: Campaign, item: GalleryItem) -> str:
    return page(campaign, f"gallery/{item.pk}/320.jpg/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_shows_photos_with_words_and_nothing_of_whose_they_are(client: Client, language: str) -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    item = hang(entry)
    text = client.get(page(campaign, "gallery/", language)).text

    assert f'alt="{"كمامة زرقاء" if language == "ar" else "A blue mask"}"' in text
    assert 'loading="lazy"' in text
    assert "sizes=" in text
    assert shown(entry) not in text
    assert entry.code not in text
    assert entry.name not in text
    answer = client.get(picture_of(campaign, item))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "max-age=3600" in answer["Cache-Control"]


def test_no_photo_is_public_before_the_results_nor_one_that_is_not_put_there(client: Client) -> None:
    campaign = told()
    item = hang(Entry.objects.get(public_code=line(campaign)[4]))
    assert client.get(picture_of(campaign, item)).status_code == 404
    services.publish_results(campaign=campaign, by=manager(campaign))
    assert client.get(picture_of(campaign, item)).status_code == 200
    services.hide_photo(photo=item.photo, by=manager(campaign))
    assert client.get(picture_of(campaign, item)).status_code == 404


@pytest.mark.parametrize("way", ["takes the consent back", "withdraws", "is disqualified"])
def test_a_photo_is_gone_at_once_and_its_address_too(client: Client, way: str) -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    item = hang(entry)
    assert client.get(picture_of(campaign, item)).status_code == 200
    assert f"/gallery/{item.pk}/" in client.get(page(campaign, "gallery/")).text
    if way == "takes the consent back":
        own = looked_up(entry)
        assert mine(entry, "gallery") in own.get("/ar/entries/mine/").text
        own.post(mine(entry, "gallery"))
    elif way == "withdraws":
        looked_up(entry).post(mine(entry, "withdraw"))
    else:
        Entry.objects.filter(pk=entry.pk).update(state="disqualified")

    assert client.get(picture_of(campaign, item)).status_code == 404
    assert f"/gallery/{item.pk}/" not in client.get(page(campaign, "gallery/")).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_consent_is_taken_back_between_the_close_and_the_publication(client: Client, language: str) -> None:
    campaign = make.campaign()
    entry = make.entry(campaign)
    own, leave = looked_up(entry), mine(entry, "gallery", language)
    said = {"ar": "لدينا موافقتك", "en": "You have allowed us"}[language]
    # As long as it can be corrected the form has a box for it.
    assert leave not in own.get(f"/{language}/entries/mine/").text
    Campaign.objects.update(closes_at=timezone.now(), state="judging")
    page = own.get(f"/{language}/entries/mine/").text
    assert (leave in page, said in page) == (True, True)

    own.post(leave)

    entry.refresh_from_db()
    assert not entry.in_gallery
    assert leave not in own.get(f"/{language}/entries/mine/").text


def test_no_photo_goes_there_without_permission_or_words() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    item = hang(entry)
    by = manager(campaign)
    with pytest.raises(services.WordsMissing):
        services.show_photo(photo=item.photo, alt_ar="كمامة", alt_en=" ", by=by)
    with pytest.raises(services.NotYourCampaign):
        services.show_photo(photo=item.photo, alt_ar="كمامة", alt_en="A mask", by=coordinator("west"))
    services.leave_gallery(entry=entry)
    with pytest.raises(services.NoPermission):
        services.show_photo(photo=item.photo, alt_ar="كمامة", alt_en="A mask", by=by)


@pytest.mark.parametrize("why", ["its entry is out", "it is not made anew"])
def test_no_photo_goes_there_that_could_not_be_shown(why: str) -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    item = hang(entry)
    if why == "its entry is out":
        services.withdraw_entry(entry=entry)
    else:
        Photo.objects.filter(pk=item.photo_id).update(state="refused", refusal="broken")
    with pytest.raises(services.NoPermission):
        services.show_photo(photo=item.photo, alt_ar="كمامة", alt_en="A mask", by=manager(campaign))


def test_the_gallery_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.views.outcomes.PHOTOS_A_PAGE", 2)
    campaign = published()
    items = [hang(Entry.objects.get(public_code=code)) for code in line(campaign)[:3]]
    first, second = (client.get(page(campaign, f"gallery/?page={number}")).text for number in (1, 2))
    assert [f"/gallery/{item.pk}/" in first for item in items] == [True, True, False]
    assert [f"/gallery/{item.pk}/" in second for item in items] == [False, False, True]


def test_the_desk_writes_the_words_and_shows_and_hides() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    item = hang(entry)
    client = at_the_desk(manager(campaign))
    assert "A blue mask" in client.get(desk(campaign, "gallery")).text
    assert client.post(desk(campaign, "gallery"), {"photo": item.photo_id, "do": "hide"}).status_code == 302
    assert GalleryItem.objects.get().published_at is None
    faulty = client.post(desk(campaign, "gallery"), {"photo": item.photo_id, "do": "show", "alt_ar": "كمامة"})
    assert faulty.status_code == 400
    sent = {"photo": item.photo_id, "do": "show", "alt_ar": "كمامة", "alt_en": "A mask"}
    assert client.post(desk(campaign, "gallery"), sent).status_code == 302
    assert GalleryItem.objects.get().alt_en == "A mask"


def test_a_contest_of_one_side_shows_consented_photos_of_entrants_from_everywhere() -> None:
    campaign = published(judged(region=RegionFactory(code="west")))
    entry = Entry.objects.filter(campaign=campaign, side__code="east").first()
    client = at_the_desk(coordinator("west"))
    photo = hang(entry).photo
    address = f"/ar/admin/campaigns/campaign/{campaign.pk}/gallery/{photo.pk}/320.jpg/"
    seen = client.get(desk(campaign, "gallery")).text
    assert address in seen
    assert shown(entry) in seen
    # What opens an entry stands there of no other side's.
    assert entry.shown_code not in seen
    assert client.get(address).status_code == 200
    assert client.get(f"/ar/admin/campaigns/entry/{entry.pk}/change/").status_code == 404
    sent = {"photo": photo.pk, "do": "show", "alt_ar": "كمامة بيضاء", "alt_en": "A white mask"}
    assert client.post(desk(campaign, "gallery"), sent).status_code == 302
    assert GalleryItem.objects.get().alt_en == "A white mask"

    for other in (coordinator("east"), auditor()):
        assert at_the_desk(other).get(address).status_code == 404
    Entry.objects.filter(pk=entry.pk).update(in_gallery=False)
    assert client.get(address).status_code == 404
    assert address not in client.get(desk(campaign, "gallery")).text
