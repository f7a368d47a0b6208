"""The chain of numbers: declared → brought → counted → given out, with its gaps; each coordinator sees their side's."""

import re
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from campaigns import chain, services
from campaigns.chain import Told
from campaigns.models import Campaign, Desk, Distribution, Entry
from network.enums import Role
from network.models import User
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, RoleGrantFactory, auditor, coordinator
from tests.readings import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


def entry_of(campaign: Campaign, side: str, made: int) -> Entry:
    entrant = make.entrant(municipality=make.municipality(side))
    return make.confirmed(campaign, entrant=entrant, answers={"made": made})


def correct(row: Any, pieces: int, brought: int) -> None:
    services.correct_hand_in(
        row=row,
        uid=uuid.uuid4(),
        seen=row.corrections.count(),
        brought=brought,
        pieces=pieces,
        why="miscounted",
        by=row.counted_by,
    )


@pytest.fixture
def chained(campaign: Campaign) -> dict[str, Desk]:
    """Two desks in the west, one in the east: with a correction, a gift, an entry that was withdrawn, and gaps."""
    desks = {
        name: make.desk(campaign, side)
        for name, side in (("tripoli", "west"), ("zawiya", "west"), ("benghazi", "east"))
    }
    first = entry_of(campaign, "west", 24)
    row = make.hand_in(desks["tripoli"], first, 7, brought=8)
    correct(row, 5, 8)
    make.hand_in(desks["zawiya"], entry_of(campaign, "west", 30), 4, brought=5)
    make.hand_in(desks["benghazi"], entry_of(campaign, "east", 20), 6)
    make.given_out(desks["tripoli"], 2)
    services.withdraw_entry(entry=entry_of(campaign, "west", 1000))
    return desks


def numbers(link: chain.Link) -> tuple[Any, ...]:
    return (link.declared, link.brought, link.counted, link.given)


def test_each_link_is_a_sum_and_the_gaps_are_what_lies_between(campaign: Campaign, chained: dict[str, Desk]) -> None:
    found = {side.whole.name: side for side in chain.of_campaign(campaign, auditor())}
    west, east = (found[name] for name in ("الغرب", "الشرق"))

    assert [numbers(link) for link in west.desks] == [(None, 8, 5, 2), (None, 5, 4, 0)]
    assert numbers(west.whole) == (54, 13, 9, 2)
    assert (west.whole.at_home, west.whole.uncounted, west.whole.left, west.whole.has_fault) == (41, 4, 7, False)
    assert numbers(east.whole) == (20, 6, 6, 0)
    assert numbers(chain.total(found.values(), "")) == (74, 19, 15, 2)


def test_a_count_corrected_below_what_was_given_out_is_shown_as_a_fault(campaign: Campaign) -> None:
    desk = make.desk(campaign)
    row = make.hand_in(desk, entry_of(campaign, "west", 24), 5)
    make.given_out(desk, 4)
    correct(row, 1, 5)

    (side,) = chain.of_campaign(campaign, coordinator("west"))

    assert (side.whole.left, side.whole.has_fault) == (-3, True)


def gaps(campaign: Campaign, reader: User) -> dict[str, tuple[int, int | None]]:
    """Return of each side what was brought to its desks, and what those who declared it kept."""
    return {side.whole.name: (side.whole.brought, side.whole.at_home) for side in chain.of_campaign(campaign, reader)}


