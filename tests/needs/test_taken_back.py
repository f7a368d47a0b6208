"""Who is told that a pledge was taken back."""

import uuid

import pytest

from facilities.models import Facility
from needs import services
from needs.models import Proposal
from needs.tasks import match
from notifications.models import Message
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def told(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind, channel="email").values_list("recipient_id", flat=True))


def test_those_who_counted_on_a_pledge_are_told_that_it_was_taken_back(facility: Facility) -> None:
    keeper, desk = make.keeper(facility), coordinator("west")
    coordinator("east")
    pledge = make.pledged(make.need(facility, by=keeper), 5)
    people = told("need-pledged")
    assert {keeper.pk, desk.pk} <= people
    for quantity in (1, 2):
        services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=quantity, why="No")
    assert told("need-pledge-taken-back") == people
    mine = Message.objects.filter(kind="need-pledge-taken-back", channel="email", recipient_id=keeper.pk).order_by("pk")
    assert [row.context["quantity"] for row in mine] == [1, 2]
    # The partner did it.
    assert not Message.objects.filter(kind="pledge-taken-back").exists()


def test_a_giver_is_told_when_somebody_else_took_it_back(facility: Facility) -> None:
    keeper, desk = make.keeper(facility), coordinator("west")
    pledge, uid = make.pledged(make.need(facility, by=keeper), 5), uuid.uuid4()
    for _ in range(2):
        services.take_back(pledge=pledge, uid=uid, quantity=2, why="They rang", by=desk)
    row = Message.objects.get(kind="pledge-taken-back")
    assert (row.address, row.context["quantity"]) == (pledge.phone, 2)
    assert keeper.pk in told("need-pledge-taken-back")
    assert desk.pk not in told("need-pledge-taken-back")


def test_of_a_surplus_both_sides_are_told() -> None:
    make.sides()
    need = make.need(make_facilities.facility("west"), 5)
    surplus = make.surplus(make_facilities.facility("east"), 3)
    match()
    east, west = coordinator("east"), coordinator("west")
    for by in (east, west):
        services.agree(proposal=Proposal.objects.get(), by=by)
    keeper = make.keeper(surplus.facility)
    services.take_back(pledge=need.pledges.get(), uid=uuid.uuid4(), quantity=3, why="Needed here", by=west)
    people = told("need-pledge-taken-back")
    assert {keeper.pk, east.pk, need.reported_by_id} <= people
    assert west.pk not in people
