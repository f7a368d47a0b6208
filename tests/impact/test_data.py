"""Open data: what stands in the files, what never does, and whose it is."""

import csv
import io
import json
from typing import Any

import hxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from facilities import services
from facilities.enums import FacilityMove
from facilities.models import Claim, Facility, Record, Source
from facilities.services import claims, registry
from impact import datasets, facility_data
from network.services import keep_reference, record_edit, record_transition
from tests.clock import Clock
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator

pytestmark = pytest.mark.django_db
POINT = {"latitude": "32.877500", "longitude": "13.187300", "public_precision": "exact"}
OWN = "facilities"


def table(slug: str = OWN, **asked: Any) -> dict[str, dict[str, str]]:
    """Return the rows of a file by code."""
    response = Client().get(f"/data/{slug}.csv", asked)
    assert response.status_code == 200
    text = b"".join(response).decode("utf-8-sig")
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.fixture
def osm() -> Source:
    return make.source(
        "openstreetmap",
        is_open=True,
        licence="ODbL 1.0",
        credit="© OpenStreetMap contributors",
        url="https://osm.example",
    )


def imported(source: Source, claimed: dict[str, str], **fields: Any) -> Facility:
    """List a facility as a list does that is read in: its values are claims of no side."""
    now, district = timezone.now(), make.district()
    row = Facility(kind=make.FacilityTypeFactory(), district=district, side=district.region, **fields)
    registry._add(row, at=now)
    record_transition(
        row, FacilityMove.IMPORT, from_state="", to_state="open", by=None, at=now, changes={"source": source.pk}
    )
    Record.objects.create(facility=row, source=source, external_id=f"node/{row.pk}", row={}, read_at=now)
    for field, value in claimed.items():
        Claim.objects.create(
            facility=row, field=field, value=value, source=source, said_on=timezone.localdate(), entered_at=now
        )
    claims.follow(row, at=now)
    return row


def test_a_row_tells_what_everybody_may_know() -> None:
    row = make.facility(**POINT, functionality="full", beds=40, phones="+218 91 000 0000", head="Canary Head")

    told = table()[row.code]

    assert (told["name_ar"], told["name_en"]) == ("مستشفى النخيل", "Palms Hospital")
    assert (told["functionality"], told["beds"], told["district_pcode"]) == ("full", "40", row.district.pcode)
    assert (float(told["latitude"]), float(told["longitude"])) == (32.8775, 13.1873)
    assert "Canary" not in str(told)


@pytest.mark.parametrize(
    ("precision", "kept"),
    [("exact", "pdm"), ("municipality", "dm"), ("district", "d"), ("hidden", "")],
)
def test_a_place_is_told_as_exactly_as_everybody_may_know_it(precision: str, kept: str) -> None:
    row = make.facility(**POINT | {"public_precision": precision}, municipality=make.municipality())
    told = table()[row.code]
    found = (
        ("p" if told["latitude"] else "")
        + ("d" if told["district_en"] else "")
        + ("m" if told["municipality_en"] else "")
    )
    assert found == kept
    assert told["side_pcode"] == row.side.pcode


def test_what_is_hidden_closed_or_merged_is_in_no_file(osm: Source) -> None:
    shown = make.facility()
    hidden, closed, gone = make.facility(), make.facility(), make.facility()
    taken = imported(osm, {"name_en": "Taken"})
    assert set(table()) == {shown.code, hidden.code, closed.code, gone.code}
    assert set(table("facilities-openstreetmap")) == {taken.code}

    by = coordinator("west")
    services.raise_concern(facility=hidden, reason="Threatened.", by=by)
    services.raise_concern(facility=taken, reason="Threatened.", by=by)
    services.close_facility(facility=closed, reason="Gone.", by=by)
    services.merge_facility(facility=gone, into=shown, by=by)

    assert set(table()) == {shown.code}
    assert set(table("facilities-openstreetmap")) == set()


