"""What each service of needs allows to whom, and what it leaves behind."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facilities import services as facility_services
from facilities.models import Facility
from needs import balances, services
from needs.models import Asset, Delivery, Need, NeedEntry, Pledge, Proposal, UseCheck
from needs.tasks import ask_if_working, clear_lost, match
from network.models import Region, User
from network.services import IllegalMove
from notifications.models import Message
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import PractitionerFactory, UserFactory, auditor, coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    make.sides()
    return make_facilities.facility()


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


# --- reporting and verifying --------------------------------------------------------------------------------------------


def test_a_need_is_reported_by_whoever_keeps_the_facility_or_coordinates_its_side(facility: Facility) -> None:
    for by in (make.keeper(facility), coordinator("west")):
        assert make.reported(facility, by=by).state == "reported"
    stranger = make.keeper(make_facilities.facility())
    for by in (coordinator("east"), coordinator(None), auditor(), stranger, PractitionerFactory().user):
        with pytest.raises(services.NotYourFacility):
            make.reported(facility, by=by)


def test_the_same_form_twice_is_one_need_and_never_another_facility_s(facility: Facility) -> None:
    by, uid = coordinator("west"), uuid.uuid4()
    first, second = (services.report_need(facility=facility, uid=uid, asked=make.asked(3), by=by) for _ in range(2))
    assert first == second
    assert NeedEntry.objects.count() == 1
    with pytest.raises(services.FormUsed):
        services.report_need(facility=make_facilities.facility(), uid=uid, asked=make.asked(3), by=by)


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_what_is_no_quantity_is_not_asked_for(quantity: int, facility: Facility) -> None:
    with pytest.raises(services.NotAQuantity):
        make.reported(facility, quantity)
    with pytest.raises(services.NothingAsked):
        make.reported(facility, 1, item=None, words="  ")
    assert not Need.objects.exists()


def test_a_need_is_verified_by_its_side_and_not_by_who_reported_it(facility: Facility) -> None:
    desk = coordinator("west")
    need = make.reported(facility, by=desk)
    for by in (make.keeper(facility), coordinator("east"), coordinator(None), auditor()):
        with pytest.raises(services.NotYourNeed):
            services.verify_need(need=need, by=by)
    with pytest.raises(services.OwnReport):
        services.verify_need(need=need, by=desk)
    assert services.verify_need(need=need, by=coordinator("west")).state == "verified"


def test_after_verification_the_coordinators_alone_correct_it(facility: Facility) -> None:
    keeper = make.keeper(facility)
    need = make.reported(facility, 10, by=keeper)
    services.correct_need(need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=8, why="Counted", by=keeper)
    services.verify_need(need=need, by=coordinator("west"))
    with pytest.raises(services.NotYourNeed):
        services.correct_need(need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=20, why="More", by=keeper)
    uid = uuid.uuid4()
    for _ in range(2):
        services.correct_need(
            need=need, uid=uid, seen=make.seen(need), quantity=9, why="Counted", by=coordinator("west")
        )
    assert balances.of_need(need).asked == 9
    make.pledged(need, 5)
    with pytest.raises(services.BelowCovered):
        services.correct_need(
            need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=4, why="Less", by=coordinator("west")
        )
    with pytest.raises(services.NothingChanges):
        services.correct_need(
            need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=9, why="Same", by=coordinator("west")
        )
    with pytest.raises(services.WhyMissing):
        services.correct_need(
            need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=12, why=" ", by=coordinator("west")
        )


def test_withdrawing_releases_what_is_pledged_but_not_what_is_on_its_way(facility: Facility) -> None:
    need, desk = make.need(facility), coordinator("west")
    waiting, counting = make.offered(need, 2), make.pledged(need, 3)
    make.delivery(counting, 1)
    other = make.need(facility)
    make.sent(make.pledged(other, 2), 2)
    with pytest.raises(IllegalMove):
        services.withdraw_need(need=other, reason="Closed", by=desk)
    with pytest.raises(services.WhyMissing):
        services.withdraw_need(need=need, reason="", by=desk)
    services.withdraw_need(need=need, reason="Closed", by=desk)
    assert [now(each).state for each in (need, waiting, counting)] == ["withdrawn", "returned", "returned"]
    assert set(need.pledges.get(pk=counting.pk).deliveries.values_list("state", flat=True)) == {"cancelled"}
    assert balances.of_need(need).pledged == 0
    assert Message.objects.filter(kind="pledge-released", address=counting.phone).count() == 1


@pytest.mark.parametrize("breaking", [break_the_outbox, break_the_journal])
def test_a_call_that_breaks_off_leaves_nothing(
    breaking: Any, facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    need, by = make.need(facility), make.keeper(facility)
    pledge = make.offered(need, 2)
    code = make.code_of(pledge)
    before = everything()
    breaking(monkeypatch)
    for call in (
        lambda: make.reported(facility, by=by),
        lambda: services.confirm_contact(pledge=pledge, typed=code),
        lambda: services.offer_pledge(need=need, uid=uuid.uuid4(), giver=make.giver(5), quantity=1, ready_on=None),
    ):
        with pytest.raises(Broken):
            call()
        assert everything() == before


# --- pledges ------------------------------------------------------------------------------------------------------------


def test_a_pledge_counts_once_its_contact_is_proved(facility: Facility) -> None:
    need = make.need(facility, 10)
    pledge = make.offered(need, 4)
    assert balances.of_need(need).open == 10
    with pytest.raises(services.WrongCode):
        services.confirm_contact(pledge=pledge, typed="")
    for _ in range(2):
        services.confirm_contact(pledge=pledge, typed=make.code_of(pledge))
    assert balances.of_need(need).open == 6
    assert now(need).state == "pledged"
    told = set(Message.objects.filter(kind="need-pledged").values_list("recipient_id", flat=True))
    assert need.reported_by_id in told


def test_a_code_is_tried_five_times_and_lasts_two_hours(facility: Facility) -> None:
    need = make.need(facility)
    pledge = make.offered(need, 1)
    for _ in range(5):
        with pytest.raises(services.WrongCode):
            services.confirm_contact(pledge=pledge, typed="no")
    with pytest.raises(services.TooManyTries):
        services.confirm_contact(pledge=pledge, typed=make.code_of(pledge))


def test_no_more_is_pledged_than_is_open_and_nothing_to_what_is_not_public(facility: Facility) -> None:
    need = make.need(facility, 5)
    first, second = make.offered(need, 4), make.offered(need, 4)
    services.confirm_contact(pledge=first, typed=make.code_of(first))
    with pytest.raises(services.NotThatMuchOpen):
        services.confirm_contact(pledge=second, typed=make.code_of(second))
    with pytest.raises(services.NotThatMuchOpen):
        make.offered(need, 2)
    assert balances.of_need(need).open == 1
    with pytest.raises(services.NotAskedFor):
        make.offered(make.reported(facility), 1)
    facility_services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))
    with pytest.raises(services.NotAskedFor):
        make.offered(need, 1)


def test_nobody_is_flooded_with_codes(facility: Facility) -> None:
    need = make.need(facility)
    same = make.giver(1)
    for _ in range(3):
        make.offered(need, 1, giver=same)
    with pytest.raises(services.SentTooOften):
        make.offered(need, 1, giver=same)


def test_an_unproved_pledge_is_erased_with_its_contact(facility: Facility) -> None:
    need = make.need(facility)
    old, counting = make.offered(need, 1), make.pledged(need, 1)
    Pledge.objects.update(made_at=timezone.now() - timedelta(days=8))
    clear_lost()
    assert set(Pledge.objects.all()) == {counting}
    assert not Pledge.objects.filter(pk=old.pk).exists()


def test_who_pledged_or_coordinates_takes_back_what_is_not_sent(facility: Facility) -> None:
    pledge = make.pledged(make.need(facility), 5)
    make.sent(pledge, 2)
    make.delivery(pledge, 1)
    for by in (coordinator("east"), make.keeper(facility), auditor()):
        with pytest.raises(services.NotYourPledge):
            services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=1, why="No", by=by)
    with pytest.raises(services.NotThatMuchLeft):
        services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=3, why="No")
    services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=2, why="No")
    assert balances.of_pledge(pledge).pledged == 3


# --- hand-overs ---------------------------------------------------------------------------------------------------------


def test_the_carrier_and_the_facility_each_type_their_own_code(facility: Facility) -> None:
    keeper = make.keeper(facility)
    delivery = make.delivery(make.pledged(make.need(facility), 4), 4)
    carrier, at_facility = (make.leg(delivery, kind).code for kind in ("carrier", "facility"))
    with pytest.raises(services.NoSuchHandOver):
        services.hand_over(code=at_facility, carrier="x")
    with pytest.raises(IllegalMove):
        services.receive(code=at_facility, quantity=4, by=keeper)
    with pytest.raises(services.WhoTakesIt):
        services.hand_over(code=carrier, carrier=" ")
    for _ in range(2):
        services.hand_over(code=carrier, carrier="سائق")
    with pytest.raises(services.NoSuchHandOver):
        services.receive(code=carrier, quantity=4, by=keeper)
    with pytest.raises(services.MoreThanSent):
        services.receive(code=at_facility, quantity=5, by=keeper)
    for _ in range(2):
        services.receive(code=at_facility, quantity=4, by=keeper)
    assert NeedEntry.objects.filter(kind="sent").count() == NeedEntry.objects.filter(kind="received").count() == 1


def test_only_a_focal_point_receives_and_never_who_sent(facility: Facility) -> None:
    keeper, need = make.keeper(facility), make.need(facility)
    for by in (coordinator("east"), coordinator(None), make.keeper(make_facilities.facility()), auditor()):
        with pytest.raises(services.NoSuchHandOver):
            make.received(make.sent(make.pledged(need, 1), 1), 1, by)
    with pytest.raises(services.FocalPointsReceive):
        make.received(make.sent(make.pledged(need, 1), 1), 1, coordinator("west"))
    both = make.keeper(facility)
    make_facilities.RegionFactory(code="west")
    from tests.factories.network import RoleGrantFactory  # noqa: PLC0415 (beside its one use)

    RoleGrantFactory(user=both, role="regional_coordinator", region=Region.objects.get(code="west"))
    delivery = make.sent(make.pledged(need, 1), 1, by=both)
    with pytest.raises(services.OwnDelivery):
        make.received(delivery, 1, both)
    partner = make.pledged(need, 1, giver=services.Giver("x", email=keeper.email))
    with pytest.raises(services.OwnDelivery):
        make.received(make.sent(partner, 1), 1, keeper)
    User.objects.filter(pk=keeper.pk).update(phone="+218919999999", phone_verified=False)
    by_phone = make.pledged(need, 1, giver=services.Giver("x", phone="+218919999999"))
    with pytest.raises(services.OwnDelivery):
        make.received(make.sent(by_phone, 1), 1, User.objects.get(pk=keeper.pk))
    assert make.received(delivery, 1, keeper)


def test_who_keeps_the_giving_facility_does_not_confirm_that_it_came(facility: Facility) -> None:
    other = make_facilities.facility()
    make.surplus(other, 2)
    need = make.need(facility, 2)
    match()
    services.agree(proposal=Proposal.objects.get(), by=coordinator("west"))
    delivery = make.sent(need.pledges.get(), 2, by=coordinator("west"))
    both = PractitionerFactory(side="west")
    for each in (facility, other):
        make_facilities.focal_point(each, both)
    with pytest.raises(services.OwnDelivery):
        make.received(delivery, 2, both.user)


def test_what_is_lost_is_open_again(facility: Facility) -> None:
    need, keeper = make.need(facility, 5), make.keeper(facility)
    first = make.sent(make.pledged(need, 5), 5)
    with pytest.raises(services.NotYourNeed):
        services.lose_delivery(delivery=first, why="Gone", by=coordinator("east"))
    services.lose_delivery(delivery=first, why="Gone", by=coordinator("west"))
    assert (balances.of_need(need).open, now(need).state) == (5, "verified")
    make.received(make.sent(make.pledged(need, 5), 5), 0, keeper)
    assert (balances.of_need(need).open, now(need).state) == (5, "verified")
    assert set(Pledge.objects.values_list("state", flat=True)) == {"lost"}


# --- after thirty days --------------------------------------------------------------------------------------------------


def test_after_thirty_days_the_focal_point_is_asked_once(facility: Facility) -> None:
    keeper, need = make.keeper(facility), make.need(facility, 3)
    check = make.received(make.sent(make.pledged(need, 3), 3), 3, keeper)
    assert check
    assert check.due_on == timezone.localdate(timezone.now() + timedelta(days=30))
    ask_if_working()
    assert not Message.objects.filter(kind="need-still-working").exists()
    UseCheck.objects.update(due_on=timezone.localdate())
    for _ in range(2):
        ask_if_working()
    told = Message.objects.filter(kind="need-still-working", channel="email")
    assert keeper.pk in set(told.values_list("recipient_id", flat=True))
    assert told.filter(recipient_id=keeper.pk).count() == 1
    with pytest.raises(services.NotYourFacility):
        services.answer_check(check=check, works=3, cause="", by=coordinator("east"))
    with pytest.raises(services.MoreThanCame):
        services.answer_check(check=check, works=4, cause="", by=keeper)
    with pytest.raises(services.CauseMissing):
        services.answer_check(check=check, works=2, cause="", by=keeper)
    for _ in range(2):
        services.answer_check(check=check, works=2, cause="power", by=keeper)
    # Each of these is a piece of its own by now.
    with pytest.raises(services.EachPieceTells):
        services.answer_check(check=check, works=3, cause="", by=keeper)
    assert balances.of_need(need).working == 2
    assert now(need).state == "received"
    assert sorted(Asset.objects.values_list("state", "cause", "came_with")) == [
        ("failed", "power", need.pk), ("working", "", need.pk), ("working", "", need.pk),
    ]  # fmt: skip


def test_a_broken_piece_its_need_and_its_repair_are_one_thread(facility: Facility) -> None:
    from needs import selectors  # noqa: PLC0415 (beside its one use)

    keeper = make.keeper(facility)
    asset = services.register_asset(
        facility=facility, uid=uuid.uuid4(), item=make.item(), label="", serial="", by=keeper
    )
    with pytest.raises(services.NotThatAsset):
        services.report_need(facility=facility, uid=uuid.uuid4(), asked=make.asked(1), by=keeper, asset=asset)
    asset = services.break_asset(asset=asset, cause="part", by=keeper)
    need = services.report_need(facility=facility, uid=uuid.uuid4(), asked=make.asked(1), by=keeper, asset=asset)
    services.verify_need(need=need, by=coordinator("west"))
    check = make.received(make.sent(make.pledged(need, 1), 1), 1, keeper)
    assert check
    services.answer_check(check=check, works=1, cause="", by=keeper)
    assert (now(asset).state, now(asset).cause, now(need).state) == ("repaired", "", "working")
    lines = [(type(line.about).__name__, line.state or line.quantity) for line in selectors.thread(now(asset))]
    assert lines[0] == ("Asset", "working")
    assert ("Asset", "failed") in lines
    # What the book of entries tells is not told again by the steps.
    of_need = [what for about, what in lines if about == "Need"]
    assert [what for what in of_need if isinstance(what, str)] == ["reported", "verified", "working"]
    assert of_need.count(1) == len(NeedEntry.objects.filter(need=need))
    assert lines.count(("Asset", "repaired")) == 1
    for by in (coordinator("east"), make.keeper(make_facilities.facility())):
        with pytest.raises(services.NotYourFacility):
            services.break_asset(asset=asset, cause="part", by=by)


def test_whoever_answers_holds_the_piece_before_the_need(facility: Facility) -> None:
    keeper = make.keeper(facility)
    asset = services.register_asset(
        facility=facility, uid=uuid.uuid4(), item=make.item(), label="", serial="", by=keeper, cause="part"
    )
    need = services.report_need(facility=facility, uid=uuid.uuid4(), asked=make.asked(1), by=keeper, asset=asset)
    services.verify_need(need=need, by=coordinator("west"))
    check = make.received(make.sent(make.pledged(need, 1), 1), 1, keeper)
    assert check
    with CaptureQueriesContext(connection) as asked:
        services.answer_check(check=check, works=1, cause="", by=keeper)
    read = [
        re.search(r'FROM "(needs_\w+)"', query["sql"])
        for query in asked
        if not connection.features.has_select_for_update or "FOR UPDATE" in query["sql"]
    ]
    tables = [found[1] for found in read if found and found[1] in ("needs_asset", "needs_need")]
    assert tables[:2] == ["needs_asset", "needs_need"]
    assert tables.count("needs_asset") == 1


# --- surplus and proposals ----------------------------------------------------------------------------------------------


def across() -> tuple[Need, Proposal]:
    """Return a need of the west to which a surplus of the east is proposed."""
    make.sides()
    need = make.need(make_facilities.facility("west"), 5)
    make.surplus(make_facilities.facility("east"), 3)
    match()
    return need, Proposal.objects.get()


def test_both_sides_are_told_at_once_in_the_same_words() -> None:
    make.sides()
    people = {coordinator(side).pk for side in ("east", "west")} | {coordinator("south").pk}
    need, proposal = across()
    for _ in range(2):
        match()
    assert Proposal.objects.count() == 1
    rows = Message.objects.filter(kind="need-proposal", channel="email", recipient_id__in=people)
    assert rows.count() == 2
    assert len({(row.created_at, str(row.context)) for row in rows}) == 1
    assert proposal.quantity == 3
    assert need.item


def test_a_pledge_comes_of_it_when_both_sides_agree() -> None:
    need, proposal = across()
    for by in (coordinator("south"), coordinator(None), make.keeper(need.facility)):
        with pytest.raises(services.NotYourProposal):
            services.agree(proposal=proposal, by=by)
    for _ in range(2):
        services.agree(proposal=proposal, by=coordinator("west"))
    assert (now(proposal).state, Pledge.objects.count()) == ("waiting", 0)
    for _ in range(2):
        services.agree(proposal=proposal, by=coordinator("east"))
    pledge = Pledge.objects.get()
    assert (now(proposal).state, pledge.state, balances.of_need(need).open) == ("accepted", "confirmed", 2)
    assert balances.free(proposal.surplus) == 0
    services.take_back(pledge=pledge, uid=uuid.uuid4(), quantity=3, why="Needed here", by=coordinator("east"))
    assert (balances.free(proposal.surplus), balances.of_need(need).open) == (3, 5)


def test_those_who_keep_a_surplus_are_told_what_becomes_of_it() -> None:
    need, proposal = across()
    keepers = {make.keeper(proposal.surplus.facility).pk, coordinator("east").pk}

    def told(kind: str) -> set[int]:
        rows = Message.objects.filter(kind=kind, recipient_id__in=keepers)
        return set(rows.values_list("recipient_id", flat=True))

    for side in ("west", "east"):
        services.agree(proposal=proposal, by=coordinator(side))
    assert told("surplus-pledged") == keepers
    delivery = make.sent(Pledge.objects.get(), 2, by=coordinator("east"))
    make.received(delivery, 0, make.keeper(need.facility))
    assert told("surplus-arrived") == keepers
    assert not told("surplus-released")
    services.withdraw_need(need=need, reason="Closed", by=coordinator("west"))
    assert told("surplus-released") == keepers
    assert balances.free(proposal.surplus) == 1


def test_either_side_declines_for_a_reason_and_the_pair_is_not_proposed_again() -> None:
    _need, proposal = across()
    with pytest.raises(services.WhyMissing):
        services.decline(proposal=proposal, reason=" ", by=coordinator("east"))
    services.agree(proposal=proposal, by=coordinator("west"))
    services.decline(proposal=proposal, reason="Promised elsewhere", by=coordinator("east"))
    assert now(proposal).state == "declined"
    with pytest.raises(IllegalMove):
        services.agree(proposal=proposal, by=coordinator("east"))
    match()
    assert Proposal.objects.count() == 1


def test_what_no_longer_fits_lapses_and_says_so() -> None:
    need, proposal = across()
    make.pledged(need, 4)
    with pytest.raises(services.NoLongerFits):
        services.agree(proposal=proposal, by=coordinator("west"))
    assert now(proposal).state == "lapsed"
    assert balances.of_need(need).open == 1
    match()
    assert Proposal.objects.filter(state="proposed").get().quantity == 1


def test_a_hidden_facility_is_matched_within_its_own_side_alone() -> None:
    need, proposal = across()
    facility_services.raise_concern(facility=need.facility, reason="Shelling", by=coordinator("west"))
    assert not Proposal.objects.visible_to(coordinator("east")).exists()
    with pytest.raises(services.NotYourProposal):
        services.agree(proposal=proposal, by=coordinator("east"))
    other = make.need(make_facilities.facility("west"), 5)
    facility_services.raise_concern(facility=other.facility, reason="Shelling", by=coordinator("west"))
    match()
    assert not Proposal.objects.filter(need=other).exists()
    make.surplus(make_facilities.facility("west"), 1)
    match()
    assert Proposal.objects.filter(need=other).count() == 1


def test_what_belongs_to_a_merged_facility_goes_on_with_the_other(facility: Facility) -> None:
    twin = make_facilities.facility()
    need, left = make.need(twin), make.surplus(twin)
    facility_services.merge_facility(facility=twin, into=facility, by=coordinator("west"))
    match()
    assert {now(need).facility_id, now(left).facility_id} == {facility.pk}


def test_a_closed_facility_reports_nothing(facility: Facility) -> None:
    by = make.keeper(facility)
    facility_services.close_facility(facility=facility, reason="Gone", by=coordinator("west"))
    for call in (
        lambda: make.reported(facility, by=by),
        lambda: services.offer_surplus(
            facility=facility, uid=uuid.uuid4(), item=make.item(), quantity=1, note="", by=by
        ),
    ):
        with pytest.raises(services.FacilityClosed):
            call()


def test_nobody_without_a_posting_or_a_side_reaches_anything(facility: Facility) -> None:
    by, need = UserFactory(), make.need(facility)
    delivery = make.sent(make.pledged(need, 1), 1)
    for call in (
        lambda: services.lose_delivery(delivery=delivery, why="x", by=by),
        lambda: services.withdraw_need(need=need, reason="x", by=by),
    ):
        with pytest.raises(services.NotYourNeed):
            call()
    assert Delivery.objects.get(pk=delivery.pk).state == "in_progress"
