"""A facility is closed: nothing more is sent there, those who would have are told, and what was sent before can still be received."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from facilities import services as facility_services
from facilities.models import Facility
from needs import balances, services
from needs.models import Delivery, Need, NeedEntry, Pledge, Proposal, UseCheck
from needs.tasks import ask_if_working, match
from notifications.models import Message
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "en")


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def close(facility: Facility) -> None:
    facility_services.close_facility(facility=facility, reason="Destroyed", by=coordinator("west"))


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_nothing_more_is_prepared_for_it_or_handed_over(facility: Facility) -> None:
    pledge = make.pledged(make.need(facility), 5)
    waiting = make.delivery(pledge, 2)
    close(facility)
    with pytest.raises(services.NothingGoesThere):
        make.delivery(pledge, 1)
    with pytest.raises(services.NothingGoesThere):
        services.hand_over(code=make.leg(waiting, "carrier").code, carrier="x")
    assert Delivery.objects.get().state == "planned"
    assert not NeedEntry.objects.filter(kind="sent").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partner_reads_why_nothing_can_be_sent(language: str, facility: Facility, client: Client) -> None:
    pledge = make.pledged(make.need(facility), 5, giver=services.Giver("Palm Society", phone="+218912345678"))
    client.post(f"/{language}/pledges/", {"code": pledge.code, "contact": "0912345678"})
    close(facility)
    sent = {"uid": str(uuid.uuid4()), "quantity": "2"}
    page = client.post(f"/{language}/pledges/{pledge.code}/deliver/", sent, follow=True).text
    with translation.override(language):
        assert str(services.NothingGoesThere()) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partner_reads_that_it_is_no_longer_needed_from_the_close_on(
    language: str, facility: Facility, client: Client
) -> None:
    pledge = make.pledged(make.need(facility), 5, giver=services.Giver("Palm Society", phone="+218912345678"))
    client.post(f"/{language}/pledges/", {"code": pledge.code, "contact": "0912345678"})
    words = {"ar": "لم تعد هناك حاجة إلى ما تعهدتم به", "en": "What you pledged is no longer needed"}[language]

    def shown() -> tuple[bool, bool]:
        page = client.get(f"/{language}/pledges/mine/").text
        return words in page, f"{pledge.code}/deliver/" in page

    assert shown() == (False, True)
    close(facility)
    assert shown() == (True, False)
    match()
    assert shown() == (True, False)


def test_what_is_pledged_to_it_ends_and_its_givers_are_told_once(facility: Facility) -> None:
    need = make.need(facility, 10)
    part, whole, unproved = make.pledged(need, 4), make.pledged(need, 3), make.offered(need, 1)
    make.sent(part, 1)
    make.delivery(part, 2)
    make.sent(whole, 3)
    elsewhere = make.pledged(make.need(make_facilities.facility()), 2)
    close(facility)
    match()
    once = everything()
    match()
    assert everything() == once
    assert {row.pk: (row.state, balances.of_pledge(row).pledged) for row in Pledge.objects.all()} == {
        part.pk: ("in_progress", 1),
        whole.pk: ("in_progress", 3),
        unproved.pk: ("returned", 0),
        elsewhere.pk: ("confirmed", 2),
    }
    assert set(Delivery.objects.values_list("state", flat=True)) == {"in_progress", "cancelled"}
    assert list(NeedEntry.objects.filter(kind="taken_back").values_list("quantity", "why", "entered_by")) == [
        (-3, "Destroyed", None)
    ]
    assert list(Message.objects.filter(kind="pledge-released").values_list("address", flat=True)) == [part.phone]
    assert Need.objects.get(pk=need.pk).state == "in_transit"


def test_those_who_were_to_give_of_their_surplus_have_it_again() -> None:
    make.sides()
    need = make.need(make_facilities.facility("west"), 5)
    surplus = make.surplus(make_facilities.facility("east"), 3)
    match()
    for side in ("east", "west"):
        services.agree(proposal=Proposal.objects.get(), by=coordinator(side))
    keepers = {make.keeper(surplus.facility).pk, coordinator("east").pk}
    close(need.facility)
    match()
    assert balances.free(surplus) == 3
    told = Message.objects.filter(kind="surplus-released").values_list("recipient_id", flat=True)
    assert keepers <= set(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_sent_before_is_still_received_and_nothing_else_is_done_there(
    language: str, facility: Facility
) -> None:
    need, keeper = make.need(facility, 3), make.keeper(facility)
    delivery = make.sent(make.pledged(need, 3), 3)
    room = f"/{language}/needs/mine/{facility.code}/"
    phone = signed_in(keeper)
    close(facility)
    assert phone.get(f"/{language}/needs/mine/").headers["Location"] == room
    assert phone.get(room).headers["Location"] == f"{room}receive/"
    page = phone.get(f"{room}receive/").text
    words = {"ar": "هذا المرفق مغلق", "en": "This facility is closed."}[language]
    assert (words in page, f'href="{room}"' in page) == (True, False)
    for other in ("report/", "offer/", "equipment/"):
        assert phone.get(f"{room}{other}").status_code == 404
    for stranger in (coordinator("east"), make.keeper(make_facilities.facility())):
        assert signed_in(stranger).get(f"{room}receive/").status_code == 404
    typed = {"code": make.leg(delivery, "facility").code, "quantity": "3"}
    receipts = {phone.post(f"{room}receive/", typed).headers["Location"] for _ in range(2)}
    assert len(receipts) == 1
    assert Delivery.objects.get().state == "delivered"
    # There is nothing left to come.
    assert phone.get(f"/{language}/needs/mine/").status_code == 404


def test_a_closed_facility_to_which_nothing_was_sent_has_no_room(facility: Facility) -> None:
    need, keeper = make.need(facility, 3), make.keeper(facility)
    make.delivery(make.pledged(need, 3), 3)
    close(facility)
    for page in ("", "receive/"):
        assert signed_in(keeper).get(f"/en/needs/mine/{facility.code}/{page}").status_code == 404


def test_nobody_is_asked_at_a_closed_facility_but_again_once_it_is_open(facility: Facility) -> None:
    check = make.received(make.sent(make.pledged(make.need(facility, 1), 1), 1), 1, make.keeper(facility))
    assert check
    UseCheck.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    close(facility)
    ask_if_working()
    assert UseCheck.objects.get().asked_at is None
    facility_services.reopen_facility(facility=facility, by=coordinator("west"))
    ask_if_working()
    assert UseCheck.objects.get().asked_at
