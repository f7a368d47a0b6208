"""Lists at the desk: from the upload to taking over by buttons, each side its own; and what is taken along."""

import csv
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation
from openpyxl import load_workbook

from facilities import services
from facilities.lists.columns import EXPORTED
from facilities.models import Facility, FacilityImport, Record, Source
from network.models import Transition
from tests.desk import at_the_desk
from tests.factories import facilities as make, facility_lists as lists
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
DESK = "/en/admin/facilities/facilityimport/"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def worked() -> None:
    while batch := services.claim_import(now=timezone.now()):
        services.run_import(batch=batch)


def sent(client: Client, content: bytes, name: str = "list.csv", **fields: Any) -> Any:
    typed = {
        "source": make.source(licence="CC BY 4.0").pk,
        "side": RegionFactory(code="west").pk,
        "upload": SimpleUploadedFile(name, content),
        **fields,
    }
    return client.post(f"{DESK}add/", typed)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_list_goes_from_its_file_to_the_registry_by_buttons(language: str) -> None:
    desk = DESK.replace("/en/", f"/{language}/")
    client = at_the_desk(coordinator("west"))
    known = make.facility(latitude="32.001000", longitude="13.001000")
    rows = [
        lists.row(1),
        lists.row(2, type="circus"),
        lists.row(3, name_ar="مستشفى النخيل", lat="32.001", lon="13.001"),
    ]
    assert client.get(f"{desk}add/").status_code == 200
    answer = sent(client, lists.table(rows))
    batch = FacilityImport.objects.get()
    page = f"{desk}{batch.pk}/change/"
    assert answer["Location"].endswith(f"{batch.pk}/change/")
    text = client.get(page).text
    assert 'value="name_ar" selected' in text

    columns = {f"column-{place}": batch.mapping.get(name, "") for place, name in enumerate(batch.headings)}
    client.post(f"{desk}{batch.pk}/read/", columns)
    assert f"{desk}{batch.pk}/discard/" not in client.get(page).text
    worked()
    text = client.get(page).text
    assert known.code in text
    assert f"{desk}{batch.pk}/apply/" not in text
    for outcome, words in {"new": rows[0]["name_ar"], "error": "circus", "same": "", "nonsense": known.code}.items():
        assert words in client.get(f"{page}?outcome={outcome}").text, outcome

    client.post(f"{desk}{batch.pk}/decide/", {"line": "4", "decision": "merge"})
    assert f"{desk}{batch.pk}/apply/" in client.get(page).text
    client.post(f"{desk}{batch.pk}/apply/")
    worked()
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert Facility.objects.count() == 2
    assert Record.objects.get(external_id="n3").facility == known
    assert client.get(page).status_code == 200


def test_a_list_whose_licence_asks_to_be_kept_apart_is_refused_where_its_source_is_not() -> None:
    source = make.source("map", licence="ODbL 1.0")
    desk = at_the_desk(coordinator("west"))
    with translation.override("en"):
        assert str(services.NotKeptApart()) in sent(desk, lists.table([lists.row(1)]), source=source.pk).text
    assert not FacilityImport.objects.exists()
    Source.objects.update(is_open=True)
    assert sent(desk, lists.table([lists.row(1)]), source=source.pk).status_code == 302


def test_a_refused_file_says_why_beside_the_form() -> None:
    answer = sent(at_the_desk(coordinator("west")), b"MZ", name="list.exe")
    assert answer.status_code == 200
    assert str(services.NotAList()) in answer.text
    assert not FacilityImport.objects.exists()


def test_nobody_uploads_for_a_side_that_is_not_theirs() -> None:
    answer = sent(at_the_desk(coordinator("west")), lists.table([lists.row(1)]), side=RegionFactory(code="east").pk)
    assert answer.status_code == 200
    assert not FacilityImport.objects.exists()


def test_a_list_is_on_the_desk_of_its_side_alone() -> None:
    batch = lists.read(lists.table([lists.row(1)]))
    page = f"{DESK}{batch.pk}/change/"
    east = at_the_desk(coordinator("east"))
    assert east.get(page).status_code == 404
    assert batch.filename not in east.get(DESK).text
    for move in ("read", "decide", "apply", "discard"):
        assert east.post(f"{DESK}{batch.pk}/{move}/").status_code == 404
    for reader in (coordinator(None), auditor()):
        client = at_the_desk(reader)
        assert f"{DESK}{batch.pk}/apply/" not in client.get(page).text
        assert client.get(page).status_code == 200
        assert client.post(f"{DESK}{batch.pk}/apply/").status_code in (302, 404)
        assert client.get(f"{DESK}add/").status_code == 404
        batch.refresh_from_db()
        assert (batch.state, batch.wanted) == ("read", "")
    member = Client()
    member.force_login(PractitionerFactory().user)
    assert member.get(page).status_code in (302, 404)


def test_a_long_list_is_shown_in_pages() -> None:
    client = at_the_desk(coordinator("west"))
    batch = lists.read(lists.table([lists.row(number, type="circus") for number in range(1, 62)]))
    first, second = (client.get(f"{DESK}{batch.pk}/change/?outcome=error&page={page}").text for page in (1, 2))
    assert (first.count("circus"), second.count("circus")) == (50, 11)
    assert "outcome=error&amp;page=2" in first


