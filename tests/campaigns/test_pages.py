"""What the pages of campaigns weigh on a first visit, and how often they ask the database, however many rows they show."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import services
from campaigns.models import Campaign, Entry, Faq, Prize, PrizeGiving
from campaigns.services.campaigns import commit
from tests.campaigns.winners import holder, judged, line, manager, published, told
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.first_visit import FIRST_FLIGHT, first_visit

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
PUBLIC_QUERIES, MEMBER_QUERIES, ADMIN_QUERIES = 8, 15, 25
RULES = "كمامة من القماش، من صنع يدك وحدك، بطبقتين على الأقل، وتُغسل بماء ساخن. " * 12
Opened = tuple[Client, str]


def contest(rows: int, **fields: Any) -> Campaign:
    """Return a contest with so many questions more, prizes, frequent questions and desks."""
    made = make.campaign(rules_ar=RULES, rules_en=RULES, **fields)
    commit(made, at=timezone.now())
    for number in range(rows):
        make.ask(made, f"more-{number}", label_ar=f"سؤال {number}", label_en=f"Question {number}", required=False)
        Prize.objects.create(campaign=made, position=number, what_ar="آلة خياطة", what_en="A sewing machine", count=2)
        Faq.objects.create(
            campaign=made, position=number, question_ar="لماذا؟", question_en="Why?", answer_ar=RULES[:300], answer_en=RULES[:300]
        )  # fmt: skip
        make.desk(made)
    return made


def having_open(*entries: Entry) -> Client:
    """Return a browser that has these entries open, as the look-up leaves it."""
    client = Client()
    session = client.session
    session["entries"] = [entry.pk for entry in entries]
    session.save()
    return client


def own(entry: Entry, part: str) -> Opened:
    return having_open(entry), f"/entries/{entry.code}/{part}/"


def results(rows: int) -> Campaign:
    """Return a contest whose results are out: so many prizes, each with a winner, and a prize-giving."""
    campaign = judged(6)
    Prize.objects.filter(campaign=campaign, what_en="A prize").update(count=rows)
    PrizeGiving.objects.create(campaign=campaign, held_at=timezone.now(), place_ar="بنغازي", place_en="Benghazi")
    return published(campaign)


def listed(rows: int) -> Opened:
    for _ in range(rows):
        make.campaign()
        make.aware()
        make.pledge()
    return Client(), "/campaigns/"


def aware(rows: int) -> Opened:
    campaign = make.aware()
    for number in range(rows):
        for side in make.SIDES:
            for _ in range(3):
                make.activity(campaign, {("female", "25-49"): 20 + number, ("male", "0-14"): 9}, side=side)
    make.close()
    return Client(), f"/campaigns/{campaign.slug}/"


def pledge(rows: int) -> Opened:
    campaign = make.pledge()
    for number in range(6 * rows):
        given = make.entrant(municipality=make.municipality(make.SIDES[number % 3]), phone=f"+21891{number:07}")
        make.confirmed(campaign, entrant=given, answers={})
    return Client(), f"/campaigns/{campaign.slug}/"


def mine(rows: int) -> Opened:
    """So many entries of a contest with its results, each with a complaint that is answered."""
    campaign = results(1)
    entries = [Entry.objects.get(campaign=campaign, public_code=code) for code in line(campaign)[-rows:]]
    for entry in entries:
        complaint = services.receive_complaint(entry=entry, uid=uuid.uuid4(), text="لماذا؟", received_at=timezone.now())
        services.answer_complaint(complaint=complaint, upheld=False, answer="لأن", by=manager(campaign))
    return having_open(*entries), "/entries/mine/"


def prize(rows: int) -> Opened:
    return own(holder(told(judged(3 + 3 * rows))).entry, "prize")


def complain(rows: int) -> Opened:
    campaign = results(rows)
    return own(Entry.objects.get(campaign=campaign, public_code=line(campaign)[-1]), "complaint")


def own_of_contest(part: str) -> Callable[[int], Opened]:
    return lambda rows: own(make.entry(contest(rows)), part)


PUBLIC: dict[str, Callable[[int], Opened]] = {
    "list": listed,
    "contest": lambda rows: (Client(), f"/campaigns/{contest(rows).slug}/"),
    "form": lambda rows: (Client(), f"/campaigns/{contest(rows).slug}/enter/"),
    "awareness": aware,
    "pledge": pledge,
    "form of a pledge": lambda rows: (Client(), f"{pledge(rows)[1]}enter/"),
    "results": lambda rows: (Client(), f"/campaigns/{results(rows).slug}/results/"),
    "gallery": lambda rows: (Client(), f"/campaigns/{results(rows).slug}/gallery/"),
    "look-up": lambda rows: (Client(), "/entries/"),
    "mine": mine,
    "prize": prize,
    "complaint": complain,
    "correction": own_of_contest("correct"),
    "withdrawal": own_of_contest("withdraw"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PUBLIC)
def test_a_first_visit_fits_into_the_first_flight(page: str, language: str) -> None:
    client, path = PUBLIC[page](3)

    loaded = first_visit(client, f"/{language}{path}")

    assert len(loaded) >= 3, "A page without style and icons was measured."
    assert sum(loaded.values()) <= FIRST_FLIGHT, loaded


def asked(page: Callable[[int], Opened]) -> list[int]:
    """Return how often a page asks with one row in every list, and with three."""
    counts = []
    for rows in (1, 3):
        with transaction.atomic():
            client, path = page(rows)
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"/ar{path}")
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            counts.append(len(captured))
            transaction.set_rollback(True)
    return counts


@pytest.mark.parametrize("page", PUBLIC)
def test_a_public_page_asks_the_database_seldom(page: str) -> None:
    counts = asked(PUBLIC[page])

    assert counts[0] == counts[1] <= PUBLIC_QUERIES


# --- the desk -------------------------------------------------------------------------------------------------------------


def handed_in(rows: int) -> Campaign:
    """Return a contest with so many desks, each with an entry that was counted and given out again."""
    campaign = contest(rows)
    for number, desk in enumerate(campaign.desks.order_by("pk")):
        given = make.entrant(municipality=desk.municipality, phone=f"+21892{number:07}")
        make.hand_in(desk, make.confirmed(campaign, entrant=given), 5)
        make.given_out(desk, 2)
    return campaign


def typed(rows: int) -> Campaign:
    """Return a contest with so many entries from paper."""
    campaign = contest(rows)
    for number in range(rows):
        given = make.entrant(municipality=make.municipality("west"), phone="", name=f"مشارك {number}")
        make.entry(campaign, entrant=given, by=coordinator("west"))
    return campaign


def at_its(part: str, fill: Callable[[int], Campaign], by: Callable[[], Any]) -> Callable[[int], Opened]:
    def page(rows: int) -> Opened:
        campaign = fill(rows)
        return at_the_desk(by()), f"/admin/campaigns/campaign/{campaign.pk}/{part}/"

    return page


def receipt(rows: int) -> Opened:
    campaign = typed(rows)
    entry = campaign.entries.order_by("pk").first()
    return at_the_desk(coordinator("west")), f"/admin/campaigns/campaign/{campaign.pk}/paper/{entry.pk}/"


DESK: dict[str, Callable[[int], Opened]] = {
    "chain": at_its("chain", handed_in, lambda: coordinator(None)),
    "paper": at_its("paper", typed, lambda: coordinator("west")),
    "receipt": receipt,
}


@pytest.mark.parametrize("page", DESK)
def test_a_page_of_the_desk_asks_the_database_seldom(page: str) -> None:
    counts = asked(DESK[page])

    assert counts[0] == counts[1] <= ADMIN_QUERIES


def test_the_preview_of_a_disqualification_asks_as_often_for_many() -> None:
    campaign = results(3)
    client, counts = at_the_desk(manager(campaign)), []
    for rows in (1, 1, 3):
        chosen = {"codes": " ".join(line(campaign)[:rows])}
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(f"/ar/admin/campaigns/campaign/{campaign.pk}/disqualify/", chosen)
        assert answer.content.decode().count('name="seal"') == 1
        counts.append(len(captured))

    # What lasts for a process is known from the first on.
    assert counts[1] == counts[2] <= ADMIN_QUERIES
