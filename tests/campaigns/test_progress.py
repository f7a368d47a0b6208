"""The managers' page: the funnel, what holds entries up, and the files to take along; each side's people are its own."""

import csv
import io
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Count
from django.test import Client
from django.utils import formats, timezone
from openpyxl import load_workbook

from campaigns import progress, services
from campaigns.models import Campaign, DuplicatePair, Entry, Photo
from network import sheets
from network.models import Region, Transition, User
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, auditor, coordinator

pytestmark = pytest.mark.django_db

STATES = (
    "received", "received", "confirmed", "handed_in", "eligible", "shortlisted", "winner", "placed", "disqualified",
    "withdrawn",
)  # fmt: skip


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


def entries(campaign: Campaign, side: str | None, states: tuple[str, ...] = STATES, days_ago: int = 0) -> list[Entry]:
    """Add an entry in each state, received so many days ago."""
    made = []
    place = make.municipality(side) if side else None
    day = timezone.localdate() - timedelta(days=days_ago)
    for state in states:
        number = Entry.objects.count()
        given = services.Entrant(name=f"اسم{side}{number}", phone=f"+21892{number:07}", municipality=place)
        entry = make.entry(campaign, entrant=given)
        Entry.objects.filter(pk=entry.pk).update(state=state, received_on=day)
        made.append(Entry.objects.get(pk=entry.pk))
    return made


def page(campaign: Campaign) -> str:
    return f"/ar/admin/campaigns/campaign/{campaign.pk}/progress/"


def seen(campaign: Campaign, reader: User) -> progress.Progress:
    return progress.of_campaign(campaign, reader, progress.cells(campaign), abroad="abroad", whole="all")


# --- the funnel -----------------------------------------------------------------------------------------------------------


def test_the_funnel_adds_up_to_the_entries(campaign: Campaign) -> None:
    entries(campaign, "west")
    entries(campaign, "east", STATES[:4], days_ago=1)
    entries(campaign, None, STATES[:1], days_ago=40)
    entries(make.campaign(), "west")

    found = seen(campaign, coordinator(None))
    everything = Counter(Entry.objects.filter(campaign=campaign).values_list("state", flat=True))
    assert found.whole.states == everything
    assert found.whole.entries == Entry.objects.filter(campaign=campaign).count() == 15
    for parts in (found.sides, found.days):
        assert sum((part.states for part in parts), Counter()) == everything
    assert {side.name: side.entries for side in found.sides if side.entries} == {
        Region.objects.get(code="west").name: 10, Region.objects.get(code="east").name: 4, "abroad": 1,
    }  # fmt: skip
    # Received, confirmed, handed in, eligible, shortlisted (also who is placed), winner; beside them who is out.
    assert found.whole.steps(found.stages) == [15, 8, 6, 4, 3, 1]
    assert found.whole.out == 2
    assert [day.entries for day in found.days] == [10, 4, 1]


def test_a_pledge_has_two_stages() -> None:
    pledge = make.pledge()
    entries(pledge, "west", ("received", "confirmed"))
    found = seen(pledge, coordinator(None))
    assert found.whole.steps(found.stages) == [2, 1]


def test_a_side_s_coordinators_read_their_side_and_of_the_others_one_number(campaign: Campaign) -> None:
    entries(campaign, "west", ("received",) * 6)
    entries(campaign, "east", ("confirmed",) * 7, days_ago=3)
    entries(campaign, "south", ("eligible",) * 2)
    found = seen(campaign, coordinator("west"))
    assert found.whole.steps(found.stages) == [6, 0, 0, 0, 0, 0]
    assert [side.entries for side in found.sides] == [6]
    assert [day.entries for day in found.days] == [6]
    assert sorted(other.entries for other in found.others) == ["0", "7", "<5"]
    assert sorted(side.entries for side in seen(campaign, auditor()).sides if side.entries) == [2, 6, 7]


