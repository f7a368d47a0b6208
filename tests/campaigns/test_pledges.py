"""A pledge from its form to the counter: no account, no jury, no desk; counted once its contact is proved."""

import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns import awareness, services
from campaigns.models import Campaign, Desk, Entry, Lot, Round
from network.models import Municipality
from tests.factories import campaigns as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
WORDS = {"ar": "أتعهد", "en": "I pledge"}


@pytest.fixture
def campaign() -> Campaign:
    return make.pledge()


def pledged(campaign: Campaign, side: str = "west", times: int = 1, *, proved: bool = True) -> list[Entry]:
    place = make.municipality(side)
    entries = []
    for _ in range(times):
        number = Entry.objects.count()
        given = make.entrant(municipality=place, phone=f"+21891{number:07}", name=f"متعهد {number}")
        call = make.confirmed if proved else make.entry
        entries.append(call(campaign, entrant=given, answers={}))
    return entries


def counter(campaign: Campaign, language: str = "en") -> str:
    cache.clear()
    page = Client().get(f"/{language}/campaigns/{campaign.slug}/").text
    found = re.search(r'<dd class="num"><bdi dir="ltr">([^<]+)</bdi>', page)
    return unescape(found.group(1)) if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_way_of_a_pledge(language: str, client: Client, campaign: Campaign) -> None:
    place: Municipality = make.municipality("west")
    page = f"/{language}/campaigns/{campaign.slug}/"
    assert WORDS[language] in client.get(page).text
    form = client.get(f"{page}enter/").text
    assert WORDS[language] in form
    assert 'name="photos"' not in form
    assert 'name="in_gallery"' not in form

    sent = {
        "do": "send",
        "uid": str(uuid.uuid4()),
        "name": "سعاد",
        "phone": "0912345678",
        "municipality": place.pk,
        "rules": "on",
    }
    for _ in range(2):
        assert client.post(f"{page}enter/", sent)["Location"] == f"/{language}/entries/mine/"
    entry = Entry.objects.get()
    assert client.get(f"/{language}/entries/mine/").status_code == 200
    client.post(f"/{language}/entries/{entry.code}/prove/", {"code": make.code_of(entry)})
    entry.refresh_from_db()
    assert (entry.state, entry.in_gallery) == ("confirmed", False)
    assert client.get(f"/{language}/entries/{entry.code}/correct/").status_code == 200
    corrected = client.post(f"/{language}/entries/{entry.code}/correct/", {"do": "send", "q-family": "٥"})
    assert corrected.status_code == 302
    entry.refresh_from_db()
    assert entry.answers == {"family": 5}
    assert entry.state == "confirmed"


def test_the_counter_counts_who_proved_their_contact_and_stayed(campaign: Campaign) -> None:
    entries = pledged(campaign, times=7)
    pledged(campaign, times=3, proved=False)
    pledged(make.pledge(), times=2)
    assert counter(campaign) == "7"
    services.withdraw_entry(entry=entries[0])
    Entry.objects.filter(pk=entries[1].pk).update(state="disqualified")
    assert counter(campaign) == "5"
    services.withdraw_entry(entry=entries[2])
    assert counter(campaign) == "<5"


def test_sides_are_told_from_five_people_on_and_not_where_they_would_give_others_away(campaign: Campaign) -> None:
    pledged(campaign, "west", 8)
    pledged(campaign, "east", 6)
    pledged(campaign, "south", 2)
    told = awareness.pledged(campaign)
    assert (told.people, told.hides) == ("16", True)
    assert {bar.name.code: bar.number for bar in told.sides} == {"west": 8}
    pledged(campaign, "south", 3)
    told = awareness.pledged(campaign)
    assert {bar.name.code: bar.number for bar in told.sides} == {"west": 8, "east": 6, "south": 5}


def test_who_is_of_no_side_is_in_the_number_and_hides_nobody_s_side(campaign: Campaign) -> None:
    pledged(campaign, "west", 8)
    Entry.objects.filter(pk__in=[entry.pk for entry in pledged(campaign, "east", 3)]).update(side=None)
    told = awareness.pledged(campaign)
    assert (told.people, told.hides) == ("11", True)
    # Of the three from abroad the number and the west's would tell.
    assert told.sides == []
    pledged(campaign, "south", 2)
    assert {bar.name.code: bar.number for bar in awareness.pledged(campaign).sides} == {"west": 8}


def test_a_pledge_meets_no_conditions_and_comes_before_no_jury(campaign: Campaign) -> None:
    by = coordinator(None)
    assert pledged(campaign)[0].state == "confirmed"
    with pytest.raises(services.NotJudgingYet):
        services.save_round(round_=Round(campaign=campaign, kind="ranking"), changed=(), by=by)
    with pytest.raises(services.NothingIsTakenIn):
        make.desk(campaign)
    assert not Desk.objects.exists()


def test_a_pledge_is_announced_without_rules_and_closed_by_the_clock() -> None:
    by, now = coordinator(None), timezone.now()
    given: dict[str, Any] = {"state": "draft", "rules_ar": "", "rules_en": ""}
    pledge = make.pledge(**given)
    services.announce_campaign(campaign=pledge, by=by)
    assert not Lot.objects.exists()
    with pytest.raises(services.Incomplete):
        services.announce_campaign(campaign=make.campaign(**given), by=by)
    services.follow_the_clock(campaign=pledge, now=now)
    Campaign.objects.filter(pk=pledge.pk).update(closes_at=now - timedelta(minutes=1))
    assert services.follow_the_clock(campaign=pledge, now=now).state == "closed"
    assert Client().get(f"/ar/campaigns/{pledge.slug}/").status_code == 200


def test_photos_are_asked_for_in_contests_and_where_somebody_asks_for_them() -> None:
    by = coordinator(None)

    def made(kind: str, changed: tuple[str, ...], most: int = 3) -> int:
        new = Campaign(kind=kind, slug=f"{kind}-{len(changed)}", photos_at_most=most)
        return services.save_campaign(campaign=new, changed=changed, by=by).photos_at_most

    assert [made("contest", ()), made("pledge", ()), made("awareness", ()), made("pledge", ("photos_at_most",), 2)] == [
        3,
        0,
        0,
        2,
    ]
