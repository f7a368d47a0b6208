"""Results as everybody reads them, what an entrant may say to them, the gallery, and the pages at the desk."""

import hashlib
import json
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from campaigns import outcomes, services, shortlists
from campaigns.models import (
    Appearance,
    Award,
    Campaign,
    Complaint,
    Decision,
    Entry,
    Lot,
    PrizeGiving,
)
from network import codes
from network.models import Transition
from tests.campaigns.judges import give_all
from tests.campaigns.winners import decided, hang, holder, judged, line, manager, proposed, published, standing, told
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.campaigns import AppearanceFactory
from tests.factories.files import picture
from tests.factories.network import RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def page(campaign: Campaign, part: str = "results/", language: str = "ar") -> str:
    return f"/{language}/campaigns/{campaign.slug}/{part}"


def looked_up(entry: Entry) -> Client:
    """Return a browser that has this entry open, as the look-up leaves it."""
    client = Client()
    session = client.session
    session["entries"] = [entry.pk]
    session.save()
    return client


def mine(entry: Entry, part: str, language: str = "ar") -> str:
    return f"/{language}/entries/{entry.code}/{part}/"


def desk(campaign: Campaign, part: str = "results") -> str:
    return f"/ar/admin/campaigns/campaign/{campaign.pk}/{part}/"


def shown(entry: Entry) -> str:
    return entry.shown_public_code


# --- everybody --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_results_is_there_before_they_are_published(client: Client, language: str) -> None:
    campaign = told()
    for part in ("results/", "results/sheet.json", "gallery/", "gallery/1/320.jpg/"):
        assert client.get(page(campaign, part, language)).status_code == 404
    assert Lot.objects.get().seed not in client.get(page(campaign, "", language)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_winners_are_named_by_code_and_by_nothing_else_without_their_consent(client: Client, language: str) -> None:
    campaign = told()
    winners = [Entry.objects.get(public_code=code) for code in line(campaign)[:3]]
    for number, entry in enumerate(winners):
        Entry.objects.filter(pk=entry.pk).update(name=f"كناري{number}")
    services.answer_award(entry=winners[0], accepts=True, name_shown=True)
    services.answer_award(entry=winners[1], accepts=True, place_shown=True)
    services.publish_results(campaign=campaign, by=manager(campaign))
    text = client.get(page(campaign, language=language)).text

    assert all(shown(entry) in text for entry in winners)
    assert [f"كناري{number}" in text for number in range(3)] == [True, False, False]
    assert [entry.municipality.name_ar in text or entry.municipality.name_en in text for entry in winners] == [
        False,
        True,
        False,
    ]
    for entry in winners:
        assert entry.phone not in text
        assert entry.side.name_ar not in text.replace(entry.municipality.name_ar, "")
    others = [Entry.objects.get(public_code=code) for code in line(campaign)[3:]]
    assert not any(shown(entry) in text for entry in others)


def test_the_shortlist_is_shown_to_those_who_decide_and_then_to_everybody(client: Client) -> None:
    campaign = make.judged(6, told_hours=0)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign, go_on=4)
    give_all(round_)
    services.close_round(round_=round_, by=manager(campaign))
    campaign.refresh_from_db()
    decision = proposed(campaign)
    listed = {codes.spelled(code) for code in shortlists.decided(decision)}
    others = {shown(entry) for entry in Entry.objects.filter(campaign=campaign)} - listed
    assert len(listed) == 4

    def told_at(text: str) -> tuple[bool, bool]:
        part = text[text.index('id="shortlist"') :]
        part = part[: part.index("</ul>")]
        return all(code in part for code in listed), any(code in part for code in others)

    assert told_at(at_the_desk(manager(campaign)).get(desk(campaign)).text) == (True, False)
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=manager(campaign))
    services.tell_winners(campaign=campaign, by=manager(campaign))
    services.publish_results(campaign=campaign, by=manager(campaign))
    assert told_at(client.get(page(campaign)).text) == (True, False)
    # Who takes no part any more stands there no longer.
    loser = Entry.objects.exclude(state="winner").filter(public_code__in=shortlists.decided(decision)).first()
    Entry.objects.filter(pk=loser.pk).update(state="withdrawn")
    assert shown(loser) not in client.get(page(campaign)).text