def test_the_page_shows_bars_and_tables_and_goes_back_by_days(campaign: Campaign) -> None:
    entries(campaign, "west")
    for day in range(1, 36):
        entries(campaign, "west", ("received",), days_ago=day)
    west = at_the_desk(coordinator("west"))
    text = west.get(page(campaign)).text
    assert text.count("<rect") == 6 + progress.DAYS_SHOWN
    older = re.search(r'href="(\?until=[0-9-]+)"', text)
    assert older
    assert west.get(page(campaign) + older.group(1)).text.count("<rect") == 6 + 36 - progress.DAYS_SHOWN
    for until in ("x", "2026-13-45", ""):
        assert west.get(f"{page(campaign)}?until={until}").status_code == 200


def test_the_page_is_not_there_for_whoever_does_not_know_the_campaign(campaign: Campaign) -> None:
    own = make.campaign(region=make.municipality("east").district.region)
    west = at_the_desk(coordinator("west"))
    assert west.get(page(own)).status_code == 404
    assert west.post(page(own).replace("progress", "export"), {"kind": "csv"}).status_code == 404
    member = Client()
    member.force_login(PractitionerFactory().user)
    assert member.get(page(campaign)).status_code in (302, 404)


# --- what holds entries up ---------------------------------------------------------------------------------------------------


def photo(of: Entry, state: str) -> Photo:
    now = timezone.now()
    settled = {} if state == "waiting" else {"settled_at": now}
    more = {"refusal": "cut_off"} if state == "refused" else {"quarantined": "a" * 32}
    return Photo.objects.create(
        campaign=of.campaign, entry=of, form=of.uid, uid=of.uid, state=state, received_at=now, **settled, **more
    )


def test_each_block_is_counted_and_its_link_lists_these_entries(campaign: Campaign) -> None:
    late, fresh = entries(campaign, "west", ("received",), days_ago=3)[0], entries(campaign, "west", ("received",))[0]
    confirmed, few, out = entries(campaign, "west", ("confirmed", "handed_in", "withdrawn"))
    Entry.objects.filter(pk__in=[few.pk, out.pk]).update(made=19)
    (short,) = entries(campaign, "west", ("handed_in",))
    refused, waiting = entries(campaign, "west", ("eligible", "eligible"))
    photo(refused, "refused")
    photo(waiting, "waiting")
    foreign = entries(campaign, "east", ("received", "confirmed"), days_ago=3)
    photo(foreign[0], "refused")
    pair = {"campaign": campaign, "reasons": ["name"], "found_at": timezone.now()}
    DuplicatePair.objects.create(first=late, second=fresh, **pair)
    DuplicatePair.objects.create(first=late, second=foreign[0], **pair)

    desk = at_the_desk(coordinator("west"))
    text = desk.get(page(campaign)).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*\?of=[^"]*)"', text)]
    found = {}
    for link in links:
        answer = desk.get(link)
        assert answer.status_code == 200, link
        found[link.partition("&")[2]] = sorted(row.pk for row in answer.context["cl"].result_list)
    assert found == {
        "blocked=unproved": [late.pk],
        "blocked=refused": [refused.pk],
        "blocked=waiting": [waiting.pk],
        "blocked=few": [few.pk],
        "blocked=at-home": [confirmed.pk],
        "blocked=short": [short.pk],
        "state__exact=open": [DuplicatePair.objects.order_by("pk").first().pk],
    }
    counts = progress.blocks(campaign, coordinator("west"), timezone.now())
    assert counts == dict.fromkeys(progress.BLOCKS, 1)
    assert progress.blocks(campaign, coordinator(None), timezone.now()) == {
        "unproved": 2, "refused": 2, "waiting": 1, "few": 1, "at-home": 2, "short": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("ar", "سُلِّم أقل من المطلوب"), ("en", "too few handed in")])
