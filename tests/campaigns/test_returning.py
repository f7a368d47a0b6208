"""What becomes of who is taken back in after an appeal, in the rounds: judged in the one that runs, or told to the desk why not."""

import re
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from campaigns import judging_selectors, outcomes, recount, returning, services
from campaigns.models import Assignment, Campaign, Complaint, Entry, ResultSheet, Round, RoundEntry
from campaigns.returning import Way
from network.models import User
from tests.campaigns.judges import give, give_all_left, held
from tests.campaigns.winners import manager
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import Broken, break_the_outbox, everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


@pytest.fixture
def campaign() -> Campaign:
    """Return a contest of five entries, the first to come the best of them: its desk has counted what the conditions ask."""
    made = make.judged(5)
    make.jury(made, "west", "east")
    at = make.desk(made)
    by = make.collector(at)
    for entry in entries(made):
        make.hand_in(at, entry, 5, by=by)
    return made


def entries(campaign: Campaign) -> list[Entry]:
    return list(Entry.objects.filter(campaign=campaign).select_related("campaign").order_by("pk"))


def disqualify(entry: Entry) -> None:
    campaign = entry.campaign
    seal = outcomes.plan(campaign, [entry.code]).seal
    services.disqualify_entries(
        campaign=campaign, wanted=[entry.code], reason="الصور ليست له", seal=seal, by=manager(campaign)
    )


def appeal_of(entry: Entry) -> Complaint:
    return services.receive_complaint(
        entry=Entry.objects.get(pk=entry.pk), uid=uuid.uuid4(), text="الصور لي", received_at=timezone.now()
    )


def seen(entry: Entry) -> returning.Return:
    fresh = Entry.objects.select_related("campaign").get(pk=entry.pk)
    return returning.returns(fresh.campaign, [fresh])[fresh.pk]


def take_back(entry: Entry, by: User | None = None) -> returning.Return:
    """Uphold the appeal of an entry; what was told before is what has become of it."""
    appeal, before = appeal_of(entry), seen(entry)
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=by or manager(entry.campaign))
    assert seen(entry) == before
    return before


def score(round_: Round, best: list[Entry]) -> None:
    """Let all jurors find these entries better the earlier they stand here."""
    worth = {entry.pk: mark for mark, entry in zip((5, 4, 3, 2, 1), best, strict=False)}
    for row in held(round_):
        give(row, {criterion.code: worth[row.entry_id] for criterion in judging_selectors.criteria(round_)})


def judged_in(round_: Round) -> set[int]:
    return set(RoundEntry.objects.filter(round=round_).values_list("entry_id", flat=True))


def second_round(campaign: Campaign, **fields: Any) -> Round:
    """Close the first round, and open the next."""
    services.close_round(round_=campaign.rounds.get(), by=manager(campaign), sure=True)
    return make.round_of(campaign, **fields)


def differences() -> list[list[str]]:
    return [found for sheet in ResultSheet.objects.all() if (found := recount.check(sheet))]


# --- the next round runs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paused", [False, True])
def test_who_would_have_gone_on_is_judged_in_the_round_that_runs_and_nobody_makes_room(
    campaign: Campaign, paused: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[0])
    following = second_round(campaign)
    others = {entry.pk for entry in best[1:4]}
    assert judged_in(following) == others
    if paused:
        services.pause_round(round_=following, by=manager(campaign))

    assert take_back(best[0]) == returning.Return(Way.JUDGED, following)
    assert judged_in(following) == {best[0].pk, *others}
    assert Assignment.objects.filter(round=following, entry=best[0]).held().count() == 2
    # Once more is the same as once.
    before = judged_in(following), Assignment.objects.count()
    services.share_again(round_=following, by=manager(campaign))
    assert (judged_in(following), Assignment.objects.count()) == before

    if paused:
        services.go_on_with_round(round_=following, by=manager(campaign))
    give_all_left(following)
    services.close_round(round_=following, by=manager(campaign))
    assert best[0].public_code in judging_selectors.last_sheet(following).sheet["eligible"]
    assert ResultSheet.objects.count() == 2
    call_command("recount_contest", campaign.slug)
    assert capsys.readouterr().out.count(" 0 differences") == 2


