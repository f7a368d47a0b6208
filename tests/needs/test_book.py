"""The book of a need: what its entries add up to, in what order soever services are called; and that nobody writes in it twice."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings as examples, strategies as st

from needs import balances, policies, services
from needs.balances import Balance
from needs.enums import (
    ASSET_MOVES,
    DELIVERY_MOVES,
    NEED_MOVES,
    PLEDGE_MOVES,
    PROPOSAL_MOVES,
    AssetState,
    DeliveryState,
    NeedState,
    PledgeState,
    ProposalState,
)  # fmt: skip
from needs.models import Asset, Delivery, Need, NeedEntry, Pledge, Proposal, Surplus, SurplusEntry
from needs.services.steps import move
from network.enums import DomainError
from network.querysets import AppendOnly
from network.services import IllegalMove, require_move
from tests.factories import facilities as make_facilities, needs as make
from tests.factories.network import coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.either]


def holds(need: Need) -> None:
    """Assert what may never break, of a need, each pledge to it, and every surplus."""
    total = balances.of_need(need)
    parts = balances.of_pledges(list(need.pledges.all()))
    for each in (total, *parts.values()):
        assert 0 <= each.working <= each.received, each
        assert each.received + each.lost <= each.sent <= each.pledged, each
    assert 0 <= total.covered <= total.asked, total
    for name in ("pledged", "sent", "received", "lost", "working"):
        assert sum(getattr(each, name) for each in parts.values()) == getattr(total, name), name
    for number, left in balances.free_of(list(Surplus.objects.all())).items():
        assert left >= 0, number
    shown = balances.with_open(Need.objects.filter(pk=need.pk)).get()
    assert shown.still_open == total.open
    if need.state in ("verified", "pledged", "in_transit", "received", "working"):
        assert need.state == balances.need_state(total)


STEPS = st.tuples(
    st.sampled_from(
        [
            "pledge",
            "prepare",
            "hand_over",
            "receive",
            "lose",
            "call_off",
            "take_back",
            "correct",
            "check",
            "break",
            "repair",
            "surplus",
            "arrange",
            "lapse",
        ]
    ),
    st.integers(0, 3),
    st.integers(-1, 9),
)


@pytest.mark.slow
@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=18), listed=st.booleans())
def test_no_order_of_steps_pledges_more_than_is_open_or_receives_more_than_was_sent(
    steps: list[tuple[str, int, int]], listed: bool, db: Any
) -> None:
    with transaction.atomic():
        _walk(steps, {} if listed else {"item": None, "words": "رداء"})
        transaction.set_rollback(True)


def _walk(steps: list[tuple[str, int, int]], asked: dict[str, Any]) -> None:
    facility = make_facilities.facility()
    need = make.need(facility, quantity=6, **asked)
    keeper, desk = make.keeper(facility), coordinator("west")
    spare = make.surplus(make_facilities.facility(), quantity=4)
    for what, which, quantity in steps:
        try:
            # A refusal leaves nothing behind: the block is undone with it.
            with transaction.atomic():
                _step(what, which, quantity, need, spare, keeper, desk)
        except DomainError:
            pass
        need = Need.objects.get(pk=need.pk)
        holds(need)


def _step(what: str, which: int, quantity: int, need: Need, spare: Surplus, keeper: Any, desk: Any) -> None:
    def one(rows: Any) -> Any:
        rows = list(rows.order_by("pk"))
        if not rows:
            raise services.NothingChanges
        return rows[which % len(rows)]

    deliveries = Delivery.objects.filter(pledge__need=need)
    if what == "pledge":
        make.pledged(need, quantity)
    elif what == "prepare":
        services.prepare_delivery(pledge=one(need.pledges), uid=uuid.uuid4(), quantity=quantity, by=desk)
    elif what == "hand_over":
        services.hand_over(code=make.leg(one(deliveries), "carrier").code, carrier="x")
    elif what == "receive":
        services.receive(code=make.leg(one(deliveries), "facility").code, quantity=quantity, by=keeper)
    elif what == "lose":
        services.lose_delivery(delivery=one(deliveries), why="Gone", by=desk)
    elif what == "call_off":
        services.call_off(delivery=one(deliveries), by=desk)
    elif what == "take_back":
        services.take_back(pledge=one(need.pledges), uid=uuid.uuid4(), quantity=quantity, why="No", by=desk)
    elif what == "correct":
        services.correct_need(
            need=need, uid=uuid.uuid4(), seen=make.seen(need), quantity=quantity, why="Counted", by=desk
        )
    elif what == "check":
        check = one(deliveries.filter(check_of_use__isnull=False)).check_of_use
        services.answer_check(check=check, works=quantity, cause="part", by=keeper)
    elif what == "break":
        services.break_asset(asset=one(Asset.objects.exclude(state="failed")), cause="part", by=keeper)
    elif what == "repair":
        services.repair_asset(asset=one(Asset.objects.filter(state="failed")), by=keeper)
    elif what == "lapse":
        services.release_overdue(pledge=one(need.pledges), now=timezone.now() + 2 * policies.HANDED_OVER_WITHIN)
    elif what == "surplus":
        services.correct_surplus(
            surplus=spare, uid=uuid.uuid4(), seen=make.seen(spare), quantity=quantity, why="Counted", by=desk
        )
    else:
        services.propose_matches(now=need.reported_at)
        services.agree(proposal=one(Proposal.objects.filter(need=need)), by=desk)


def test_the_whole_way_adds_up() -> None:
    facility = make_facilities.facility()
    need, keeper = make.need(facility, quantity=10), make.keeper(facility)
    one, other = make.pledged(need, 6), make.pledged(need, 4)
    assert Need.objects.get(pk=need.pk).state == "pledged"
    check = make.received(make.sent(one, 6), 5, keeper)
    assert balances.of_need(need) == Balance(asked=10, pledged=10, sent=6, received=5, lost=1)
    assert balances.of_need(need).open == 1
    second = make.received(make.sent(other, 4), 4, keeper)
    third = make.received(make.sent(make.pledged(need, 1), 1), 1, keeper)
    assert Need.objects.get(pk=need.pk).state == "received"
    for row in (check, second, third):
        assert row
        services.answer_check(check=row, works=balances.received_of(row.delivery), cause="", by=keeper)
    assert Need.objects.get(pk=need.pk).state == "working"
    assert balances.of_need(need) == Balance(asked=10, pledged=11, sent=11, received=10, lost=1, working=10)
    holds(Need.objects.get(pk=need.pk))


def test_the_database_keeps_every_entry() -> None:
    make.pledged(make.need(), 2)
    make.surplus(make_facilities.facility())
    for table in ("needs_needentry", "needs_surplusentry"):
        for statement in (f"UPDATE {table} SET quantity = 1", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    for rows in (NeedEntry.objects.all(), SurplusEntry.objects.all()):
        with pytest.raises(AppendOnly):
            rows.update(quantity=1)
        with pytest.raises(AppendOnly):
            rows.delete()


# --- tables of moves ----------------------------------------------------------------------------------------------------

TABLES = {
    Need: (NEED_MOVES, NeedState),
    Pledge: (PLEDGE_MOVES, PledgeState),
    Delivery: (DELIVERY_MOVES, DeliveryState),
    Proposal: (PROPOSAL_MOVES, ProposalState),
    Asset: (ASSET_MOVES, AssetState),
}
EACH = [
    pytest.param(model, step, state, id=f"{model.__name__}-{step}-{state or 'new'}")
    for model, (table, states) in TABLES.items()
    for step in table
    for state in ["", *states.values]
]


@pytest.mark.parametrize(("model", "step", "state"), EACH)
def test_every_step_from_every_state(model: Any, step: Any, state: str) -> None:
    table, _states = TABLES[model]
    subject = model(state=state)
    if state in table[step].sources:
        assert require_move(table, step, subject) == table[step].target
    else:
        with pytest.raises(IllegalMove):
            require_move(table, step, subject)


# What must not be possible, said once more in words of its own: whoever widens a table has to come here.
NEVER = [
    (NEED_MOVES, "verify", {"verified", "pledged", "in_transit", "received", "working", "withdrawn"}),
    (NEED_MOVES, "withdraw", {"in_transit", "received", "working", "withdrawn"}),
    (NEED_MOVES, "work", {"reported", "verified", "in_transit", "withdrawn"}),
    (NEED_MOVES, "cover", {"reported", "withdrawn"}),
    (NEED_MOVES, "send", {"reported", "verified", "withdrawn"}),
    (NEED_MOVES, "receive", {"reported", "verified", "withdrawn"}),
    (PLEDGE_MOVES, "confirm", {"confirmed", "in_progress", "delivered", "lost", "returned"}),
    (PLEDGE_MOVES, "send", {"offered", "delivered", "lost", "returned"}),
    (PLEDGE_MOVES, "take_back", {"in_progress", "delivered", "lost", "returned"}),
    (DELIVERY_MOVES, "hand_over", {"in_progress", "delivered", "lost", "cancelled"}),
    (DELIVERY_MOVES, "receive", {"planned", "delivered", "lost", "cancelled"}),
    (DELIVERY_MOVES, "call_off", {"in_progress", "delivered", "lost", "cancelled"}),
    (PROPOSAL_MOVES, "accept", {"accepted", "declined", "lapsed"}),
    (PROPOSAL_MOVES, "decline", {"accepted", "declined", "lapsed"}),
    (ASSET_MOVES, "repair", {"working", "repaired", "gone"}),
    (ASSET_MOVES, "break", {"failed", "gone"}),
    (ASSET_MOVES, "retire", {"gone"}),
]


@pytest.mark.parametrize(("table", "step", "sources"), NEVER, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_over_does_not_begin_again(table: Any, step: str, sources: set[str]) -> None:
    assert not set(table[step].sources) & sources


def test_a_step_is_recorded_with_who_and_when_and_nothing_is_left_of_a_refused_one() -> None:
    need, by = make.reported(), coordinator("west")
    services.verify_need(need=need, by=by)
    from network.models import Transition  # noqa: PLC0415 (beside its one use)

    steps = Transition.objects.of(need).order_by("pk")
    assert list(steps.values_list("move", "from_state", "to_state", "by")) == [
        ("report", "", "reported", need.reported_by_id),
        ("verify", "reported", "verified", by.pk),
    ]
    with pytest.raises(IllegalMove):
        services.verify_need(need=need, by=by)
    assert steps.count() == 2
    with pytest.raises(IllegalMove):
        move(Need.objects.get(pk=need.pk), NEED_MOVES, "work", by=by, at=need.reported_at)
    assert Need.objects.get(pk=need.pk).state == "verified"
