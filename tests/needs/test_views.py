"""The pages of needs: who reaches which, what they tell, and what they survive."""

import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from facilities import services as facility_services
from facilities.models import Facility
from needs import balances, selectors, services
from needs.models import Asset, Delivery, Item, Need, NeedEntry, Pledge, Proposal, Surplus
from needs.tasks import match
from network import files
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.files import picture
from tests.factories.network import PractitionerFactory, auditor, coordinator

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hide(facility: Facility) -> None:
    facility_services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))


def test_a_facility_leads_to_its_open_needs_where_they_may_name_it(facility: Facility, client: Client) -> None:
    own, other = make.need(facility, 7), make.need(make_facilities.facility(name_ar="عيادة"), 3)
    link = f"/ar/needs/?facility={facility.code}"

    assert link in client.get(facility.get_absolute_url()).text
    page = client.get(link).text
    assert own.code in page
    assert other.code not in page

    # Its district alone is told: neither does its page tell of the need, nor does the list by its code.
    facility.public_precision = "district"
    facility_services.save_facility(facility=facility, changed=["public_precision"], by=coordinator("west"))
    assert link not in client.get(facility.get_absolute_url()).text
    assert own.code not in client.get(link).text
    assert own.code in client.get("/ar/needs/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_what_is_verified_and_still_open(language: str, facility: Facility, client: Client) -> None:
    waiting, shown = make.reported(facility, 3, words="سرّي"), make.need(facility, 7, why="تعطّل القديم")
    make.pledged(shown, 2)
    page = client.get(f"/{language}/needs/").text
    assert shown.code in page
    assert waiting.code not in page
    assert {"ar": "5 قطع", "en": "5 pieces"}[language] in page
    detail = client.get(f"/{language}/needs/{shown.code}/")
    assert detail.status_code == 200
    assert "تعطّل القديم" in detail.text
    assert "no-store" in detail["Cache-Control"] or "max-age" not in detail.get("Cache-Control", "")
    assert client.get(f"/{language}/needs/{waiting.code}/").status_code == 404
    assert client.get(f"/{language}/needs/{waiting.code}/pledge/").status_code == 404
    make.pledged(shown, 5)
    assert shown.code not in client.get(f"/{language}/needs/").text
    assert f"{shown.code}/pledge/" not in client.get(f"/{language}/needs/{shown.code}/").text


def test_a_hidden_facility_is_nowhere_in_public(facility: Facility, client: Client) -> None:
    need = make.reported(facility, 7)
    services.set_photo(need=need, content=picture(), by=coordinator("west"))
    services.verify_need(need=need, by=coordinator("west"))
    addresses = [f"/en/needs/{need.code}/", f"/en/needs/{need.code}/pledge/", f"/en/needs/{need.code}/photo/720.jpg"]
    leg = make.leg(make.sent(make.pledged(need, 1), 1), "facility")
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    assert facility.name_en in client.get(addresses[0]).text
    hide(facility)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert need.code not in client.get("/en/needs/").text
    assert facility.district.name_en not in client.get("/en/needs/districts/").text
    slip = client.get(f"/en/handovers/{leg.code}/slip/").text
    for told in (facility.name_en, facility.name_ar, facility.district.name_en):
        assert told not in slip
    member = as_(PractitionerFactory(side="east").user)
    assert member.get(addresses[0]).status_code == 404


def test_hidden_facilities_are_counted_by_district_from_five_on() -> None:
    make.sides()
    rows = [make_facilities.facility(name_en=f"Hospital {number}") for number in range(6)]
    for row in rows:
        make.need(row, 2)
    for hidden, counted in ((1, 5), (4, 2), (5, 6)):
        for row in rows[:hidden]:
            hide(row)
        (total,) = selectors.district_sums()
        assert (total.needs, total.facilities) == (counted, counted), hidden


@pytest.mark.parametrize(
    ("precision", "told"),
    [
        ("exact", {"facility", "municipality", "district"}),
        ("municipality", {"facility", "municipality", "district"}),
        ("district", {"district"}),
        ("hidden", set()),
    ],
)
def test_a_place_is_told_as_exactly_as_everybody_may_know(precision: str, told: set[str], client: Client) -> None:
    place = make_facilities.municipality()
    facility = make_facilities.facility(municipality=place, district=place.district, public_precision=precision)
    need = make.need(facility)
    names = {"facility": facility.name_en, "municipality": place.name_en, "district": place.district.name_en}
    pages = client.get(f"/en/needs/{need.code}/").text + client.get(f"/en/needs/{need.code}/pledge/").text
    assert {what for what, name in names.items() if name in pages} == told
    by_district = client.get(f"/en/needs/?district={place.district.pcode}").text
    assert (need.code in by_district) == ("district" in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partner_s_whole_way_without_an_account(language: str, facility: Facility, client: Client) -> None:
    need, keeper = make.need(facility, 5), make.keeper(facility)
    address = f"/{language}/needs/{need.code}/pledge/"
    uid = re.search(r'name="uid" value="([^"]+)"', client.get(address).text)
    assert uid
    sent = {"uid": uid[1], "quantity": "٤", "name": "جمعية النخلة", "phone": "0912345678", "ready_on": ""}
    for _ in range(2):
        assert client.post(address, sent)["Location"] == f"/{language}/pledges/mine/"
    pledge = Pledge.objects.get()
    assert Message.objects.filter(kind="pledge-received").count() == 1
    mine = f"/{language}/pledges/{pledge.code}"
    stranger = Client()
    assert stranger.post(f"{mine}/prove/", {"code": make.code_of(pledge)}).status_code == 404
    client.post(f"{mine}/prove/", {"code": make.code_of(pledge)})
    form = {"uid": str(uuid.uuid4()), "quantity": "4"}
    for _ in range(2):
        client.post(f"{mine}/deliver/", form)
    delivery = pledge.deliveries.get()
    carrier, at_facility = (make.leg(delivery, kind) for kind in ("carrier", "facility"))
    page = client.get(f"/{language}/pledges/mine/").text
    assert carrier.shown_code in page
    assert at_facility.shown_code in stranger.get(f"/{language}/handovers/{at_facility.code}/slip/").text
    assert stranger.get(f"/{language}/handovers/{carrier.code}/").status_code == 404
    typed = {"code": carrier.shown_code.lower(), "carrier": "سائق"}
    receipt = stranger.post(f"/{language}/handovers/", typed)["Location"]
    assert carrier.shown_code in stranger.get(receipt).text
    room = as_(keeper)
    there = f"/{language}/needs/mine/{facility.code}/receive/"
    done = room.post(there, {"code": at_facility.code, "quantity": "3"})["Location"]
    assert at_facility.shown_code in room.get(done).text
    assert client.get(f"/{language}/pledges/mine/").status_code == 200
    found = Client().post(f"/{language}/pledges/", {"code": pledge.shown_code, "contact": "0912345678"})
    assert found["Location"] == f"/{language}/pledges/mine/"
    close = f"/{language}/pledges/close/"
    assert all(f'action="{close}"' in client.get(f"/{language}/pledges/{page}").text for page in ("", "mine/"))
    for _ in range(2):
        assert client.post(close)["Location"] == f"/{language}/pledges/"
    assert close not in client.get(f"/{language}/pledges/").text
    assert client.post(f"{mine}/take-back/", form).status_code == 404
    assert (
        Client().post(f"/{language}/pledges/", {"code": pledge.shown_code, "contact": "0912345679"}).status_code == 400
    )


BAD_PLEDGES = [
    {"quantity": "0"}, {"quantity": "-3"}, {"quantity": "many"}, {"quantity": "6"}, {"quantity": "9" * 40}, {"quantity": ""},
    {"name": ""}, {"name": "x" * 121}, {"name": "a\x00b"}, {"phone": ""}, {"phone": "12"}, {"ready_on": "2001-01-01"},
    {"ready_on": "soon"}, {"uid": "x"}, {"uid": ""},
]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD_PLEDGES, ids=str)
def test_a_wrong_pledge_is_shown_again_as_it_was_typed(
    wrong: dict[str, str], facility: Facility, client: Client
) -> None:
    need = make.need(facility, 5)
    sent = {"uid": str(uuid.uuid4()), "quantity": "4", "name": "Palm Society", "phone": "0912345678", "ready_on": ""}
    response = client.post(f"/en/needs/{need.code}/pledge/", sent | wrong)
    assert response.status_code == 400
    assert not Pledge.objects.exists()
    if "name" not in wrong:
        assert "Palm Society" in response.text


def test_the_public_forms_are_rate_limited(facility: Facility, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "pledge": "2/m/ip"}
    need = make.need(facility, 5)
    address = f"/en/needs/{need.code}/pledge/"
    assert [client.post(address, {}).status_code for _ in range(3)] == [400, 400, 429]
    assert client.post("/en/pledges/", {}).status_code == 429
    assert client.post("/en/handovers/", {}).status_code == 429


# --- the room -----------------------------------------------------------------------------------------------------------

ROOM = ["", "report/", "receive/", "offer/", "equipment/"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_room_is_for_who_keeps_or_coordinates_the_facility(language: str, facility: Facility) -> None:
    need, left = make.reported(facility), make.surplus(facility)
    asset = services.register_asset(
        facility=facility, uid=uuid.uuid4(), item=make.item(), label="", serial="", by=coordinator("west"), cause="part"
    )
    inside = [f"/{language}/needs/mine/{facility.code}/{page}" for page in ROOM]
    inside += [f"/{language}/needs/mine/{facility.code}/{need.code}/{page}/" for page in ("correct", "withdraw")]
    inside += [f"/{language}/needs/mine/{facility.code}/surplus/{left.pk}/", f"/{language}/needs/equipment/{asset.pk}/"]
    others = (coordinator("east"), make.keeper(make_facilities.facility("east")), PractitionerFactory().user, auditor())
    for address in inside:
        for user in (make.keeper(facility), coordinator("west")):
            assert as_(user).get(address).status_code == 200, address
        for user in others:
            assert as_(user).get(address).status_code == 404, address
        assert Client().get(address).status_code == 302
    assert as_(PractitionerFactory().user).get(f"/{language}/needs/mine/").status_code == 404


def test_a_focal_point_reports_with_a_photo_and_only_its_room_sees_it(facility: Facility) -> None:
    keeper = make.keeper(facility)
    room, item = as_(keeper), make.item()
    address = f"/en/needs/mine/{facility.code}/report/"
    sent = {
        "uid": str(uuid.uuid4()),
        "item": item.pk,
        "quantity": "٣",
        "unit": "piece",
        "priority": "a",
        "why": "Broken",
    }
    for _ in range(2):
        assert room.post(address, sent | {"photo": _file()}).status_code == 302
    need = Need.objects.get()
    assert (need.state, need.priority) == ("reported", "a")
    assert set(need.photo) == {"webp", "jpg", "width", "height"}
    photo = f"/en/needs/photos/{need.code}/720.jpg"
    assert room.get(photo)["Content-Type"] == "image/jpeg"
    for other in (Client(), as_(coordinator("east"))):
        assert other.get(photo).status_code in (302, 404)
    assert Client().get(f"/en/needs/{need.code}/photo/720.jpg").status_code == 404
    kept = files.path_of(need.photo["jpg"], services.PHOTOS).read_bytes()
    assert b"Exif" in picture()
    assert b"Exif" not in kept
    bad = room.post(address, sent | {"uid": str(uuid.uuid4()), "photo": _file(b"no picture")})
    assert bad.status_code == 302
    assert Need.objects.count() == 2


def _file(content: bytes | None = None) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 (beside its one use)

    return SimpleUploadedFile("a.jpg", content or picture(), content_type="image/jpeg")


@pytest.mark.parametrize(
    "wrong",
    [{"item": "", "words": ""}, {"item": "x"}, {"item": "999999"}, {"quantity": "0"}, {"priority": "z"}, {"uid": "x"}, {"why": "x" * 1001}],
    ids=str,
)  # fmt: skip
def test_a_wrong_report_is_shown_again(wrong: dict[str, str], facility: Facility) -> None:
    sent = {"uid": str(uuid.uuid4()), "item": str(make.item().pk), "quantity": "3", "unit": "piece", "priority": "a"}
    room = as_(make.keeper(facility))
    response = room.post(f"/en/needs/mine/{facility.code}/report/", sent | {"words": "Philips 10L"} | wrong)
    assert response.status_code == 400
    assert not Need.objects.exists()


def test_a_piece_s_page_moves_it_and_tells_all_of_it(facility: Facility) -> None:
    room = as_(make.keeper(facility))
    sent = {"uid": str(uuid.uuid4()), "item": make.item().pk, "label": "Ward 2", "serial": "A-1", "cause": ""}
    page = room.post(f"/en/needs/mine/{facility.code}/equipment/", sent)["Location"]
    room.post(f"{page}break/", {"cause": "nonsense"})
    assert Asset.objects.get().state == "working"
    room.post(f"{page}break/", {"cause": "power"})
    assert "electricity" in room.get(page).text
    room.post(f"{page}repair/")
    room.post(f"{page}retire/", {"why": "Worn out"})
    assert Asset.objects.get().state == "gone"
    assert room.post(f"{page}fly/").status_code == 404
    assert "Worn out" in room.get(page).text


def test_the_question_after_thirty_days_is_answered_with_one_form(facility: Facility) -> None:
    keeper = make.keeper(facility)
    check = make.received(make.sent(make.pledged(make.need(facility, 2), 2), 2), 2, keeper)
    assert check
    address = f"/en/needs/checks/{check.pk}/"
    assert as_(coordinator("east")).get(address).status_code == 404
    room = as_(keeper)
    assert 'value="2"' in room.get(address).text
    assert room.post(address, {"works": "3"}).status_code == 400
    assert room.post(address, {"works": "2"}).status_code == 302
    assert NeedEntry.objects.filter(kind="working").get().quantity == 2


# --- the desk -----------------------------------------------------------------------------------------------------------


def test_the_desk_is_of_one_side(facility: Facility) -> None:
    need, left = make.reported(facility), make.surplus(facility)
    west, east = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    for row in (need, left):
        address = f"/en/admin/needs/{row._meta.model_name}/{row.pk}/change/"
        assert west.get(address).status_code == 200
        assert east.get(address).status_code == 404
        assert at_the_desk(coordinator(None)).get(address).status_code == 200
        assert at_the_desk(auditor()).get(address).status_code == 200
    assert need.told_item not in east.get("/en/admin/needs/need/").text
    verify = f"/en/admin/needs/need/{need.pk}/verify/"
    for user in (coordinator("east"), coordinator(None), auditor()):
        assert at_the_desk(user).post(verify).status_code == 404
    west.post(verify, {"seen": selectors.seal(need)})
    assert Need.objects.get().state == "verified"


def test_what_was_not_looked_at_is_not_verified(facility: Facility) -> None:
    keeper = make.keeper(facility)
    need, desk = make.reported(facility, by=keeper), at_the_desk(coordinator("west"))
    address = f"/en/admin/needs/need/{need.pk}"

    def verify(seen: str) -> str:
        desk.post(f"{address}/verify/", {"seen": seen})
        return Need.objects.get().state

    shown = selectors.seal(need)
    assert f'value="{shown}"' in desk.get(f"{address}/change/").text
    services.set_photo(need=need, content=picture(), by=keeper)
    assert (verify(shown), verify("")) == ("reported", "reported")
    services.correct_need(need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=3, why="Counted", by=keeper)
    assert verify(selectors.seal(Need.objects.get())) == "verified"


def test_whoever_pledged_is_known_to_the_side_alone(facility: Facility) -> None:
    need = make.need(facility)
    pledge = make.pledged(need, 2, giver=services.Giver("Palm Society", phone="+218912345678"))
    address = f"/en/admin/needs/need/{need.pk}/change/"
    assert "Palm Society" in at_the_desk(coordinator("west")).get(address).text
    for other in (at_the_desk(coordinator(None)), at_the_desk(auditor())):
        page = other.get(address).text
        assert "Palm Society" not in page
        assert "912345678" not in page
    assert "Palm Society" not in Client().get(f"/en/needs/{need.code}/").text
    desk = at_the_desk(coordinator("west"))
    desk.post(
        f"/en/admin/needs/need/{need.pk}/take-back/",
        {"uid": str(uuid.uuid4()), "pledge": pledge.pk, "quantity": "٢", "reason": "Called"},
    )
    assert Pledge.objects.get().state == "returned"
    for wrong in ({}, {"pledge": "x"}, {"pledge": pledge.pk, "quantity": "-1"}):
        assert desk.post(f"/en/admin/needs/need/{need.pk}/take-back/", wrong).status_code == 302


def test_both_sides_answer_a_proposal_at_their_desks() -> None:
    make.sides()
    need = make.need(make_facilities.facility("west"), 5)
    make.surplus(make_facilities.facility("east"), 3)
    match()
    proposal = Proposal.objects.get()
    address = f"/en/admin/needs/proposal/{proposal.pk}"
    assert at_the_desk(coordinator("south")).get(f"{address}/change/").status_code == 404
    pages = [at_the_desk(coordinator(side)).get(f"{address}/change/").text for side in ("east", "west")]
    assert all(need.facility.name_en in page for page in pages)
    for user in (coordinator("south"), coordinator(None), auditor()):
        assert at_the_desk(user).post(f"{address}/agree/").status_code == 404
    for side in ("east", "west"):
        at_the_desk(coordinator(side)).post(f"{address}/agree/")
    assert Proposal.objects.get().state == "accepted"
    assert Pledge.objects.get().surplus == Surplus.objects.get()


# --- budgets and data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_both_sides_agreed_on_is_sent_from_the_room_of_its_keeper(language: str) -> None:
    make.sides()
    need, giver = make.need(make_facilities.facility("west"), 5), make_facilities.facility("east")
    make.surplus(giver, 3)
    match()
    for side in ("west", "east"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))
    pledge, room = Pledge.objects.get(), f"/{language}/needs/mine/{giver.code}/"
    base, keeper = f"{room}gives/{pledge.pk}/", as_(make.keeper(giver))
    page = keeper.get(room).text
    assert base in page
    assert str(need.facility) in page
    sent = {"uid": str(uuid.uuid4()), "quantity": "2"}
    for user in (coordinator("west"), make.keeper(need.facility), PractitionerFactory().user):
        assert as_(user).post(f"{base}deliver/", sent).status_code == 404
    elsewhere = make.keeper(make_facilities.facility("east"))
    assert as_(elsewhere).post(f"{base}deliver/", sent).status_code == 404
    for _ in range(2):
        assert keeper.post(f"{base}deliver/", sent).headers["Location"] == room
    delivery = Delivery.objects.get()
    leg = delivery.legs.get(kind="carrier")
    assert (delivery.quantity, leg.shown_code in keeper.get(room).text) == (2, True)
    keeper.post(f"{base}call-off/{delivery.pk}/")
    keeper.post(f"{base}take-back/", {"uid": str(uuid.uuid4()), "quantity": "9", "why": "Needed here"})
    assert balances.of_pledge(pledge).pledged == 3
    # What was typed waits where it was typed, once, and for nobody else.
    assert "Needed here" not in as_(make.keeper(giver)).get(room).text
    assert ["Needed here" in keeper.get(room).text for _ in range(2)] == [True, False]
    keeper.post(f"{base}take-back/", {"uid": str(uuid.uuid4()), "quantity": "3", "why": "Needed here"})
    assert (balances.of_need(need).open, base in keeper.get(room).text) == (5, False)


def test_the_room_of_who_gives_does_not_name_a_hidden_facility() -> None:
    make.sides()
    need, giver = (
        make.need(make_facilities.facility("west", name_ar="مستشفى الوئام"), 5),
        make_facilities.facility("east"),
    )
    make.surplus(giver, 3)
    match()
    for side in ("west", "east"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))
    hide(need.facility)
    page = as_(make.keeper(giver)).get(f"/ar/needs/mine/{giver.code}/").text
    assert f"gives/{Pledge.objects.get().pk}/" in page
    assert "مستشفى الوئام" not in page