def test_who_has_handed_in_too_few_is_held_up_by_it_whatever_else_is_missing(
    language: str, words: str, campaign: Campaign
) -> None:
    def handed_in(made: int, pieces: int) -> Entry:
        entry = make.confirmed(campaign, entrant=make.entrant(municipality=place), answers={"made": made})
        make.hand_in(desk, entry, pieces, brought=5)
        return Entry.objects.get(pk=entry.pk)

    place, desk = make.municipality("west"), make.desk(campaign)
    short, both, few = handed_in(24, 3), handed_in(19, 4), handed_in(19, 5)
    assert handed_in(24, 5).state == "eligible"
    make.confirmed(campaign, entrant=make.entrant(municipality=place))
    reader = coordinator("west")
    # As one whose counts do not count: of who made enough nothing is added up.
    (own,) = entries(campaign, "west", ("handed_in",))

    found = {
        by: sorted(progress.blocked(Entry.objects.all(), campaign, by, timezone.now()).values_list("pk", flat=True))
        for by in (progress.HANDED_IN_TOO_FEW, progress.TOO_FEW)
    }
    assert found == {"short": [short.pk, both.pk, own.pk], "few": [both.pk, few.pk]}
    assert progress.blocks(campaign, reader, timezone.now())["short"] == 3
    listed = at_the_desk(reader).get(f"/{language}/admin/campaigns/entry/?of={campaign.pk}&blocked=short")
    assert words in listed.text
    assert sorted(row.pk for row in listed.context["cl"].result_list) == found["short"]


def test_where_nothing_is_to_be_handed_in_nobody_has_handed_in_too_few(campaign: Campaign) -> None:
    entries(campaign, "west", ("handed_in",))
    Campaign.objects.filter(pk=campaign.pk).update(handed_at_least=0)
    campaign.refresh_from_db()
    assert progress.blocks(campaign, coordinator("west"), timezone.now())["short"] == 0


def test_the_filter_asks_for_a_campaign_first(campaign: Campaign) -> None:
    entries(campaign, "west", ("received",), days_ago=9)
    entries(campaign, "west", ("received",))
    desk = at_the_desk(coordinator("west"))
    base = "/ar/admin/campaigns/entry/"
    assert len(desk.get(f"{base}?of={campaign.pk}&blocked=unproved").context["cl"].result_list) == 1
    assert len(desk.get(f"{base}?of={campaign.pk}&blocked=nonsense").context["cl"].result_list) == 2
    east = make.campaign(region=make.municipality("east").district.region)
    for query in ("blocked=unproved", f"of={east.pk}&blocked=unproved", "of=x&blocked=few"):
        assert desk.get(f"{base}?{query}").status_code in (200, 302)


