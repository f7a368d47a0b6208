"""Results: decided by two people, told to the winners first, passed on to whoever comes next, delivered with proof."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns import judging, outcomes, policies, recount, services, tasks
from campaigns.enums import EntryState
from campaigns.judging import Held, Rise, move_up
from campaigns.models import Award, Campaign, Complaint, Decision, Entry, HandIn, Prize, ResultSheet
from network import files
from network.models import Transition, User
from network.services import IllegalMove, ReasonMissing
from notifications import render
from notifications.kinds import Contact
from notifications.models import Message
from tests.campaigns.judges import give_all
from tests.campaigns.winners import decided, holder, judged, line, manager, proposed, published, standing, told
from tests.clock import Clock
from tests.factories import campaigns as make
from tests.factories.files import AUTHOR, picture
from tests.factories.network import PractitionerFactory, RegionFactory, RoleGrantFactory, coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def told_of(kind: str) -> list[str]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("address", flat=True))


# --- who moves up, on paper -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "held", "prizes", "rises"),
    [
        ("abcde", [], 2, [Rise(1, "a", None), Rise(2, "b", None)]),
        # The second gets the first prize, the third hers, and the first runner-up the last.
        ("bcde", [Held("b", 2), Held("c", 3)], 3, [Rise(1, "b", 2), Rise(2, "c", 3), Rise(3, "d", None)]),
        # What was handed over stays where it is.
        ("bcde", [Held("b", 2, fixed=True), Held("c", 3)], 3, [Rise(1, "c", 3), Rise(3, "d", None)]),
        # Whoever is taken back in does not push anybody down.
        ("abcd", [Held("b", 1), Held("c", 2)], 2, []),
        ("abcd", [Held("b", 1), Held("c", 2)], 3, [Rise(3, "a", None)]),
        ("b", [Held("b", 2)], 3, [Rise(1, "b", 2)]),
        ("", [], 2, []),
    ],
)
def test_a_free_prize_goes_to_the_first_in_line_who_has_none_or_a_later_one(
    line: str, held: list[Held], prizes: int, rises: list[Rise]
) -> None:
    assert move_up(line, held, prizes=prizes) == rises


def test_the_line_of_a_sheet_is_its_places_without_whoever_is_out_now() -> None:
    sheet = proposed().sheet.sheet
    places = [row[1] for row in sheet["places"]]

    assert [row.entry for row in judging.in_line(sheet, out=())] == places
    assert [row.entry for row in judging.in_line(sheet, out={places[1]})] == [places[0], *places[2:]]


# --- two people -------------------------------------------------------------------------------------------------------------


def test_what_the_rule_says_is_proposed_once_with_its_hash() -> None:
    campaign = judged()
    by = manager(campaign)
    first, again = proposed(campaign, by), proposed(campaign, by)

    assert first == again
    assert first.sha256 == judging.digest(first.sheet.sheet)
    assert len(first.sheet.sheet["winners"]) == 3
    assert not Award.objects.exists()


def test_nothing_is_proposed_before_the_last_round_is_closed() -> None:
    campaign = judged()
    campaign.rounds.update(state="paused", closed_at=None, closed_by=None)
    with pytest.raises(services.NothingToDecide):
        proposed(campaign)


def test_the_same_person_never_decides_alone_however_often_they_click() -> None:
    campaign = judged()
    by = manager(campaign)
    decision = proposed(campaign, by)
    before = everything()

    for _ in range(2):
        with pytest.raises(services.SecondPerson):
            services.confirm_results(campaign=campaign, sha256=decision.sha256, by=by)
    assert everything() == before


def test_two_clicks_of_the_second_person_decide_once() -> None:
    decision = proposed()
    campaign, second = decision.campaign, manager(decision.campaign)
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=second)
    before = everything()
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=second)

    assert everything() == before
    assert standing(campaign) == [(n, code, "decided") for n, code in enumerate(line(campaign)[:3], 1)]
    assert [award.prize.what_en for award in Award.objects.order_by("number")] == [
        "The first prize",
        "A prize",
        "A prize",
    ]
    assert not Message.objects.filter(kind="entry-won").exists()


def national_of(side: str | None) -> User:
    user = coordinator(None)
    if side:
        PractitionerFactory(side=side, user=user)
    return user


def test_of_all_sides_the_second_is_of_another_side_where_there_is_one() -> None:
    west, also_west, east = national_of("west"), national_of("west"), national_of("east")
    sides = {user.pk: side for user, side in ((west, 1), (also_west, 1), (east, 2))}

    assert not policies.may_confirm(west, also_west, sides)
    assert policies.may_confirm(west, east, sides)
    assert policies.may_confirm(west, also_west, {west.pk: 1, also_west.pk: 1})
    assert not policies.may_confirm(west, west, {west.pk: 1})
    # Whoever has no side is of a side of their own.
    assert policies.may_confirm(west, also_west, {west.pk: None, also_west.pk: None})


def test_somebody_of_the_same_side_can_not_confirm_while_another_side_could() -> None:
    campaign = judged()
    RoleGrantFactory._meta.model.objects.all().delete()
    west, also_west, east = national_of("west"), national_of("west"), national_of("east")
    decision = proposed(campaign, west)

    assert outcomes.managers(campaign) == {
        west.pk: west.practitioner.region_id,
        also_west.pk: west.practitioner.region_id,
        east.pk: east.practitioner.region_id,
    }
    with pytest.raises(services.SecondPerson):
        services.confirm_results(campaign=campaign, sha256=decision.sha256, by=also_west)
    assert services.confirm_results(campaign=campaign, sha256=decision.sha256, by=east).confirmed_by == east


@pytest.mark.parametrize("side", ["west", "east"])
def test_only_who_runs_the_campaign_decides(side: str) -> None:
    decision = proposed()
    outsider, campaign = coordinator(side), decision.campaign
    before = everything()
    calls: list[Callable[[], Any]] = [
        lambda: services.propose_results(campaign=campaign, by=outsider),
        lambda: services.confirm_results(campaign=campaign, sha256=decision.sha256, by=outsider),
        lambda: services.refuse_results(campaign=campaign, by=outsider, reason="words"),
        lambda: services.tell_winners(campaign=campaign, by=outsider),
        lambda: services.publish_results(campaign=campaign, by=outsider),
        lambda: services.disqualify_entries(campaign=campaign, wanted=[], reason="x", seal="x", by=outsider),
    ]
    for call in calls:
        with pytest.raises(services.NotYourCampaign):
            call()
    assert everything() == before


def test_a_side_s_own_contest_is_decided_by_two_of_its_coordinators() -> None:
    campaign = judged(region=RegionFactory(code="west"))
    assert Decision.objects.get(campaign=decided(campaign)).state == "confirmed"


def test_what_has_changed_since_the_proposal_is_not_confirmed() -> None:
    decision = proposed()
    campaign = decision.campaign
    services.withdraw_entry(entry=Entry.objects.get(public_code=line(campaign)[0]))
    with pytest.raises(services.NoLongerSo):
        services.confirm_results(campaign=campaign, sha256=decision.sha256, by=manager(campaign))
    with pytest.raises(ReasonMissing):
        services.refuse_results(campaign=campaign, by=manager(campaign), reason=" ")
    services.refuse_results(campaign=campaign, by=manager(campaign), reason="انسحبت مشاركة")

    again = proposed(campaign)
    assert again != decision
    assert again.sheet.number == decision.sheet.number + 1
    services.confirm_results(campaign=campaign, sha256=again.sha256, by=manager(campaign))
    assert [code for _n, code, _s in standing(campaign)] == line(campaign)[:3]


def corrected(row: HandIn, pieces: int) -> None:
    """Let the desk say how many there were."""
    seen = HandIn.objects.filter(corrects=row).count()
    services.correct_hand_in(
        row=row, uid=uuid.uuid4(), seen=seen, brought=5, pieces=pieces, why="miscounted", by=make.collector(row.desk)
    )


def test_who_falls_below_the_conditions_has_no_place_until_they_meet_them_again() -> None:
    campaign = judged()
    kept = ResultSheet.objects.get()
    first, second, *_rest = [row[1] for row in kept.sheet["places"]]
    row = make.hand_in(make.desk(campaign), Entry.objects.get(public_code=first), 5)
    corrected(row, 3)

    decision = proposed(campaign)
    assert decision.sheet.sheet["out"] == [first]
    assert first not in {*line(campaign), *decision.sheet.sheet["shortlisted"]}
    assert decision.sheet.sheet["winners"][0][:2] == [1, second]
    services.refuse_results(campaign=campaign, by=manager(campaign), reason="خطأ في العدّ")
    corrected(row, 0)
    corrected(row, 5)
    again = proposed(campaign)
    assert line(campaign)[0] == first
    assert [recount.check(sheet) for sheet in (kept, decision.sheet, again.sheet)] == [[], [], []]


@pytest.mark.parametrize("pieces", [3, 0])
def test_who_falls_below_the_conditions_after_the_proposal_is_not_confirmed(pieces: int) -> None:
    campaign = proposed().campaign
    row = make.hand_in(make.desk(campaign), Entry.objects.get(public_code=line(campaign)[0]), 5)
    corrected(row, pieces)
    with pytest.raises(services.NoLongerSo):
        services.confirm_results(campaign=campaign, sha256=Decision.objects.get().sha256, by=manager(campaign))


def test_nobody_is_shortlisted_by_one_person_alone() -> None:
    campaign = make.judged(6, told_hours=0)
    make.jury(campaign, "west", "east", "south")
    make.round_of(campaign, go_on=4)
    give_all(campaign.rounds.get())
    services.close_round(round_=campaign.rounds.get(), by=manager(campaign))

    def listed() -> set[str]:
        return set(Entry.objects.filter(state=EntryState.SHORTLISTED).values_list("public_code", flat=True))

    proposed(campaign)
    services.refuse_results(campaign=campaign, by=manager(campaign), reason="لننظر مرة أخرى")
    decision = proposed(campaign)
    assert listed() == set()
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=manager(campaign))
    assert listed() == set(decision.sheet.sheet["shortlisted"]) == set(line(campaign)[:4])
    services.tell_winners(campaign=campaign, by=manager(campaign))
    services.publish_results(campaign=campaign, by=manager(campaign))
    states = [Entry.objects.get(public_code=code).state for code in line(campaign)]
    assert states == ["winner", "winner", "placed", "placed", "eligible", "eligible"]


def test_a_hash_that_was_not_seen_confirms_nothing() -> None:
    campaign = proposed().campaign
    with pytest.raises(services.NoLongerSo):
        services.confirm_results(campaign=campaign, sha256="0" * 64, by=manager(campaign))


def test_what_is_only_proposed_is_neither_told_nor_published() -> None:
    campaign = proposed().campaign
    by = manager(campaign)
    before = everything()
    for call in (services.tell_winners, services.publish_results):
        with pytest.raises(services.NothingToDecide):
            call(campaign=campaign, by=by)
    assert everything() == before


@pytest.mark.parametrize("broken", [break_the_journal, break_the_outbox])
def test_what_breaks_half_way_leaves_nothing(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = decided()
    by = manager(campaign)
    before = everything()
    broken(monkeypatch)
    with pytest.raises(Broken):
        services.tell_winners(campaign=campaign, by=by)
    assert everything() == before


# --- told first ---------------------------------------------------------------------------------------------------------------


def test_results_are_published_only_after_every_winner_was_told_and_has_had_their_hours(clock: Clock) -> None:
    campaign = decided(judged(told_hours=24))
    by = manager(campaign)
    with pytest.raises(services.NotAllTold):
        services.publish_results(campaign=campaign, by=by)
    services.tell_winners(campaign=campaign, by=by)
    with pytest.raises(services.TooSoon):
        services.publish_results(campaign=campaign, by=by)
    assert Campaign.objects.get(pk=campaign.pk).state == "judging"

    clock.forward(hours=24)
    services.publish_results(campaign=campaign, by=by)
    before = everything()
    services.publish_results(campaign=campaign, by=by)
    assert everything() == before
    assert Campaign.objects.get(pk=campaign.pk).state == "results"


def test_each_winner_is_told_once_and_neither_prize_nor_network_is_named() -> None:
    campaign = told()
    services.tell_winners(campaign=campaign, by=manager(campaign))
    winners = Entry.objects.filter(public_code__in=line(campaign)[:3])

    assert sorted(told_of("entry-won")) == sorted(winners.values_list("phone", flat=True))
    for message in Message.objects.filter(kind="entry-won"):
        assert set(message.context) == {"entry", "until", "published"}


def test_a_winner_is_asked_for_an_answer_in_one_arabic_sms() -> None:
    told()
    message = Message.objects.filter(kind="entry-won").first()
    assert (message.language, message.channel) == ("ar", "sms")
    text = render.sms(message, Contact(0, "", "", message.address, "ar", discreet=True))
    assert "ردّ قبل" in text
    assert message.context["entry"] in text
    assert len(text) <= 70


def test_somebody_without_a_contact_holds_it_up_until_they_are_told_in_person() -> None:
    campaign = judged()
    first = proposed(campaign)
    Entry.objects.filter(public_code=line(campaign)[1]).update(phone="", via="paper", clerk=manager(campaign))
    services.confirm_results(campaign=campaign, sha256=first.sha256, by=manager(campaign))
    left = services.tell_winners(campaign=campaign, by=manager(campaign))

    assert [award.number for award in left] == [2]
    with pytest.raises(services.NotAllTold):
        services.publish_results(campaign=campaign, by=manager(campaign))
    services.tell_in_person(award=left[0], by=manager(campaign))
    services.publish_results(campaign=campaign, by=manager(campaign))
    assert len(told_of("entry-won")) == 2


def test_publishing_makes_winners_and_places_the_rest() -> None:
    campaign = published()
    states = dict(Entry.objects.values_list("public_code", "state"))
    order = line(campaign)

    assert [states[code] for code in order[:3]] == [EntryState.WINNER] * 3
    assert {states[code] for code in order[3:]} == {EntryState.PLACED}
    assert campaign.results_at is not None


def test_the_sheet_that_is_published_is_counted_again_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decision = Decision.objects.get(campaign=published())
    path = tmp_path / "sheet.json"
    path.write_bytes(judging.canonical(decision.sheet.sheet))
    call_command("recount_contest", sheet=str(path))
    assert decision.sha256 in capsys.readouterr().out
    assert json.loads(path.read_text())["winners"]


# --- passed on ------------------------------------------------------------------------------------------------------------------


def test_who_declines_makes_room_and_everybody_behind_moves_up() -> None:
    campaign = told()
    first, second, third, fourth, *_rest = line(campaign)
    services.answer_award(entry=holder(campaign).entry, accepts=False)
    services.answer_award(entry=Entry.objects.get(public_code=first), accepts=False)

    assert standing(campaign) == [(1, second, "told"), (2, third, "told"), (3, fourth, "told")]
    moved = Award.objects.get(entry__public_code=fourth)
    assert moved.moved_up_from is not None
    assert moved.moved_up_from.entry.public_code == first
    # The runner-up hears it at once; who gets another prize than they were told of hears that too.
    heard = [Entry.objects.get(phone=address).public_code for address in told_of("entry-won")]
    assert sorted(heard) == sorted([first, second, third, second, fourth])
    assert [
        step.move for step in Transition.objects.of(Award.objects.get(entry__public_code=second)).order_by("pk")
    ] == [
        "decide",
        "tell",
        "rise",
    ]


def test_the_whole_list_may_decline_and_nobody_is_asked_twice() -> None:
    campaign = told()
    asked = []
    for _ in range(6):
        code = standing(campaign)[0][1]
        asked.append(code)
        services.answer_award(entry=Entry.objects.get(public_code=code), accepts=False)
    assert asked == line(campaign)
    assert standing(campaign) == []


@pytest.mark.parametrize("way", ["withdraws", "is disqualified", "does not answer"])
def test_whichever_way_a_winner_goes_the_next_moves_up(way: str, clock: Clock) -> None:
    campaign = published()
    first, second, third, fourth, *_rest = line(campaign)
    entry, by = Entry.objects.get(public_code=first), manager(campaign)
    if way == "withdraws":
        services.withdraw_entry(entry=entry)
    elif way == "is disqualified":
        plan = outcomes.plan(campaign, [first])
        services.disqualify_entries(campaign=campaign, wanted=[first], reason="سبب", seal=plan.seal, by=by)
    else:
        with pytest.raises(services.NotLateYet):
            services.lapse_award(award=holder(campaign), by=by)
        clock.forward(days=7)
        services.lapse_award(award=holder(campaign), by=by)

    assert [(number, code) for number, code, _s in standing(campaign)] == [(1, second), (2, third), (3, fourth)]
    assert Entry.objects.get(public_code=fourth).state == EntryState.WINNER
    assert Entry.objects.get(public_code=first).state in {"placed", "withdrawn", "disqualified"}


def test_what_was_handed_over_stays_and_the_rest_moves_around_it() -> None:
    campaign = published()
    first, second, third, fourth, *_rest = line(campaign)
    hand_over(holder(campaign, 2))
    services.answer_award(entry=Entry.objects.get(public_code=first), accepts=False)
    assert [(number, code) for number, code, _s in standing(campaign)] == [(1, third), (2, second), (3, fourth)]


# --- the answer, and the hand-over ------------------------------------------------------------------------------------------------


def test_accepting_shows_nothing_unless_it_is_said_and_can_be_changed() -> None:
    campaign = told()
    entry = holder(campaign).entry
    award = services.answer_award(entry=entry, accepts=True)
    assert (award.state, award.name_shown, award.place_shown) == ("accepted", False, False)
    award = services.answer_award(entry=entry, accepts=True, name_shown=True)
    assert (award.name_shown, award.place_shown) == (True, False)
    award = services.answer_award(entry=entry, accepts=True)
    assert not award.name_shown


@pytest.mark.parametrize("promised", [False, True])
def test_what_a_coordinator_is_told_again_leaves_what_the_winner_chose(promised: bool) -> None:
    campaign = published()
    award, by = holder(campaign), manager(campaign)
    services.answer_award(entry=award.entry, accepts=True, name_shown=True, place_shown=True)
    if promised:
        services.promise_award(award=award, day=timezone.localdate(), by=by)
    before = everything()
    kept = services.answer_award(entry=award.entry, accepts=True, by=by)
    assert (kept.name_shown, kept.place_shown) == (True, True)
    assert everything() == before


def test_no_prize_is_answered_that_nobody_was_told_of() -> None:
    campaign = decided()
    for entry in (holder(campaign).entry, Entry.objects.get(public_code=line(campaign)[-1])):
        with pytest.raises(services.NoPrize):
            services.answer_award(entry=entry, accepts=True)


def hand_over(award: Award) -> Award:
    by = manager(award.campaign)
    services.answer_award(entry=award.entry, accepts=True)
    services.promise_award(award=award, day=timezone.localdate(), by=by)
    return services.deliver_award(award=award, upload=("receipt.png", picture("PNG")), note="وصل موقّع", by=by)


def test_a_prize_is_promised_then_delivered_with_proof() -> None:
    campaign = published()
    award, by = holder(campaign), manager(campaign)
    with pytest.raises(IllegalMove):
        services.deliver_award(award=award, upload=("receipt.png", picture("PNG")), by=by)
    services.answer_award(entry=award.entry, accepts=True)
    with pytest.raises(services.NoDay):
        services.promise_award(award=award, day=timezone.localdate() - timedelta(days=1), by=by)
    services.promise_award(award=award, day=timezone.localdate(), by=by)
    with pytest.raises(services.ProofMissing):
        services.deliver_award(award=award, upload=None, by=by)
    assert not list(files.path_of("", services.PROOF_FOLDER).glob("*"))

    done = services.deliver_award(award=award, upload=("receipt.png", picture("PNG")), by=by)
    again = services.deliver_award(award=award, upload=("receipt.png", picture("PNG")), by=by)
    assert (done.state, again.stored) == ("delivered", done.stored)
    assert [path.name for path in files.path_of("", services.PROOF_FOLDER).iterdir()] == [done.stored]
    with pytest.raises(IllegalMove):
        services.answer_award(entry=award.entry, accepts=False)


@pytest.mark.parametrize("answered_last", [False, True])
def test_a_contest_ends_when_complaints_are_over_and_nothing_of_it_is_open(
    answered_last: bool, clock: Clock, client: Client
) -> None:
    campaign, by = published(), coordinator(None)
    first, *others = line(campaign)
    ends = campaign.results_at + timedelta(days=campaign.complaint_days)

    def state() -> str:
        tasks.follow_the_clock()
        return Campaign.objects.get(pk=campaign.pk).state

    def end_prizes() -> None:
        services.answer_award(entry=Entry.objects.get(public_code=first), accepts=True)
        services.promise_award(award=holder(campaign), day=timezone.localdate(), by=by)
        for code in others:
            assert state() == "results"
            services.answer_award(entry=Entry.objects.get(public_code=code), accepts=False)
        assert state() == "results"
        services.deliver_award(award=holder(campaign), upload=("receipt.png", picture("PNG")), by=by)

    def answer() -> None:
        services.answer_complaint(complaint=Complaint.objects.get(), upheld=False, answer="!", by=by)

    clock.set(ends - timedelta(seconds=1))
    last = Entry.objects.get(public_code=others[-1])
    services.receive_complaint(entry=last, uid=uuid.uuid4(), text="?", received_at=clock.now)
    clock.set(ends)
    for step in (end_prizes, answer) if answered_last else (answer, end_prizes):
        assert state() == "results"
        step()
    clock.set(ends - timedelta(seconds=1))
    assert state() == "results"
    clock.set(ends)
    assert [state(), state()] == ["closed", "closed"]
    assert [step.move for step in Transition.objects.of(campaign).filter(to_state="closed")] == ["close"]
    for address in ("", "results/", "results/sheet.json", "gallery/"):
        assert client.get(f"/ar/campaigns/{campaign.slug}/{address}").status_code == 200, address


def test_a_proof_is_made_anew_and_kept_only_with_its_delivery(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = published()
    award, by = holder(campaign), manager(campaign)
    services.answer_award(entry=award.entry, accepts=True)
    services.promise_award(award=award, day=timezone.localdate(), by=by)
    folder, upload = files.path_of("", services.PROOF_FOLDER), ("receipt.jpg", picture())
    assert AUTHOR.encode() in upload[1]

    settings.MATERIAL_LARGEST = len(upload[1]) - 1
    with pytest.raises(services.ProofTooLarge):
        services.deliver_award(award=award, upload=upload, by=by)
    settings.MATERIAL_LARGEST += 1
    with monkeypatch.context() as patch:
        break_the_journal(patch)
        with pytest.raises(Broken):
            services.deliver_award(award=award, upload=upload, by=by)
    assert not list(folder.glob("*"))

    done = services.deliver_award(award=award, upload=upload, by=by)
    assert AUTHOR.encode() not in (folder / done.stored).read_bytes()


@pytest.mark.parametrize("outsider", ["west", None])
def test_only_who_runs_the_campaign_takes_a_prize_to_its_winner(outsider: str | None) -> None:
    campaign = told(judged(region=RegionFactory(code="east")))
    award, by = holder(campaign), coordinator(outsider)
    before = everything()
    calls: list[Callable[[], Any]] = [
        lambda: services.answer_award(entry=award.entry, accepts=False, by=by),
        lambda: services.tell_in_person(award=award, by=by),
        lambda: services.lapse_award(award=award, by=by),
        lambda: services.promise_award(award=award, day=timezone.localdate(), by=by),
        lambda: services.deliver_award(award=award, upload=("receipt.png", picture("PNG")), by=by),
    ]
    for call in calls:
        with pytest.raises(services.NotYourCampaign):
            call()
    assert everything() == before


def test_whoever_is_disqualified_shows_no_name_with_a_prize_that_stays() -> None:
    campaign = published()
    award = hand_over(holder(campaign))
    plan = outcomes.plan(campaign, [award.entry.code])
    services.disqualify_entries(
        campaign=campaign, wanted=[award.entry.code], reason="سبب", seal=plan.seal, by=manager(campaign)
    )
    with pytest.raises(services.NoPrize):
        services.answer_award(entry=award.entry, accepts=True, name_shown=True)
    assert not Award.objects.get(pk=award.pk).name_shown


def test_what_can_be_won_stays_once_it_is_being_decided() -> None:
    campaign = proposed().campaign
    prize = Prize.objects.filter(campaign=campaign).first()
    with pytest.raises(services.PrizesDecided):
        services.remove_part(part=prize, by=manager(campaign))
    with pytest.raises(services.PrizesDecided):
        services.save_part(part=prize, changed=["count"], by=manager(campaign))
