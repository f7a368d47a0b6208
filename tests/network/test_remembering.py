"""What two people change at one desk at the same time: nobody undoes unread what the other has saved, and nothing typed is lost."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.facilities import facility as make_facility
from tests.factories.network import coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return at_the_desk(coordinator(None))


@pytest.fixture
def draft() -> Campaign:
    return make.campaign(state="draft", title_en="Masks", title_ar="كمامات")


def page(of: Campaign, language: str = "en") -> str:
    return f"/{language}/admin/campaigns/campaign/{of.pk}/change/"


def opened(desk: Client, of: Campaign) -> dict[str, Any]:
    return form_of(desk.get(page(of)).text) | {"_continue": "1"}


def test_a_time_changed_in_a_form_that_was_refused_for_something_else_is_kept(desk: Client, draft: Campaign) -> None:
    sent = opened(desk, draft) | {
        "opens_at_0": "2020-02-03",
        "opens_at_1": "20:00",
        "title_en": "Masks",
        "slug": "no slug!",
    }

    refused = desk.post(page(draft), sent)
    assert refused.status_code == 200
    again = form_of(refused.text) | {"slug": draft.slug, "_continue": "1"}
    assert desk.post(page(draft), again).status_code == 302

    draft.refresh_from_db()
    assert timezone.localtime(draft.opens_at).replace(tzinfo=None) == datetime(2020, 2, 3, 20, 0)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"title_en": "First"}, {"title_en": "Second"}, "First"),
        ({"results_on": "2031-03-01"}, {"results_on": "2031-04-01"}, "1 March 2031"),
        (
            {"opens_at_0": "2020-02-03", "opens_at_1": "20:00"},
            {"opens_at_0": "2020-02-04", "opens_at_1": "20:00"},
            "Monday 3 February 2020, 20:00",
        ),
        ({"sponsor_en": ""}, {"sponsor_en": "Second"}, "nothing"),
    ],
    ids=["text", "day", "time", "emptied"],
)
def test_a_box_that_both_changed_is_put_before_the_second_who_may_send_it_again(
    desk: Client, draft: Campaign, first: dict[str, str], second: dict[str, str], told: str
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(sponsor_en="Sponsor", sponsor_ar="راعٍ")
    mine, other = opened(desk, draft), opened(desk, draft)
    assert desk.post(page(draft), other | first).status_code == 302
    stood = Campaign.objects.filter(pk=draft.pk).values().get()

    asked = desk.post(page(draft), mine | second)

    assert asked.status_code == 200
    assert f"Meanwhile somebody else has saved here: {told}." in asked.text
    assert Campaign.objects.filter(pk=draft.pk).values().get() == stood

    again = form_of(asked.text) | {"_continue": "1"}
    assert {name: again[name] for name in second} == second
    assert desk.post(page(draft), again).status_code == 302
    assert {name: form_of(desk.get(page(draft)).text)[name].removesuffix(":00") for name in second} == {
        name: value.removesuffix(":00") for name, value in second.items()
    }


def test_what_both_changed_alike_or_apart_is_taken(desk: Client, draft: Campaign) -> None:
    mine, other = opened(desk, draft), opened(desk, draft)
    desk.post(page(draft), other | {"title_en": "Same", "title_ar": "واحد"})

    assert desk.post(page(draft), mine | {"title_en": "Same", "summary_en": "Mine alone"}).status_code == 302

    draft.refresh_from_db()
    assert (draft.title_en, draft.title_ar, draft.summary_en) == ("Same", "واحد", "Mine alone")


def test_a_row_on_the_page_that_both_changed_is_put_before_the_second(desk: Client, draft: Campaign) -> None:
    prize = draft.prizes.create(
        position=1, what_ar="آلة", what_en="Machine", count=1, donor_ar="راعٍ", donor_en="Sponsor"
    )
    mine, other = opened(desk, draft), opened(desk, draft)
    assert desk.post(page(draft), other | {"prizes-0-count": "3"}).status_code == 302

    asked = desk.post(page(draft), mine | {"prizes-0-count": "5"})
    assert "Meanwhile somebody else has saved here: 3." in asked.text
    prize.refresh_from_db()
    assert prize.count == 3

    assert desk.post(page(draft), form_of(asked.text) | {"_continue": "1"}).status_code == 302
    prize.refresh_from_db()
    assert prize.count == 5


def test_a_list_shown_empty_is_remembered_too(desk: Client) -> None:
    facility = make_facility()
    west, address = at_the_desk(coordinator("west")), f"/en/admin/facilities/facility/{facility.pk}/change/"
    mine, other = (form_of(west.get(address).text) | {"_continue": "1", "functionality": "partial"} for _ in range(2))
    assert west.post(address, other | {"lacks": ["staff"]}).status_code == 302

    asked = west.post(address, mine | {"lacks": ["power"]})

    assert "Meanwhile somebody else has saved here: " in asked.text
    facility.refresh_from_db()
    assert facility.barriers == ["staff"]