def test_what_was_never_brought_goes_by_the_side_of_the_entry_at_whichever_desk(campaign: Campaign) -> None:
    """Sixty eastern pieces at a western desk, and pieces of people who are out or abroad, are nobody else's gap."""
    west, east = make.desk(campaign, "west"), make.desk(campaign, "east")
    make.hand_in(west, entry_of(campaign, "east", 60), 55, brought=58)
    make.hand_in(east, entry_of(campaign, "east", 10), 4)
    make.hand_in(west, entry_of(campaign, "west", 24), 5)
    out = entry_of(campaign, "west", 90)
    make.hand_in(west, out, 90)
    services.withdraw_entry(entry=out)
    abroad = make.confirmed(campaign, entrant=services.Entrant(name="ليلى", phone=make.PHONE, municipality=None))
    make.hand_in(east, abroad, 7, brought=8)

    assert gaps(campaign, auditor()) == {"الغرب": (153, 19), "الشرق": (12, 8)}
    sides = chain.of_campaign(campaign, auditor())
    whole, others = chain.total(sides, ""), chain.of_others(campaign, auditor(), "")
    assert (whole.declared, whole.own_brought, whole.at_home) == (94, 67, 27)
    # All that was brought is of who declared it here, or of others.
    assert (others.brought, others.counted) == (98, 97)
    assert whole.brought == whole.own_brought + others.brought
    # For one side's coordinators those of another side are others too; what their own brought elsewhere is no gap.
    (own,) = chain.of_campaign(campaign, coordinator("east"))
    assert (own.whole.brought, own.whole.own_brought, own.whole.at_home) == (12, 62, 8)
    assert chain.of_others(campaign, coordinator("east"), "").brought == 8
    assert chain.of_others(campaign, coordinator("west"), "").brought == 148


WAYS = st.tuples(
    st.sampled_from(["west", "east", "south", None]),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=3),
    st.booleans(),
)


@pytest.mark.slow
def test_whoever_brings_what_where_no_gap_is_below_nothing_and_all_adds_up(campaign: Campaign) -> None:
    desks = [make.desk(campaign, side) for side in ("west", "east", "south")]
    by = [make.collector(desk) for desk in desks]
    reader, places = auditor(), {side: make.municipality(side) for side in ("west", "east", "south")}

    def happens(ways: list[Any]) -> tuple[list[chain.Side], chain.Link]:
        for side, kept, brings, leaves in ways:
            given = services.Entrant(name="سعاد", phone=make.PHONE, municipality=places[side] if side else None)
            # Nobody brings more than they have declared.
            made = kept + sum(pieces for _desk, pieces in brings)
            entry = make.confirmed(campaign, entrant=given, answers={"made": made})
            for desk, pieces in brings:
                make.hand_in(desks[desk], entry, pieces, by=by[desk])
            if leaves:
                services.withdraw_entry(entry=entry)
        return chain.of_campaign(campaign, reader), chain.of_others(campaign, reader, "")

    @settings(max_examples=15, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(WAYS, min_size=1, max_size=6))
    def whatever_happens(ways: list[Any]) -> None:
        sides, others = undone(lambda: happens(ways))
        whole = chain.total(sides, "")
        kept = Counter[str | None]()
        for side, left, _brings, leaves in ways:
            kept[side] += 0 if leaves else left
        assert {side.whole.name: side.whole.at_home for side in sides} == {
            place.district.region.name: kept[side] for side, place in places.items()
        }
        assert whole.at_home == sum(side.whole.at_home or 0 for side in sides)
        assert whole.brought == whole.own_brought + others.brought
        assert whole.declared == whole.own_brought + (whole.at_home or 0)

    whatever_happens()


@pytest.mark.parametrize("of_one", [True, False])
def test_everybody_is_told_totals_of_five_people_at_least(of_one: bool, campaign: Campaign) -> None:
    desk = make.desk(campaign)
    by, entry = make.collector(desk), entry_of(campaign, "west", 24)
    for _ in range(5):
        make.hand_in(desk, entry if of_one else entry_of(campaign, "west", 24), 3, by=by)
    make.given_out(desk, 4)

    assert chain.told_to_all(campaign) == (None if of_one else Told(15, 4))