def test_consent_that_is_taken_back_counts_at_once(client: Client) -> None:
    campaign = published()
    entry = holder(campaign).entry
    Entry.objects.filter(pk=entry.pk).update(name="كناري")
    services.answer_award(entry=entry, accepts=True, name_shown=True)
    assert "كناري" in client.get(page(campaign)).text
    services.answer_award(entry=entry, accepts=True)
    assert "كناري" not in client.get(page(campaign)).text


def test_the_sheet_is_the_bytes_of_its_hash_and_the_seed_is_told_now(client: Client) -> None:
    campaign = published()
    sheet, text = client.get(page(campaign, "results/sheet.json")), client.get(page(campaign)).text
    lot = Lot.objects.get()

    assert hashlib.sha256(sheet.content).hexdigest() == Decision.objects.get().sha256
    assert Decision.objects.get().sha256 in text
    assert lot.commitment in text
    assert lot.seed in text
    assert json.loads(sheet.content)["seed"] == lot.seed
    assert lot.secret not in text + sheet.text


def test_who_has_declined_or_was_not_told_stands_nowhere(client: Client) -> None:
    campaign = published()
    first, _second, _third, fourth, *_rest = (Entry.objects.get(public_code=code) for code in line(campaign))
    Entry.objects.filter(pk=fourth.pk).update(phone="", via="paper", clerk=manager(campaign))
    services.answer_award(entry=first, accepts=False)
    text = client.get(page(campaign)).text
    assert shown(first) not in text
    assert shown(fourth) not in text
    services.tell_in_person(award=Award.objects.get(entry=fourth), by=manager(campaign))
    assert shown(fourth) in client.get(page(campaign)).text


@pytest.mark.parametrize("part", ["results/", "gallery/"])
def test_the_public_pages_ask_no_more_for_many(client: Client, part: str) -> None:
    campaign = published()
    PrizeGiving.objects.create(campaign=campaign, held_at=timezone.now(), place_ar="بنغازي", place_en="Benghazi")
    asked = []
    for rows in (1, 3):
        for code in line(campaign)[: rows - 1]:
            hang(Entry.objects.get(public_code=code), seed=rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page(campaign, part)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prize_giving_shows_what_the_media_log_has_published(client: Client, language: str) -> None:
    campaign = published()
    giving = PrizeGiving.objects.create(
        campaign=campaign, held_at=timezone.now(), place_ar="قاعة الأندلس", place_en="Andalus hall"
    )
    giving.appearances.set(
        [
            AppearanceFactory(title_ar="بُث الحفل", title_en="It was shown"),
            AppearanceFactory(state="draft", title_ar="مسودة", title_en="A draft"),
        ]
    )
    text = client.get(page(campaign, language=language)).text
    assert ("قاعة الأندلس" if language == "ar" else "Andalus hall") in text
    assert ("بُث الحفل" if language == "ar" else "It was shown") in text
    assert "مسودة" not in text
    assert "A draft" not in text


# --- an entrant ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_winner_reads_it_first_and_answers_without_an_account(language: str) -> None:
    campaign = told()
    entry, loser = holder(campaign).entry, Entry.objects.get(public_code=line(campaign)[-1])
    client = looked_up(entry)
    assert mine(entry, "prize", language) in client.get(f"/{language}/entries/mine/").text
    assert "/prize/" not in looked_up(loser).get(f"/{language}/entries/mine/").text
    assert client.get(mine(entry, "prize", language)).status_code == 200

    client.post(mine(entry, "prize", language), {"do": "accept", "name_shown": "on"})
    award = holder(campaign)
    assert (award.state, award.name_shown, award.place_shown) == ("accepted", True, False)
    client.post(mine(entry, "prize", language), {"do": "decline"})
    client.post(mine(entry, "prize", language), {"do": "decline"})
    assert Award.objects.get(entry=entry).state == "declined"
    assert standing(campaign)[0][1] == line(campaign)[1]


def test_a_prize_is_nobody_else_s_to_answer() -> None:
    campaign = told()
    entry, other = holder(campaign).entry, Entry.objects.get(public_code=line(campaign)[-1])
    for client in (Client(), looked_up(other)):
        for part in ("prize", "complaint", "gallery"):
            assert client.post(mine(entry, part), {"do": "decline"}).status_code == 404
    assert holder(campaign).state == "told"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_is_written_answered_and_read_with_the_code(language: str) -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[-1])
    client = looked_up(entry)
    address = mine(entry, "complaint", language)
    assert client.get(address).status_code == 200
    assert client.post(address, {"uid": str(uuid.uuid4()), "text": ""}).status_code == 400
    sent = {"uid": str(uuid.uuid4()), "text": "لم تُحسب كماماتي"}
    for _ in range(2):
        client.post(address, sent)
    complaint = Complaint.objects.get()
    assert complaint.language == language

    by = at_the_desk(manager(campaign))
    answer = {"do": "answer", "complaint": complaint.pk, "upheld": "no", "answer": "حسبناها مرتين"}
    by.post(desk(campaign), answer)
    assert "حسبناها مرتين" in client.get(f"/{language}/entries/mine/").text