def test_who_would_not_have_gone_on_is_judged_no_further(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[4])
    first, following = campaign.rounds.get(), second_round(campaign)
    before = judged_in(following), Assignment.objects.count(), ResultSheet.objects.count()
    assert take_back(best[4]) == returning.Return(Way.BEHIND, first)
    assert (judged_in(following), Assignment.objects.count(), ResultSheet.objects.count()) == before
    assert Entry.objects.get(pk=best[4].pk).state == "eligible"


def test_that_others_leave_after_the_close_brings_nobody_forward(campaign: Campaign) -> None:
    """Two of three who went on have left since: whoever was fourth and fifth at the close stays where they were."""
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[4])
    first, following = campaign.rounds.get(), second_round(campaign)
    for entry in best[:2]:
        services.withdraw_entry(entry=entry)
    assert take_back(best[4]) == returning.Return(Way.BEHIND, first)
    assert judged_in(following) == {entry.pk for entry in best[:3]}


def test_who_is_taken_back_in_counts_for_the_next_who_is(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=2), best)
    disqualify(best[1])
    disqualify(best[2])
    first, following = campaign.rounds.get(), second_round(campaign)
    assert judged_in(following) == {best[0].pk, best[3].pk}
    # By itself the third would have been second; behind the second it would not.
    assert seen(best[2]).way == Way.JUDGED
    assert take_back(best[1]).way == Way.JUDGED
    assert take_back(best[2]) == returning.Return(Way.BEHIND, first)
    assert judged_in(following) == {best[0].pk, best[3].pk, best[1].pk}
    assert differences() == []


def test_it_is_counted_as_the_sheet_was_by_which_the_next_round_was_opened(campaign: Campaign) -> None:
    """Who left between the close and a sheet that was kept anew made room for others: also for who is taken back in later."""
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[2])
    disqualify(best[4])
    first = campaign.rounds.get()
    services.close_round(round_=first, by=manager(campaign))
    following = make.round_of(campaign, opened=False)
    services.withdraw_entry(entry=best[0])
    assert take_back(best[4]).way == Way.GOES_ON
    services.open_round(round_=following, by=manager(campaign))
    assert judged_in(following) == {best[1].pk, best[3].pk, best[4].pk}
    assert take_back(best[2]) == returning.Return(Way.JUDGED, following)
    assert judged_in(following) == {entry.pk for entry in best[1:]}
    assert differences() == []


def test_who_was_out_before_their_scores_were_complete_is_judged_no_further(campaign: Campaign) -> None:
    best = entries(campaign)
    first = make.round_of(campaign, go_on=3)
    give(held(first)[0])
    out = held(first)[0].entry
    disqualify(out)
    score(first, best)
    following = second_round(campaign)
    assert take_back(out) == returning.Return(Way.UNSCORED, first)
    assert out.pk not in judged_in(following)


def test_who_was_out_before_the_round_was_opened_comes_too_late(campaign: Campaign) -> None:
    best = entries(campaign)
    disqualify(best[0])
    score(make.round_of(campaign, go_on=3), best)
    first = campaign.rounds.get()
    services.close_round(round_=first, by=manager(campaign))
    assert seen(best[0]) == returning.Return(Way.LATE, first)
    following = make.round_of(campaign)
    assert take_back(best[0]) == returning.Return(Way.LATE, first)
    assert best[0].pk not in judged_in(following)


def test_who_does_not_meet_the_conditions_is_taken_in_by_no_round(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[0])
    Entry.objects.filter(pk=best[0].pk).update(made=3)
    following = second_round(campaign)
    assert take_back(best[0]).way == Way.SHORT
    assert best[0].pk not in judged_in(following)


