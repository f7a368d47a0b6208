"""Who confirms what came, where there is a focal point and where there is none; and the slip that is needed for it."""

from typing import Any

import pytest
from django.test import Client

from facilities.models import Facility
from needs import services
from needs.models import Delivery
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "en")


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(facility: Facility, **by: Any) -> Delivery:
    reporter = coordinator("west")
    need = make.need(facility, 3, by=reporter)
    return make.sent(make.pledged(need, 3), 3, **by)


def test_without_a_focal_point_the_coordinators_are_told_and_one_receives(facility: Facility) -> None:
    desk, other = coordinator("west"), coordinator("east")
    delivery = sent(facility)
    told = Message.objects.filter(kind="need-to-receive", channel="email")
    assert desk.pk in set(told.values_list("recipient_id", flat=True))
    assert other.pk not in set(told.values_list("recipient_id", flat=True))
    assert not Message.objects.filter(kind="need-on-the-way").exists()
    for by in (other, coordinator(None)):
        with pytest.raises(services.NoSuchHandOver):
            make.received(delivery, 3, by)
    assert make.received(delivery, 3, desk)
    assert Delivery.objects.get().state == "delivered"


def test_where_the_only_focal_point_gave_it_the_coordinators_are_told_and_one_receives(facility: Facility) -> None:
    keeper, desk = make.keeper(facility), coordinator("west")
    need = make.need(facility, 3, by=coordinator("west"))
    delivery = make.sent(make.pledged(need, 3, giver=services.Giver("x", email=keeper.email)), 3)
    told = Message.objects.filter(channel="email").values_list("kind", "recipient_id")
    assert ("need-to-receive", desk.pk) in told
    assert "need-on-the-way" not in dict(told)
    with pytest.raises(services.OwnDelivery):
        make.received(delivery, 3, keeper)
    assert make.received(delivery, 3, desk)


def test_with_a_focal_point_only_that_one_is_told(facility: Facility) -> None:
    keeper = make.keeper(facility)
    sent(facility)
    told = Message.objects.filter(kind="need-on-the-way", channel="email").values_list("recipient_id", flat=True)
    assert set(told) == {keeper.pk}
    assert not Message.objects.filter(kind="need-to-receive").exists()


def test_a_coordinator_who_sent_or_carried_it_does_not_receive_it(facility: Facility) -> None:
    sender, carrier, third = (coordinator("west") for _ in range(3))
    delivery = make.delivery(make.pledged(make.need(facility, 3, by=coordinator("west")), 3), 3, by=sender)
    code = make.leg(delivery, "carrier").code
    signed_in(carrier).post("/en/handovers/", {"code": code, "carrier": "My own car"})
    with pytest.raises(services.OwnDelivery):
        make.received(delivery, 3, sender)
    with pytest.raises(services.CarriedYourself):
        make.received(delivery, 3, carrier)
    assert make.received(delivery, 3, third)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_a_focal_point_a_coordinator_reads_so(language: str, facility: Facility) -> None:
    make.keeper(facility)
    code, room = make.leg(sent(facility), "facility").code, f"/{language}/needs/mine/{facility.code}/receive/"
    page = signed_in(coordinator("west")).post(room, {"code": code, "quantity": "3"}).text
    words = {
        "ar": "لا يؤكّد الوصول إلا مسؤول الاتصال في المرفق.",
        "en": "Only a focal point of the facility confirms what came.",
    }
    assert words[language] in page
    assert Delivery.objects.get().state == "in_progress"


# --- the slip on the way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slip_can_be_opened_until_it_is_received(language: str, facility: Facility, client: Client) -> None:
    keeper, desk = make.keeper(facility), at_the_desk(coordinator("west"))
    need = make.need(facility, 3)
    pledge = make.pledged(need, 3, giver=services.Giver("Palm Society", phone="+218912345678"))
    client.post(f"/{language}/pledges/", {"code": pledge.code, "contact": "0912345678"})
    delivery = make.delivery(pledge, 3)
    carrier, at_facility = (make.leg(delivery, kind) for kind in ("carrier", "facility"))
    slip = f"/{language}/handovers/{at_facility.code}/slip/"
    pages = {f"/{language}/pledges/mine/": client, f"/{language}/admin/needs/need/{need.pk}/change/": desk}

    def shown(what: str) -> list[bool]:
        return [what in reader.get(address).text for address, reader in pages.items()]

    assert (shown(slip), shown(carrier.shown_code)) == ([True, True], [True, True])
    services.hand_over(code=carrier.code, carrier="سائق")
    assert shown(slip) == [True, True]
    assert at_facility.shown_code in client.get(slip).text
    make.received(delivery, 3, keeper)
    assert shown(slip) == [False, False]