def test_pages_cost_the_same_whatever_there_is(django_assert_max_num_queries: Any) -> None:
    make.sides()
    facility = make_facilities.facility()
    keeper, desk = make.keeper(facility), coordinator("west")
    needs = [make.need(facility, 5) for _ in range(6)]
    for need in needs[:3]:
        make.sent(make.pledged(need, 1), 1)
        make.surplus(facility)
    public, room, admin = Client(), as_(keeper), at_the_desk(desk)
    for address in ("/ar/needs/", "/ar/needs/districts/", f"/ar/needs/{needs[0].code}/"):
        with django_assert_max_num_queries(8):
            assert public.get(address).status_code == 200
    with django_assert_max_num_queries(15):
        assert room.get(f"/ar/needs/mine/{facility.code}/").status_code == 200
    for address in ("/ar/admin/needs/need/", f"/ar/admin/needs/need/{needs[0].pk}/change/", "/ar/admin/needs/surplus/"):
        with django_assert_max_num_queries(25):
            assert admin.get(address).status_code == 200


def test_the_vocabulary_is_loaded_with_the_reference_data() -> None:
    for _ in range(2):
        call_command("load_reference", verbosity=0)
    assert Item.objects.count() == 64
    assert not Item.objects.filter(name_ar="").exists()
    assert settings.CELERY_BEAT_SCHEDULE["match-needs"]["task"] == match.name


@pytest.mark.parametrize(
    "query", ["?district=nonsense", "?category=oxygen", "?side=west", "?priority=a", "?page=-1", "?page=9999999999"]
)
def test_the_list_survives_nonsense(query: str, facility: Facility, client: Client) -> None:
    need = make.need(facility, priority="a")
    response = client.get(f"/en/needs/{query}")
    assert response.status_code == 200
    assert need.code in response.text or "page=9" in query