def test_who_is_taken_back_in_while_their_round_runs_has_jurors_again(campaign: Campaign) -> None:
    best = entries(campaign)
    round_ = make.round_of(campaign)
    disqualify(best[0])
    services.share_again(round_=round_, by=manager(campaign))
    assert not Assignment.objects.filter(round=round_, entry=best[0]).held().exists()
    assert take_back(best[0]) == returning.Return(Way.JUDGED, round_)
    assert Assignment.objects.filter(round=round_, entry=best[0]).held().count() == 2
    give_all_left(round_)
    services.close_round(round_=round_, by=manager(campaign))
    assert differences() == []


def test_a_finalist_who_was_taken_back_in_is_shortlisted_as_the_others_are(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[2])
    finalists = second_round(campaign, kind="ranking")
    assert take_back(best[2]).way == Way.JUDGED
    for juror in {row.juror for row in held(finalists)}:
        rows = sorted(held(finalists, juror), key=lambda row: row.entry_id)
        places = {row.pk: place for place, row in enumerate(rows, 1)}
        services.give_order(round_=finalists, juror=juror, places=places, by=juror.practitioner.user)
    services.close_round(round_=finalists, by=manager(campaign))
    decision = services.propose_results(campaign=campaign, by=manager(campaign))
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=manager(campaign))
    states = [Entry.objects.get(pk=entry.pk).state for entry in best]
    # Two prizes: the third of the four finalists has none, and stands on the shortlist with the last.
    assert states == ["shortlisted"] * 4 + ["eligible"]
    assert best[2].public_code not in {row[1] for row in decision.sheet.sheet["winners"]}
    assert differences() == []


def test_an_answer_that_can_not_be_kept_puts_nothing_before_jurors(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[0])
    second_round(campaign)
    appeal, by = appeal_of(best[0]), manager(campaign)
    before = everything()
    break_the_outbox(monkeypatch)
    with pytest.raises(Broken):
        services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=by)
    assert everything() == before


# --- no round runs -----------------------------------------------------------------------------------------------------------


