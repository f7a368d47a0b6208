"""Of what came and did not work: what is made of it later ends the need."""

import uuid
from typing import Any

import pytest

from facilities.models import Facility
from needs import balances, services
from needs.models import Asset, Need, UseCheck
from network.models import User
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


@pytest.fixture
def keeper(facility: Facility) -> User:
    return make.keeper(facility)


def came(need: Need, quantity: int, keeper: User) -> UseCheck:
    check = make.received(make.sent(make.pledged(need, quantity), quantity), quantity, keeper)
    assert check
    return check


def working(need: Need) -> tuple[int, str]:
    need = Need.objects.get(pk=need.pk)
    return balances.of_need(need).working, need.state


def broken() -> list[Asset]:
    return list(Asset.objects.filter(state="failed").order_by("pk"))


def test_once_the_last_piece_works_the_need_does(facility: Facility, keeper: User) -> None:
    need = make.need(facility, 5)
    services.answer_check(check=came(need, 5, keeper), works=3, cause="power", by=keeper)
    first, second = broken()
    services.repair_asset(asset=first, by=keeper)
    assert working(need) == (4, "received")
    services.repair_asset(asset=second, by=coordinator("west"))
    assert working(need) == (5, "working")


def test_a_piece_counts_once_however_often_it_breaks(facility: Facility, keeper: User) -> None:
    need = make.need(facility, 3)
    services.answer_check(check=came(need, 3, keeper), works=1, cause="power", by=keeper)
    in_use, (late, _never) = Asset.objects.get(state="working"), broken()
    services.break_asset(asset=in_use, cause="part", by=keeper)
    services.repair_asset(asset=in_use, by=keeper)
    assert working(need) == (1, "received")
    services.repair_asset(asset=late, by=keeper)
    services.break_asset(asset=late, cause="part", by=keeper)
    services.repair_asset(asset=late, by=keeper)
    assert working(need) == (2, "received")


def test_it_counts_with_what_was_asked_about_and_not_with_what_just_came(facility: Facility, keeper: User) -> None:
    need = make.need(facility, 4)
    fresh, asked = came(need, 2, keeper), came(need, 2, keeper)
    services.answer_check(check=asked, works=1, cause="power", by=keeper)
    services.repair_asset(asset=broken()[0], by=keeper)
    pledges = {check: balances.of_pledge(check.delivery.pledge).working for check in (fresh, asked)}
    assert pledges == {fresh: 0, asked: 2}
    services.answer_check(check=fresh, works=2, cause="", by=keeper)
    assert working(need) == (4, "working")


def test_what_came_to_repair_it_ends_the_need_with_which_it_came(facility: Facility, keeper: User) -> None:
    need = make.need(facility, 1)
    services.answer_check(check=came(need, 1, keeper), works=0, cause="part", by=keeper)
    (piece,) = broken()
    part: Any = services.report_need(
        facility=facility, uid=uuid.uuid4(), asked=make.asked(1, item=make.item("part", use="")), by=keeper, asset=piece
    )
    services.verify_need(need=part, by=coordinator("west"))
    services.answer_check(check=came(part, 1, keeper), works=1, cause="", by=keeper)
    assert (working(need), working(part)) == ((1, "working"), (1, "working"))
