"""An entry: acknowledged once, in time by the server's clock, its contact proved, never doubled and never lost (rule 7)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns import selectors, services, tasks
from campaigns.enums import CampaignState, EntryState
from campaigns.models import Campaign, ContactProof, Unfinished
from network.models import Transition
from network.services import IllegalMove
from notifications.models import Message
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


# --- received -----------------------------------------------------------------------------------------------------------


def test_an_entry_is_kept_with_its_side_and_acknowledged_at_once() -> None:
    entry = make.entry()

    assert (entry.state, entry.made, entry.via) == ("received", 24, "web")
    assert entry.side == entry.municipality.district.region
    assert len(entry.code) == 12
    (message,) = Message.objects.all()
    assert (message.address, message.channel) == (make.PHONE, "sms")
    assert message.context["entry"] == entry.shown_code
    assert [step.move for step in Transition.objects.of(entry)] == ["receive"]


def test_the_same_form_twice_is_one_entry_with_one_receipt() -> None:
    campaign, uid, entrant = make.campaign(), uuid.uuid4(), make.entrant()
    first = make.entry(campaign, uid=uid, entrant=entrant)
    before = everything()

    second = make.entry(campaign, uid=uid, entrant=entrant, answers={"made": 99})

    assert second == first
    assert everything() == before


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_an_entry_that_cannot_be_acknowledged_leaves_nothing(breaks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, entrant = make.campaign(), make.entrant()
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        make.entry(campaign, entrant=entrant)

    assert everything() == before


@pytest.mark.parametrize("task_was_first", [False, True])
@pytest.mark.parametrize("kind", ["contest", "pledge"])
def test_what_began_to_arrive_in_time_is_in_time_to_the_second(clock: Any, kind: str, task_was_first: bool) -> None:
    campaign = make.campaign(kind=kind, closes_at=timezone.now() + timedelta(hours=1))
    last = campaign.closes_at - timedelta(microseconds=1)
    clock.forward(hours=2)
    if task_was_first:
        tasks.follow_the_clock()
        campaign.refresh_from_db()
        assert campaign.state in ("judging", "closed")

    assert make.entry(campaign, received_at=last).state == EntryState.RECEIVED
    with pytest.raises(services.EntriesClosed):
        make.entry(campaign, received_at=campaign.closes_at)


def test_nothing_is_taken_before_the_opening_nor_once_it_is_called_off() -> None:
    campaign = make.campaign(state="announced", opens_at=timezone.now() + timedelta(minutes=1))
    with pytest.raises(services.NotOpenYet):
        make.entry(campaign)
    Campaign.objects.update(state="cancelled", opens_at=timezone.now() - timedelta(days=1))
    with pytest.raises(services.EntriesClosed):
        make.entry(campaign)


def test_the_clock_opens_and_closes_whether_or_not_a_task_has_run(clock: Any) -> None:
    campaign = make.campaign(state="announced")
    assert make.entry(campaign).pk
    clock.set(campaign.closes_at)
    with pytest.raises(services.EntriesClosed):
        make.entry(campaign)

    tasks.follow_the_clock()
    tasks.follow_the_clock()

    assert Campaign.objects.get().state == CampaignState.JUDGING
    assert [step.move for step in Transition.objects.of(campaign)] == ["open", "judge"]


def test_somebody_has_to_be_reached_but_for_a_form_on_paper() -> None:
    campaign, nobody = make.campaign(), make.entrant(phone="")
    with pytest.raises(services.NoContact):
        make.entry(campaign, entrant=nobody)
    by = coordinator("west")
    entry = make.entry(campaign, entrant=nobody, by=by)
    assert (entry.via, entry.clerk) == ("paper", by)
    assert not Message.objects.exists()


# --- the contact ----------------------------------------------------------------------------------------------------------


def test_the_code_that_was_sent_proves_the_contact_in_any_digits() -> None:
    entry = make.entry()
    typed = make.code_of(entry).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert services.confirm_contact(entry=entry, typed=f" {typed} ").state == EntryState.CONFIRMED
    assert services.confirm_contact(entry=entry, typed="anything").state == EntryState.CONFIRMED
    assert make.code_of(entry) not in {proof.code_hash for proof in ContactProof.objects.all()}


def test_a_code_is_tried_five_times_and_a_new_one_begins_anew(clock: Any) -> None:
    entry = make.entry()
    for _ in range(5):
        with pytest.raises(services.WrongCode):
            services.confirm_contact(entry=entry, typed="none")
    with pytest.raises(services.TooManyTries):
        services.confirm_contact(entry=entry, typed=make.code_of(entry))

    with pytest.raises(services.SentJustNow):
        services.send_proof_again(entry=entry)
    clock.forward(minutes=1)
    old = make.code_of(entry)
    services.send_proof_again(entry=entry)
    if old != make.code_of(entry):
        with pytest.raises(services.WrongCode):
            services.confirm_contact(entry=entry, typed=old)
    assert services.confirm_contact(entry=entry, typed=make.code_of(entry)).confirmed_at


def test_a_code_runs_out_and_is_not_sent_without_end(clock: Any) -> None:
    entry = make.entry()
    clock.forward(hours=2, seconds=1)
    with pytest.raises(services.WrongCode):
        services.confirm_contact(entry=entry, typed=make.code_of(entry))
    for _ in range(4):
        services.send_proof_again(entry=entry)
        clock.forward(minutes=2)
    with pytest.raises(services.SentTooOften):
        services.send_proof_again(entry=entry)


# --- corrected, withdrawn -------------------------------------------------------------------------------------------------


def test_answers_are_corrected_until_the_close(clock: Any) -> None:
    entry = make.entry()
    now, wanted = timezone.now(), {"made": 30, "words": "بالقطن"}
    entry = services.correct_entry(entry=entry, answers=wanted, in_gallery=False, received_at=now)
    assert (entry.made, entry.in_gallery) == (30, False)
    assert Transition.objects.of(entry).last().changes == {"fields": ["made", "words", "in_gallery"]}

    end = entry.campaign.closes_at
    clock.set(end + timedelta(minutes=1))
    with pytest.raises(services.TooLateToCorrect):
        services.correct_entry(entry=entry, answers={"made": 31}, received_at=end)
    # What began to arrive in time is in time, as an entry is.
    entry = services.correct_entry(entry=entry, answers={"made": 31}, received_at=end - timedelta(seconds=1))
    assert (entry.made, entry.answers["words"]) == (31, "بالقطن")


def test_withdrawn_twice_is_as_once_and_final() -> None:
    entry = services.withdraw_entry(entry=make.entry())
    steps = Transition.objects.count()
    services.withdraw_entry(entry=entry)
    assert Transition.objects.count() == steps
    with pytest.raises(IllegalMove):
        services.confirm_contact(entry=entry, typed="1")
    with pytest.raises(services.TooLateToCorrect):
        services.correct_entry(entry=entry, answers={}, received_at=timezone.now())


def test_a_second_entry_of_the_same_person_is_taken_and_found_by_telephone_or_name() -> None:
    campaign = make.campaign()
    first = make.entry(campaign)
    by_phone = make.entry(campaign, entrant=make.entrant(name="Somebody Else"))
    by_name = make.entry(campaign, entrant=make.entrant(name="المنزلى ، سعاد", phone="+218923456789"))
    make.entry(campaign, entrant=make.entrant(name="Another One", phone="+218911111111"))
    make.entry(entrant=make.entrant())

    assert set(selectors.alike(first)) == {by_phone, by_name}


# --- put aside --------------------------------------------------------------------------------------------------------------


def test_a_form_put_aside_is_found_by_its_last_code_for_thirty_days(clock: Any) -> None:
    campaign, uid = make.campaign(), uuid.uuid4()
    old = services.keep_unfinished(campaign=campaign, uid=uid, typed={"name": "سعاد"})
    code = services.keep_unfinished(campaign=campaign, uid=uid, typed={"name": "سعاد المنزلي"})

    assert services.unfinished_of(campaign, old) is None
    assert services.unfinished_of(campaign, code.lower()).typed == {"name": "سعاد المنزلي"}
    assert services.unfinished_of(make.campaign(), code) is None
    assert code not in {row.code_hash for row in Unfinished.objects.all()}
    clock.forward(days=30, seconds=1)
    assert services.unfinished_of(campaign, code) is None
    tasks.clear_unfinished()
    assert not Unfinished.objects.exists()
