"""Of what came and did not work: what is made of it later ends the need."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from facilities.models import Facility
from needs import balances, services
from needs.models import Asset, Need, UseCheck
from network.models import Transition, User
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


# --- more is in use than was said -------------------------------------------------------------------------------------


WORDS: dict[str, Any] = {"item": None, "words": "قطعة"}


@pytest.mark.parametrize(
    ("quantity", "what"),
    [(5, WORDS), (5, {"item": "consumable"}), (21, {})],
    ids=["in words alone", "consumables", "too many for a list"],
)
def test_what_is_in_use_later_is_added_once(
    quantity: int, what: dict[str, Any], facility: Facility, keeper: User
) -> None:
    if what.get("item"):
        what = {"item": make.item("mask", use="", durable=False)}
    need = make.need(facility, quantity, **what)
    check = came(need, quantity, keeper)
    for _ in range(2):
        services.answer_check(check=check, works=3, cause="staff", by=keeper)
    with pytest.raises(services.FewerThanSaid):
        services.answer_check(check=check, works=2, cause="staff", by=keeper)
    with pytest.raises(services.MoreThanCame):
        services.answer_check(check=check, works=quantity + 1, cause="", by=keeper)
    with pytest.raises(services.CauseMissing):
        services.answer_check(check=check, works=4, cause="", by=keeper)
    for _ in range(2):
        services.answer_check(check=check, works=4, cause="staff", by=coordinator("west"))
    assert working(need) == (4, "received")
    for _ in range(2):
        services.answer_check(check=check, works=quantity, cause="", by=keeper)
    assert working(need) == (quantity, "working")
    entries = need.entries.filter(kind="working").order_by("pk")
    assert list(entries.values_list("quantity", flat=True)) == [3, 1, quantity - 4]
    assert not Asset.objects.exists()


def test_what_is_added_and_what_is_repaired_are_counted_apart(facility: Facility, keeper: User) -> None:
    need = make.need(facility, 26)
    many, few = came(need, 21, keeper), came(need, 5, keeper)
    services.answer_check(check=many, works=20, cause="staff", by=keeper)
    services.answer_check(check=few, works=4, cause="power", by=keeper)
    services.repair_asset(asset=broken()[0], by=keeper)
    services.answer_check(check=many, works=21, cause="", by=keeper)
    assert working(need) == (26, "working")
    assert {balances.of_pledge(check.delivery.pledge).working for check in (many, few)} == {21, 5}


def part_for(piece: Asset, keeper: User, quantity: int = 1) -> Need:
    need = services.report_need(
        facility=piece.facility, uid=uuid.uuid4(), asked=make.asked(quantity, **WORDS), by=keeper, asset=piece
    )
    return services.verify_need(need=need, by=coordinator("west"))


def broken_piece(facility: Facility, keeper: User) -> Asset:
    return services.register_asset(
        facility=facility, uid=uuid.uuid4(), item=make.item(), label="", serial="", by=keeper, cause="part"
    )


def test_once_the_piece_works_again_so_does_what_came_for_it(facility: Facility, keeper: User) -> None:
    piece = broken_piece(facility, keeper)
    need, later = part_for(piece, keeper, 2), part_for(piece, keeper)
    check, fresh = came(need, 2, keeper), came(later, 1, keeper)
    services.answer_check(check=check, works=0, cause="staff", by=keeper)
    assert working(need) == (0, "received")
    services.repair_asset(asset=piece, by=keeper)
    # Of what nobody was asked about nothing is said.
    assert (working(need), working(later)) == ((2, "working"), (0, "received"))
    for _ in range(2):
        services.answer_check(check=check, works=2, cause="", by=keeper)
    services.break_asset(asset=piece, cause="part", by=keeper)
    services.repair_asset(asset=piece, by=keeper)
    services.answer_check(check=fresh, works=1, cause="", by=keeper)
    assert (working(need), working(later)) == ((2, "working"), (1, "working"))
    assert list(need.entries.filter(kind="working").values_list("quantity", "entered_by")) == [(2, keeper.pk)]


@pytest.mark.parametrize("cause", ["damaged", "age"])
def test_a_part_that_was_no_good_is_not_what_made_it_work(cause: str, facility: Facility, keeper: User) -> None:
    piece = broken_piece(facility, keeper)
    need = part_for(piece, keeper)
    check = came(need, 1, keeper)
    services.answer_check(check=check, works=0, cause=cause, by=keeper)
    services.repair_asset(asset=piece, by=keeper)
    assert working(need) == (0, "received")
    # Its keeper can still say that it is in use after all.
    services.answer_check(check=check, works=1, cause="", by=keeper)
    assert working(need) == (1, "working")


def test_a_part_that_works_later_repairs_the_piece(facility: Facility, keeper: User) -> None:
    piece = broken_piece(facility, keeper)
    first, second = part_for(piece, keeper), part_for(piece, keeper)
    checks = [came(need, 1, keeper) for need in (first, second)]
    for check in checks:
        services.answer_check(check=check, works=0, cause="staff", by=keeper)
    services.answer_check(check=checks[1], works=1, cause="", by=keeper)
    assert Asset.objects.get(pk=piece.pk).state == "repaired"
    assert (working(first), working(second)) == ((1, "working"), (1, "working"))


def test_a_piece_works_only_once_all_that_was_asked_for_it_has_come(facility: Facility, keeper: User) -> None:
    piece = broken_piece(facility, keeper)
    two, other, dropped = part_for(piece, keeper, 2), part_for(piece, keeper), part_for(piece, keeper)
    services.withdraw_need(need=dropped, reason="Found in the store", by=coordinator("west"))

    def state_after(need: Need) -> str:
        services.answer_check(check=came(need, 1, keeper), works=1, cause="", by=keeper)
        return str(Asset.objects.get(pk=piece.pk).state)

    assert [state_after(need) for need in (two, other, two)] == ["failed", "failed", "repaired"]
    assert (working(two), working(other)) == ((2, "working"), (1, "working"))


def test_of_two_deliveries_the_second_lets_the_first_work_and_the_need_moves_once(
    facility: Facility, keeper: User
) -> None:
    need = part_for(broken_piece(facility, keeper), keeper, 2)
    first, second = came(need, 1, keeper), came(need, 1, keeper)
    services.answer_check(check=first, works=0, cause="staff", by=keeper)
    services.answer_check(check=second, works=1, cause="", by=keeper)
    assert working(need) == (2, "working")
    assert Transition.objects.of(need).filter(move="work").count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "سُجّل من قبل أن اثنتين منها"), ("en", "2 of them are in use, as was said before.")],
)
def test_the_room_leads_to_what_is_not_all_in_use(
    language: str, words: str, facility: Facility, keeper: User, client: Client
) -> None:
    listed, loose = make.need(facility, 2), make.need(facility, 3, **WORDS)
    services.answer_check(check=came(listed, 2, keeper), works=1, cause="power", by=keeper)
    check = came(loose, 3, keeper)
    services.answer_check(check=check, works=2, cause="staff", by=keeper)
    client.force_login(keeper)
    room, address = f"/{language}/needs/mine/{facility.code}/", f"/{language}/needs/checks/{check.pk}/"
    assert [row.pk for row in client.get(room).context["room"].to_raise] == [check.pk]
    assert address in client.get(room).text
    assert words in client.get(address).text
    refused = client.post(address, {"works": "1", "cause": "staff"})
    with translation.override(language):
        assert (refused.status_code, str(services.FewerThanSaid(works=2)) in refused.text) == (400, True)
    assert client.post(address, {"works": "3", "cause": ""}).status_code == 302
    assert working(loose) == (3, "working")
    assert address not in client.get(room).text
    assert "<form" not in client.get(address).text.split("<main")[1].split("</main")[0]
