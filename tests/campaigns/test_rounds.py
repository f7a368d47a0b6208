"""A round of judging: committed to, opened, shared out, closed (rule 8)."""

import html
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns import judging, judging_selectors, lots, recount, services, tasks
from campaigns.enums import EntryState
from campaigns.models import Campaign, Entry, Juror, Lot, Mark, ResultSheet, Round, RoundEntry
from campaigns.services import rounds
from network.models import Practitioner, Transition
from network.services import IllegalMove
from notifications.models import Message
from tests.campaigns.judges import give, give_all, give_all_left, held
from tests.campaigns.winners import judged
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


# --- the commitment --------------------------------------------------------------------------------------------------------


def test_announcing_a_contest_binds_to_a_seed_that_nobody_sees() -> None:
    draft = make.campaign(state="draft")
    services.announce_campaign(campaign=draft, by=coordinator(None))
    services.announce_campaign(campaign=draft, by=coordinator(None))

    lot = Lot.objects.get()
    assert lots.verify(lot.seed, lot.commitment)
    assert lot.secret != lot.seed
    assert lot.seed not in str(list(Transition.objects.values()))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_everybody_reads_the_hash_before_there_is_an_entry_and_nobody_the_seed(client: Client, language: str) -> None:
    campaign = make.campaign(state="draft")
    services.announce_campaign(campaign=campaign, by=coordinator(None))
    lot = Lot.objects.get()
    page = client.get(f"/{language}/campaigns/{campaign.slug}/").content.decode()
    assert lot.commitment in page
    assert lot.seed not in page
    assert lot.secret not in page


def test_only_a_contest_draws_lots() -> None:
    services.announce_campaign(campaign=make.campaign(state="draft", kind="pledge"), by=coordinator(None))
    assert not Lot.objects.exists()


def test_no_round_opens_without_the_commitment() -> None:
    campaign = make.campaign(state="judging")
    make.eligible(campaign)
    make.jury(campaign)
    with pytest.raises(services.NoCommitment):
        make.round_of(campaign)


# --- opening ---------------------------------------------------------------------------------------------------------------


def test_an_opened_round_gives_each_entry_as_many_jurors_of_several_sides() -> None:
    campaign = make.judged(12)
    make.jury(campaign, "west", "west", "east", "south", None)

    round_ = make.round_of(campaign, quorum=3)

    by_entry: dict[int, list[Any]] = {}
    for assignment in held(round_):
        by_entry.setdefault(assignment.entry_id, []).append(assignment.juror.side_id)
    assert len(by_entry) == 12
    assert {len(sides) for sides in by_entry.values()} == {3}
    assert all(len(set(sides)) > 1 for sides in by_entry.values())
    loads = Counter(row.juror_id for row in held(round_)).values()
    assert max(loads) - min(loads) <= 1
    assert judging_selectors.share(round_).short == {}
    assert RoundEntry.objects.filter(round=round_).count() == 12


def test_each_juror_has_an_order_of_their_own() -> None:
    campaign = make.judged(10)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)

    orders = [[row.entry_id for row in held(round_, juror)] for juror in Juror.objects.order_by("pk")]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])


def test_jurors_are_told_once_that_entries_wait() -> None:
    campaign = make.judged(4)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    services.open_round(round_=round_, by=coordinator(None))
    services.change_quorum(round_=round_, quorum=2, by=coordinator(None))

    assert Message.objects.filter(kind="judging-open").count() == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda c: Campaign.objects.update(state="open"), services.NotJudgingYet),
        (lambda c: Entry.objects.update(state="confirmed"), services.NothingToJudge),
        (lambda c: Juror.objects.filter(side__code="east").update(paused_at=timezone.now()), services.TooFewJurors),
        (lambda c: Practitioner.objects.filter(region__code="east").update(state="suspended"), services.TooFewJurors),
        (lambda c: Juror.objects.update(side=None), services.OneSide),
    ],
)
def test_a_round_that_cannot_be_judged_fairly_does_not_open(change: Any, refusal: type[Exception]) -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign, opened=False)
    change(campaign)
    before = everything()
    with pytest.raises(refusal):
        services.open_round(round_=round_, by=coordinator(None))
    after = everything()
    # The coordinator alone is new.
    assert {name for name in before if before[name] != after[name]} <= {"network.User", "network.RoleGrant"}


def test_marks_need_a_criterion() -> None:
    campaign = make.judged(3)
    make.jury(campaign)
    round_ = make.round_of(campaign, opened=False)
    round_.criteria.all().delete()
    with pytest.raises(services.NoCriteria):
        services.open_round(round_=round_, by=coordinator(None))