# --- at the coordinators' desk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_coordinator_sees_the_chain_of_their_side_alone(
    language: str, campaign: Campaign, chained: dict[str, Desk]
) -> None:
    client = at_the_desk(coordinator("west"))
    page = client.get(f"/{language}/admin/campaigns/campaign/{campaign.pk}/chain/").text

    assert chained["tripoli"].name_ar in page or chained["tripoli"].name_en in page
    for name in ("name_ar", "name_en"):
        assert getattr(chained["benghazi"], name) not in page
    rows = re.findall(r"<tr>.*?</tr>", page.partition('class="sheet"')[2], re.DOTALL)[1:]
    cells = [re.findall(r"<td[^>]*>(?:<bdi[^>]*>)?([^<]+)", row) for row in rows]
    assert cells == [
        ["54", "41", "13", "4", "9", "7", "2"],
        ["—", "—", "8", "3", "5", "3", "2"],
        ["—", "—", "5", "1", "4", "4", "0"],
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "منها ما هو من الخارج"), ("en", "of these: from abroad")],
)
def test_the_page_has_a_line_of_what_nobody_declared_here(language: str, words: str, campaign: Campaign) -> None:
    west = make.desk(campaign, "west")
    client, page = at_the_desk(coordinator("west")), f"/{language}/admin/campaigns/campaign/{campaign.pk}/chain/"
    make.hand_in(west, entry_of(campaign, "west", 24), 5)
    assert words not in client.get(page).text
    make.hand_in(west, entry_of(campaign, "east", 30), 6, brought=7)
    text = client.get(page).text
    assert words in text
    row = text[text.index(words) :].partition("</tr>")[0]
    assert re.findall(r"<td[^>]*>(?:<bdi[^>]*>)?([^<]+)", row) == ["—", "—", "7", "1", "6", "—", "—"]


def test_a_side_keeps_its_own_desks(campaign: Campaign) -> None:
    west, east = make.desk(campaign, "west"), make.desk(campaign, "east")
    client = at_the_desk(coordinator("west"))
    page = "/ar/admin/campaigns/desk/"

    assert client.get(f"{page}{west.pk}/change/").status_code == 200
    assert east.name_ar not in client.get(page).text
    for name in ("change", "history", "end"):
        answer = client.post if name == "end" else client.get
        assert answer(f"{page}{east.pk}/{name}/").status_code == 404


def form_of_a_desk(campaign: Campaign, side: str, **more: Any) -> dict[str, Any]:
    return {
        "campaign": campaign.pk, "name_ar": "مكتب طرابلس", "name_en": "Tripoli desk", "municipality": make.municipality(side).pk,
        "place_ar": "شارع النصر", "place_en": "Nasr Street", "hours_ar": "", "hours_en": "", "prefix": "TRP",
        "opens_on": "2026-01-01", "closes_on": "2030-01-01", "collectors-TOTAL_FORMS": 0, "collectors-INITIAL_FORMS": 0,
    } | more  # fmt: skip


def test_a_coordinator_opens_a_desk_names_a_collector_and_ends_it(campaign: Campaign) -> None:
    keeper, person, stranger = coordinator("west"), PractitionerFactory(side="west"), PractitionerFactory(side="east")
    client = at_the_desk(keeper)
    row = {"collectors-TOTAL_FORMS": 1, "collectors-0-starts_on": "2026-01-01", "collectors-0-ends_on": ""}
    add = "/en/admin/campaigns/desk/add/"

    for wrong in ({"municipality": make.municipality("east").pk}, {**row, "collectors-0-practitioner": stranger.pk}):
        assert client.post(add, form_of_a_desk(campaign, "west") | wrong).status_code == 200
    assert not Desk.objects.exists()
    answer = client.post(add, form_of_a_desk(campaign, "west", **row, **{"collectors-0-practitioner": person.pk}))
    assert answer.status_code == 302, answer.content.decode()
    desk = Desk.objects.get()
    assert desk.side.code == "west"
    assert make.hand_in(desk, make.confirmed(campaign), 1, by=person.user)

    end = f"/en/admin/campaigns/desk/{desk.pk}/end/"
    other = make.desk(campaign, "west")
    make.collector(other)
    client.post(end, {"collector": other.collectors.get().pk})
    assert other.collectors.get().ended_at is None
    client.post(end, {"collector": desk.collectors.get().pk})
    assert desk.collectors.get().ended_by == keeper


