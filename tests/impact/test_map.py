"""The map of the districts: what is counted, what is told of a place, and that it fits into an old phone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from facilities import pictures, services
from facilities.models import Facility
from impact import outlines, points
from network.models import District
from network.services import reference
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator
from tests.first_visit import first_visit

pytestmark = pytest.mark.django_db
WITH_A_MAP = 50_000
POINT = {"latitude": "32.877500", "longitude": "13.187300", "public_precision": "exact"}


@pytest.fixture
def places() -> dict[str, District]:
    """The country's districts, as they are loaded into an empty database."""
    with override("ar"):
        list(reference.load_places())
    return {district.pcode: district for district in District.objects.all()}


def listed(district: District, **fields: Any) -> Facility:
    return make.facility(district.region.code, district=district, **fields)


def rows_of(page: str) -> dict[str, list[str]]:
    """Return the cells of the table by the P-code of the district."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        if pcode := re.search(r"district=(\w+)", row):
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            found[pcode[1]] = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return found


def the_map(by: str = "functionality", language: str = "en") -> str:
    response = Client().get(f"/{language}/facilities/map/", {"by": by})
    assert response.status_code == 200
    return response.content.decode()


def test_every_district_is_drawn_and_leads_to_its_facilities(places: dict[str, District]) -> None:
    page = the_map()
    drawn = page[page.index('<svg class="map"') : page.index("</svg>", page.index('<svg class="map"'))]
    links = re.findall(r'<a href="/en/facilities/\?district=(\w+)" aria-label="([^"]+)"', drawn)

    assert sorted(pcode for pcode, _ in links) == sorted(places)
    assert len(links) == 22
    assert "flip" not in drawn


def shapes(page: str) -> dict[str, tuple[str, str, str, str]]:
    """Return of each district in the picture its label, its title, the class of its colour, and the figure that stands on it."""
    found = {}
    for pcode, label, inside in re.findall(
        r'<a href="[^"]*district=(\w+)" aria-label="([^"]+)">(.*?)</a>', page, re.DOTALL
    ):
        title, tone, text = (
            re.search(rf, inside)
            for rf in (r"<title>(.*?)</title>", r'<path class="(t\d)"', r"<text[^>]*>(.*?)</text>")
        )
        assert title
        assert tone
        assert text
        found[pcode] = (label, title[1], tone[1], text[1])
    return found


@pytest.mark.parametrize("by", ["functionality", "number"])
def test_the_picture_tells_what_the_table_tells(places: dict[str, District], by: str) -> None:
    for pcode, full, none in (("LY0211", 3, 0), ("LY0103", 1, 1), ("LY0319", 0, 2)):
        for number in range(full + none):
            listed(places[pcode], functionality="full" if number < full else "none")

    page = the_map(by)
    drawn, rows = shapes(page), rows_of(page)

    assert {pcode: shape[3] for pcode, shape in drawn.items()} == {pcode: cells[1] for pcode, cells in rows.items()}
    assert all(label == title for label, title, _tone, _text in drawn.values())
    told = {pcode: drawn[pcode][0].partition(": ")[2] for pcode in ("LY0211", "LY0103", "LY0319", "LY0107")}
    tones = {pcode: drawn[pcode][2] for pcode in told}
    legend = re.findall(r'<path class="t(\d)" d="M1[^>]*/>.*?<bdi class="num">(.*?)</bdi>', page)
    if by == "functionality":
        assert list(told.values()) == ["100%: 3 of 3", "50%: 1 of 2", "0%: 0 of 2", "no information"]
        assert list(tones.values()) == ["t5", "t3", "t1", "t0"]
        spans = ["no information", "0–19%", "20–39%", "40–59%", "60–79%", "80–100%"]
    else:
        assert list(told.values()) == ["3", "2", "2", "none listed"]
        assert list(tones.values()) == ["t3", "t2", "t2", "t0"]
        spans = ["none listed", "1", "2", "3", "4", "5"]
    assert legend == [(str(tone), span) for tone, span in enumerate(spans)]


@pytest.mark.parametrize("path", ["", "LY0211/"])
def test_boundaries_and_open_lists_are_credited_and_nothing_needs_javascript(
    places: dict[str, District], path: str
) -> None:
    row = listed(places["LY0211"], **POINT)
    make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")
    make.source("survey", licence="Nobody's", credit="Surveyors")
    page = Client().get(f"/en/facilities/map/{path}").text
    assert "© OpenStreetMap contributors – ODbL 1.0" in page
    assert "Surveyors" not in page
    assert "OCHA COD-AB Libya via geoBoundaries, CC BY 3.0 IGO" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    assert not re.search(r"\son\w+=", main)
    # Without a picture too: what it tells stands in the table.
    assert (row.code if path else "district=LY0211") in main[main.index("<table") :]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(method: str) -> None:
    for path in ("", "LY0211/"):
        assert getattr(Client(), method)(f"/en/facilities/map/{path}").status_code == 405


def test_what_sides_dispute_is_drawn_as_disputed_where_it_lies(places: dict[str, District]) -> None:
    row = listed(places["LY0211"], **POINT, functionality="full")
    east = RegionFactory(code="east")
    services.make_claim(facility=row, field="functionality", value="none", side=east, by=coordinator("east"))
    frame = outlines.district("LY0211")
    assert frame is not None
    x, y = (round(place) for place in frame.projection.at(POINT["longitude"], POINT["latitude"]))

    page = Client().get("/en/facilities/map/LY0211/").text

    picture = page[page.index('<svg class="map"') : page.index("</svg>", page.index('<svg class="map"'))]
    assert re.findall(r'<use href="#(\w+)" x="(\d+)" y="(\d+)"/>', picture) == [("disputed", str(x), str(y))]
    (cells,) = re.findall(r"<th scope=\"row\">.*?</th>(.*?)</tr>", page, re.DOTALL)
    assert row.get_functionality_display() not in cells
    assert Facility.objects.get().get_functionality_display() in cells


def test_a_share_is_of_what_is_known(places: dict[str, District]) -> None:
    tripoli = places["LY0211"]
    for works in ("full", "partial", "none", "unknown"):
        listed(tripoli, functionality=works)
    disputed = listed(tripoli, functionality="full")
    services.make_claim(
        facility=disputed,
        field="functionality",
        value="none",
        side=places["LY0103"].region,
        by=coordinator("east"),
    )

    assert rows_of(the_map())["LY0211"][1:4] == ["33%", "3", "2"]
    assert rows_of(the_map("number"))["LY0211"][1] == "5"
    assert rows_of(the_map())["LY0103"][1:4] == ["–", "–", "–"]


def test_what_is_hidden_counts_nowhere(places: dict[str, District]) -> None:
    district = places["LY0103"]
    for row in (listed(district, **POINT), listed(district, **POINT)):
        services.raise_concern(facility=row, reason="Threatened.", by=coordinator("east"))
    closed = listed(district, **POINT)
    services.close_facility(facility=closed, reason="Gone.", by=coordinator("east"))
    # Everybody is told its side alone: were it counted, a district's number would tell where it is.
    listed(district, **POINT | {"public_precision": "hidden"}, functionality="full")

    assert rows_of(the_map("number"))["LY0103"][1] == "–"
    assert rows_of(the_map())["LY0103"][1:4] == ["–", "–", "–"]
    page = Client().get("/en/facilities/map/LY0103/").content.decode()
    assert not [row.code for row in Facility.objects.all() if row.code in page]
    assert "13.187300" not in page


def test_another_app_adds_what_the_map_can_show(places: dict[str, District], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_metrics", dict(pictures._metrics))
    district = places["LY0319"]
    pictures.register(
        pictures.Metric(
            "another", "Reports", "Reports of the month.", lambda: {district.pk: pictures.Figure(3, 4)}, True
        )
    )

    page = the_map("another")
    assert rows_of(page)["LY0319"][1:3] == ["75%", "4"]
    assert 'aria-current="page">Reports<' in page
    codes = [metric.code for metric in pictures.metrics()]
    assert codes == ["functionality", "number", "needs", "reporting", "coverage", "another"]


@pytest.mark.parametrize("asked", ["", "nothing", "a\x00b", "functionality'"])
def test_an_unknown_measure_is_the_first(places: dict[str, District], asked: str) -> None:
    assert 'aria-current="page">Fully working<' in the_map(asked)


def test_a_point_is_shown_only_where_everybody_may_know_it(places: dict[str, District]) -> None:
    district = places["LY0211"]
    shown = listed(district, **POINT, name_en="Shown")
    others = [listed(district, **POINT | {"public_precision": told}) for told in ("municipality", "district", "hidden")]

    page = Client().get("/en/facilities/map/LY0211/").content.decode()

    assert page.count(f'href="{reverse_en("facilities:detail", shown.code)}"') == 2
    assert not [row for row in others if row.code in page]
    assert "2 more facilities of this district are not shown" in page


def test_what_a_point_is_worth_is_asked_of_the_rule_too(
    places: dict[str, District], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(places["LY0211"], **POINT | {"public_precision": "municipality", "member_precision": "exact"})
    # As if the question to the database had forgotten it.
    monkeypatch.setattr(points, "_exact", points.told)
    assert points.located(places["LY0211"]) == []


def reverse_en(name: str, *args: str) -> str:
    with override("en"):
        return reverse(name, args=args)


def test_many_points_are_put_into_groups(places: dict[str, District], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "MOST_POINTS", 3)
    district = places["LY0211"]
    for number in range(4):
        listed(district, **POINT, name_en=f"Near {number}")
    listed(district, **POINT | {"latitude": "32.70", "longitude": "13.45"}, name_en="Far")

    page = Client().get("/en/facilities/map/LY0211/").content.decode()

    assert sorted(re.findall(r'class="grouped"[^>]*>(\d+)<', page)) == ["1", "4"]
    assert page.count('<use href="#full"') + page.count('<use href="#unknown"') == 0
    assert len(re.findall(r'<th scope="row">', page)) == 3


def test_only_public_points_are_put_into_groups(places: dict[str, District], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "MOST_POINTS", 1)
    district = places["LY0211"]
    shown = [listed(district, **POINT) for _ in range(2)]
    there = POINT | {"latitude": "32.70", "longitude": "13.45"}
    for told in ("municipality", "district", "hidden"):
        listed(district, **there | {"public_precision": told, "member_precision": "exact"})
    services.raise_concern(
        facility=listed(district, **there), reason="Threatened.", by=coordinator(district.region.code)
    )
    services.close_facility(facility=listed(district, **there), reason="Gone.", by=coordinator(district.region.code))
    frame = outlines.district("LY0211")
    assert frame is not None

    (group,) = points.grouped(district, frame.bounds)

    assert (group.count, round(group.latitude, 4), round(group.longitude, 4)) == (len(shown), 32.8775, 13.1873)
    assert "2 more facilities of this district are not shown" in Client().get("/en/facilities/map/LY0211/").text


def test_points_outside_their_district_make_few_groups_at_its_edge(
    places: dict[str, District], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points, "MOST_POINTS", 3)
    for number in range(5):
        listed(places["LY0211"], **POINT | {"latitude": f"2{number}.70", "longitude": f"2{number}.45"})
    frame = outlines.district("LY0211")
    assert frame is not None

    (group,) = points.grouped(places["LY0211"], frame.bounds)

    west, south, east, north = frame.bounds
    assert (group.count, group.latitude, group.longitude) == (5, south, east)
    assert (west < east, south < north) == (True, True)


def test_what_is_counted_is_kept_until_a_facility_changes(
    places: dict[str, District], monkeypatch: pytest.MonkeyPatch
) -> None:
    facility = listed(places["LY0211"], **POINT)
    counted: list[int] = []

    def count() -> dict[str, int]:
        counted.append(1)
        return {"all": Facility.objects.public().count()}

    assert [pictures.kept("test", count) for _ in range(2)] == [{"all": 1}] * 2
    assert len(counted) == 1
    # What stays is newer than what goes: the newest facility that is left tells nothing of the change.
    listed(places["LY0211"], **POINT)
    assert pictures.kept("test", count) == {"all": 2}
    services.raise_concern(facility=facility, reason="Threats", by=coordinator(facility.side.code))
    assert pictures.kept("test", count) == {"all": 1}
    # Of what is no facility, a minute passes before it is counted anew.
    assert pictures.KEPT_FOR.total_seconds() == 60
    monkeypatch.setattr(pictures, "KEPT_FOR", timedelta(0))
    counted.clear()
    assert [pictures.kept("anew", count) for _ in range(2)] == [{"all": 1}] * 2
    assert len(counted) == 2


@pytest.mark.parametrize("slug", ["LY9999", "x", "0"])
def test_a_district_that_is_not_there_is_404(places: dict[str, District], slug: str) -> None:
    assert Client().get(f"/en/facilities/map/{slug}/").status_code == 404


def test_a_district_is_found_in_small_letters(places: dict[str, District]) -> None:
    assert Client().get("/en/facilities/map/ly0211/").headers["Location"] == "/en/facilities/map/LY0211/"


def test_nobody_on_the_way_keeps_it(places: dict[str, District]) -> None:
    for path in ("/en/facilities/map/", "/en/facilities/map/LY0211/"):
        assert "no-store" in Client().get(path).headers["Cache-Control"]


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("path", ["", "?by=number", "LY0211/"])
def test_a_first_visit_is_small(places: dict[str, District], language: str, path: str) -> None:
    for number in range(points.MOST_POINTS):
        row = Facility(**POINT, district=places["LY0211"], name_en=f"Hospital {number}", name_ar=f"مستشفى {number}")
        row.code, row.side, row.kind = f"T{number:05}", row.district.region, make.FacilityTypeFactory()
        row.created_at = row.changed_at = timezone.now()
        row.sort_ar = row.sort_en = row.name_en
        row.save()

    loaded = first_visit(Client(), f"/{language}/facilities/map/{path}")

    assert len(loaded) >= 4, "A page without style and icons was measured."
    assert sum(loaded.values()) <= WITH_A_MAP, loaded


@pytest.mark.parametrize("path", ["", "?by=number", "LY0211/"])
def test_it_asks_the_database_seldom_however_much_there_is(places: dict[str, District], path: str) -> None:
    counts = []
    for number in range(2):
        for _ in range(1 + 2 * number):
            listed(places["LY0211"], **POINT)
            listed(places["LY0103"], **POINT)
        with CaptureQueriesContext(connection) as captured:
            Client().get(f"/en/facilities/map/{path}")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_a_country_without_outlines_has_its_table() -> None:
    make.facility("west", functionality="full")
    RegionFactory(code="east")
    page = the_map()
    assert "100%" in page
    pcode = District.objects.get().pcode
    assert Client().get(f"/en/facilities/map/{pcode}/").status_code == 200


# --- drawing ------------------------------------------------------------------------------------------------------------


def corners(path: str) -> Iterator[tuple[int, int]]:
    """Walk along a path."""
    for ring in re.findall(r"M(\d+) (\d+)l([^z]*)z", path):
        x, y = int(ring[0]), int(ring[1])
        yield x, y
        steps = [int(number) for number in re.findall(r"-?\d+", ring[2])]
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            yield x, y


def test_outlines_lie_within_the_sheet_and_east_is_on_one_side() -> None:
    sheet = outlines.country()
    middle = {}
    for outline in sheet.outlines:
        found = list(corners(outline.path))
        assert len(found) >= 4
        assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in found)
        middle[outline.pcode] = sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found)
    # Tobruk's district is east of Tripoli's, Kufra south of Benghazi.
    assert middle["LY0104"][0] > middle["LY0211"][0]
    assert middle["LY0107"][1] > middle["LY0103"][1]


def test_no_figure_covers_another() -> None:
    labels = [outline.label for outline in outlines.country().outlines]
    for number, (x, y) in enumerate(labels):
        for a, b in labels[number + 1 :]:
            assert abs(x - a) >= outlines.LABEL_WIDTH - 2 or abs(y - b) >= outlines.LABEL_HEIGHT - 4, (x, y, a, b)


def test_places_are_spread_without_changing_their_order() -> None:
    assert outlines.spread([10, 11, 12, 500], 80) == [-69, 11, 91, 500]
    assert outlines.spread([], 80) == []