def test_somebody_disqualified_reads_why_and_appeals() -> None:
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[0])
    seal = outcomes.plan(campaign, [entry.code]).seal
    services.disqualify_entries(
        campaign=campaign, wanted=[entry.code], reason="الصور منقولة", seal=seal, by=manager(campaign)
    )
    client = looked_up(entry)
    text = client.get("/ar/entries/mine/").text
    assert "الصور منقولة" in text
    assert mine(entry, "complaint") in text
    client.post(mine(entry, "complaint"), {"uid": str(uuid.uuid4()), "text": "صورتها بنفسي"})
    assert Complaint.objects.get().kind == "appeal"


# --- the desk -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_walks_from_the_proposal_to_the_proof(language: str, client: Client) -> None:
    campaign = judged()
    address = desk(campaign).replace("/ar/", f"/{language}/")
    first, second = at_the_desk(manager(campaign)), at_the_desk(manager(campaign))

    first.post(address, {"do": "propose"})
    text = first.get(address).text
    assert 'value="confirm"' not in text
    assert codes.spelled(line(campaign)[0]) in text
    first.post(address, {"do": "confirm", "sha256": Decision.objects.get().sha256})
    assert Decision.objects.get().state == "proposed"
    assert 'value="confirm"' in second.get(address).text
    second.post(address, {"do": "confirm", "sha256": Decision.objects.get().sha256})
    second.post(address, {"do": "tell"})
    second.post(address, {"do": "publish"})
    assert Campaign.objects.get().state == "results"
    award = holder(campaign)
    first.post(address, {"do": "accept", "award": award.pk})
    first.post(address, {"do": "promise", "award": award.pk, "day": timezone.localdate().isoformat()})
    receipt = SimpleUploadedFile("receipt.png", picture("PNG"))
    first.post(address, {"do": "deliver", "award": award.pk, "proof": receipt, "note": "وصل"})
    award = holder(campaign)
    assert award.state == "delivered"
    assert first.get(f"{address}{award.pk}/proof/").status_code == 200
    assert first.get(address).status_code == 200
    assert client.get(page(campaign, language=language)).status_code == 200


def test_a_side_reads_what_concerns_its_entries_and_decides_nothing() -> None:
    campaign = published()
    entries = {code: Entry.objects.get(public_code=code) for code in line(campaign)[:3]}
    for entry in Entry.objects.filter(campaign=campaign):
        services.receive_complaint(
            entry=entry, uid=uuid.uuid4(), text=f"شكوى{entry.side.code}", received_at=timezone.now()
        )
    client = at_the_desk(coordinator("west"))
    text = client.get(desk(campaign)).text

    for entry in entries.values():
        assert (shown(entry) in text) == (entry.side.code == "west")
    # What an entrant wrote is for those who run the contest: it may be about their own side.
    assert re.findall("شكوى[a-z]+", text) == []
    assert text.count("شكوى من النتائج") == Complaint.objects.filter(entry__side__code="west").count() > 0
    assert Decision.objects.get().sha256 not in text
    for part, sent in (("results", {"do": "refuse", "reason": "x"}), ("disqualify", {"codes": "x"}), ("gallery", {})):
        assert client.post(desk(campaign, part), sent).status_code == 404
    assert client.get(desk(campaign, "gallery")).status_code == 404
    reads = at_the_desk(auditor()).get(desk(campaign)).text
    assert all(shown(entry) in reads for entry in entries.values())
    assert {"شكوىwest", "شكوىeast"} <= set(re.findall("شكوى[a-z]+", reads))
    assert 'value="decline"' not in reads


