"""The contacts of partners: how much one of them can mean, and how long they are kept."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from facilities.models import Facility
from needs import balances, policies, services
from needs.models import ContactProof, Delivery, Need, Pledge, Proposal
from needs.tasks import clear_lost, erase_contacts, match
from network.models import Transition
from notifications.models import Message
from tests.desk import at_the_desk
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


# --- what was never proved ----------------------------------------------------------------------------------------------


def test_taking_back_does_not_make_room_for_further_codes(facility: Facility) -> None:
    need, same = make.need(facility), make.giver(1)
    for _ in range(policies.UNPROVED_AT_MOST):
        services.take_back(pledge=make.offered(need, 1, giver=same), uid=uuid.uuid4(), quantity=1, why="No")
    with pytest.raises(services.SentTooOften):
        make.offered(need, 1, giver=same)
    assert Message.objects.filter(kind="pledge-received").count() == policies.UNPROVED_AT_MOST


def test_a_contact_is_not_shut_out_by_who_only_names_it_beside_their_own(facility: Facility) -> None:
    need = make.need(facility)
    for _ in range(policies.UNPROVED_AT_MOST):
        make.offered(need, 1, giver=make.giver(1, email="victim@example.org"))
    assert make.offered(need, 1, giver=services.Giver("x", email=" Victim@example.org"))


def test_an_unproved_pledge_is_erased_taken_back_or_released_too(facility: Facility) -> None:
    need, other = make.need(facility), make.need(facility)
    taken, released, counting = make.offered(need, 1), make.offered(other, 1), make.pledged(need, 1)
    services.take_back(pledge=taken, uid=uuid.uuid4(), quantity=1, why="No")
    services.withdraw_need(need=other, reason="Closed", by=coordinator("west"))
    assert Pledge.objects.get(pk=released.pk).state == "returned"
    make.surplus(make_facilities.facility(), 2)
    match()
    services.agree(proposal=Proposal.objects.get(), by=coordinator("west"))
    arranged = Pledge.objects.get(surplus__isnull=False)
    Pledge.objects.update(made_at=timezone.now() - timedelta(days=8))
    clear_lost()
    assert set(Pledge.objects.all()) == {counting, arranged}
    assert set(ContactProof.objects.values_list("pledge", flat=True)) == {counting.pk}


# --- what counts --------------------------------------------------------------------------------------------------------


def test_one_contact_covers_no_more_than_a_few_needs_at_once(facility: Facility) -> None:
    same, most = make.giver(1), policies.COUNTING_AT_MOST
    needs = [make.need(facility, 2) for _ in range(most + 1)]
    waiting = make.offered(needs[-1], 2, giver=same)
    counting = [make.pledged(need, 2, giver=same) for need in needs[:most]]
    with pytest.raises(services.TooManyAtOnce):
        make.offered(needs[-1], 2, giver=same)
    with pytest.raises(services.TooManyAtOnce):
        services.confirm_contact(pledge=waiting, typed=make.code_of(waiting))
    assert balances.of_need(needs[-1]).open == 2
    # What has arrived, or is taken back, makes room again; what others pledge takes none.
    assert make.pledged(needs[-1], 1, giver=make.giver(2))
    make.received(make.sent(counting[0], 2), 2, make.keeper(facility))
    Pledge.objects.filter(pk=waiting.pk).delete()
    assert make.pledged(needs[-1], 1, giver=same).state == "confirmed"
    with pytest.raises(services.TooManyAtOnce):
        make.offered(make.need(facility, 2), 1, giver=same)


# --- how long a contact is kept -----------------------------------------------------------------------------------------


def over(facility: Facility) -> tuple[Pledge, Pledge, Pledge]:
    """Return pledges that arrived, that were taken back, and that are still under way."""
    need = make.need(facility, 9)
    came = make.pledged(need, 2, giver=make.giver(1, email="palm@example.org"))
    make.received(make.sent(came, 2), 2, make.keeper(facility))
    back, going = make.pledged(need, 2), make.pledged(need, 2)
    services.take_back(pledge=back, uid=uuid.uuid4(), quantity=2, why="No")
    make.sent(going, 1)
    return came, back, going


def test_contacts_of_what_is_over_are_emptied_after_half_a_year(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    came, back, going = over(facility)
    now = timezone.now()
    before = everything()
    at(now + policies.CONTACT_KEPT - timedelta(days=1), monkeypatch)
    erase_contacts()
    assert everything() == before
    at(now + policies.CONTACT_KEPT + timedelta(days=1), monkeypatch)
    erase_contacts()
    for row in (came, back):
        row.refresh_from_db()
        assert (row.name, row.phone, row.email) == ("", "", "")
        assert row.erased_at
        assert Transition.objects.of(row).filter(move="edit", by=None).count() == 1
    assert set(Delivery.objects.filter(pledge=came).values_list("carrier", flat=True)) == {""}
    going.refresh_from_db()
    assert going.name
    assert going.phone
    assert Delivery.objects.get(pledge=going).carrier
    once = everything()
    erase_contacts()
    assert everything() == once
    page = at_the_desk(coordinator("west")).get(f"/en/admin/needs/need/{came.need_id}/change/")
    assert page.text.count("contact erased") == 2
    assert settings.CELERY_BEAT_SCHEDULE["erase-contacts"]["task"] == erase_contacts.name


def test_half_a_year_begins_with_the_end(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge, now = make.pledged(make.need(facility), 2), timezone.now()
    at(now + timedelta(days=100), monkeypatch)
    services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=2, why="No")
    for days, kept in ((1, True), (101, False)):
        at(now + policies.CONTACT_KEPT + timedelta(days=days), monkeypatch)
        erase_contacts()
        assert bool(Pledge.objects.get().phone) == kept


def test_the_carrier_of_a_surplus_is_emptied_too(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    need = make.need(facility, 2)
    make.surplus(make_facilities.facility(), 2)
    match()
    services.agree(proposal=Proposal.objects.get(), by=coordinator("west"))
    make.received(make.sent(need.pledges.get(), 2, by=coordinator("west")), 2, make.keeper(facility))
    at(timezone.now() + policies.CONTACT_KEPT + timedelta(days=1), monkeypatch)
    erase_contacts()
    assert Delivery.objects.get().carrier == ""


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"phone": ""}, {"erased_at": True}, {"state": "delivered", "name": ""}], ids=str
)
def test_the_database_keeps_a_pledge_with_its_contact_or_erased(fields: dict[str, Any], facility: Facility) -> None:
    pledge = make.pledged(make.need(facility))
    values = {name: timezone.now() if value is True else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(**values)
    assert Need.objects.get().state == "pledged"
