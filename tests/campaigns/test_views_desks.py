"""A desk as its collector works it: code, count, receipt, day; what is of other desks is not there."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Desk, Entry, HandIn
from network.models import User
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


@pytest.fixture
def desk(campaign: Campaign) -> Desk:
    return make.desk(campaign, prefix="TRP")


@pytest.fixture
def by(desk: Desk) -> User:
    return make.collector(desk)


@pytest.fixture
def at_desk(by: User, client: Client) -> Client:
    client.force_login(by)
    return client


def address(desk: Desk, page: str = "", language: str = "ar") -> str:
    return f"/{language}/desks/{desk.pk}/{page}"


def counted(client: Client, desk: Desk, entry: Entry, pieces: str = "5", **more: str) -> Any:
    sent = {"do": "count", "uid": str(uuid.uuid4()), "brought": pieces, "pieces": pieces} | more
    return client.post(address(desk, f"entries/{entry.code}/"), sent)


# --- the way of a collector -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_code_to_a_receipt(language: str, at_desk: Client, campaign: Campaign, desk: Desk) -> None:
    entry = make.confirmed(campaign)
    assert address(desk, language=language) in at_desk.get(f"/{language}/desks/").text

    found = at_desk.post(address(desk, language=language), {"code": entry.shown_code.lower()})
    assert found["Location"] == address(desk, f"entries/{entry.code}/", language)
    page = at_desk.get(found["Location"]).text
    assert entry.name in page
    uid = re.search(r'name="uid" value="([^"]+)"', page)[1]
    sent = {"do": "count", "uid": uid, "brought": "٦", "pieces": "٥"}
    for _ in range(2):
        done = at_desk.post(found["Location"], sent)
        assert done["Location"] == address(desk, "receipts/1/", language)

    receipt = at_desk.get(done["Location"]).text
    assert "TRP-0001" in receipt
    assert re.findall(r'<dd class="num">(\d+)</dd>', receipt) == ["6", "5"]
    assert HandIn.objects.count() == 1


def test_no_page_of_a_desk_tells_a_contact(at_desk: Client, campaign: Campaign, desk: Desk) -> None:
    entrant = make.entrant(email="souad@example.org")
    entry = make.confirmed(campaign, entrant=entrant)
    counted(at_desk, desk, entry)
    for page in ("", f"entries/{entry.code}/", "receipts/1/", "receipts/1/correct/", "day/"):
        text = at_desk.get(address(desk, page)).text
        assert "912345678" not in text
        assert "souad@" not in text


def test_a_receipt_is_corrected_by_another(at_desk: Client, campaign: Campaign, desk: Desk) -> None:
    entry = make.confirmed(campaign)
    counted(at_desk, desk, entry, "7")
    page = address(desk, "receipts/1/correct/")
    sent = {"uid": str(uuid.uuid4()), "seen": "0", "brought": "7", "pieces": "3"}
    assert at_desk.post(page, sent).status_code == 400
    done = at_desk.post(page, sent | {"why": "miscounted"})

    assert done["Location"] == address(desk, "receipts/2/")
    for number in (1, 2):
        assert re.findall(r'<dd class="num">(\d+)</dd>', at_desk.get(address(desk, f"receipts/{number}/")).text) == [
            "7",
            "3",
        ]
    entry.refresh_from_db()
    assert entry.state == "handed_in"
    stale = sent | {"uid": str(uuid.uuid4()), "why": "miscounted", "brought": "6", "pieces": "7"}
    refused = at_desk.post(page, stale)
    assert (refused.status_code, "3" in refused.context["form"].errors["pieces"][0]) == (400, True)


def test_the_sheet_of_a_day_has_every_receipt_and_the_sums(
    at_desk: Client, by: User, campaign: Campaign, desk: Desk
) -> None:
    row = make.hand_in(desk, make.confirmed(campaign), 7, by=by, brought=8)
    at_desk.post(
        address(desk, "receipts/1/correct/"),
        {"uid": str(uuid.uuid4()), "seen": "0", "brought": "8", "pieces": "5", "why": "unfit"},
    )
    make.hand_in(make.desk(campaign, prefix="BEN"), row.entry, 3)
    today = timezone.localdate()

    sheet = at_desk.get(address(desk, f"day/?on={today:%Y-%m-%d}", "en")).text

    assert re.findall(r"TRP-000\d</bdi></a>", sheet) == ["TRP-0001</bdi></a>", "TRP-0002</bdi></a>"]
    assert "BEN" not in sheet
    sums = sheet.partition("<tfoot>")[2]
    assert re.findall(r'<bdi dir="ltr">(-?\d+)</bdi>', sums) == ["8", "5"]
    before = at_desk.get(address(desk, f"day/?on={today - timedelta(days=1):%Y-%m-%d}")).text
    assert "TRP-" not in before
    assert at_desk.get(address(desk, f"day/?on={today + timedelta(days=1):%Y-%m-%d}")).status_code == 400


def test_the_sender_reads_the_six_digits_to_the_collector(at_desk: Client, campaign: Campaign, desk: Desk) -> None:
    entry = make.entry(campaign)
    page = address(desk, f"entries/{entry.code}/")
    counted(at_desk, desk, entry)
    at_desk.post(page, {"do": "prove", "code": "000000" if make.code_of(entry) != "000000" else "111111"})
    entry.refresh_from_db()
    assert entry.state == "received"
    at_desk.post(page, {"do": "prove", "code": make.code_of(entry)})
    entry.refresh_from_db()
    assert entry.state == "eligible"


@pytest.mark.parametrize(
    "wrong",
    [{"pieces": ""}, {"pieces": "five"}, {"pieces": "-1"}, {"brought": "0"}, {"uid": "x"}, {"pieces": "9" * 30}],
)
def test_a_count_that_is_none_is_asked_again(wrong: dict, at_desk: Client, campaign: Campaign, desk: Desk) -> None:
    assert counted(at_desk, desk, make.confirmed(campaign), **wrong).status_code == 400
    assert not HandIn.objects.exists()


def test_ones_own_entry_is_refused_in_a_sentence(at_desk: Client, by: User, campaign: Campaign, desk: Desk) -> None:
    entry = make.confirmed(campaign)
    User.objects.filter(pk=by.pk).update(phone=entry.phone, phone_verified=True)
    answer = counted(at_desk, desk, entry)
    assert answer.status_code == 400
    assert not HandIn.objects.exists()


# --- whose desk it is ---------------------------------------------------------------------------------------------------------


def actors(campaign: Campaign) -> list[User]:
    other = make.desk(campaign, side="west")
    return [
        make.collector(other),
        make.collector(make.desk(campaign, "east")),
        PractitionerFactory().user,
        coordinator("west"),
    ]


def test_a_desk_is_not_there_for_anybody_else(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    make.hand_in(desk, entry, 5, by=by)
    pages = ("", f"entries/{entry.code}/", "receipts/1/", "receipts/1/correct/", "day/")
    for actor in actors(campaign):
        client = Client()
        client.force_login(actor)
        for page in pages:
            assert client.get(address(desk, page)).status_code == 404, page
            assert client.post(address(desk, page), {"do": "count", "code": entry.code}).status_code in (404, 405), page
    for page in pages:
        assert Client().get(address(desk, page))["Location"].startswith("/ar/accounts/login/")
    assert HandIn.objects.count() == 1


def test_a_collector_finds_no_entry_of_another_campaign_and_no_receipt_of_another_desk(
    at_desk: Client, campaign: Campaign, desk: Desk
) -> None:
    elsewhere = make.confirmed()
    other = make.desk(campaign)
    make.hand_in(other, make.confirmed(campaign), 5)

    assert at_desk.get(address(desk, f"entries/{elsewhere.code}/")).status_code == 404
    assert at_desk.get(address(desk, "receipts/1/")).status_code == 404
    unknown = at_desk.post(address(desk), {"code": elsewhere.code})
    nonsense = at_desk.post(address(desk), {"code": "AAAA-BBBB-CCCC"})
    assert unknown.status_code == nonsense.status_code == 400
    assert elsewhere.name not in unknown.text


def test_desks_are_listed_for_collectors_alone(at_desk: Client) -> None:
    assert at_desk.get("/ar/desks/").status_code == 200
    member = Client()
    member.force_login(PractitionerFactory().user)
    assert member.get("/ar/desks/").status_code == 404
    assert "/ar/desks/" in at_desk.get("/ar/me/").text
    assert "/ar/desks/" not in member.get("/ar/me/").text


def test_the_square_on_a_receipt_leads_a_collector_to_the_count_and_all_others_to_the_look_up(
    at_desk: Client, campaign: Campaign, desk: Desk
) -> None:
    entry = make.confirmed(campaign)
    assert at_desk.get(f"/ar/entries/{entry.code}/")["Location"] == address(desk, f"entries/{entry.code}/")
    member = Client()
    member.force_login(PractitionerFactory().user)
    for client, code in (
        (member, entry.code),
        (Client(), entry.code),
        (Client(), "AAAABBBBCCCC"),
        (at_desk, "AAAABBBBCCCC"),
    ):
        assert client.get(f"/ar/entries/{code}/")["Location"] == "/ar/entries/"


# --- what everybody and the sender are told -----------------------------------------------------------------------------------


def test_the_sender_sees_receipts_desks_and_what_is_missing(client: Client, campaign: Campaign, desk: Desk) -> None:
    entry = make.confirmed(campaign)
    make.hand_in(desk, entry, 3)
    client.post("/en/entries/", {"code": entry.code, "contact": entry.phone})
    page = client.get("/en/entries/mine/").text

    assert "TRP-0001" in page
    assert desk.place_en in page
    assert "2 more have to be handed in" in page


def test_everybody_reads_where_desks_are_and_totals_of_five_people_on(client: Client, campaign: Campaign) -> None:
    desk, over = (
        make.desk(campaign),
        make.desk(
            campaign,
            opens_on=timezone.localdate() - timedelta(days=9),
            closes_on=timezone.localdate() - timedelta(days=1),
        ),
    )
    by = make.collector(desk)
    page = f"/en/campaigns/{campaign.slug}/"
    for _ in range(4):
        make.hand_in(desk, make.confirmed(campaign), 137, by=by)
    make.given_out(desk, 211)
    text = client.get(page).text
    assert desk.name_en in text
    assert over.name_en not in text
    assert "548" not in text
    assert "211" not in text

    make.hand_in(desk, make.confirmed(campaign), 137, by=by)
    # The other language: this one is kept for a minute.
    text = client.get(f"/ar/campaigns/{campaign.slug}/").text
    assert re.findall(r"<dd class=.num.>([^<]+)</dd>", text) == ["685", "211"], text


# --- budgets --------------------------------------------------------------------------------------------------------------------


def test_pages_ask_as_much_for_many_rows_as_for_few(
    at_desk: Client, by: User, campaign: Campaign, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    entry = make.confirmed(campaign)
    visitor = Client()
    visitor.post("/en/entries/", {"code": entry.code, "contact": entry.phone})

    def asked(client: Client, page: str, most: int) -> int:
        with django_assert_max_num_queries(most) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    def all_of_it() -> list[int]:
        own = [
            asked(at_desk, address(desk, page), 15) for page in ("", f"entries/{entry.code}/", "receipts/1/", "day/")
        ]
        public = [asked(visitor, "/en/entries/mine/", 8), asked(Client(), f"/en/campaigns/{campaign.slug}/", 8)]
        return [*own, *public]

    make.hand_in(desk, entry, 1, by=by)
    all_of_it()
    first = all_of_it()
    for _ in range(6):
        make.hand_in(desk, make.confirmed(campaign), 5, by=by)
    make.hand_in(desk, entry, 2, by=by)
    make.desk(campaign)
    second = all_of_it()
    # The totals are told from the fifth person on: one more question, however many follow.
    assert [b - a for a, b in zip(first, second, strict=True)][:-1] == [0] * 5
    assert second[-1] - first[-1] <= 2