def test_a_contest_of_another_side_is_not_there() -> None:
    campaign = published(judged(region=RegionFactory(code="west")))
    client = at_the_desk(coordinator("east"))
    for part in ("results", "disqualify", "gallery", f"results/{holder(campaign).pk}/proof"):
        assert client.get(desk(campaign, part)).status_code == 404


def test_disqualifying_shows_first_and_does_then_what_it_showed() -> None:
    campaign = published()
    first, second, _third, fourth, *_rest = line(campaign)
    client = at_the_desk(manager(campaign))
    sent = {"codes": f"{first.lower()}, NOSUCHCODE00"}
    preview = client.post(desk(campaign, "disqualify"), sent).text
    assert Entry.objects.get(public_code=first).state == "winner"
    assert codes.spelled(fourth) in preview
    seal = re.search(r'name="seal" value="([0-9a-f]{64})"', preview)[1]

    refused = client.post(desk(campaign, "disqualify"), sent | {"seal": seal})
    assert refused.status_code == 400
    wrong = client.post(desk(campaign, "disqualify"), sent | {"seal": "0" * 64, "reason": "منقولة"})
    assert wrong.status_code == 400
    assert not Transition.objects.filter(move="disqualify").exists()
    done = client.post(desk(campaign, "disqualify"), sent | {"seal": seal, "reason": "منقولة"})
    assert done.status_code == 302
    assert Entry.objects.get(public_code=first).state == "disqualified"
    assert standing(campaign)[0][1] == second


def test_entries_are_chosen_in_the_list_too() -> None:
    campaign = published()
    client, entries = at_the_desk(manager(campaign)), Entry.objects.filter(campaign=campaign).order_by("pk")
    chosen = {"action": "disqualify", "_selected_action": [str(entry.pk) for entry in entries[:2]]}
    text = client.post("/ar/admin/campaigns/entry/", chosen).text
    assert 'name="seal"' in text
    listed = re.search(r'name="codes" value="([^"]*)"', text)[1]
    assert listed.split() == [entry.shown_code for entry in entries[:2]]
    make.eligible(make.judged(0))
    both = {"action": "disqualify", "_selected_action": list(Entry.objects.values_list("pk", flat=True))}
    assert client.post("/ar/admin/campaigns/entry/", both).status_code == 302
    other = at_the_desk(coordinator("west")).post("/ar/admin/campaigns/entry/", chosen)
    assert "seal" not in other.content.decode()


def test_the_desk_s_page_asks_no_more_for_many() -> None:
    asked = []
    campaign = published()
    client = at_the_desk(manager(campaign))
    for rows in (1, 3):
        for entry in Entry.objects.filter(campaign=campaign)[:rows]:
            Complaint.objects.get_or_create(
                entry=entry, kind="complaint", campaign=campaign, language="ar", text="x",
                defaults={"received_at": timezone.now()},
            )  # fmt: skip
        client.get(desk(campaign))
        with CaptureQueriesContext(connection) as queries:
            client.get(desk(campaign))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 25


