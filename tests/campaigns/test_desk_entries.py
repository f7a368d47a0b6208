"""The page of an entry at the desk: what was answered, what was handed in and what is missing, for whoever reads the entry."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from campaigns import services
from campaigns.models import Campaign, Entry
from tests.campaigns.winners import published
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import auditor, coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
WORDS = "خيطتها <أمي> بيدها\nفي المساء"


def address(entry: Entry, language: str = "ar") -> str:
    return f"/{language}/admin/campaigns/entry/{entry.pk}/change/"


def part(client: Client, entry: Entry, name: str, language: str = "ar") -> str:
    """Return one part of the page, "" where it is not there."""
    found = re.search(
        rf'<section[^>]* aria-labelledby="{name}">(.*?)</section>', client.get(address(entry, language)).text, re.DOTALL
    )
    return found[1] if found else ""


@pytest.fixture
def campaign() -> Campaign:
    made = make.campaign()
    make.ask(made, "agree", kind="consent", label_ar="أوافق", label_en="I agree")
    make.ask(made, "never", label_ar="لا جواب", label_en="Never answered", required=False)
    return made


@pytest.fixture
def entry(campaign: Campaign) -> Entry:
    who = make.entrant(municipality=make.municipality("west"))
    return make.confirmed(campaign, entrant=who, answers={"made": 15, "cloth": "2", "words": WORDS, "agree": True})


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_stand_in_words_under_their_questions(language: str, entry: Entry) -> None:
    told = part(at_the_desk(coordinator("west")), entry, "answers", language)
    labels = {
        "ar": ["كم كمامة صنعت؟", "أي قماش؟", "كيف صنعتها؟", "أوافق"],
        "en": ["How many masks have you made?", "Which cloth?"],
    }
    for label in labels[language]:
        assert f"<bdi>{label}</bdi>" in told
    assert {"ar": "كتان", "en": "Linen"}[language] in told
    assert ">15</bdi>" in told
    assert "&lt;أمي&gt; بيدها<br>" in told
    assert {"ar": ">نعم<", "en": ">yes<"}[language] in told
    assert {"ar": "لا جواب", "en": "Never answered"}[language] not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_receipts_and_what_is_missing_stand_beside_them(language: str, campaign: Campaign, entry: Entry) -> None:
    desk = make.desk(campaign, "east")
    west = at_the_desk(coordinator("west"))
    assert part(west, entry, "receipts", language) == ""
    assert re.findall(r"\b\d+\b", part(west, entry, "missing", language)) == ["5", "5"]

    row = make.hand_in(desk, entry, 2)
    told = part(west, entry, "receipts", language)
    with override(language):
        counted = date_format(timezone.localtime(row.counted_at), "DATETIME_FORMAT")
        name = desk.name
    for words in (row.receipt, name, '<bdi dir="ltr">2</bdi>', counted):
        assert words in told
    assert re.findall(r"\b\d+\b", part(west, entry, "missing", language)) == ["5", "3"]


def test_nothing_is_missing_of_what_is_over_or_complete(campaign: Campaign, entry: Entry) -> None:
    west = at_the_desk(coordinator("west"))
    assert part(west, entry, "missing")
    Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
    assert not part(west, entry, "missing")
    Campaign.objects.filter(pk=campaign.pk).update(state="open")
    services.withdraw_entry(entry=entry)
    assert not part(west, entry, "missing")
    out = published()
    short = Entry.objects.filter(campaign=out).order_by("pk").first()
    Entry.objects.filter(pk=short.pk).update(made=1)
    assert not part(at_the_desk(coordinator(None)), short, "missing")
    assert part(at_the_desk(coordinator(None)), short, "answers")


def test_only_who_reads_the_entry_reads_its_answers(entry: Entry) -> None:
    for user in (coordinator("west"), coordinator(None), auditor()):
        assert part(at_the_desk(user), entry, "answers")
    assert at_the_desk(coordinator("east")).get(address(entry)).status_code == 404


def test_the_page_costs_the_same_of_one_receipt_and_of_many(
    campaign: Campaign, entry: Entry, django_assert_max_num_queries: Any
) -> None:
    desk, west = make.desk(campaign), at_the_desk(coordinator("west"))
    counts = []
    for _ in range(3):
        make.hand_in(desk, entry, 1)
        west.get(address(entry))
        with django_assert_max_num_queries(25) as asked:
            west.get(address(entry))
        counts.append(len(asked))
    assert len(set(counts)) == 1