@pytest.mark.parametrize("side", ["west", "east"])
def test_a_joint_contest_is_judged_by_the_national_desk_alone(side: str) -> None:
    campaign, by = make.judged(3), coordinator(side)
    make.jury(campaign)
    round_ = make.round_of(campaign, opened=False)
    for call in (services.open_round, services.pause_round, services.go_on_with_round, services.close_round):
        with pytest.raises(services.NotYourCampaign):
            call(round_=round_, by=by)
    for refused in (services.share_again,):
        with pytest.raises(services.NotYourCampaign):
            refused(round_=round_, by=by)
    with pytest.raises(services.NotYourCampaign):
        services.change_quorum(round_=round_, quorum=3, by=by)


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_a_round_that_fails_half_way_is_not_open(breaks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, by = make.judged(3), coordinator(None)
    make.jury(campaign)
    round_ = make.round_of(campaign, opened=False)
    before = everything()
    breaks(monkeypatch)
    with pytest.raises(Broken):
        services.open_round(round_=round_, by=by)
    assert everything() == before


def test_the_states_of_a_round() -> None:
    campaign, by = make.judged(3), coordinator(None)
    make.jury(campaign)
    round_ = make.round_of(campaign, opened=False)
    for call in (services.pause_round, services.go_on_with_round, services.close_round, services.share_again):
        with pytest.raises(IllegalMove):
            call(round_=round_, by=by)
    round_ = services.open_round(round_=round_, by=by)
    with pytest.raises(services.AlreadyOpen):
        services.save_round(round_=round_, changed=["name_ar"], by=by)
    with pytest.raises(services.AlreadyOpen):
        services.remove_criterion(criterion=round_.criteria.first(), by=by)
    round_ = services.pause_round(round_=services.pause_round(round_=round_, by=by), by=by)
    assert round_.state == "paused"
    with pytest.raises(services.RoundNotOpen):
        give(held(round_)[0])
    round_ = services.go_on_with_round(round_=round_, by=by)
    give_all(round_)
    round_ = services.close_round(round_=services.close_round(round_=round_, by=by), by=by)
    assert [step.move for step in Transition.objects.of(round_).exclude(move="edit").order_by("pk")] == [
        "open",
        "pause",
        "go_on",
        "close",
    ]
    assert ResultSheet.objects.count() == 1
    for call in (services.open_round, services.pause_round, services.go_on_with_round):
        with pytest.raises(IllegalMove):
            call(round_=round_, by=by)
    with pytest.raises(services.RoundNotOpen):
        give(held(round_)[0])


def another(campaign: Campaign, position: int) -> Round:
    """Return a round that nobody has kept yet."""
    return Round(
        campaign=campaign, position=position, name_ar="أخرى", name_en="Another", kind="screening", threshold=50
    )


@pytest.mark.parametrize("close", [False, True])
def test_a_round_is_set_up_after_all_that_were_opened(close: bool) -> None:
    campaign, by = make.judged(3), coordinator(None)
    make.jury(campaign)
    round_ = make.round_of(campaign, opened=False)
    Round.objects.filter(pk=round_.pk).update(position=2)
    round_ = services.open_round(round_=round_, by=by)
    if close:
        services.close_round(round_=round_, by=by, sure=True)
    for position in (1, 2):
        with pytest.raises(services.OutOfOrder):
            services.save_round(round_=another(campaign, position), changed=(), by=by)
    later = services.save_round(round_=another(campaign, 3), changed=(), by=by)
    later.position = 1
    with pytest.raises(services.OutOfOrder):
        services.save_round(round_=later, changed=["position"], by=by)
    assert Round.objects.count() == 2


def test_no_round_is_set_up_while_the_results_are_decided() -> None:
    campaign, by = judged(), coordinator(None)
    decision = services.propose_results(campaign=campaign, by=by)
    with pytest.raises(services.ResultsStand):
        services.save_round(round_=another(campaign, 2), changed=(), by=by)
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=coordinator(None))
    with pytest.raises(services.ResultsStand):
        services.save_round(round_=another(campaign, 2), changed=(), by=by)


def test_a_round_that_was_set_up_by_mistake_is_removed_and_holds_up_nothing() -> None:
    campaign, by = judged(), coordinator(None)
    draft = services.save_round(round_=another(campaign, 2), changed=(), by=by)
    with pytest.raises(services.NothingToDecide):
        services.propose_results(campaign=campaign, by=by)
    for other in (coordinator("west"), make.jury(make.judged(1), "west")[0].practitioner.user):
        with pytest.raises(services.NotYourCampaign):
            services.remove_round(round_=draft, by=other)
    services.remove_round(round_=Round.objects.get(pk=draft.pk), by=by)
    step = Transition.objects.get(subject_type="campaigns.round", subject_id=draft.pk, move="delete")
    assert (step.by, step.from_state) == (by, "draft")
    services.propose_results(campaign=campaign, by=by)
    with pytest.raises(services.AlreadyOpen):
        services.remove_round(round_=campaign.rounds.get(), by=by)
    assert Round.objects.filter(campaign=campaign).count() == 1