def test_complaints_are_shown_page_by_page_and_none_is_left_out() -> None:
    campaign, now = published(), timezone.now()
    client, entry = at_the_desk(coordinator(None)), Entry.objects.filter(campaign=campaign).first()
    by = manager(campaign)
    given = {"entry": entry, "campaign": campaign, "language": "ar", "received_at": now, "kind": "complaint"}
    answered = {"state": "rejected", "answer": "نظرنا", "answered_at": now, "answered_by": by}
    Complaint.objects.create(**given, text="شكوى-000-")
    for number in range(1, 60):
        Complaint.objects.create(**given, **answered, text=f"شكوى-{number:03}-")
    seen = [re.findall("شكوى-([0-9]{3})-", client.get(desk(campaign), {"page": number}).text) for number in (1, 2, 3)]
    assert [len(found) for found in seen] == [25, 25, 10]
    # What waits comes first, however old it is.
    assert seen[0][:2] == ["000", "059"]
    assert sorted([*seen[0], *seen[1], *seen[2]]) == [f"{number:03}" for number in range(60)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_disqualified_is_told_that_somebody_else_answers(language: str) -> None:
    campaign = published()
    first, *_rest = line(campaign)
    by, other = coordinator(None), coordinator(None)
    seal = outcomes.plan(campaign, [first]).seal
    services.disqualify_entries(campaign=campaign, wanted=[first], reason="منقولة", seal=seal, by=by)
    entry = Entry.objects.get(public_code=first)
    appeal = services.receive_complaint(entry=entry, uid=uuid.uuid4(), text="لي", received_at=timezone.now())
    address = desk(campaign).replace("/ar/", f"/{language}/")
    answer = {"do": "answer", "complaint": appeal.pk, "upheld": "yes", "answer": "أعدناها"}
    own, others = at_the_desk(by), at_the_desk(other)
    with override(language):
        sentence = str(services.YourOwnDisqualification())
    assert sentence in own.get(address).text
    assert 'name="upheld"' not in own.get(address).text
    assert sentence in own.post(address, answer, follow=True).text
    appeal.refresh_from_db()
    assert appeal.state == "received"
    assert 'name="upheld"' in others.get(address).text
    others.post(address, answer)
    appeal.refresh_from_db()
    assert appeal.state == "upheld"


def test_the_prize_giving_is_written_with_the_campaign() -> None:
    campaign = decided()
    assert proposed(campaign)
    client = at_the_desk(manager(campaign))
    address = f"/ar/admin/campaigns/campaign/{campaign.pk}/change/"
    text = client.get(address).text
    assert "prize_giving-0-" in text or "prize_giving-TOTAL_FORMS" in text
    assert Appearance.objects.count() == 0


def test_what_everybody_reads_opens_no_entry() -> None:
    """Whoever knows a winner's telephone, and the results, is not the winner."""
    campaign = published()
    entry = Entry.objects.get(public_code=line(campaign)[0])
    entry.phone = "+218912345678"
    entry.save()
    everybody = Client()
    read = [everybody.get(page(campaign)).text, everybody.get(f"{page(campaign)}sheet.json").text]
    assert shown(entry) in read[0]
    assert entry.public_code in read[1]
    every = [code for row in Entry.objects.all() for code in (row.code, row.shown_code)]
    assert [code for code in every if any(code in text for text in read)] == []
    for typed in (entry.public_code, shown(entry)):
        answer = everybody.post("/ar/entries/", {"code": typed, "contact": entry.phone})
        assert answer.status_code == 400
    assert everybody.post("/ar/entries/", {"code": entry.code, "contact": entry.phone}).status_code == 302


# --- the day on which results are expected ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_of_the_results_is_told_until_they_are_out(language: str) -> None:
    day = timezone.localdate() + timedelta(days=40)
    campaign = judged(results_on=day)
    entry = Entry.objects.filter(campaign=campaign).order_by("pk").first()
    with override(language):
        told_day = date_format(day, "DATE_FORMAT")

    def read() -> tuple[bool, bool]:
        """Return whether the page of the campaign tells the day, and whether that of the entry does."""
        cache.clear()
        public, own = Client().get(page(campaign, "", language)), looked_up(entry).get(f"/{language}/entries/mine/")
        assert (public.status_code, own.status_code) == (200, 200)
        return told_day in public.text, told_day in own.text

    rows = Campaign.objects.filter(pk=campaign.pk)
    assert read() == (True, True)
    # As long as entries are taken the page of the campaign says it, for those who think of taking part.
    rows.update(state="open")
    assert read() == (True, False)
    rows.update(state="cancelled")
    assert read() == (False, False)
    rows.update(state="judging", results_on=None)
    assert read() == (False, False)
    rows.update(results_on=day)
    services.withdraw_entry(entry=entry)
    assert read() == (True, False)
    published(rows.get())
    assert read() == (False, False)
