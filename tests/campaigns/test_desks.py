"""Counting at a desk: receipts without gaps, corrections as rows, nobody their own, the state that follows from the numbers."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from campaigns import chain, services
from campaigns.models import Campaign, Desk, DeskCollector, Distribution, Entry, HandIn
from network.models import Transition, User
from network.querysets import AppendOnly
from network.services import leave
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


@pytest.fixture
def desk(campaign: Campaign) -> Desk:
    return make.desk(campaign, prefix="TRP")


@pytest.fixture
def by(desk: Desk) -> User:
    return make.collector(desk)


def state(entry: Entry) -> str:
    entry.refresh_from_db()
    return entry.state


def correct(row: HandIn, pieces: int, by: User, **given: Any) -> HandIn:
    seen = (row.corrects or row).corrections.count()
    told = {"uid": uuid.uuid4(), "seen": seen, "brought": pieces, "why": "miscounted"} | given
    return services.correct_hand_in(row=row, pieces=pieces, by=by, **told)


# --- receipts -----------------------------------------------------------------------------------------------------------


def test_a_count_is_kept_under_the_next_receipt_of_its_desk(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    first = make.hand_in(desk, entry, 3, by=by, brought=4)
    second = make.hand_in(desk, entry, 2, by=by)
    other = make.desk(campaign, prefix="BEN")

    assert [row.receipt for row in (first, second)] == ["TRP-0001", "TRP-0002"]
    assert make.hand_in(other, entry, 1).receipt == "BEN-0001"
    assert (first.brought, first.pieces, first.counted_by) == (4, 3, by)


def test_the_same_form_twice_is_one_row(campaign: Campaign, desk: Desk, by: User) -> None:
    entry, uid = make.confirmed(campaign), uuid.uuid4()
    given = {"desk": desk, "entry": entry, "uid": uid, "by": by}
    first = services.count_hand_in(brought=5, pieces=5, **given)
    before = everything()

    assert services.count_hand_in(brought=9, pieces=9, **given) == first
    assert everything() == before
    with pytest.raises(services.FormUsed):
        services.count_hand_in(brought=5, pieces=5, **given | {"entry": make.confirmed(campaign)})


def test_a_correction_sent_twice_is_one_row(campaign: Campaign, desk: Desk, by: User) -> None:
    row, uid = make.hand_in(desk, make.confirmed(campaign), 7, by=by), uuid.uuid4()
    first = correct(row, 5, by, uid=uid)

    assert correct(row, 5, by, uid=uid) == first
    assert HandIn.objects.count() == 2


def test_a_correction_is_a_row_of_the_difference(campaign: Campaign, desk: Desk, by: User) -> None:
    row = make.hand_in(desk, make.confirmed(campaign), 7, by=by, brought=8)
    second = correct(row, 5, by, brought=8)
    third = correct(second, 6, by, brought=6)

    assert [(r.receipt, r.brought, r.pieces, r.corrects) for r in (second, third)] == [
        ("TRP-0002", 0, -2, row),
        ("TRP-0003", -2, 1, row),
    ]
    stands = chain.as_it_stands(HandIn.objects.get(pk=row.pk))
    assert (stands.brought_now, stands.pieces_now) == (6, 6)
    assert chain.counts_of([row.entry])[row.entry_id] == [(6, by.pk)]


@pytest.mark.parametrize(("pieces", "error"), [(7, services.NothingChanges), (-1, services.BelowNothing)])
def test_a_correction_that_is_none_is_refused(
    pieces: int, error: Any, campaign: Campaign, desk: Desk, by: User
) -> None:
    row = make.hand_in(desk, make.confirmed(campaign), 7, by=by)
    with pytest.raises(error):
        correct(row, pieces, by)


def test_a_receipt_whose_last_write_fails_leaves_no_gap(
    campaign: Campaign, desk: Desk, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = make.confirmed(campaign)
    before = everything()
    with monkeypatch.context() as broken:
        break_the_journal(broken)
        with pytest.raises(Broken):
            make.hand_in(desk, entry, 5, by=by)
    assert everything() == before
    assert make.hand_in(desk, entry, 5, by=by).number == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET pieces = 99", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["campaigns_handin", "campaigns_distribution"])
def test_the_database_changes_no_row(table: str, statement: str, campaign: Campaign, desk: Desk, by: User) -> None:
    row = make.hand_in(desk, make.confirmed(campaign), 5, by=by)
    given = make.given_out(desk, 2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    for kept in (row, given):
        with pytest.raises(AppendOnly):
            kept.save()
        with pytest.raises(AppendOnly):
            type(kept).objects.filter(pk=kept.pk).delete()


# --- the state follows -----------------------------------------------------------------------------------------------------


def test_the_numbers_move_an_entry_forth_and_back(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    assert state(entry) == "confirmed"
    row = make.hand_in(desk, entry, 4, by=by)
    assert state(entry) == "handed_in"
    more = make.hand_in(desk, entry, 1, by=by)
    assert state(entry) == "eligible"
    correct(row, 2, by)
    assert state(entry) == "handed_in"
    correct(row, 4, by)
    assert state(entry) == "eligible"
    correct(more, 0, by)
    correct(row, 0, by)
    assert state(entry) == "confirmed"
    moves = [step.move for step in Transition.objects.of(entry).order_by("pk")]
    assert moves == ["receive", "confirm", "hand_in", "fulfil", "fall_short", "fulfil", "fall_short", "take_back"]


def test_what_is_complete_at_once_takes_one_step_each_way(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    row = make.hand_in(desk, entry, 5, by=by)
    assert state(entry) == "eligible"
    correct(row, 0, by)
    assert state(entry) == "confirmed"


def test_who_hands_in_first_and_proves_the_contact_later_is_complete_then(
    campaign: Campaign, desk: Desk, by: User
) -> None:
    entry = make.entry(campaign)
    make.hand_in(desk, entry, 5, by=by)
    assert state(entry) == "received"

    services.confirm_contact(entry=entry, typed=make.code_of(entry))

    assert state(entry) == "eligible"


def test_declaring_more_completes_what_was_handed_in(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign, answers={"made": 12})
    make.hand_in(desk, entry, 5, by=by)
    assert state(entry) == "handed_in"

    services.correct_entry(entry=entry, answers={"made": 20}, received_at=timezone.now())
    assert state(entry) == "eligible"
    services.correct_entry(entry=entry, answers={"made": 19}, received_at=timezone.now())
    assert state(entry) == "handed_in"


def test_a_shortlisted_entry_stays_whatever_is_corrected(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    row = make.hand_in(desk, entry, 5, by=by)
    Entry.objects.filter(pk=entry.pk).update(state="shortlisted")

    correct(row, 0, by)

    assert state(entry) == "shortlisted"


def test_an_entry_from_paper_without_contact_is_confirmed_by_handing_in(campaign: Campaign, desk: Desk) -> None:
    clerk = coordinator("west")
    entry = make.entry(campaign, entrant=make.entrant(phone="", municipality=desk.municipality), by=clerk)

    make.hand_in(desk, entry, 5)

    assert state(entry) == "eligible"
    assert entry.confirmed_at


# --- who counts, and what ---------------------------------------------------------------------------------------------------


def as_clerk(entry: Entry, by: User) -> None:
    Entry.objects.filter(pk=entry.pk).update(via="paper", clerk=by)


def as_phone(entry: Entry, by: User) -> None:
    User.objects.filter(pk=by.pk).update(phone=entry.phone, phone_verified=True)


def as_mail(entry: Entry, by: User) -> None:
    Entry.objects.filter(pk=entry.pk).update(email="souad@example.org")
    EmailAddress.objects.create(user=by, email="souad@example.org", verified=True)


@pytest.mark.parametrize("owns", [as_clerk, as_phone, as_mail])
def test_nobody_counts_their_own(owns: Any, campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    row = make.hand_in(desk, entry, 1)
    owns(entry, by)

    with pytest.raises(services.OwnEntry):
        make.hand_in(desk, entry, 5, by=by)
    with pytest.raises(services.OwnEntry):
        correct(row, 5, by)
    assert make.hand_in(desk, entry, 4).pieces == 4
    assert state(entry) == "eligible"


def test_what_turns_out_to_be_counted_by_its_sender_counts_no_more(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    make.hand_in(desk, entry, 5, by=by)
    as_phone(entry, by)

    assert chain.missing_of([entry])[entry.pk] == {"handed_in": 5}


def test_an_unproved_number_of_a_collector_is_not_theirs(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    User.objects.filter(pk=by.pk).update(phone=entry.phone, phone_verified=False)

    assert make.hand_in(desk, entry, 5, by=by).pieces == 5


@pytest.mark.parametrize("out", ["withdrawn", "disqualified"])
def test_what_is_out_is_not_counted(out: str, campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    row = make.hand_in(desk, entry, 5, by=by)
    Entry.objects.filter(pk=entry.pk).update(state=out)

    with pytest.raises(services.EntryIsOut):
        make.hand_in(desk, entry, 5, by=by)
    # What lies on the table is corrected all the same, and the entry stays out.
    correct(row, 3, by)
    assert state(entry) == out


@pytest.mark.parametrize("shut", ["results", "closed", "cancelled"])
def test_a_campaign_that_is_over_takes_nothing_in(shut: str, campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(state=shut)
    with pytest.raises(services.NothingIsTakenIn):
        make.hand_in(desk, entry, 5, by=by)


def test_a_draft_has_no_collectors_at_work(campaign: Campaign, desk: Desk, by: User) -> None:
    entry = make.confirmed(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    with pytest.raises(services.NotACollector):
        make.hand_in(desk, entry, 5, by=by)


def test_an_entry_of_another_campaign_is_not_counted(desk: Desk, by: User) -> None:
    with pytest.raises(services.NothingIsTakenIn):
        make.hand_in(desk, make.confirmed(), 5, by=by)


@pytest.mark.parametrize(
    ("numbers", "error"),
    [({"brought": 0, "pieces": 0}, services.NothingBrought), ({"brought": 1, "pieces": -1}, services.BelowNothing)],
)
def test_impossible_numbers_are_refused(numbers: dict, error: Any, campaign: Campaign, desk: Desk, by: User) -> None:
    with pytest.raises(error):
        services.count_hand_in(desk=desk, entry=make.confirmed(campaign), uid=uuid.uuid4(), by=by, **numbers)


# --- collectors -------------------------------------------------------------------------------------------------------------


def test_who_collects_elsewhere_or_another_day_does_not_collect_here(campaign: Campaign, desk: Desk) -> None:
    entry, today = make.confirmed(campaign), timezone.localdate()
    others = [
        make.collector(make.desk(campaign)),
        make.collector(desk, starts_on=today + timedelta(days=1)),
        make.collector(desk, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)),
        PractitionerFactory().user,
        coordinator("west"),
    ]
    for other in others:
        with pytest.raises(services.NotACollector):
            make.hand_in(desk, entry, 5, by=other)
    assert make.hand_in(desk, entry, 5, by=make.collector(desk, ends_on=today)).pieces == 5


def test_a_collector_who_is_ended_or_leaves_counts_no_more(campaign: Campaign, desk: Desk, by: User) -> None:
    entry, leaver, row = (
        make.confirmed(campaign),
        make.collector(desk),
        DeskCollector.objects.get(practitioner=by.practitioner),
    )
    keeper = coordinator("west")
    for _ in range(2):
        services.end_collector(collector=row, by=keeper)
    row.refresh_from_db()
    assert (row.ended_by, DeskCollector.objects.count()) == (keeper, 2)
    leave(user=leaver)
    for gone in (by, leaver):
        with pytest.raises(services.NotACollector):
            make.hand_in(desk, entry, 5, by=gone)


def test_another_side_names_nobody_and_keeps_no_desk(desk: Desk) -> None:
    before, east = everything(), coordinator("east")
    today, person = timezone.localdate(), PractitionerFactory()
    before = everything()
    with pytest.raises(services.NotYourDesk):
        services.name_collector(desk=desk, practitioner=person, starts_on=today, ends_on=None, by=east)
    with pytest.raises(services.NotYourDesk):
        services.save_desk(desk=desk, changed=["prefix"], by=east)
    assert everything() == before


def test_a_desk_is_not_moved_to_another_side_nor_renamed_once_it_gave_receipts(
    campaign: Campaign, desk: Desk, by: User
) -> None:
    keeper = coordinator("west")
    RegionFactory(code="east")
    desk.municipality = make.municipality("east")
    with pytest.raises(services.NotYourDesk):
        services.save_desk(desk=desk, changed=["municipality"], by=keeper)
    make.hand_in(desk, make.confirmed(campaign), 5, by=by)
    desk.refresh_from_db()
    desk.prefix = "TRX"
    with pytest.raises(services.DeskInUse):
        services.save_desk(desk=desk, changed=["prefix"], by=keeper)


@pytest.mark.parametrize("kind", ["applied", "suspended"])
def test_only_an_active_member_collects(kind: str, desk: Desk) -> None:
    with pytest.raises(services.NoActiveMember):
        make.collector(desk, practitioner=PractitionerFactory(state=kind))


def test_nobody_is_named_twice(desk: Desk, by: User) -> None:
    with pytest.raises(services.CollectsAlready):
        make.collector(desk, practitioner=by.practitioner)


# --- given out ----------------------------------------------------------------------------------------------------------------


def test_no_more_is_given_out_than_was_counted(campaign: Campaign, desk: Desk, by: User) -> None:
    make.hand_in(desk, make.confirmed(campaign), 5, by=by)
    given, uid = make.given_out(desk, 3), uuid.uuid4()
    with pytest.raises(services.NotThatMany):
        make.given_out(desk, 3)
    assert make.given_out(desk, 2, uid=uid) == make.given_out(desk, 2, uid=uid)
    keeper = coordinator("west")

    made = services.correct_distribution(given=given, pieces=1, why="miscounted", by=keeper)

    assert (made.pieces, chain.given_now(given), chain.left_at(desk)) == (-2, 1, 2)
    with pytest.raises(services.NotThatMany):
        services.correct_distribution(given=given, pieces=4, why="miscounted", by=keeper)
    with pytest.raises(services.NothingChanges):
        services.correct_distribution(given=made, pieces=1, why="miscounted", by=keeper)
    with pytest.raises(services.NotYourDesk):
        services.correct_distribution(given=given, pieces=2, why="miscounted", by=coordinator("east"))
    assert Distribution.objects.count() == 3