def test_between_two_rounds_the_sheet_that_is_kept_anew_says_who_goes_on(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    for entry in (best[0], best[4]):
        disqualify(entry)
    first = campaign.rounds.get()
    services.close_round(round_=first, by=manager(campaign))
    following = make.round_of(campaign, opened=False)
    assert take_back(best[0]) == returning.Return(Way.GOES_ON, first)
    assert take_back(best[4]) == returning.Return(Way.BEHIND, first)
    services.open_round(round_=following, by=manager(campaign))
    assert judged_in(following) == {entry.pk for entry in best[:3]}


def test_after_the_last_round_scores_count_for_the_results_if_there_are_enough(campaign: Campaign) -> None:
    best = entries(campaign)
    round_ = make.round_of(campaign, go_on=3)
    disqualify(best[0])
    score(round_, best)
    disqualify(best[1])
    disqualify(best[4])
    services.close_round(round_=round_, by=manager(campaign), sure=True)
    assert take_back(best[1]) == returning.Return(Way.COUNTED, round_)
    assert take_back(best[4]) == returning.Return(Way.BEHIND, round_)
    assert take_back(best[0]) == returning.Return(Way.UNSCORED, round_)
    decision = services.propose_results(campaign=campaign, by=manager(campaign))
    assert [row[1] for row in decision.sheet.sheet["places"]] == [entry.public_code for entry in best[1:]]
    assert decision.sheet.sheet["shortlisted"] == [entry.public_code for entry in best[1:4]]


def test_before_the_first_round_and_once_it_is_decided_the_rounds_have_nothing_to_do_with_it(
    campaign: Campaign,
) -> None:
    best = entries(campaign)
    disqualify(best[0])
    assert take_back(best[0]) == returning.Return(Way.UNTOUCHED)
    round_ = make.round_of(campaign)
    score(round_, best)
    disqualify(best[1])
    services.close_round(round_=round_, by=manager(campaign))
    services.propose_results(campaign=campaign, by=manager(campaign))
    assert take_back(best[1]) == returning.Return(Way.UNTOUCHED)


# --- at the desk -------------------------------------------------------------------------------------------------------------


def desk(campaign: Campaign, language: str = "ar") -> str:
    return f"/{language}/admin/campaigns/campaign/{campaign.pk}/results/"


SAID = {
    Way.SHORT: {"ar": "لا تستوفي المشاركة الشروط", "en": "does not meet the conditions"},
    Way.JUDGED: {"ar": "تُعرض المشاركة على محكّمي", "en": "goes before the jurors of"},
    Way.GOES_ON: {"ar": "تنتقل المشاركة إلى الجولة التالية", "en": "goes on to the next round"},
    Way.COUNTED: {"ar": "في النتائج", "en": "count for the results"},
    Way.BEHIND: {"ar": "لم تكن المشاركة لتنتقل", "en": "would not have gone on"},
    Way.UNSCORED: {"ar": "أقل من المطلوب", "en": "too few scores"},
    Way.LATE: {"ar": "فات", "en": "too late for the rounds"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_way_is_said_in_words_that_name_the_round(language: str, campaign: Campaign) -> None:
    round_ = make.round_of(campaign, opened=False)
    with override(language):
        said = {way: returning.Return(way, round_).sentence for way in Way}
        assert said.pop(Way.UNTOUCHED) == ""
        assert all(SAID[way][language] in sentence for way, sentence in said.items()), said
        assert [way for way, sentence in said.items() if round_.name not in sentence] == [Way.SHORT]
    assert len(set(said.values())) == len(SAID)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "way"), [(0, Way.JUDGED), (4, Way.BEHIND)])
def test_who_answers_reads_before_and_after_what_becomes_of_it(
    language: str, place: int, way: Way, campaign: Campaign
) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    out = best[place]
    disqualify(out)
    second_round(campaign)
    appeal = appeal_of(out)
    client, address = at_the_desk(coordinator(None)), desk(campaign, language)
    words = SAID[way][language]
    assert words in client.get(address).text
    sent = {"do": "answer", "complaint": appeal.pk, "upheld": "yes", "answer": "أعدناها"}
    text = client.post(address, sent, follow=True).text
    said = re.findall(r'<li class="(\w+)">([^<]*)', text)
    kind = "info" if way == Way.JUDGED else "warning"
    assert [name for name, sentence in said if words in sentence] == [kind]
    assert words not in client.get(address).text


@pytest.mark.parametrize("upheld", ["yes", "no"])
def test_of_what_takes_nobody_back_in_nothing_is_said(upheld: str, campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    disqualify(best[4])
    second_round(campaign)
    appeal, address = appeal_of(best[4]), desk(campaign, "en")
    if upheld == "yes":
        # Withdrawn by its sender while the appeal waited.
        Entry.objects.filter(pk=best[4].pk).update(state="withdrawn")
    client = at_the_desk(coordinator(None))
    sent = {"do": "answer", "complaint": appeal.pk, "upheld": upheld, "answer": "نظرنا"}
    assert "would not have gone on" not in client.post(address, sent, follow=True).text


def test_the_page_asks_no_more_for_many_appeals(campaign: Campaign) -> None:
    best = entries(campaign)
    score(make.round_of(campaign, go_on=3), best)
    for entry in best[2:]:
        disqualify(entry)
    second_round(campaign)
    client, asked = at_the_desk(coordinator(None)), []
    for entries_of in (best[2:3], best[3:]):
        for entry in entries_of:
            appeal_of(entry)
        client.get(desk(campaign))
        with CaptureQueriesContext(connection) as queries:
            client.get(desk(campaign))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 40
