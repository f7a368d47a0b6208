"""Photos that a phone sends while the form is filled in: none that was chosen is lost, whatever the network does."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from campaigns.models import Campaign, Entry, Photo
from tests.browser.walk import PHONE, chromium, context_of
from tests.factories import campaigns as make, photos as made

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def campaign(transactional_db: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Campaign:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.MEDIA_ROOT = tmp_path
    return make.campaign()


def chosen(tab: Page, number: int) -> None:
    """Choose a photo of a telephone."""
    content = made.saved(made.scene(Random(number), (2400, 1800)), "JPEG", quality=95)
    photo: Any = {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
    tab.set_input_files("[name=photos]", [photo])


def test_a_photo_that_is_chosen_while_another_is_being_sent_arrives_too(server: str, campaign: Campaign) -> None:
    held: list[Route] = []
    sizes: list[int] = []

    def weak(route: Route) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        if len(sizes) == 1:
            route.abort()
        elif len(sizes) == 2:
            held.append(route)
        else:
            route.continue_()

    with chromium() as browser:
        tab = context_of(browser, server, viewport=PHONE).new_page()
        tab.route("**/photos/", weak)
        tab.goto(f"/ar/campaigns/{campaign.slug}/enter/")
        chosen(tab, 1)
        # Cut off once, on its way the second time: meanwhile another one is taken.
        while not held:
            tab.wait_for_timeout(100)
        chosen(tab, 2)
        expect(tab.locator("progress")).to_be_visible()
        held[0].continue_()
        expect(tab.locator("[data-beside] li")).to_have_count(2)
        assert tab.evaluate("document.querySelector('[name=photos]').files.length") == 0
    assert Photo.objects.count() == 2
    # Made smaller before they go, and the same bytes again after the cut.
    assert max(sizes) < 1_000_000
    assert sizes[0] == sizes[1]


def test_what_could_not_be_sent_is_not_given_up_when_another_photo_is_chosen(server: str, campaign: Campaign) -> None:
    with chromium() as browser:
        tab = context_of(browser, server, viewport=PHONE).new_page()
        tab.clock.install()
        tab.route("**/photos/", lambda route: route.abort())
        tab.goto(f"/ar/campaigns/{campaign.slug}/enter/")
        chosen(tab, 1)
        while tab.locator("progress").is_visible() or not tab.locator("[role=status] .note").count():
            tab.clock.run_for(8000)
            tab.wait_for_timeout(50)
        # It waits in the box, to go with the form.
        assert tab.evaluate("document.querySelector('[name=photos]').files.length") == 1
        tab.unroute("**/photos/")
        chosen(tab, 2)
        expect(tab.locator("[data-beside] li")).to_have_count(2)
    assert Photo.objects.count() == 2
    assert not Entry.objects.exists()