# --- the close -------------------------------------------------------------------------------------------------------------


def test_a_late_juror_does_not_hold_up_the_close() -> None:
    campaign, by = make.judged(6, region=None), coordinator(None)
    late, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    give_all(round_, but=late)
    missing = {row.entry.public_code for row in held(round_, late)}
    with pytest.raises(services.Lacking) as refusal:
        services.close_round(round_=round_, by=by)
    assert str(len(missing)) in str(refusal.value)

    round_ = services.close_round(round_=round_, by=by, sure=True)

    sheet = ResultSheet.objects.get().sheet
    assert set(sheet["incomplete"]) == missing
    assert {row[1] for row in sheet["places"]} == set(Entry.objects.values_list("public_code", flat=True)) - missing
    assert set(Entry.objects.values_list("state", flat=True)) == {EntryState.ELIGIBLE}


def test_what_one_side_alone_has_judged_lacks_a_score_and_does_not_count() -> None:
    campaign, by = make.judged(3), coordinator(None)
    *_east, late = make.jury(campaign, "east", "east", "west")
    round_ = make.round_of(campaign, quorum=3)
    give_all(round_, but=late)
    whole, *alone = held(round_, late)
    give(whole)
    round_ = services.change_quorum(round_=round_, quorum=2, by=by)

    assert dict(judging_selectors.lacking(round_)) == {row.entry_id: 1 for row in alone}
    with pytest.raises(services.Lacking):
        services.close_round(round_=round_, by=by)
    services.close_round(round_=round_, by=by, sure=True)

    kept = ResultSheet.objects.get()
    codes = {row.entry.public_code for row in alone}
    assert set(kept.sheet["one_sided"]) == codes
    assert kept.sheet["incomplete"] == dict.fromkeys(codes, 2)
    assert [row[1] for row in kept.sheet["places"]] == kept.sheet["shortlisted"] == [whole.entry.public_code]
    assert [row[1] for row in kept.sheet["winners"]] == [whole.entry.public_code]
    assert [place.entry for place in recount.propose(round_).places] == [whole.entry.public_code]
    assert [award.entry for award in judging.in_line(kept.sheet, out=())] == [whole.entry.public_code]
    assert recount.check(kept) == []


def test_three_rounds_from_screening_to_finalists() -> None:
    campaign, by = make.judged(9), coordinator(None)
    make.jury(campaign, "west", "east", "south")
    screening = make.round_of(campaign, "screening", threshold=100)
    scores = make.round_of(campaign, "scores", go_on=3, opened=False)
    ranking = make.round_of(campaign, "ranking", opened=False)
    with pytest.raises(services.EarlierRoundRuns):
        services.open_round(round_=scores, by=by)
    good = set(Entry.objects.order_by("pk").values_list("pk", flat=True)[:5])
    for assignment in held(screening):
        give(assignment, assignment.entry_id in good)
    services.close_round(round_=screening, by=by)
    passed = ResultSheet.objects.get(round=screening).sheet["shortlisted"]
    assert set(passed) == set(Entry.objects.filter(pk__in=good).values_list("public_code", flat=True))

    scores = services.open_round(round_=scores, by=by)
    assert set(RoundEntry.objects.filter(round=scores).values_list("entry__public_code", flat=True)) == set(passed)
    give_all(scores)
    services.close_round(round_=scores, by=by)
    finalists = set(judging_selectors.last_sheet(scores).sheet["shortlisted"])
    assert len(finalists) == 3

    ranking = services.open_round(round_=ranking, by=by)
    for juror in Juror.objects.select_related("practitioner__user"):
        mine = held(ranking, juror)
        assert {row.entry.public_code for row in mine} == finalists
        places = {row.pk: place for place, row in enumerate(sorted(mine, key=lambda row: row.entry_id), 1)}
        services.give_order(round_=ranking, juror=juror, places=places, by=juror.practitioner.user)
    services.close_round(round_=ranking, by=by)

    proposal = recount.propose(ranking)
    order = list(Entry.objects.filter(public_code__in=finalists).order_by("pk").values_list("public_code", flat=True))
    assert [place.entry for place in proposal.places] == order
    assert [award.entry for award in proposal.awards] == order[:2]
    assert [len(row.sheet["winners"]) for row in ResultSheet.objects.order_by("round__position")] == [0, 0, 2]
    assert not Entry.objects.filter(state=EntryState.SHORTLISTED).exists()
    call_command("recount_contest", campaign.slug)

    winner = Entry.objects.get(public_code=order[0])
    services.withdraw_entry(entry=winner)
    moved = recount.propose(ranking)
    assert [(award.entry, award.moved_up) for award in moved.awards] == [(order[1], True), (order[2], True)]
    call_command("recount_contest", campaign.slug)


