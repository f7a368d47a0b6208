"""The pages of a vote: open it, cast, ask with a receipt, take an objection back, withdraw, read the outcome."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from measures import outcomes, services
from measures.enums import Choice, MeasureState, Method, Secrecy
from measures.models import Ballot, Measure, Vote
from network.models import Practitioner
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, auditor, coordinator

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
PUBLIC_QUERIES, MEMBER_QUERIES = 8, 15


@pytest.fixture
def people() -> dict[str, list[Practitioner]]:
    return make.members(6)


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(getattr(who, "user", who))
    return client


def address(measure: Measure, page: str = "", language: str = "en") -> str:
    return f"/{language}/measures/{measure.slug}/{page}"


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def closes(days: int = 7) -> str:
    return (timezone.localtime() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def choices(method: str = "consensus", **more: Any) -> dict[str, Any]:
    rules = {f"{what}-{side}": 60 for what in ("quorum", "threshold") for side in ("east", "west", "south", "abroad")}
    chosen = {"method": method, "secrecy": "secret", "electorate": "members", "closes_at": closes()}
    return chosen | rules | more


def mediation(
    people: dict[str, list[Practitioner]], clock: Any, reason: str = "It leaves the clinics out.", **fields: Any
) -> Vote:
    vote = make.opened(people, **fields)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:1], Choice.BLOCK, reason)
    # Others who did not agree, so that nobody can tell which side objected.
    make.cast(vote, [people["east"][0], people["west"][0]], Choice.ABSTAIN)
    clock.forward(days=8)
    assert services.close_vote(vote=vote).state == MeasureState.MEDIATION
    return vote


# --- opening ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_opening_page_shows_the_fewest_that_would_adopt(people, language):
    measure = make.compared(people["west"][0])
    page = signed_in(coordinator(None)).get(address(measure, "open/", language))

    assert page.status_code == 200
    sentence = {"en": "It would be adopted: every side reaches", "ar": "سيُعتمَد"}[language]
    assert sentence in page.text
    # 40 of 100 of six are three votes, of seven too.
    assert page.text.count('<td class="num">3</td>') >= 3


def test_supposed_votes_are_counted_at_once(people):
    measure = make.compared(people["west"][0])
    client = signed_in(coordinator(None))

    def shown(**supposed: int) -> str:
        fields = choices() | {name.replace("_at_", "-"): votes for name, votes in supposed.items()}
        return client.get(address(measure, "open/"), fields).text

    agreed = {f"agree_at_{side}": 5 for side in ("east", "west", "south")}
    assert "It would be adopted" in shown(**agreed)
    assert "a mediation of two weeks would begin" in shown(**agreed, block_at_west=1)
    text = shown(**agreed | {"agree_at_south": 1})
    assert "It would not be adopted. What is missing is with:" in text
    assert "Votes: 1 of 7. The quorum is 5, and is not reached." in text
    assert "you suppose more votes than may vote" in shown(**agreed | {"agree_at_east": 9})
    assert Measure.objects.get().state == MeasureState.PARITY


def test_small_sides_and_hard_quorums_are_warned_of():
    people = make.members(3)
    measure = make.compared(people["west"][0])
    text = signed_in(coordinator(None)).get(address(measure, "open/"), choices(**{"quorum-east": 100})).text

    assert text.count("Fewer than five may vote here") == 3
    assert text.count("This quorum is hard to reach") == 1


def test_a_side_where_nobody_may_vote_is_said(people):
    measure = make.compared(people["west"][0])
    text = signed_in(coordinator(None)).get(address(measure, "open/"), choices(abroad="on")).text
    assert "Nobody may vote here, so that no vote could adopt the measure: Members abroad." in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("abroad", [False, True])
def test_a_vote_is_opened_after_a_look_at_what_is_frozen(people, language, abroad):
    PractitionerFactory.create_batch(5, side=None)
    measure = make.compared(people["west"][0])
    client = signed_in(coordinator(None))
    fields = choices(**{"quorum-east": 50}, **({"abroad": "on"} if abroad else {}))

    page = client.get(address(measure, "open/", language), fields | {"confirm": "1"})
    assert measure.current.hash_ar in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
    assert Vote.objects.count() == 0
    answer = client.post(address(measure, "open/", language), hidden)

    assert answer.url == address(measure, "", language)
    vote = Vote.objects.get()
    rules = {str(rule.region.code if rule.region else None): (rule.quorum, rule.threshold) for rule in vote.rules.all()}
    assert rules == {"east": (3, 60), "west": (4, 60), "south": (5, 60)} | ({"None": (3, 60)} if abroad else {})
    # The second of two clicks.
    assert client.post(address(measure, "open/", language), hidden).url == address(measure, "", language)
    assert Vote.objects.count() == 1


@pytest.mark.parametrize("sent", [{"closes_at": closes(0)}, {"closes_at": ""}, {"quorum-east": 0}, {"method": "x"}])
def test_unsound_rules_open_nothing(people, sent):
    measure = make.compared(people["west"][0])
    page = signed_in(coordinator(None)).post(address(measure, "open/"), choices() | sent)
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert not Vote.objects.exists()


def test_only_whoever_may_open_has_the_opening_page(people):
    measure = make.compared(people["west"][0])
    author = coordinator(None)
    member = PractitionerFactory(user=author)
    services.invite_author(measure=measure, practitioner=member, by=people["west"][0].user)
    services.answer_invitation(measure=measure, practitioner=member, accept=True)
    for who in (author, people["west"][0], people["east"][0], coordinator("west"), auditor()):
        for ask in ("get", "post"):
            assert getattr(signed_in(who), ask)(address(measure, "open/"), choices()).status_code == 404
    assert "/accounts/login/" in Client().get(address(measure, "open/")).url
    national = signed_in(coordinator(None))
    for other in (make.in_review(people["west"][1]), make.draft(people["west"][2])):
        assert national.get(address(other, "open/")).status_code == 404
    assert not Vote.objects.exists()


# --- voting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "summary"), [("ar", "Read the same text in English"), ("en", "اقرأ النص نفسه بالعربية")]
)
def test_whoever_votes_finds_both_texts(people, language, summary):
    vote = make.opened(people)

    page = signed_in(people["east"][0]).get(address(vote.measure, "vote/", language)).text

    assert summary in page
    for words in (vote.version.title_ar, vote.version.title_en, vote.version.reasons_ar, vote.version.reasons_en):
        assert words in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_vote_is_cast_shown_and_changed(people, language):
    vote, person = make.opened(people), people["east"][0]
    client, url = signed_in(person), address(vote.measure, "vote/", language)

    page = client.get(url).text
    assert make.WORDS[f"title_{language}"] in page
    assert page.count('type="radio"') == 4
    assert "receipt_help" not in page
    answer = client.post(url, {"choice": "abstain"})
    assert (answer.status_code, answer.url) == (302, url)
    first = services.my_ballot(vote, person).receipt
    page = client.get(url).text
    assert f"{first[:5]}-{first[5:10]}-{first[10:]}" in page
    assert 'role="status"' in page
    client.post(url, {"choice": "block", "reason": "It leaves the clinics out."})
    page = client.get(url).text
    assert page.count("It leaves the clinics out.") == 2
    assert first[:5] not in page
    assert Ballot.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Please choose one of the answers."),
        ({"choice": "disagree"}, "Select a valid choice"),
        ({"choice": "block", "reason": " "}, "Please say why you object, so that the text can be mended."),
    ],
)
def test_what_is_no_vote_is_said_above_the_form_and_at_the_field(people, fields, sentence):
    vote = make.opened(people)
    page = signed_in(people["east"][0]).post(address(vote.measure, "vote/"), fields).text
    assert page.count(sentence) == 2
    [target] = re.findall(r'<li><a href="#([\w]+)">', page)
    assert f'id="{target}"' in page
    assert 'role="alert" tabindex="-1" autofocus' in page
    assert not Ballot.objects.exists()


def test_each_answer_has_a_name_and_says_what_it_means(people):
    vote = make.opened(people, method=Method.MAJORITY)
    page = signed_in(people["east"][0]).get(address(vote.measure, "vote/")).text
    radios = re.findall(r'<input type="radio"[^>]*aria-labelledby="(\w+)" aria-describedby="(\w+)"', page)
    assert len(radios) == 3
    assert all(f'id="{part}"' in page for pair in radios for part in pair)
    assert "<fieldset" in page
    assert "<legend" in page
    assert 'name="reason"' not in page


def test_whoever_joined_later_reads_but_has_no_vote(people):
    vote = make.opened(people)
    late = signed_in(PractitionerFactory(side="west"))
    page = late.get(address(vote.measure, "vote/")).text
    assert 'type="radio"' not in page
    assert "You are not on the list of those who vote" in page
    page = late.post(address(vote.measure, "vote/"), {"choice": "agree"}).text
    assert "You are not on the list of those who vote" in page
    assert not Ballot.objects.exists()


def test_the_voting_page_is_for_members_alone(people):
    vote = make.opened(people)
    url = address(vote.measure, "vote/")
    assert "/accounts/login/" in Client().get(url).url
    assert signed_in(coordinator("west")).get(url).url == "/en/me/"
    assert signed_in(PractitionerFactory(state="applied")).post(url, {"choice": "agree"}).url == "/en/me/"
    client = signed_in(people["west"][0])
    assert client.get(address(make.compared(people["west"][0]), "vote/")).status_code == 404
    assert client.get("/en/measures/no-such/vote/").status_code == 404


def test_a_vote_that_is_over_takes_nothing_more(people, clock):
    vote, client = make.opened(people), signed_in(people["east"][0])
    clock.forward(days=7)
    page = client.post(address(vote.measure, "vote/"), {"choice": "agree"}).text
    assert "This vote is closed." not in page or not Ballot.objects.exists()
    assert "is being counted" in client.get(address(vote.measure, "vote/")).text
    services.close_vote(vote=vote)
    assert client.get(address(vote.measure, "vote/")).url == address(vote.measure, "outcome/")
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("secrecy", Secrecy.values)
def test_who_sees_what_is_said_before(people, secrecy):
    vote = make.opened(people, secrecy=secrecy)
    page = signed_in(people["east"][0]).get(address(vote.measure, "vote/")).text
    assert ("nobody ever learns how you voted" in page) == (secrecy == "secret")
    assert ("every member sees your name beside your answer" in page) == (secrecy == "named")


# --- receipts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_found_replaced_and_taken_back(people, clock, language):
    vote, person = make.opened(people), people["south"][0]
    for voters in people.values():
        make.cast(vote, voters)
    first = services.my_ballot(vote, person).receipt
    second = services.cast_vote(vote=vote, practitioner=person, choice=Choice.BLOCK, reason="No.").receipt
    client, url = signed_in(people["east"][0]), address(vote.measure, "receipt/", language)

    def told(code: str) -> str:
        [heading] = re.findall(r'role="status".*?<h2>(.*?)</h2>', client.post(url, {"code": code}).text, re.DOTALL)
        return heading

    words = {
        "en": ["Counted", "Replaced by a later vote", "Taken back", "Not found"],
        "ar": ["محسوب", "حلّ محله صوت لاحق", "مسحوب", "غير موجود"],
    }[language]
    assert [told(second), told(first), told("A" * 15), told("?")] == [words[0], words[1], words[3], words[3]]
    clock.forward(days=8)
    services.close_vote(vote=vote)
    services.withdraw_objection(vote=vote, practitioner=person)
    assert [told(second.lower()), told(first)] == [words[2], words[1]]
    # Asked by GET it tells nothing, and no address holds a receipt.
    assert 'role="status"' not in client.get(url, {"code": second}).text


def test_an_objection_that_became_standing_aside_before_the_close_was_replaced(people):
    vote, person = make.opened(people), people["south"][0]
    first = services.cast_vote(vote=vote, practitioner=person, choice=Choice.BLOCK, reason="No.").receipt
    services.cast_vote(vote=vote, practitioner=person, choice=Choice.STAND_ASIDE)
    assert services.receipt_standing(vote=vote, typed=first) == "replaced"


def test_receipts_can_not_be_tried_without_end(people, settings):
    settings.ACCOUNT_RATE_LIMITS = {"vote_receipt": "2/m/ip"}
    vote, client = make.opened(people), signed_in(people["east"][0])
    answers = [client.post(address(vote.measure, "receipt/"), {"code": "A" * 15}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_receipt_page_is_for_whoever_reads_the_measure(people, clock):
    vote = make.opened(people)
    assert Client().get(address(vote.measure, "receipt/")).status_code == 404
    assert signed_in(people["east"][0]).get(address(make.compared(), "receipt/")).status_code == 404
    adopted = make.adopted(people, clock)
    assert Client().get(address(adopted, "receipt/")).status_code == 200


# --- mediation ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_objection_is_taken_back_by_whoever_made_it(people, clock, language):
    vote = mediation(people, clock)
    url = address(vote.measure, "objection/", language)
    for who in (people["east"][0], people["south"][1], PractitionerFactory()):
        assert signed_in(who).get(url).status_code == 404
    assert signed_in(people["east"][0]).post(url).url == address(vote.measure, "outcome/", language)
    assert Measure.objects.get().state == MeasureState.MEDIATION
    client = signed_in(people["south"][0])
    assert "It leaves the clinics out." in client.get(url).text
    assert url in client.get(address(vote.measure, "", language)).text
    for _ in range(2):
        assert client.post(url).url == address(vote.measure, "outcome/", language)
    assert Measure.objects.get().state == MeasureState.ADOPTED
    assert "It leaves the clinics out." in client.get(address(vote.measure, "outcome/", language)).text


@pytest.mark.parametrize(
    ("secrecy", "voting", "taking_back"),
    [
        (Secrecy.SECRET, "without your name and without your side", "Nobody is told that it was you."),
        (Secrecy.NAMED, "sees beside your name that you objected", "members see beside your name that you abstain"),
    ],
)
def test_no_objector_is_promised_to_stay_unknown_in_an_open_vote(people, clock, secrecy, voting, taking_back):
    vote = make.opened(people, secrecy=secrecy)
    page = signed_in(people["south"][0]).get(address(vote.measure, "vote/"))
    assert voting in page.text
    assert ("without your name" in page.text) == (secrecy == Secrecy.SECRET)
    other = mediation(people, clock, secrecy=secrecy)
    page = signed_in(people["south"][0]).get(address(other.measure, "objection/"))
    assert taking_back in page.text
    assert ("Nobody is told" in page.text) == (secrecy == Secrecy.SECRET)


def test_a_mediation_whose_time_is_over_ends_nothing_by_a_late_click(people, clock):
    vote = mediation(people, clock)
    clock.forward(days=15)
    with pytest.raises(services.NothingToWithdraw):
        services.withdraw_objection(vote=vote, practitioner=people["south"][0])


# --- withdrawing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_vote_that_runs_is_stopped_by_a_national_coordinator_alone(people, language):
    vote = make.opened(people)
    make.cast(vote, people["east"])
    url = address(vote.measure, "withdraw/", language)
    for who in (people["west"][0], people["east"][0], coordinator("west"), auditor()):
        assert signed_in(who).post(url, {"reason": "x"}).status_code == 404
    client = signed_in(coordinator(None))
    assert client.get(url).status_code == 200
    assert 'role="alert"' in client.post(url, {"reason": ""}).text
    assert Measure.objects.get().state == MeasureState.OPEN
    for _ in range(2):
        assert client.post(url, {"reason": "A wrong figure."}).url == address(vote.measure, "", language)
    assert Measure.objects.get().state == MeasureState.WITHDRAWN
    page = client.get(address(vote.measure, "outcome/", "en")).text
    assert "Nothing was counted." in page
    assert "Digest of the last vote" not in page


def test_authors_withdraw_their_own(people, clock):
    draft = make.draft(people["west"][0])
    for who in (people["east"][0], coordinator(None)):
        assert signed_in(who).get(address(draft, "withdraw/")).status_code == 404
    assert signed_in(people["west"][0]).post(address(draft, "withdraw/"), {"reason": ""}).status_code == 302
    adopted = make.adopted(people, clock)
    assert signed_in(coordinator(None)).get(address(adopted, "withdraw/")).status_code == 404


# --- outcome ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outcome_tells_how_each_side_stood(people, clock, language):
    measure = make.adopted(people, clock)
    for client in (Client(), signed_in(people["east"][0]), signed_in(coordinator("west")), signed_in(auditor())):
        page = client.get(address(measure, "outcome/", language))
        assert page.status_code == 200
    text = page.text
    closing = measure.votes.get().closings.get()
    assert {closing.head, closing.seal, measure.current.hash_ar} <= set(re.findall(r"[0-9a-f]{64}", text))
    if language == "en":
        assert "Adopted: every side reached its quorum and its threshold, and nobody objected." in text
        assert text.count("Votes: 6 of 6. The quorum is 1, and is reached.") == 2
        assert "Votes of all sides together: 18" in text


def test_a_side_of_fewer_than_five_is_told_only_in_one_word_and_the_sum_is_not(people, clock):
    vote = make.opened(people)
    make.cast(vote, people["east"])
    make.cast(vote, people["west"])
    make.cast(vote, people["south"][:4])
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)
    for client in (Client(), signed_in(people["east"][0])):
        text = client.get(address(measure, "outcome/")).text
        assert "Fewer than five of this side voted, so that only this is told: it has reached what it had to." in text
        assert "Votes of all sides together" not in text
        assert '<td class="num">4</td>' not in text
        assert "Votes: 4" not in text


def test_nobody_learns_which_side_objected(people, clock):
    vote = mediation(people, clock)
    pages = [signed_in(people["east"][1]).get(address(vote.measure, "outcome/")).text]
    services.withdraw_objection(vote=vote, practitioner=people["south"][0])
    pages.append(signed_in(people["east"][1]).get(address(vote.measure, "outcome/")).text)
    for text in pages:
        assert "It leaves the clinics out." in text
        assert text.count("abstained, stood aside or objected:") == 3
    cells = [re.findall(r'<td class="num">.*?</td>|<li>.*?</li>', text.partition("<table>")[2]) for text in pages]
    assert cells[0][:18] == cells[1][:18]
    public = Client().get(address(vote.measure, "outcome/")).text
    assert "It leaves the clinics out." not in public
    assert "At the close there was 1 objection." in public


def test_a_round_that_would_give_the_objecting_side_away_tells_turnout_alone(people, clock):
    vote = make.opened(people)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:1], Choice.BLOCK, "No.")
    clock.forward(days=8)
    services.close_vote(vote=vote)
    text = signed_in(people["east"][1]).get(address(vote.measure, "outcome/")).text
    assert text.count("not told") == 3
    assert "abstained, stood aside or objected:" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_an_open_vote_members_see_who_voted_how_and_the_public_never(people, clock, language):
    vote = make.opened(people, secrecy=Secrecy.NAMED)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["east"][:1], Choice.STAND_ASIDE)
    names = [person.name_latin for voters in people.values() for person in voters]

    def shown(client: Client) -> set[str]:
        page = client.get(address(vote.measure, "outcome/", language))
        return {name for name in names if f">{name}<" in page.text}

    member, names_key = signed_in(people["west"][1]), "name_latin" if language == "en" else "name_ar"
    names = [getattr(person, names_key) for voters in people.values() for person in voters]
    assert shown(member) == set()
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)
    assert measure.state == MeasureState.ADOPTED
    assert shown(member) == set(names)
    assert shown(Client()) == set()
    assert outcomes.named(vote).count() == 18


def test_all_rounds_are_told_the_last_one_first(people, clock):
    vote = mediation(people, clock)
    words = make.WORDS | {"text_en": "Another text.", "text_ar": "نص آخر."}
    measure = services.edit_measure(measure=vote.measure, base=1, words=words, by=people["west"][0].user)
    version = measure.current
    services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][3]
    )
    services.open_vote(measure=measure, opening=make.opening(), by=coordinator(None))
    page = signed_in(people["east"][0]).get(address(measure, "outcome/")).text
    assert re.findall(r"Round (\d), on version (\d)", page) == [("2", "2"), ("1", "1")]
    assert page.count("Digest of the last vote") == 1


def test_who_may_not_read_a_measure_finds_no_outcome(people, clock):
    vote = mediation(people, clock)
    assert Client().get(address(vote.measure, "outcome/")).status_code == 404
    assert signed_in(PractitionerFactory(state="applied")).get(address(vote.measure, "outcome/")).status_code == 404
    assert signed_in(people["east"][0]).get(address(make.compared(), "outcome/")).status_code == 404


# --- queries ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_often_for_many_votes_as_for_one(clock, django_assert_max_num_queries, count):
    people = make.members(2 + count)
    vote = make.opened(people, secrecy=Secrecy.NAMED)
    client = signed_in(people["east"][0])
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:count], Choice.BLOCK, "No.")
    for page in ("vote/", ""):
        with django_assert_max_num_queries(MEMBER_QUERIES):
            client.get(address(vote.measure, page))
    clock.forward(days=8)
    services.close_vote(vote=vote)
    with django_assert_max_num_queries(MEMBER_QUERIES):
        client.get(address(vote.measure, "outcome/"))
    for person in people["south"][:count]:
        services.withdraw_objection(vote=vote, practitioner=person)
    with django_assert_max_num_queries(PUBLIC_QUERIES):
        Client().get(address(vote.measure, "outcome/"))
    measure, national = make.compared(people["west"][0]), signed_in(coordinator(None))
    with django_assert_max_num_queries(MEMBER_QUERIES):
        national.get(address(measure, "open/"))