def test_whoever_has_the_file_asks_whether_it_is_the_same(clock: Clock) -> None:
    row = make.facility()
    # What stays is older than what goes: the newest row that is left tells nothing of the change.
    make.facility()
    first = Client().get("/data/facilities.csv")
    assert first.headers["Cache-Control"] == "private, no-cache"
    # While the second lasts in which something changed, something else may be hidden in it.
    assert "Last-Modified" not in first.headers
    clock.forward(minutes=1)
    first = Client().get("/data/facilities.csv")
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert Client().get("/data/facilities.csv", headers={"if-none-match": tag}).status_code == 304
    assert Client().get("/data/facilities.csv", headers={"if-modified-since": modified}).status_code == 304
    assert Client().get("/data/facilities.csv?hxl=1", headers={"if-none-match": tag}).status_code == 200

    services.raise_concern(facility=row, reason="Threatened.", by=coordinator("west"))

    for headers in ({"if-none-match": tag}, {"if-modified-since": modified}):
        again = Client().get("/data/facilities.csv", headers=headers)
        assert again.status_code == 200
        assert row.code.encode() not in b"".join(again)


def _confirmed(row: Facility) -> None:
    services.confirm_facility(facility=row, by=coordinator("west"))


def _renamed(row: Facility) -> None:
    row.kind.name_en = "Another"
    keep_reference(row=row.kind, changed=["name_en"], by=coordinator(None))


def _parted(row: Facility) -> None:
    Source.objects.update(is_open=True)


@pytest.mark.parametrize("change", [_confirmed, _renamed, _parted])
def test_whatever_changes_a_row_makes_another_file(change: Any, clock: Clock) -> None:
    row = make.facility()
    make.source("openstreetmap")
    clock.forward(minutes=1)
    before, told = Client().get("/data/facilities.csv").headers, table()
    clock.forward(minutes=1)
    change(row)
    assert Client().get("/data/facilities.csv").headers["ETag"] != before["ETag"]
    if table() != told:
        since = {"if-modified-since": before["Last-Modified"]}
        assert Client().get("/data/facilities.csv", headers=since).status_code == 200


def test_what_sides_say_differently_is_no_side_s_word() -> None:
    row = make.facility(functionality="full", beds=40)
    east = coordinator("east")
    services.make_claim(facility=row, field="beds", value="12", side=RegionFactory(code="east"), by=east)
    services.make_claim(
        facility=row, field="functionality", value="none", side=RegionFactory(code="east"), by=east, barriers=["power"]
    )
    told = table()[row.code]
    assert (told["functionality"], told["barriers"], told["beds"]) == ("disputed", "", "")
    for field in ("name_ar", "head"):
        services.make_claim(
            facility=row, field=field, value="غيره", side=RegionFactory(code="west"), by=coordinator("west")
        )
        services.make_claim(facility=row, field=field, value="سواه", side=RegionFactory(code="east"), by=east)
    # Of its head members alone know.
    assert set(table()[row.code]["disputed"].split(";")) == {"functionality", "beds", "name_ar"}


def test_a_file_says_what_it_is_and_under_which_licence() -> None:
    response = Client().get("/data/facilities.csv")
    assert b"".join(response).startswith(b"\xef\xbb\xbfcode,")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="facilities.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(method: str) -> None:
    for path in ("/data/facilities.csv", "/data/datapackage.json", "/data/facilities.schema.json", "/en/data/"):
        assert getattr(Client(), method)(path).status_code == 405


def test_no_text_is_a_formula() -> None:
    row = make.facility(
        name_en="=HYPERLINK(1)", name_ar="@سطر", hours="-1+1", phones="+218910000000", **POINT | {"longitude": "-13.5"}
    )
    told = table()[row.code]
    assert told["name_en"] == "'=HYPERLINK(1)"
    assert told["name_ar"] == "'@سطر"
    assert told["hours"] == "'-1+1"
    assert told["phones"] == "'+218910000000"
    assert float(told["longitude"]) == -13.5


def test_values_of_an_open_list_stand_apart(osm: Source) -> None:
    RegionFactory(code="east")
    row = imported(
        osm,
        {"name_en": "Clinic of the Map", "functionality": "full", "beds": "12"},
        **POINT,
        hours="24/7",
        owner="private",
    )
    assert row.code not in table()
    whole = table("facilities-openstreetmap")[row.code]
    assert (whole["name_en"], whole["beds"], whole["hours"], whole["latitude"]) == (
        "Clinic of the Map",
        "12",
        "24/7",
        "32.877500",
    )

    # A side says something of its own, and a coordinator edits a column.
    by = coordinator("west")
    services.make_claim(facility=row, field="functionality", value="none", side=row.side, by=by)
    row = Facility.objects.get(pk=row.pk)
    row.phones = "021 000"
    services.save_facility(facility=row, changed=["phones"], by=by)

    own, apart = table()[row.code], table("facilities-openstreetmap")[row.code]
    assert (own["functionality"], own["phones"], own["hours"]) == ("none", "021 000", "")
    assert (own["name_en"], own["beds"], own["latitude"], own["kind"], own["owner"]) == ("", "", "", "", "")
    assert (apart["functionality"], apart["phones"], apart["hours"]) == ("", "", "24/7")
    assert (apart["name_en"], apart["beds"]) == ("Clinic of the Map", "12")