def test_a_distribution_is_added_once_and_corrected(campaign: Campaign) -> None:
    desk, east = make.desk(campaign), make.desk(campaign, "east")
    for each in (desk, east):
        make.hand_in(each, make.confirmed(campaign), 5)
    client, add = at_the_desk(coordinator("west")), "/en/admin/campaigns/distribution/add/"
    sent = {
        "desk": desk.pk, "pieces": 4, "municipality": desk.municipality_id, "to_whom": "Central hospital", "given_on": "2026-01-05",
        "form_uid": str(uuid.uuid4()),
    }  # fmt: skip
    assert client.post(add, sent | {"desk": east.pk}).status_code == 200
    assert client.post(add, sent | {"pieces": 6}).status_code == 200
    assert not Distribution.objects.exists()
    for _ in range(2):
        assert client.post(add, sent).status_code == 302
    (row,) = Distribution.objects.all()

    change = f"/en/admin/campaigns/distribution/{row.pk}/"
    client.post(f"{change}correct/", {"pieces": "٣", "why": "miscounted"})
    client.post(f"{change}correct/", {"pieces": "x", "why": "miscounted"})
    assert [given.pieces for given in Distribution.objects.order_by("pk")] == [4, -1]
    assert at_the_desk(coordinator("east")).get(f"{change}change/").status_code == 404
    assert 'name="why"' not in at_the_desk(auditor()).get(f"{change}change/").text


# --- forms on paper -------------------------------------------------------------------------------------------------------------


def paper(campaign: Campaign, side: str = "west", **more: Any) -> dict[str, Any]:
    place = make.municipality(side).pk
    return {
        "uid": str(uuid.uuid4()), "name": "سعاد المنزلي", "phone": "", "email": "", "municipality": place, "q-made": "٢٤",
        "rules": "on",
    } | more  # fmt: skip


def typing(campaign: Campaign, by: User | None = None) -> tuple[Any, str]:
    return at_the_desk(by or coordinator("west")), f"/en/admin/campaigns/campaign/{campaign.pk}/paper/"


def test_paper_forms_are_typed_one_after_the_other(campaign: Campaign) -> None:
    keeper = coordinator("west")
    client, page = typing(campaign, keeper)
    assert "autofocus" in client.get(page).text
    sent = paper(campaign)
    for _ in range(2):
        assert client.post(page, sent)["Location"] == page
    (entry,) = Entry.objects.all()
    assert (entry.via, entry.clerk, entry.made, entry.side.code) == ("paper", keeper, 24, "west")

    following = client.get(page).text
    assert entry.shown_code in following
    assert re.search(rf'<option value="{entry.municipality_id}" selected>', following)
    assert sent["uid"] not in following
    receipt = client.get(f"{page}{entry.pk}/").text
    assert entry.shown_code in receipt
    assert '<svg class="qr"' in receipt


def test_the_square_on_a_receipt_is_the_address_of_the_entry(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    import segno  # noqa: PLC0415 (replaced for this test)

    drawn: list[str] = []
    draw = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda text, **options: drawn.append(text) or draw(text, **options))
    client, page = typing(campaign)
    client.post(page, paper(campaign))
    entry = Entry.objects.get()
    client.get(f"{page}{entry.pk}/")
    assert [text.endswith(f"/en/entries/{entry.code}/") for text in drawn] == [True]


def test_a_form_of_another_side_is_not_typed_nor_its_receipt_read(campaign: Campaign) -> None:
    east = make.entry(campaign, entrant=make.entrant(municipality=make.municipality("east")), by=coordinator("east"))
    client, page = typing(campaign)
    assert client.post(page, paper(campaign, "east")).status_code == 400
    assert client.post(page, paper(campaign, municipality="abroad")).status_code == 400
    assert client.get(f"{page}{east.pk}/").status_code == 404
    assert Entry.objects.count() == 1
    with pytest.raises(services.NotYourForm):
        make.entry(campaign, entrant=make.entrant(municipality=make.municipality("east")), by=coordinator("west"))


@pytest.mark.parametrize("who", ["auditor", "closed", "of another side"])
def test_who_types_no_forms_finds_no_page(who: str) -> None:
    campaign = make.campaign(
        state="judging" if who == "closed" else "open",
        region=make.municipality("east").district.region if who == "of another side" else None,
    )
    client, page = typing(campaign, auditor() if who == "auditor" else None)
    assert client.get(page).status_code == 404
    assert client.post(page, paper(campaign)).status_code == 404


def test_a_national_coordinator_types_forms_from_abroad(campaign: Campaign) -> None:
    client, page = typing(campaign, RoleGrantFactory(role=Role.NATIONAL_COORDINATOR).user)
    assert client.post(page, paper(campaign, municipality="abroad")).status_code == 302
    assert client.post(page, paper(campaign, "west")).status_code == 400
