"""The way in, as somebody without an account walks it: enter, receipt, look-up, correction, withdrawal."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from campaigns import services
from campaigns.models import Campaign, Entry, Unfinished
from notifications.models import Message
from tests.factories import campaigns as make
from tests.factories.network import MunicipalityFactory
from tests.forms import untouched

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


def filled(**more: str) -> dict[str, str]:
    return {
        "do": "send",
        "uid": str(uuid.uuid4()),
        "name": "سعاد المنزلي",
        "phone": "091 234 5678",
        "email": "",
        "municipality": str(MunicipalityFactory().pk),
        "q-made": "٢٤",
        "q-cloth": "2",
        "in_gallery": "on",
        "rules": "on",
    } | more


def address(campaign: Campaign, page: str = "enter/", language: str = "ar") -> str:
    return f"/{language}/campaigns/{campaign.slug}/{page}"


def entered(client: Client, campaign: Campaign, **more: str) -> Entry:
    answer = client.post(address(campaign), filled(**more))
    assert (answer.status_code, answer["Location"]) == (302, "/ar/entries/mine/")
    return Entry.objects.order_by("-pk").first()


# --- entering -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_a_campaign_and_finds_the_way_in(client: Client, campaign: Campaign, language: str) -> None:
    listed = client.get(f"/{language}/campaigns/").text
    page = client.get(address(campaign, "", language)).text
    form = client.get(address(campaign, "enter/", language)).text

    assert campaign.slug in listed
    for words in ("title", "summary", "rules"):
        assert getattr(campaign, f"{words}_{language}") in page
    assert f"/{language}/campaigns/{campaign.slug}/enter/" in page
    assert ("كم كمامة صنعت؟" if language == "ar" else "How many masks have you made?") in form


def test_one_page_makes_an_entry_and_shows_its_receipt(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign)

    assert (entry.phone, entry.made, entry.answers) == ("+218912345678", 24, {"made": 24, "cloth": "2"})
    receipt = client.get("/ar/entries/mine/").text
    assert entry.shown_code in receipt
    assert "كتان" not in receipt


def test_the_second_click_gets_the_same_receipt(client: Client, campaign: Campaign) -> None:
    sent = filled()
    for _ in range(3):
        assert client.post(address(campaign), sent)["Location"] == "/ar/entries/mine/"
    assert Entry.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("phone", "12"),
        ("phone", ""),
        ("email", "nobody"),
        ("municipality", "999999"),
        ("municipality", ""),
        ("q-made", "many"),
        ("q-made", "-1"),
        ("q-made", "99999999999"),
        ("q-cloth", "3"),
        ("rules", ""),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    client: Client, campaign: Campaign, field: str, typed: str, language: str
) -> None:
    sent = filled(**{"q-words": "بقطن مزدوج", field: typed})

    answer = client.post(address(campaign, "enter/", language), sent)

    assert answer.status_code == 400
    assert "بقطن مزدوج" in answer.text
    assert sent["uid"] in answer.text
    assert not Entry.objects.exists()


def test_after_the_last_moment_the_words_stay_on_the_page(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    answer = client.post(address(campaign), filled())

    assert answer.status_code == 400
    assert "سعاد المنزلي" in answer.text
    assert client.get(address(campaign))["Location"] == f"/ar/campaigns/{campaign.slug}/"


class SlowBody(io.BytesIO):
    """A body on a weak network: once its first byte is asked for, the close is over."""

    def __init__(self, content: bytes, arrives: Callable[[], Any]) -> None:
        super().__init__(content)
        self.arrives = arrives

    def read(self, size: int | None = -1) -> bytes:
        self.arrives()
        return super().read(size)


def test_the_moment_of_receipt_is_taken_before_the_body_is_read(campaign: Campaign, clock: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get(address(campaign)).context["csrf_token"]
    body = encode_multipart(BOUNDARY, filled(csrfmiddlewaretoken=str(token)))
    slow = SlowBody(body, lambda: clock.set(campaign.closes_at + timedelta(minutes=5)))
    last = campaign.closes_at - timedelta(seconds=1)
    clock.set(last)

    sent = {"wsgi.input": slow, "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": MULTIPART_CONTENT}
    answer = client.generic("POST", address(campaign), b"", **sent)

    assert timezone.now() > campaign.closes_at
    assert answer.status_code == 302
    assert Entry.objects.get().received_at == last


def test_a_draft_is_nobodys_business(client: Client) -> None:
    draft = make.campaign(state="draft")
    for page in ("", "enter/"):
        assert client.get(address(draft, page)).status_code == 404
    assert draft.slug not in client.get("/ar/campaigns/").text


# --- put aside ------------------------------------------------------------------------------------------------------------


def test_a_form_is_put_aside_and_gone_on_with_from_another_telephone(client: Client, campaign: Campaign) -> None:
    sent = filled(do="later", **{"q-words": "لم أنته بعد"})
    page = client.post(address(campaign), sent).text
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]

    other = Client()
    form = other.post(address(campaign), {"do": "resume", "resume-code": code.lower()}).text

    assert "لم أنته بعد" in form
    assert "سعاد المنزلي" in form
    assert sent["uid"] in form
    assert not Entry.objects.exists()
    assert other.post(address(campaign), {"do": "resume", "resume-code": "AAAA-BBBB-CCCC"}).status_code == 400
    assert Unfinished.objects.count() == 1


# --- found again ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", ["0912345678", "+218 91 234 5678", "٠٩١٢٣٤٥٦٧٨"])
def test_an_entry_is_found_by_code_and_contact(client: Client, campaign: Campaign, contact: str) -> None:
    entry = entered(client, campaign)
    other = Client()
    assert other.get("/ar/entries/mine/")["Location"] == "/ar/entries/"

    answer = other.post("/ar/entries/", {"code": entry.shown_code.lower(), "contact": contact})

    assert answer["Location"] == "/ar/entries/mine/"
    assert entry.shown_code in other.get("/ar/entries/mine/").text


def test_an_unknown_code_and_a_wrong_contact_are_answered_alike(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign)
    other = Client()
    answers = [
        other.post("/ar/entries/", {"code": code, "contact": contact})
        for code, contact in (
            (entry.shown_code, "0923456789"),
            (entry.shown_code, "nobody@example.org"),
            (entry.shown_code, "nonsense"),
            ("AAAA-BBBB-CCCC", "0912345678"),
            ("no code", "0912345678"),
        )
    ]
    said = {re.search(r'role="alert".*?</ul>', answer.text, re.S)[0] for answer in answers}
    assert {answer.status_code for answer in answers} == {400}
    assert len(said) == 1
    assert other.get("/ar/entries/mine/").status_code == 302


@pytest.mark.parametrize("page", ["correct/", "withdraw/"])
def test_nobody_opens_an_entry_by_its_address_alone(client: Client, campaign: Campaign, page: str) -> None:
    entry = entered(client, campaign)
    assert client.get(f"/ar/entries/{entry.code}/{page}").status_code == 200
    assert Client().get(f"/ar/entries/{entry.code}/{page}").status_code == 404
    assert Client().post(f"/ar/entries/{entry.code}/{page}").status_code == 404
    for step in ("prove/", "prove/again/"):
        assert Client().post(f"/ar/entries/{entry.code}/{step}").status_code == 404


def test_contact_is_proved_corrected_and_withdrawn_on_the_site(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, **{"q-made": "12"})
    code = Message.objects.get().context["code"]
    assert "8" in client.get("/en/entries/mine/").text

    client.post(f"/ar/entries/{entry.code}/prove/", {"code": code})
    client.post(f"/ar/entries/{entry.code}/correct/", {"q-made": "25", "q-words": "بالقطن"})
    entry.refresh_from_db()
    assert (entry.state, entry.made) == ("confirmed", 25)

    for _ in range(2):
        assert client.post(f"/ar/entries/{entry.code}/withdraw/").status_code == 302
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    for asked in ("correct", "withdraw"):
        assert client.get(f"/ar/entries/{entry.code}/{asked}/").status_code == 302


def test_an_old_tab_undoes_no_newer_correction(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, in_gallery="on", **{"q-words": "بالقطن"})
    page = f"/ar/entries/{entry.code}/correct/"
    old, new = (untouched(client.get(page).context["form"]) for _ in range(2))

    for sent in (new | {"q-made": "40", "q-words": ""}, old | {"q-cloth": "2"}, old):
        assert client.post(page, {name: value for name, value in sent.items() if value is not False}).status_code == 302
    entry.refresh_from_db()
    assert (entry.answers, entry.made, entry.in_gallery) == ({"made": 40, "cloth": "2"}, 40, True)

    services.leave_gallery(entry=entry)
    assert client.post(page, old | {"q-made": "41"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.made, entry.in_gallery) == (41, False)


def test_a_correction_that_began_to_arrive_in_time_is_in_time(client: Client, clock: Any) -> None:
    campaign = make.campaign(closes_at=timezone.now() + timedelta(hours=1))
    entry = entered(client, campaign)
    page = f"/ar/entries/{entry.code}/correct/"
    sent = untouched(client.get(page).context["form"]) | {"q-made": "41"}
    body = encode_multipart(BOUNDARY, {name: value for name, value in sent.items() if value is not False})
    slow = SlowBody(body, lambda: clock.set(campaign.closes_at + timedelta(minutes=5)))
    clock.set(campaign.closes_at - timedelta(seconds=1))

    given = {"wsgi.input": slow, "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": MULTIPART_CONTENT}
    answer = client.generic("POST", page, b"", **given)

    entry.refresh_from_db()
    assert (answer.status_code, entry.made) == (302, 41)


def test_what_was_typed_at_the_entry_is_in_no_address(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign)
    page = client.get("/ar/entries/mine/").text
    # The contact is shown as long as it may be wrong.
    assert entry.phone in page
    assert not re.search(r'href="[^"]*(912345678|%D8)', page)


# --- on a telephone that goes from hand to hand -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_open_is_closed_for_the_next_person(client: Client, campaign: Campaign, language: str) -> None:
    first, second = (entered(client, campaign, phone=phone) for phone in ("0912345678", "0923456789"))
    close = f"/{language}/entries/close/"
    assert all(f'action="{close}"' in client.get(f"/{language}/entries/{page}").text for page in ("", "mine/"))
    assert close not in Client().get(f"/{language}/entries/").text
    assert client.get(close).status_code == 405

    for _ in range(2):
        assert client.post(close)["Location"] == f"/{language}/entries/"

    assert close not in client.get(f"/{language}/entries/").text
    assert client.get(f"/{language}/entries/mine/").status_code == 302
    for entry in (first, second):
        assert client.post(f"/{language}/entries/{entry.code}/withdraw/").status_code == 404
    assert not Entry.objects.filter(state="withdrawn").exists()
    assert not any(value in str(dict(client.session)) for value in (first.phone, second.phone, first.code))


def test_a_browser_keeps_the_last_twenty_open_for_two_hours(client: Client, campaign: Campaign, clock: Any) -> None:
    entries = [entered(client, campaign, phone=f"+2189212345{number}") for number in range(10, 31)]
    page = client.get("/ar/entries/mine/").text
    assert [entry.shown_code in page for entry in entries] == [False, *[True] * 20]
    clock.forward(hours=2, seconds=1)
    assert client.get("/ar/entries/mine/").status_code == 302
