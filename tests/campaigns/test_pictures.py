"""The picture of a campaign: made anew, small, with words for those who don't see it, and gone when it is taken off."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from campaigns import services
from campaigns.models import Campaign
from network.uploads import pictures
from tests.desk import at_the_desk
from tests.factories import campaigns as make, files
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db

ALT = {"alt_ar": "يدان تحت الماء", "alt_en": "Hands under water"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign() -> Campaign:
    return make.aware(region=make.municipality("west").district.region)


def put(campaign: Campaign, content: bytes, side: str = "west", **more: str) -> Any:
    sent = {"picture": SimpleUploadedFile("photo.jpg", content), **ALT, **more}
    return at_the_desk(coordinator(side)).post(f"/ar/admin/campaigns/campaign/{campaign.pk}/picture/", sent)


def kept() -> list[Any]:
    folder = settings.MEDIA_ROOT / "pictures"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (2400, 1600)), ("PNG", (900, 1400)), ("WEBP", (640, 480))])
def test_a_picture_is_made_anew_and_goes_with_the_page(kind: str, size: tuple[int, int], campaign: Campaign) -> None:
    put(campaign, files.picture(kind, size))
    campaign.refresh_from_db()
    assert (campaign.picture_alt_ar, campaign.picture_alt_en) == tuple(ALT.values())
    page = Client().get(f"/en/campaigns/{campaign.slug}/").text
    assert 'alt="Hands under water"' in page
    for extension, name in (("webp", "WEBP"), ("jpg", "JPEG")):
        answer = Client().get(f"/en/campaigns/{campaign.slug}/picture/720.{extension}/")
        content = b"".join(answer.streaming_content)
        assert answer["Content-Type"] == f"image/{name.lower()}"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert len(content) <= pictures.PAGE_BYTES
        assert files.AUTHOR.encode() not in content
        shown = Image.open(io.BytesIO(content))
        assert (shown.format, shown.getexif()) == (name, {})
        assert shown.size == (campaign.picture["width"], campaign.picture["height"])
        assert max(shown.size) <= pictures.PAGE_EDGES[0]
    assert f'width="{campaign.picture["width"]}"' in page


def test_a_picture_without_its_words_and_what_is_none_are_refused(campaign: Campaign) -> None:
    good = files.picture("JPEG", (400, 300))
    for content, more in (
        (good, {"alt_en": ""}),
        (good, {"alt_ar": "a\u202eb"}),
        (b"<svg/>", {}),
        (good[:400], {}),
        (b"", {}),
    ):
        put(campaign, content, **more)
    campaign.refresh_from_db()
    assert campaign.picture == {}
    assert kept() == []


def test_only_who_runs_a_campaign_puts_a_picture_on_its_page(campaign: Campaign) -> None:
    good = files.picture("JPEG", (400, 300))
    assert put(campaign, good, "east").status_code == 404
    joint = make.aware()
    put(joint, good, "west")
    joint.refresh_from_db()
    assert joint.picture == {}
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_another_picture_replaces_the_files_and_taking_it_off_removes_them(campaign: Campaign) -> None:
    put(campaign, files.picture("JPEG", (400, 300)))
    first = kept()
    put(campaign, files.picture("JPEG", (500, 300)))
    second = kept()
    assert len(first) == len(second) == 2
    assert not {*first} & {*second}
    services.remove_picture(campaign=campaign, by=coordinator("west"))
    campaign.refresh_from_db()
    assert (campaign.picture, campaign.picture_alt_ar) == ({}, "")
    assert kept() == []
    assert Client().get(f"/ar/campaigns/{campaign.slug}/picture/720.jpg/").status_code == 404


def test_the_picture_of_a_draft_is_for_those_who_run_it(campaign: Campaign) -> None:
    put(campaign, files.picture("JPEG", (400, 300)))
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    address = f"/ar/campaigns/{campaign.slug}/picture/720.jpg/"
    assert Client().get(address).status_code == 404
    assert at_the_desk(coordinator("east")).get(address).status_code == 404
    answer = at_the_desk(coordinator("west")).get(address)
    assert "no-store" in answer["Cache-Control"]


def test_files_that_no_campaign_knows_are_swept(campaign: Campaign) -> None:
    put(campaign, files.picture("JPEG", (400, 300)))
    known = kept()
    (settings.MEDIA_ROOT / "pictures" / ("0" * 32)).write_bytes(b"x")
    later = timezone.now() + timedelta(hours=2)
    assert services.clear_lost_pictures(now=later) == 1
    assert kept() == known