def test_of_many_entries_the_numbers_are_kept_for_five_minutes_and_for_each_side_alone(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def shown(desk: Client) -> tuple[int, int, bool]:
        context = desk.get(page(campaign)).context
        first = context["blocks"][0]["count"]
        return context["bars"][0]["number"], first, "counted" in context and context["counted"].kept

    monkeypatch.setattr(progress, "MANY", 4)
    west, east, national = (at_the_desk(coordinator(side)) for side in ("west", "east", None))
    entries(campaign, "west", ("received",) * 3, days_ago=5)
    entries(campaign, "east", ("received",), days_ago=5)
    assert shown(west) == (3, 3, False)
    entries(campaign, "west", ("received",), days_ago=5)
    assert (shown(west), shown(east), shown(national)) == ((4, 4, True), (1, 1, True), (5, 5, True))
    entries(campaign, "west", ("received",), days_ago=5)
    assert (shown(west), shown(east), shown(national)) == ((4, 4, True), (1, 1, True), (5, 5, True))
    moment = formats.date_format(timezone.localtime(clock.now), "TIME_FORMAT")
    assert moment in re.search(r'<p class="quiet">([^<]*)</p>', west.get(page(campaign)).text)[1]
    cache.clear()
    assert shown(west) == (5, 5, True)


# --- files to take along --------------------------------------------------------------------------------------------------------


def taken(client: Client, campaign: Campaign, kind: str, what: str = "entries") -> list[list[str]]:
    """Return the rows of a file, of all sheets of a workbook."""
    address = page(campaign).replace("progress", "export")
    answer = client.post(address, {"kind": kind, "what": what})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(content))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "inlineStr", "n"}
    return [[cell.value or "" for cell in row] for sheet in book for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_one_s_own_side_by_name_and_no_formula(kind: str, campaign: Campaign) -> None:
    own, foreign = entries(campaign, "west", ("received",) * 3), entries(campaign, "east", ("confirmed",) * 7)
    Entry.objects.filter(pk=own[0].pk).update(
        name='=HYPERLINK("https://x.example")', answers={"made": 24, "cloth": "2"}
    )
    by = coordinator("west")
    rows = taken(at_the_desk(by), campaign, kind)
    text = "\n".join(" ".join(map(str, row)) for row in rows)

    assert all(entry.shown_code in text for entry in own)
    assert own[1].name in text
    assert not any(value in text for entry in foreign for value in (entry.name, entry.shown_code, entry.phone))
    assert "كتان" in text
    if kind == "csv":
        assert [cell for row in rows for cell in row if cell.startswith(sheets.FORMULA)] == []
    east = next(row for row in rows if row and row[0] == foreign[0].side.name_ar)
    assert [cell for cell in east[1:] if cell] == ["7"]
    step = Transition.objects.get(subject_type="campaigns.campaign", subject_id=campaign.pk, move="export")
    assert (step.by, step.changes) == (by, {"fields": [f"entries, {kind}"]})


def test_who_reads_all_takes_all(campaign: Campaign) -> None:
    both = [*entries(campaign, "west", ("received",)), *entries(campaign, "east", ("received",))]
    rows = taken(at_the_desk(coordinator(None)), campaign, "csv")
    assert {entry.name for entry in both} <= {row[1] for row in rows if len(row) > 1}


def test_a_table_is_read_in_batches_and_leaves_nothing_out(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.services.exports.BATCH", 3)
    monkeypatch.setattr("campaigns.services.exports.WORKBOOK_AT_MOST", 4)
    made = entries(campaign, "west", ("received",) * 8)
    client = at_the_desk(coordinator("west"))
    codes = [row[0] for row in taken(client, campaign, "csv") if row]
    assert codes[1:9] == [entry.shown_code for entry in made]
    address = page(campaign).replace("progress", "export")
    assert client.post(address, {"kind": "xlsx", "what": "entries"}).status_code == 302
    assert client.get(address).status_code == 302
    assert client.post(address, {"kind": "pdf"}).status_code == 302
    assert Transition.objects.filter(move="export").count() == 1


def test_activities_are_taken_along_by_their_side() -> None:
    aware = make.aware()
    make.activity(aware, {("female", "15-24"): 20, ("male", "50-up"): 3}, materials={"صابون": 5}, group="=1+1")
    make.activity(aware, 9, side="east", place="بنغازي الشرقية")
    rows = taken(at_the_desk(coordinator("west")), aware, "csv", "activities")
    assert len(rows) == 2
    assert "بنغازي الشرقية" not in str(rows)
    assert rows[1][5:] == ["'=1+1", "0", "20", "0", "0", "0", "0", "0", "3", "صابون: 5"]


# --- budgets --------------------------------------------------------------------------------------------------------------------


def test_the_page_asks_as_much_for_many_entries_as_for_few(
    campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    client = at_the_desk(coordinator(None))
    entries(campaign, "west")
    make.desk(campaign)
    make.round_of(campaign, "ranking", opened=False)

    def asked() -> int:
        with django_assert_max_num_queries(25) as found:
            assert client.get(page(campaign)).status_code == 200
        return len(found)

    asked()
    first = asked()
    for side in ("west", "east", "south"):
        entries(campaign, side, days_ago=2)
        make.desk(campaign, side)
        make.round_of(campaign, "ranking", opened=False)
    assert asked() == first


@pytest.mark.once
def test_the_funnel_is_counted_from_an_index_alone(campaign: Campaign) -> None:
    entries(campaign, "west")
    rows = Entry.objects.filter(campaign=campaign).order_by()

    plans = [
        rows.values_list("received_on", "side", "state").annotate(n=Count("pk")).explain(),
        progress.unproved(rows, timezone.now()).values("pk").explain(),
        progress.made_too_few(rows, campaign).values("pk").explain(),
    ]
    assert all("COVERING INDEX entry_by_" in plan for plan in plans), plans