def test_a_side_that_quotes_an_open_list_adds_nothing_of_its_own(osm: Source) -> None:
    row = imported(osm, {})
    services.make_claim(facility=row, field="beds", value="9", side=row.side, by=coordinator("west"), source=osm)
    assert row.code not in table()
    services.make_claim(
        facility=row, field="beds", value="9", side=row.side, by=coordinator("west"), evidence="Counted them."
    )
    said = Claim.objects.filter(field="beds").count()
    assert (said == 2) == (row.code in table())


def test_what_one_side_says_by_itself_is_its_own_though_another_quotes_an_open_list(osm: Source) -> None:
    row, east = imported(osm, {}, hours="24/7"), RegionFactory(code="east")
    services.make_claim(facility=row, field="beds", value="9", side=row.side, by=coordinator("west"), source=osm)
    services.make_claim(facility=row, field="beds", value="9", side=east, by=coordinator("east"))
    assert table()[row.code]["beds"] == "9"
    assert table("facilities-openstreetmap")[row.code]["beds"] == ""


def test_a_dispute_of_sides_that_quote_an_open_list_stands_with_that_list(osm: Source) -> None:
    row, east = imported(osm, {}, hours="24/7"), RegionFactory(code="east")
    works = {"facility": row, "field": "functionality", "source": osm}
    services.make_claim(**works, value="full", side=row.side, by=coordinator("west"))
    services.make_claim(**works, value="none", side=east, by=coordinator("east"))
    assert table("facilities-openstreetmap")[row.code]["functionality"] == "disputed"
    assert row.code not in table()


def test_only_a_person_who_edits_makes_a_copied_column_the_network_s_own(osm: Source) -> None:
    copied = imported(osm, {}, hours="24/7")
    record_edit(copied, changed={"fields": ["hours"]}, by=None, at=timezone.now())
    assert copied.code not in table()
    assert table("facilities-openstreetmap")[copied.code]["hours"] == "24/7"
    # A list that knows a facility of ours has given it nothing.
    own = make.facility(hours="8-14")
    Record.objects.create(facility=own, source=osm, external_id="node/own", row={}, read_at=timezone.now())
    assert table()[own.code]["hours"] == "8-14"
    assert own.code not in table("facilities-openstreetmap")


def test_what_was_merged_into_a_row_keeps_where_it_came_from(osm: Source) -> None:
    own = make.facility(name_ar="", name_en="Palms Hospital")
    taken = imported(osm, {"beds": "77"})
    services.merge_facility(facility=taken, into=own, by=coordinator("west"))
    assert table()[own.code]["name_en"] == "Palms Hospital"
    assert table()[own.code]["beds"] == ""
    assert table("facilities-openstreetmap")[own.code]["beds"] == "77"


def test_hxl_reads_it() -> None:
    row = make.facility(**POINT, functionality="full", municipality=make.municipality())
    response = Client().get("/data/facilities.csv?hxl=1")
    found = hxl.data(hxl.make_input(io.BytesIO(b"".join(response)), hxl.InputOptions(allow_local=True)))
    (only,) = list(found)
    assert only.get("#meta+id") == row.code
    assert only.get("#status+operational_status") == "full"
    assert (only.get("#geo+lat"), only.get("#geo+lon")) == ("32.877500", "13.187300")
    assert only.get("#adm1+code") == row.side.pcode
    assert only.get("#adm2+code") == row.district.pcode
    assert row.municipality is not None
    assert only.get("#adm3+code") == row.municipality.pcode
    assert hxl.schema().validate(found)
    assert "#meta+id" not in b"".join(Client().get("/data/facilities.csv")).decode()


