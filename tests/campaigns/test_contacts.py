"""A contact in which a digit is wrong: put right by its sender or at the desk, proved anew, and no way to send codes to strangers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from campaigns import policies, services, tasks
from campaigns.models import Campaign, DuplicatePair, Entry
from network.models import Transition, User
from network.services import IllegalMove, ReasonMissing
from notifications.models import Message
from tests.campaigns.test_views_entries import entered
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import auditor, coordinator
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
RIGHT, WRONG = "+218912345670", make.PHONE
OTHERS = [f"+21892000000{number}" for number in range(9)]


def corrected(entry: Entry, phone: str = RIGHT, email: str = "", **more: Any) -> Entry:
    return services.correct_contact(entry=entry, phone=phone, email=email, **more)


def of_side(side: str = "west", *, campaign: Campaign | None = None, phone: str = WRONG, paper: bool = False) -> Entry:
    entrant = make.entrant(phone=phone, municipality=make.municipality(side))
    return make.entry(campaign, entrant=entrant, by=coordinator(side) if paper else None)


def sent_to(entry: Entry) -> list[str]:
    rows = Message.objects.filter(kind="entry-received", context__entry=entry.shown_code).order_by("pk")
    return list(rows.values_list("address", flat=True))


# --- put right ----------------------------------------------------------------------------------------------------------


def test_a_wrong_contact_is_put_right_and_only_the_new_code_proves_it() -> None:
    entry = make.entry()
    old = make.code_of(entry)

    entry = corrected(entry)

    assert (entry.phone, entry.state, sent_to(entry)) == (RIGHT, "received", [WRONG, RIGHT])
    step = Transition.objects.of(entry).order_by("pk").last()
    assert (step.move, step.changes, step.by, step.reason) == ("edit", {"fields": ["phone"]}, None, "")
    if old != make.code_of(entry):
        with pytest.raises(services.WrongCode):
            services.confirm_contact(entry=entry, typed=old)
    assert services.confirm_contact(entry=entry, typed=make.code_of(entry)).state == "confirmed"


def test_from_a_telephone_to_mail_and_back_only_the_last_code_counts(clock: Any) -> None:
    entry = make.entry()
    codes = [make.code_of(entry)]
    for phone, email in (("", "Souad@Example.org"), (WRONG, "")):
        clock.forward(minutes=2)
        entry = corrected(entry, phone, email)
        codes.append(make.code_of(entry))
    assert sent_to(entry) == [WRONG, "souad@example.org", WRONG]
    for old in set(codes[:2]) - {codes[2]}:
        with pytest.raises(services.WrongCode):
            services.confirm_contact(entry=entry, typed=old)
    assert services.confirm_contact(entry=entry, typed=codes[2]).confirmed_at
    by_mail = corrected(make.entry(), "", "souad@example.org")
    assert services.confirm_contact(entry=by_mail, typed=make.code_of(by_mail)).confirmed_at


def test_the_same_contact_again_is_as_once() -> None:
    entry = corrected(make.entry())
    before = everything()
    corrected(entry)
    assert everything() == before


def test_what_is_proved_or_out_is_corrected_no_more_and_nobody_is_left_without_a_contact() -> None:
    proved, out, waits = make.confirmed(), services.withdraw_entry(entry=make.entry()), make.entry()
    before = everything()
    for entry in (proved, out):
        with pytest.raises(IllegalMove):
            corrected(entry)
    with pytest.raises(services.NoContact):
        corrected(waits, "", " ")
    assert everything() == before


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_a_contact_that_no_code_can_be_sent_to_stays(breaks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make.entry()
    before = everything()
    breaks(monkeypatch)
    with pytest.raises(Broken):
        corrected(entry)
    assert everything() == before


def test_possible_duplicates_are_looked_for_anew(clock: Any) -> None:
    campaign = make.campaign()
    first = make.entry(campaign, entrant=make.entrant(name="Somebody Else", phone=RIGHT))
    typo = make.entry(campaign)
    third = make.entry(campaign, entrant=make.entrant(name="A Third"))
    tasks.find_duplicates()
    assert [(row.first, row.second) for row in DuplicatePair.objects.all()] == [(typo, third)]

    # Long after the last entry, so that the correction alone asks for another look.
    for _ in range(2):
        clock.forward(hours=1)
        tasks.find_duplicates()
    corrected(typo)
    tasks.find_duplicates()

    assert [(row.first, row.second) for row in DuplicatePair.objects.all()] == [(first, typo)]


# --- no way to send codes to strangers --------------------------------------------------------------------------------------


def test_an_entry_has_no_more_codes_sent_by_being_corrected(clock: Any) -> None:
    entry = corrected(make.entry(), OTHERS[0])
    with pytest.raises(services.SentJustNow):
        corrected(entry, OTHERS[1])
    for number in range(2, policies.PROOFS_SENT):
        clock.forward(minutes=1)
        entry = corrected(entry, "" if number == 2 else OTHERS[number], "souad@example.org")
    clock.forward(minutes=1)
    before = everything()
    for send in (lambda: corrected(entry, OTHERS[8]), lambda: services.send_proof_again(entry=entry)):
        with pytest.raises(services.SentTooOften):
            send()
    assert everything() == before
    assert len(sent_to(entry)) == policies.PROOFS_SENT


def test_a_contact_that_answers_none_gets_no_codes_from_further_entries() -> None:
    campaign = make.campaign()
    entries = [make.entry(campaign, entrant=make.entrant(phone=phone)) for phone in OTHERS]
    # Each has had two codes sent, of which the second went there.
    for entry in entries[:3]:
        corrected(entry, RIGHT)
    with pytest.raises(services.SentTooOften):
        corrected(entries[-1], RIGHT)
    # Taking an entry out makes no room; whoever has answered may be a family with one telephone.
    services.withdraw_entry(entry=entries[0])
    with pytest.raises(services.SentTooOften):
        corrected(entries[-1], RIGHT)
    services.confirm_contact(entry=entries[1], typed=make.code_of(entries[1]))
    assert corrected(entries[-1], RIGHT).phone == RIGHT


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contact_that_answers_none_of_many_codes_gets_no_more_until_it_does(
    language: str, client: Client, clock: Any
) -> None:
    campaign = make.campaign()
    with translation.override(language):
        entries = [make.entry(campaign) for _ in range(policies.UNANSWERED_CODES + 1)]
    last = entries[-1]
    assert [len(sent_to(entry)) for entry in entries] == [1] * policies.UNANSWERED_CODES + [0]
    assert Entry.objects.get(pk=last.pk).state == "received"
    other = make.entry(campaign, entrant=make.entrant(phone=OTHERS[0]))
    assert len(sent_to(other)) == 1

    session = client.session
    session["entries"] = [last.pk]
    session.save()
    page = client.get(f"/{language}/entries/mine/").text
    words = {"ar": "ولم يُكتب أي منها", "en": "nobody has typed one"}[language]
    assert words in page
    assert f"{last.code}/prove/again/" in page
    assert f'{last.code}/prove/"' not in page

    with pytest.raises(services.TooManyUnanswered):
        services.send_proof_again(entry=last)
    services.confirm_contact(entry=entries[0], typed=make.code_of(entries[0]))
    services.send_proof_again(entry=last)
    assert len(sent_to(last)) == 1
    assert words not in client.get(f"/{language}/entries/mine/").text
    further = make.entry(campaign)
    with pytest.raises(services.TooManyUnanswered):
        services.send_proof_again(entry=further)
    clock.forward(days=1)
    services.send_proof_again(entry=further)
    assert len(sent_to(further)) == 1


def test_the_desk_enters_for_a_whole_school() -> None:
    campaign = make.campaign()
    entries = [of_side(campaign=campaign, paper=True) for _ in range(policies.UNANSWERED_CODES + 1)]
    assert {len(sent_to(entry)) for entry in entries} == {1}


# --- at the desk ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [True, False])
def test_the_side_s_coordinator_puts_it_right_for_a_reason(paper: bool) -> None:
    entry, by = of_side(paper=paper), coordinator("west")
    for other in (coordinator("east"), coordinator(None), auditor()):
        with pytest.raises(services.NotYourEntrant):
            corrected(entry, by=other, reason="x")
    with pytest.raises(ReasonMissing):
        corrected(entry, by=by, reason=" ")
    entry = corrected(entry, by=by, reason="Her sister came")
    step = Transition.objects.of(entry).order_by("pk").last()
    assert (entry.phone, step.by, step.reason) == (RIGHT, by, "Her sister came")
    assert not any(digits in str(step.changes) for digits in (RIGHT, WRONG))


def test_after_five_codes_the_desk_still_sends_one(clock: Any) -> None:
    entry, by = of_side(), coordinator("west")
    for _ in range(policies.PROOFS_SENT - 1):
        clock.forward(minutes=1)
        services.send_proof_again(entry=entry)
    clock.forward(minutes=1)
    with pytest.raises(services.SentTooOften):
        services.send_proof_again(entry=entry)

    for _ in range(2):
        corrected(entry, WRONG, by=by, reason="The network was down")

    assert sent_to(entry) == [WRONG] * (policies.PROOFS_SENT + 1)
    assert services.confirm_contact(entry=entry, typed=make.code_of(entry)).state == "confirmed"


def test_a_form_on_paper_may_turn_out_to_have_no_contact_and_is_then_confirmed_by_what_is_handed_in() -> None:
    campaign = make.campaign()
    entry, web, by = of_side(campaign=campaign, paper=True), of_side(campaign=campaign), coordinator("west")
    make.hand_in(make.desk(campaign), entry, 5)
    with pytest.raises(services.NoContact):
        corrected(web, "", by=by, reason="x")

    entry = corrected(entry, "", by=by, reason="She has no telephone")

    assert (entry.state, sent_to(entry)) == ("eligible", [WRONG])
    entrant = make.entrant(phone="", email="souad@example.org", municipality=entry.municipality)
    waits = make.entry(campaign, entrant=entrant, by=by)
    old = make.code_of(waits)
    waits = corrected(waits, "", by=by, reason="x")
    with pytest.raises(services.WrongCode):
        services.confirm_contact(entry=waits, typed=old)


# --- on the pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_contact_and_takes_the_right_one(client: Client, clock: Any, language: str) -> None:
    entry = entered(client, make.campaign())
    mine, page = f"/{language}/entries/mine/", f"/{language}/entries/{entry.code}/contact/"
    assert f'<bdi dir="ltr" class="num">{WRONG}</bdi>' in client.get(mine).text

    faulty = client.post(page, {"phone": "12", "email": "souad@example.org"})
    assert faulty.status_code == 400
    assert 'value="souad@example.org"' in faulty.text
    assert {"ar": "غير صحيح؟", "en": "Is this wrong?"}[language] in faulty.text
    for _ in range(2):
        assert client.post(page, {"phone": "091 234 5670", "email": ""})["Location"] == mine

    assert sent_to(entry) == [WRONG, RIGHT]
    assert f'<bdi dir="ltr" class="num">{RIGHT}</bdi>' in client.get(mine).text
    again = client.post(page, {"phone": OTHERS[0], "email": ""})
    assert (again.status_code, OTHERS[0] in again.text) == (400, True)
    assert str(services.SentJustNow()) in again.text or language == "en"
    services.confirm_contact(entry=entry, typed=make.code_of(entry))
    assert RIGHT not in client.get(mine).text
    assert client.post(page, {"phone": OTHERS[0], "email": ""})["Location"] == mine
    assert Entry.objects.get().phone == RIGHT


def test_who_has_the_wrong_number_opens_it_no_more(client: Client) -> None:
    entry = entered(client, make.campaign())
    stranger, owner = Client(), Client()
    stranger.post("/ar/entries/", {"code": entry.code, "contact": WRONG})
    assert stranger.get("/ar/entries/mine/").status_code == 200

    client.post(f"/ar/entries/{entry.code}/contact/", {"phone": RIGHT, "email": ""})

    assert client.get("/ar/entries/mine/").status_code == 200
    assert stranger.get("/ar/entries/mine/").status_code == 302
    for part in ("withdraw", "contact"):
        assert stranger.post(f"/ar/entries/{entry.code}/{part}/", {"phone": WRONG}).status_code == 404
    assert stranger.post("/ar/entries/", {"code": entry.code, "contact": WRONG}).status_code == 400
    assert owner.post("/ar/entries/", {"code": entry.code, "contact": RIGHT}).status_code == 302
    assert Client().post(f"/ar/entries/{entry.code}/contact/", {"phone": WRONG}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_has_a_page_for_it(language: str) -> None:
    entry = of_side()
    base = f"/{language}/admin/campaigns/entry/{entry.pk}/"
    desk = at_the_desk(coordinator("west"))
    assert f"{base}contact/" in desk.get(f"{base}change/").text
    assert WRONG in desk.get(f"{base}contact/").text

    sent = {"phone": "0912345670", "email": "", "reason": ""}
    faulty = desk.post(f"{base}contact/", sent)
    assert (faulty.status_code, "0912345670" in faulty.text) == (400, True)
    assert desk.post(f"{base}contact/", sent | {"reason": "كُتب خطأً"})["Location"] == f"{base}change/"

    entry.refresh_from_db()
    assert entry.phone == RIGHT
    services.confirm_contact(entry=entry, typed=make.code_of(entry))
    assert f"{base}contact/" not in desk.get(f"{base}change/").text
    assert desk.get(f"{base}contact/").status_code == 302
    assert desk.post(f"{base}contact/", sent | {"reason": "x"}).status_code == 400


@pytest.mark.parametrize("who", ["east", None, "auditor"])
def test_nobody_else_has_that_page(who: str | None) -> None:
    entry = of_side()
    by: User = auditor() if who == "auditor" else coordinator(who)
    desk, page = at_the_desk(by), f"/en/admin/campaigns/entry/{entry.pk}/contact/"
    before = Entry.objects.values().get()
    assert desk.get(page).status_code == 404
    assert desk.post(page, {"phone": RIGHT, "reason": "x"}).status_code == 404
    assert Entry.objects.values().get() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_of_a_hand_in_says_that_the_contact_is_not_confirmed(language: str) -> None:
    campaign = make.campaign()
    desk, entry = make.desk(campaign), make.entry(campaign)
    by = make.collector(desk)
    row = make.hand_in(desk, entry, 5, by=by)
    client = Client()
    client.force_login(by)
    page = f"/{language}/desks/{desk.pk}/receipts/{row.number}/"
    said = {"ar": "لم تُؤكَّد بعد", "en": "The contact is not confirmed yet"}[language]

    receipt = client.get(page).text
    assert said in receipt
    assert f"/{language}/desks/{desk.pk}/entries/{entry.code}/" in receipt
    services.confirm_contact(entry=entry, typed=make.code_of(entry))
    assert said not in client.get(page).text


def test_a_code_lasts_from_the_correction_on(clock: Any) -> None:
    entry = make.entry()
    clock.forward(hours=3)
    entry = corrected(entry)
    clock.forward(minutes=119)
    assert services.confirm_contact(entry=entry, typed=make.code_of(entry)).confirmed_at
    assert Message.objects.order_by("pk").last().expires_at == clock.now + timedelta(minutes=1)
