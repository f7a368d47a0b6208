"""Whose a published value is: that of the list which wrote it last, through the desk as it is used."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from facilities import policies, services
from facilities.models import Facility, FacilityImport, Source
from network.services import record_edit
from tests.desk import at_the_desk
from tests.factories import facilities as make, facility_lists as lists
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db
OSM, OWN = "facilities-openstreetmap", "facilities"
POINT = {"lat": "32.877500", "lon": "13.187300"}
# The rest of a row that can be listed, and tells nothing more.
BARE = {"name_ar": "عيادة الزيتونة"}


@pytest.fixture
def osm() -> Source:
    return make.source("openstreetmap", is_open=True, licence="ODbL 1.0", credit="© OpenStreetMap contributors")


@pytest.fixture
def ministry() -> Source:
    return make.source("ministry", licence="CC BY 4.0")


def take_over(source: Source, *rows: dict[str, str], official: bool = False, into: Facility | None = None) -> None:
    """Take a list over at the desk of the west, what may be double into a facility that is there."""
    by = coordinator("west")
    make.FacilityTypeFactory()
    batch: FacilityImport = services.upload_list(
        source=source,
        side=make.district("west").region,
        official=official,
        upload=("a.csv", lists.table([*rows])),
        by=by,
    )
    batch = services.read_list(batch=batch, tell=lists.silent, by=by)
    if into:
        assert {row.facility_id for row in batch.rows.all()} == {into.pk}
        services.decide_rows(batch=batch, decision="merge", by=by)
    services.apply_list(batch=batch, tell=lists.silent, by=by)


def row(**cells: str) -> dict[str, str]:
    return {**lists.row(1), **BARE, **POINT, **cells}


def told(slug: str, facility: Facility) -> dict[str, str]:
    """Return what a file tells of a facility, where it does."""
    text = b"".join(Client().get(f"/data/{slug}.csv")).decode("utf-8-sig")
    found = {line["code"]: line for line in csv.DictReader(io.StringIO(text))}.get(facility.code, {})
    return {name: found.get(name, "") for name in ("latitude", "phones", "hours", "kind")}


NOTHING = {"latitude": "", "phones": "", "hours": "", "kind": ""}


def test_what_a_coordinator_takes_over_of_an_open_list_again_stays_that_list_s(osm: Source) -> None:
    take_over(osm, row(phones="0910000001"))
    take_over(osm, row(phones="0910000002", lat="32.900000"))
    (listed,) = Facility.objects.all()
    listed.public_precision = "exact"
    listed.save()

    assert told(OWN, listed) == NOTHING
    apart = told(OSM, listed)
    assert (apart["latitude"], apart["phones"], apart["kind"]) == ("32.900000", "0910000002", "hospital")


def test_a_row_of_an_open_list_merged_into_a_facility_of_another_takes_only_what_it_wrote(
    osm: Source, ministry: Source
) -> None:
    take_over(ministry, row(phones="0910000001"))
    (listed,) = Facility.objects.all()
    take_over(osm, row(id="node/1", phones="0910000009", hours_en="24/7"), into=listed)

    own, apart = told(OWN, listed), told(OSM, listed)
    assert (own["phones"], own["kind"], own["hours"]) == ("0910000001", "hospital", "")
    assert (apart["phones"], apart["kind"], apart["hours"]) == ("", "", "24/7")


def test_what_an_open_list_fills_in_of_a_facility_of_ours_is_the_list_s(osm: Source) -> None:
    own = make.facility(name_ar=BARE["name_ar"], name_en="", public_precision="exact", phones="0910000001")
    take_over(osm, row(id="node/1", phones="0910000009", hours_en="24/7"), into=own)

    ours, apart = told(OWN, own), told(OSM, own)
    assert (ours["latitude"], ours["phones"], ours["kind"], ours["hours"]) == ("", "0910000001", "hospital", "")
    assert (apart["latitude"], apart["phones"], apart["kind"], apart["hours"]) == ("32.877500", "", "", "24/7")


def test_a_list_that_asks_for_no_licence_takes_over_what_an_open_one_said(osm: Source, ministry: Source) -> None:
    take_over(osm, row(phones="0910000001"))
    (listed,) = Facility.objects.all()
    take_over(ministry, row(phones="0910000002"), official=True, into=listed)
    assert (told(OWN, listed)["phones"], told(OSM, listed)["phones"]) == ("0910000002", "")


@pytest.mark.parametrize("written", ["hours", "hours_ar"])
def test_hours_that_a_person_writes_are_the_network_s_own(osm: Source, written: str) -> None:
    take_over(osm, row(hours_ar="طوال اليوم"))
    (listed,) = Facility.objects.all()
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("", "طوال اليوم")
    listed.hours_ar = "صباحا"  # type: ignore[attr-defined]
    listed.save()
    record_edit(listed, changed={"fields": [written]}, by=coordinator("west"), at=timezone.now())
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("صباحا", "")


def test_hours_of_an_open_list_stay_its_own_where_a_person_wrote_the_other_language(osm: Source) -> None:
    take_over(osm, row(hours_ar="طوال اليوم"))
    (listed,) = Facility.objects.all()
    listed.hours_en = "mornings"  # type: ignore[attr-defined]
    listed.save()
    record_edit(listed, changed={"fields": ["hours_en"]}, by=coordinator("west"), at=timezone.now())
    assert (told(OWN, listed)["hours"], told(OSM, listed)["hours"]) == ("", "طوال اليوم")


# --- lists that the command reads -------------------------------------------------------------------------------------


@pytest.fixture
def path(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    make.FacilityTypeFactory()
    found = tmp_path / "map.csv"
    found.write_bytes(lists.table([row(phones="0910000001")]))
    return found


def read_in(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("import_facilities", str(path), "--apply", *options, stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        ("--licence", "ODbL-1.0", "--credit", "© Mappers"),
        ("--licence", "CC BY-SA 4.0", "--credit", "© Mappers"),
        ("--licence", "CC BY 4.0", "--credit", "© Mappers", "--apart"),
        # Without a credit its name is one.
        ("--licence", "Open Database License", "--name", "© Mappers"),
    ],
)
def test_what_the_command_reads_of_an_open_list_stands_apart_and_is_credited(path: Path, options: tuple[str]) -> None:
    read_in(path, *options)
    (listed,) = Facility.objects.all()
    own = b"".join(Client().get("/data/facilities.csv")).decode()
    assert BARE["name_ar"] not in own
    assert "0910000001" not in own
    assert told("facilities-map", listed)["phones"] == "0910000001"
    for address in ("/en/data/", "/en/facilities/", listed.get_absolute_url()):
        page = Client().get(address).text
        assert "© Mappers" in page, address
        assert options[1] in page, address


def test_a_list_that_asks_for_no_licence_of_its_own_is_the_network_s(path: Path) -> None:
    read_in(path, "--licence", "CC BY 4.0")
    assert told(OWN, Facility.objects.get())["phones"] == "0910000001"


@pytest.mark.parametrize(
    ("licence", "options"), [("ODbL 1.0", ()), ("", ("--licence", "ODbL 1.0")), ("CC BY 4.0", ("--apart",))]
)
def test_the_command_reads_nothing_of_a_known_source_that_is_not_kept_apart_and_has_to_be(
    path: Path, licence: str, options: tuple[str]
) -> None:
    make.source("map", licence=licence)
    with pytest.raises(CommandError, match="kept apart in open data"):
        read_in(path, *options)
    assert not Facility.objects.exists()
    Source.objects.update(is_open=True)
    read_in(path, *options)
    assert told(OWN, Facility.objects.get()) == NOTHING


def test_the_desk_keeps_no_source_among_the_network_s_own_whose_licence_does_not_allow_it() -> None:
    desk = at_the_desk(coordinator(None))
    typed = {"code": "map", "name_ar": "خريطة", "name_en": "A map", "licence": "ODbL 1.0", "url": ""}
    address = "/en/admin/facilities/source/add/"
    answer = desk.post(address, typed)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["is_open"]
    assert desk.post(address, typed | {"is_open": "on"}).status_code == 302
    assert Source.objects.get().is_open


@pytest.mark.parametrize(
    "licence", ["ODbL-1.0", "ODbLv1.0", "cc-by-sa-4.0", "CC BY-NC-SA", "ShareAlike", "الترخيص بالمثل"]
)
def test_a_licence_that_asks_for_the_same_licence_is_known(licence: str) -> None:
    assert policies.shares_alike(licence)


@pytest.mark.parametrize("licence", ["", "CC BY 4.0", "CC0", "CC BY 3.0 IGO", "PDDL", "By Save the Children", "ODC-By"])
def test_any_other_licence_is_none(licence: str) -> None:
    assert not policies.shares_alike(licence)