@pytest.mark.parametrize("places", [[1, 1, 2], [0, 1, 2], [1, 2], [2, 3, 4]])
def test_an_order_has_each_place_once(places: list[int]) -> None:
    campaign = make.judged(3)
    juror, _other = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign, "ranking")
    mine = held(round_, juror)
    with pytest.raises(services.NotAnOrder):
        services.give_order(
            round_=round_, juror=juror, places=dict(zip([row.pk for row in mine], places, strict=False)),
            by=juror.practitioner.user,
        )  # fmt: skip
    assert not Mark.objects.exists()


def test_whoever_is_withdrawn_is_before_no_juror_and_out_of_the_result() -> None:
    campaign = make.judged(4)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    gone = Entry.objects.order_by("pk").first()
    give(next(row for row in held(round_) if row.entry_id == gone.pk))
    services.withdraw_entry(entry=gone)
    assert gone.pk not in {row.entry_id for row in held(round_)}
    give_all(round_)
    services.close_round(round_=round_, by=coordinator(None))
    sheet = ResultSheet.objects.get().sheet
    assert sheet["out"] == [gone.public_code]
    assert gone.public_code not in {row[1] for row in sheet["places"]}


# --- who comes late --------------------------------------------------------------------------------------------------------


def test_what_meets_the_conditions_while_the_first_round_runs_is_judged_in_it(clock: Any) -> None:
    campaign = make.judged(6)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    late = make.eligible(campaign, "east")
    assert (late.pk, round_.quorum) in judging_selectors.lacking(round_)
    give_all(round_)
    with pytest.raises(services.Lacking):
        services.close_round(round_=round_, by=coordinator(None))

    for _ in range(2):
        tasks.take_latecomers()

    assert len([row for row in held(round_) if row.entry_id == late.pk]) == round_.quorum
    give_all_left(round_)
    assert services.close_round(round_=round_, by=coordinator(None)).state == "closed"
    assert judging_selectors.left_out(Entry.objects.select_related("campaign").filter(pk=late.pk), {}) == {}


def test_nobody_is_taken_in_while_a_round_pauses_or_after_it(clock: Any) -> None:
    campaign = make.judged(6)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    services.pause_round(round_=round_, by=coordinator(None))
    make.eligible(campaign, "east")

    tasks.take_latecomers()
    assert RoundEntry.objects.filter(round=round_).count() == 6

    services.go_on_with_round(round_=round_, by=coordinator(None))
    services.close_round(round_=round_, by=coordinator(None), sure=True)
    tasks.take_latecomers()
    assert RoundEntry.objects.filter(round=round_).count() == 6


@pytest.mark.parametrize("language", ["ar", "en"])
def test_whoever_comes_after_the_first_round_is_told_that_nobody_judges_it(client: Client, language: str) -> None:
    campaign = make.judged(4)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    judged_entry = RoundEntry.objects.filter(round=round_).order_by("pk").first().entry
    services.close_round(round_=round_, by=coordinator(None), sure=True)
    late = make.eligible(campaign, "east")
    words = {"ar": "انتهت جولة التحكيم الأولى", "en": "The jury's first round has ended"}[language]

    told = {}
    for entry in (judged_entry, late):
        session = client.session
        session["entries"] = [entry.pk]
        session.save()
        told[entry] = words in html.unescape(client.get(f"/{language}/entries/mine/").text)
    assert told == {judged_entry: False, late: True}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_whoever_names_too_few_made_is_told_so_once_nobody_can_change_it(client: Client, language: str) -> None:
    campaign = make.campaign(made_at_least=20)
    few = make.entry(campaign, answers={"made": 12})
    session = client.session
    session["entries"] = [few.pk]
    session.save()
    words = {"ar": "أقل مما تشترطه المسابقة", "en": "fewer made than the contest asks for"}[language]

    told = {}
    for state in ("open", "judging"):
        type(campaign).objects.filter(pk=campaign.pk).update(state=state)
        told[state] = words in html.unescape(client.get(f"/{language}/entries/mine/").text)
    assert told == {"open": False, "judging": True}


def test_a_mark_given_while_the_close_waits_for_the_round_counts(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make.judged(4)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    *others, last = held(round_)
    for assignment in others:
        give(assignment)
    lock, waited = rounds.lock, []

    def waits(row: Round) -> Round:
        if not waited:
            waited.append(1)
            clock.forward(seconds=1)
            give(last)
        return lock(row)

    monkeypatch.setattr(rounds, "lock", waits)
    services.close_round(round_=round_, by=coordinator(None))

    kept = ResultSheet.objects.get()
    assert len(recount.contest(round_, kept.made_at, to_win=0).scores) == len([*others, last])
    assert recount.check(kept) == []