def test_the_dictionary_tells_of_every_column(osm: Source) -> None:
    headings = csv.reader(io.StringIO(b"".join(Client().get("/data/facilities.csv")).decode("utf-8-sig")))
    names = next(headings)
    schema = json.loads(Client().get("/data/facilities.schema.json").content)
    package = json.loads(Client().get("/data/datapackage.json").content)

    assert [field["name"] for field in schema["fields"]] == names
    names_of_all = [resource["name"] for resource in package["resources"]]
    assert names_of_all == ["facilities", "facilities-openstreetmap", "services", "needs", "outreach"]
    own = package["resources"][0]
    assert own["path"].endswith("/data/facilities.csv")
    assert own["path"].startswith("http")
    assert own["licenses"] == [{"title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}]
    assert package["resources"][1]["licenses"] == [{"title": "ODbL 1.0"}]
    assert package["resources"][1]["sources"][0]["title"] == "© OpenStreetMap contributors"
    for field in schema["fields"]:
        assert field["description_ar"] != field["description_en"]
    for language in ("ar", "en"):
        page = Client().get(f"/{language}/data/facilities/").content.decode()
        assert all(f'<bdi dir="ltr">{name}</bdi>' in page for name in names)
        assert all(field[f"description_{language}"].split("'")[0] in page for field in schema["fields"])


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_of_all_tables_names_licence_credit_and_date(osm: Source, language: str) -> None:
    row = make.facility()
    page = Client().get(f"/{language}/data/").content.decode()
    assert all(
        words in page for words in ("CC BY 4.0", "ODbL 1.0", "© OpenStreetMap contributors", "/data/facilities.csv")
    )
    with translation.override(language):
        day = date_format(timezone.localtime(row.changed_at), "DATE_FORMAT")
    assert f"<dd>{day}</dd>" in page
    for slug, licence, credit in (
        ("facilities", "CC BY 4.0", "Jisr"),
        ("facilities-openstreetmap", "ODbL 1.0", "© OpenStreetMap contributors"),
    ):
        dictionary = Client().get(f"/{language}/data/{slug}/").text
        assert all(f"<bdi>{words}</bdi>" in dictionary for words in (licence, credit))
        assert f"<dd>{day}</dd>" in dictionary
    package = json.loads(Client().get("/data/datapackage.json").content)
    assert {resource.get("modified", "")[:10] for resource in package["resources"][:2]} == {
        f"{timezone.localdate(row.changed_at)}"
    }


def test_without_a_language_the_reader_s_own() -> None:
    response = Client().get("/data/", headers={"accept-language": "en"})
    assert (response.status_code, response.headers["Location"]) == (302, "/en/data/")


@pytest.mark.parametrize("path", ["/data/x.csv", "/data/x.schema.json", "/en/data/x/", "/data/facilities-survey.csv"])
def test_an_unknown_table_is_404(path: str) -> None:
    make.source("survey")
    assert Client().get(path).status_code == 404


def test_too_many_downloads_are_asked_to_wait(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "open_data": "2/m/ip"}
    client = Client()
    assert [client.get("/data/facilities.csv").status_code for _ in range(3)] == [200, 200, 429]
    cache.clear()


def test_it_is_written_in_batches_with_so_many_queries_each(osm: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facility_data, "BATCH", 10)
    counts = []
    for number in range(2):
        for _ in range(1 + 2 * number):
            make.facility(**POINT, municipality=make.municipality())
            imported(osm, {"name_en": "Taken", "beds": "3"}, **POINT)
        with CaptureQueriesContext(connection) as captured:
            assert len(table()) == 1 + 3 * number
        counts.append(len(captured))
    # The second batch, asked for to see whether there is one, is empty.
    assert counts[0] == counts[1]

    monkeypatch.setattr(facility_data, "BATCH", 3)
    assert len(table()) == 4
    sizes = [len(batch) for batch in facility_data._batches()]
    assert sizes == [3, 3, 2]


def test_another_app_adds_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "_makers", dict(datasets._makers))
    columns = (
        datasets.Column("item", "string", "#item+name", "What."),
        datasets.Column("n", "integer", "#need+quantity", "Many."),
    )
    made = datasets.Dataset(
        "needs", "Needs", "What is missing.", columns, lambda: iter([["=a", "-1"]]),
        lambda: datasets.Version(None, "1"), "CC BY 4.0", "", "Jisr", "",
    )  # fmt: skip
    datasets.register("needs", lambda: [made])

    assert b"".join(Client().get("/data/needs.csv")).decode("utf-8-sig") == "item,n\r\n'=a,-1\r\n"
    assert "/data/needs.csv" in Client().get("/en/data/").content.decode()
