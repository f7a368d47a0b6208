"""Complaints within their window, appeals that restore, and disqualification that does what its preview said."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from campaigns import judging_selectors, outcomes, recount, services
from campaigns.enums import EntryState
from campaigns.models import Award, Campaign, Complaint, Entry, ResultSheet, RoundEntry
from network.models import Transition, User
from network.services import ReasonMissing
from notifications.models import Message
from tests.campaigns.judges import give, held
from tests.campaigns.winners import holder, judged as judged_contest, line, manager, published, standing, told
from tests.clock import Clock
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


def complain(entry: Entry, *, at: Any = None, text: str = "لم تُحسب كماماتي", uid: uuid.UUID | None = None) -> Complaint:
    return services.receive_complaint(
        entry=Entry.objects.get(pk=entry.pk), uid=uid or uuid.uuid4(), text=text, received_at=at or timezone.now()
    )


def disqualify(campaign: Campaign, *codes: str, reason: str = "الصور ليست له", by: User | None = None) -> outcomes.Plan:
    seal, by = outcomes.plan(campaign, codes).seal, by or manager(campaign)
    return services.disqualify_entries(campaign=campaign, wanted=codes, reason=reason, seal=seal, by=by)


# --- the window -------------------------------------------------------------------------------------------------------------


def test_complaints_are_taken_from_the_publication_to_the_last_moment_by_the_server_s_clock(clock: Clock) -> None:
    campaign = told()
    entries = list(Entry.objects.filter(campaign=campaign).order_by("pk"))
    with pytest.raises(services.NotInTime):
        complain(entries[0])
    campaign = services.publish_results(campaign=campaign, by=manager(campaign))
    ends = campaign.results_at + timedelta(days=campaign.complaint_days)

    assert complain(entries[0]).state == "received"
    assert complain(entries[1], at=ends - timedelta(seconds=1)).kind == "complaint"
    before = everything()
    with pytest.raises(services.NotInTime):
        complain(entries[2], at=ends)
    assert everything() == before


def test_the_same_form_twice_is_one_complaint_and_a_second_one_waits_for_the_answer() -> None:
    campaign = published()
    entry, uid = Entry.objects.get(public_code=line(campaign)[5]), uuid.uuid4()
    assert complain(entry, uid=uid) == complain(entry, uid=uid)
    with pytest.raises(services.OneWaits):
        complain(entry)
    services.answer_complaint(complaint=Complaint.objects.get(), upheld=False, answer="حُسبت كلها", by=manager(campaign))
    complain(entry)
    assert Complaint.objects.count() == 2


def test_an_answer_is_told_in_the_language_in_which_it_was_asked() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[5])
    with override("en"):
        complaint = complain(entry, text="My masks were not counted.")
    assert complaint.language == "en"
    with pytest.raises(services.AnswerMissing):
        services.answer_complaint(complaint=complaint, upheld=True, answer=" ", by=manager(campaign))
    with pytest.raises(services.NotYourCampaign):
        services.answer_complaint(complaint=complaint, upheld=True, answer="Yes.", by=coordinator("west"))
    by = manager(campaign)
    for _ in range(2):
        done = services.answer_complaint(complaint=complaint, upheld=True, answer="They are.", by=by)
    assert (done.state, done.answer) == ("upheld", "They are.")
    assert [step.move for step in Transition.objects.of(done).order_by("pk")] == ["receive", "uphold"]
    message = Message.objects.get(kind="complaint-answered")
    assert message.address == entry.phone
    assert set(message.context) == {"entry"}


# --- disqualification -------------------------------------------------------------------------------------------------------


def test_what_happens_is_what_the_preview_said() -> None:
    campaign = published()
    first, second, third, fourth, fifth, sixth = line(campaign)
    services.withdraw_entry(entry=Entry.objects.get(public_code=sixth))
    plan = outcomes.plan(campaign, [first, third, sixth, "NOSUCHCODE00"])

    assert {fate.entry.public_code: (fate.changes, fate.prize and fate.prize.number) for fate in plan.fates} == {
        first: (True, 1),
        third: (True, 3),
        sixth: (False, None),
    }
    assert plan.unknown == ["NOSUCHCODE00"]
    promised = [(rise.prize, rise.entry) for rise in plan.rises]
    disqualify(campaign, first, third, sixth)

    held = {code: number for number, code, _s in standing(campaign)}
    assert held == {second: 1, fourth: 2, fifth: 3}
    assert {code: number for number, code in promised} == held
    assert set(Entry.objects.filter(state="disqualified").values_list("public_code", flat=True)) == {first, third}
    assert Entry.objects.get(public_code=sixth).state == "withdrawn"
    assert Message.objects.filter(kind="entry-disqualified").count() == 2
    assert {step.reason for step in Transition.objects.filter(move="disqualify")} == {"الصور ليست له"}


def test_what_has_changed_since_the_preview_is_looked_at_again() -> None:
    campaign = published()
    first, *_rest = line(campaign)
    seal = outcomes.plan(campaign, [first]).seal
    services.answer_award(entry=Entry.objects.get(public_code=first), accepts=False)
    by = manager(campaign)
    before = everything()
    with pytest.raises(services.Changed):
        services.disqualify_entries(campaign=campaign, wanted=[first], reason="x", seal=seal, by=by)
    assert everything() == before


def test_a_reason_is_needed_and_somebody_has_to_go() -> None:
    campaign = published()
    with pytest.raises(ReasonMissing):
        disqualify(campaign, line(campaign)[0], reason=" ")
    with pytest.raises(services.NobodyGoes):
        disqualify(campaign, "NOSUCHCODE00")


@pytest.mark.parametrize("broken", [break_the_journal, break_the_outbox])
def test_all_or_none_are_disqualified(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = published()
    by, codes = manager(campaign), line(campaign)[:2]
    seal = outcomes.plan(campaign, codes).seal
    before = everything()
    broken(monkeypatch)
    with pytest.raises(Broken):
        services.disqualify_entries(campaign=campaign, wanted=codes, reason="x", seal=seal, by=by)
    assert everything() == before


def test_the_preview_names_the_rounds_in_which_jurors_have_it() -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east", "south")
    make.round_of(campaign)
    entry = Entry.objects.filter(campaign=campaign).first()
    (fate,) = outcomes.plan(campaign, [entry.code]).fates
    assert fate.rounds == [campaign.rounds.get().name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abcd-efgh-jkmn", ["ABCDEFGHJKMN"]),
        ("ABCD-EFGH-JKMN،ABCDEFGHJKMN\nabc", ["ABCDEFGHJKMN", "abc"]),
        (" ", []),
    ],
)
def test_codes_are_read_however_they_are_written(text: str, found: list[str]) -> None:
    assert outcomes.codes_in(text) == found


# --- appeals ------------------------------------------------------------------------------------------------------------------


def test_an_appeal_that_is_upheld_takes_the_entry_back_in() -> None:
    campaign = make.judged(2)
    entry = Entry.objects.filter(campaign=campaign).first()
    disqualify(campaign, entry.code)
    assert outcomes.outcomes([Entry.objects.get(pk=entry.pk)], timezone.now())[entry.pk].reason == "الصور ليست له"
    appeal = complain(entry)
    assert appeal.kind == "appeal"
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=manager(campaign))

    moves = [step.move for step in Transition.objects.of(entry).order_by("pk")]
    assert moves[-2:] == ["disqualify", "restore"]
    # Nothing of it was counted at a desk, and so it is where its numbers say.
    assert Entry.objects.get(pk=entry.pk).state == EntryState.CONFIRMED


def test_an_appeal_proves_no_contact() -> None:
    campaign = make.campaign()
    entry = make.entry(campaign)
    make.hand_in(make.desk(campaign), entry, 5)
    disqualify(campaign, entry.code)
    services.answer_complaint(complaint=complain(entry), upheld=True, answer="أعدناها", by=manager(campaign))

    entry.refresh_from_db()
    assert (entry.state, entry.confirmed_at) == (EntryState.RECEIVED, None)
    step = Transition.objects.of(entry).order_by("pk").last()
    assert (step.from_state, step.to_state) == ("disqualified", "received")
    assert services.confirm_contact(entry=entry, typed=make.code_of(entry)).state == EntryState.ELIGIBLE


@pytest.mark.parametrize("upheld", [True, False])
def test_who_disqualified_does_not_answer_the_appeal(upheld: bool) -> None:
    campaign = make.judged(2)
    entry, by = Entry.objects.filter(campaign=campaign).first(), manager(campaign)
    disqualify(campaign, entry.code, by=by)
    appeal = complain(entry)
    before = everything()
    with pytest.raises(services.YourOwnDisqualification):
        services.answer_complaint(complaint=appeal, upheld=upheld, answer="لا", by=by)
    assert everything() == before
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=manager(campaign))
    # Out again, by somebody else: now it is for the first to look at it.
    disqualify(campaign, entry.code)
    services.answer_complaint(complaint=complain(entry), upheld=upheld, answer="نظرنا", by=by)


def test_who_disqualified_answers_what_is_no_appeal() -> None:
    campaign, by = published(), coordinator(None)
    first, second, *_rest = line(campaign)
    complaint = complain(Entry.objects.get(public_code=second))
    disqualify(campaign, first, by=by)
    done = services.answer_complaint(complaint=complaint, upheld=False, answer="حُسبت كلها", by=by)
    assert done.answered_by == by


def test_who_waits_for_the_answer_to_a_complaint_may_appeal_and_each_waits_once() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[4])
    assert complain(entry).kind == "complaint"
    disqualify(campaign, entry.code)
    entry.refresh_from_db()
    found = outcomes.outcomes([entry], timezone.now())[entry.pk]
    assert (found.may_appeal, found.may_complain) == (True, False)

    assert complain(entry).kind == "appeal"
    found = outcomes.outcomes([entry], timezone.now())[entry.pk]
    assert (found.may_appeal, found.may_complain) == (False, False)
    with pytest.raises(services.OneWaits):
        complain(entry)


def test_an_appeal_that_is_rejected_changes_nothing_but_its_answer() -> None:
    campaign = published()
    code = line(campaign)[0]
    disqualify(campaign, code)
    before = standing(campaign)
    appeal = complain(Entry.objects.get(public_code=code))
    services.answer_complaint(complaint=appeal, upheld=False, answer="الصور لغيرك", by=manager(campaign))
    assert Entry.objects.get(public_code=code).state == EntryState.DISQUALIFIED
    assert standing(campaign) == before


def test_a_complaint_that_is_upheld_takes_nobody_back_in() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[1])
    complaint = complain(entry)
    disqualify(campaign, entry.code)
    services.answer_complaint(complaint=complaint, upheld=True, answer="صحيح", by=manager(campaign))
    assert Entry.objects.get(pk=entry.pk).state == EntryState.DISQUALIFIED


def test_who_is_taken_back_in_gets_a_free_prize_and_pushes_nobody_down() -> None:
    campaign = told()
    first, second, third, *rest = line(campaign)
    make.hand_in(make.desk(campaign), Entry.objects.get(public_code=first), 5)
    services.publish_results(campaign=campaign, by=manager(campaign))
    disqualify(campaign, *rest)
    disqualify(campaign, first)
    assert [(number, code) for number, code, _s in standing(campaign)] == [(1, second), (2, third)]
    appeal = complain(Entry.objects.get(public_code=first))
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=manager(campaign))
    assert [(number, code) for number, code, _s in standing(campaign)] == [(1, second), (2, third), (3, first)]
    assert (holder(campaign, 3).state, holder(campaign, 3).entry.state) == ("told", "winner")


def test_who_is_taken_back_in_without_what_the_conditions_ask_gets_no_prize() -> None:
    campaign = published()
    first, second, third, *rest = line(campaign)
    disqualify(campaign, first, *rest)
    appeal = complain(Entry.objects.get(public_code=first))
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=manager(campaign))
    assert Entry.objects.get(public_code=first).state == "confirmed"
    assert [(number, code) for number, code, _s in standing(campaign)] == [(1, second), (2, third)]


def taken_back_in(entry: Entry) -> None:
    """Uphold the appeal of an entry that meets the conditions."""
    campaign = entry.campaign
    services.answer_complaint(complaint=complain(entry), upheld=True, answer="أعدناها", by=manager(campaign))


def counted(campaign: Campaign, entry: Entry) -> Entry:
    """Let a desk count what the conditions ask, so that an entry meets them also after it was out."""
    make.hand_in(make.desk(campaign), entry, 5)
    return entry


@pytest.mark.parametrize(("best", "goes_on"), [(True, True), (False, False)])
def test_who_is_taken_back_in_after_their_round_was_closed_is_in_the_next_if_their_scores_deserve_it(
    best: bool, goes_on: bool
) -> None:
    campaign, by = make.judged(5), coordinator(None)
    make.jury(campaign, "west", "east")
    first = make.round_of(campaign, go_on=3)
    out = counted(campaign, Entry.objects.order_by("pk").first())
    for row in held(first):
        mark = (5 if best else 1) if row.entry == out else 2 + row.entry_id % 3
        give(row, {criterion.code: mark for criterion in judging_selectors.criteria(first)})
    disqualify(campaign, out.code)
    services.close_round(round_=first, by=by)
    following = make.round_of(campaign, opened=False)
    assert out not in judging_selectors.candidates(following)
    taken_back_in(out)

    following = services.open_round(round_=following, by=by)
    judged = set(RoundEntry.objects.filter(round=following).values_list("entry__public_code", flat=True))
    assert (out.public_code in judged, len(judged)) == (goes_on, 3)
    assert [recount.check(sheet) for sheet in ResultSheet.objects.all()] == [[], []]
    # Once it is open nothing that was counted before it is kept anew.
    other = counted(campaign, Entry.objects.exclude(public_code__in=judged).exclude(pk=out.pk).first())
    disqualify(campaign, other.code)
    taken_back_in(other)
    assert ResultSheet.objects.filter(round=first).count() == 2
    assert not RoundEntry.objects.filter(round=following, entry=other).exists()


@pytest.mark.parametrize("since", ["before the proposal", "after the decision", "after the publication"])
def test_who_is_taken_back_in_has_the_place_that_the_marks_give_them(since: str) -> None:
    campaign = judged_contest()
    kept = ResultSheet.objects.get().sheet
    last = counted(campaign, Entry.objects.get(public_code=kept["places"][-1][1]))
    if since == "before the proposal":
        disqualify(campaign, last.code)
    told(campaign)
    if since == "after the decision":
        disqualify(campaign, last.code)
        taken_back_in(last)
        assert Entry.objects.get(pk=last.pk).state == "shortlisted"
    services.publish_results(campaign=campaign, by=manager(campaign))
    if since == "after the publication":
        disqualify(campaign, last.code)
    if since != "after the decision":
        taken_back_in(last)
    assert Entry.objects.get(pk=last.pk).state == "placed"


def test_an_appeal_has_its_time_from_the_disqualification_on(clock: Clock) -> None:
    campaign = make.judged(2)
    one, other = Entry.objects.filter(campaign=campaign).order_by("pk")
    disqualify(campaign, one.code, other.code)
    clock.forward(days=campaign.complaint_days, seconds=-1)
    complain(one, at=clock.now)
    clock.forward(seconds=1)
    with pytest.raises(services.NotInTime):
        complain(other, at=clock.now)


def test_whoever_loses_an_entry_keeps_no_prize_before_the_results_either() -> None:
    campaign = told()
    first, *_rest = line(campaign)
    services.answer_award(entry=Entry.objects.get(public_code=first), accepts=True, name_shown=True)
    disqualify(campaign, first)
    lost = Award.objects.get(entry__public_code=first)
    assert (lost.state, lost.name_shown) == ("lost", False)