def test_pages_cost_the_same_whatever_there_is(django_assert_max_num_queries: Any) -> None:
    client = at_the_desk(coordinator("west"))
    known = [make.facility(name_ar=f"مستشفى {n}", latitude=f"30.{n:06}", longitude="13") for n in range(12)]
    rows = [lists.row(n, name_ar=row.name_ar, lat=str(row.latitude), lon="13") for n, row in enumerate(known, 1)]
    batches = [lists.read(lists.table(rows)) for _ in range(3)]
    assert batches[0].counts["duplicate"] == 12
    for address in (DESK, f"{DESK}{batches[0].pk}/change/", f"{DESK}{batches[0].pk}/change/?outcome=new"):
        with django_assert_max_num_queries(25):
            client.get(address)


# --- to take along ------------------------------------------------------------------------------------------------------


def taken_along(client: Client, kind: str = "csv") -> list[dict[str, str]]:
    content = client.post(f"{DESK}export/", {"kind": kind}).getvalue()
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    heading, *rows = load_workbook(io.BytesIO(content)).active.values
    return [{name: text or "" for name, text in zip(heading, row, strict=True)} for row in rows]


def two_sides() -> tuple[Facility, Facility]:
    place = MunicipalityFactory(district=make.district("west"), pcode="LY-W1")
    at = {"latitude": "32.100000", "longitude": "13.200000"}
    own = make.facility(
        district=place.district, municipality=place, beds=7, phones="+218 21 555", head="Salma Invented", **at
    )
    other = make.facility("east", name_ar="مستشفى الشرق", head="Omar Invented", **at)
    return own, other


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_own_facilities_are_taken_along_whole_and_others_as_everybody_reads_them(kind: str) -> None:
    own, other = two_sides()
    hidden = make.facility("east", name_ar="مستشفى مخفي")
    services.raise_concern(facility=own, reason="", by=coordinator("west"))
    services.raise_concern(facility=hidden, reason="", by=coordinator("east"))
    user = coordinator("west")
    rows = taken_along(at_the_desk(user), kind)
    assert [list(row) for row in rows] == [[column.value for column in EXPORTED]] * 2
    mine, theirs = rows
    phones = "'+218 21 555" if kind == "csv" else "+218 21 555"
    assert (mine["code"], mine["latitude"], mine["head"]) == (own.code, "32.100000", "Salma Invented")
    assert (mine["municipality"], mine["phones"], mine["beds"]) == ("LY-W1", phones, "7")
    assert (theirs["code"], theirs["latitude"], theirs["head"]) == (other.code, "", "")
    assert Transition.objects.filter(move="export", by=user).count() == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("official", [False, True])
def test_what_was_taken_along_is_the_same_when_it_comes_back(kind: str, official: bool) -> None:
    two_sides()
    lists.taken_over(lists.table([lists.row(1, beds="5"), lists.row(2)]))
    client = at_the_desk(coordinator("west"))
    content = client.post(f"{DESK}export/", {"kind": kind}).getvalue()
    batch = lists.read(content, name=f"list.{kind}", official=official)
    assert {name: number for name, number in batch.counts.items() if number} == {"same": 4}


def test_what_was_changed_in_a_spreadsheet_comes_back_as_a_change() -> None:
    own, _other = two_sides()
    client = at_the_desk(coordinator("west"))
    content = client.post(f"{DESK}export/", {"kind": "csv"}).getvalue().replace(b",7,", b",9,")
    lists.taken_over(content, official=True)
    own.refresh_from_db()
    assert own.beds == 9


def test_the_export_is_for_the_desk_alone() -> None:
    two_sides()
    member = Client()
    member.force_login(PractitionerFactory().user)
    assert member.post(f"{DESK}export/", {"kind": "csv"}).status_code in (302, 404)
    client = at_the_desk(coordinator("west"))
    assert client.get(f"{DESK}export/").status_code == 302
    assert client.post(f"{DESK}export/", {"kind": "exe"}).status_code == 302


def test_the_command_writes_all_facilities_for_its_owner_alone(tmp_path: Path) -> None:
    two_sides()
    path = tmp_path / "all.csv"
    call_command("export_facilities", str(path), stdout=io.StringIO())
    assert path.stat().st_mode & 0o077 == 0
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert {row["head"] for row in rows} == {
        "Salma Invented",
        "Omar Invented",
    }


# --- a real list ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif("REAL_FACILITIES" not in os.environ, reason="REAL_FACILITIES names no list")
def test_a_real_list_is_in_within_a_minute_and_changes_nothing_the_second_time() -> None:
    call_command("load_reference", stdout=io.StringIO())
    given = [os.environ["REAL_FACILITIES"], "--apply", "--source", "real", "--licence", "ODbL-1.0"]
    before, told = time.monotonic(), io.StringIO()
    call_command("import_facilities", *given, stdout=told, stderr=told)
    assert time.monotonic() - before < 60
    listed = list(Facility.objects.order_by("pk").values())
    assert listed
    # Its licence keeps it apart from the network's own data.
    assert Source.objects.get(code="real").is_open
    call_command("import_facilities", *given, stdout=told, stderr=told)
    assert "Nothing to change." in told.getvalue()
    assert list(Facility.objects.order_by("pk").values()) == listed
