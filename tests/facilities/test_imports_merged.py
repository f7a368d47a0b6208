"""A list that names a facility by the code of one that was merged away: it tells of the one that stands."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from facilities import services
from facilities.models import Facility, FacilityImport
from facilities.services import import_plans
from tests.factories import facilities as make, facility_lists as lists
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def gone() -> Facility:
    return make.facility(beds=7, phones="021 111", name_ar="مشفى النخيل", name_en="Palms")


@pytest.fixture
def kept(gone: Facility) -> Facility:
    return make.facility(beds=20, phones="021 222", hours_en="Mornings")


def exported() -> dict[str, lists.Cells]:
    """Return the rows that the desk gives away, by code, as somebody edits them elsewhere."""
    content = b"".join(services.export_facilities(kind="csv", by=coordinator("west"))).decode("utf-8-sig")
    return {row["code"]: dict(row) for row in csv.DictReader(io.StringIO(content))}


def merge(gone: Facility, kept: Facility) -> None:
    services.merge_facility(facility=gone, into=kept, by=coordinator("west"))


def read(*rows: lists.Cells) -> FacilityImport:
    return lists.read(lists.table([*rows]), official=True)


def apply(batch: FacilityImport) -> None:
    services.apply_list(batch=batch, tell=lists.silent, by=coordinator("west"))


def told(facility: Facility) -> tuple[str, str, int | None, str]:
    row = Facility.objects.get(pk=facility.pk)
    return row.name_ar, row.name_en, row.beds, row.phones


def test_a_row_of_what_was_merged_away_changes_the_one_that_stands(gone: Facility, kept: Facility) -> None:
    row, before = exported()[gone.code], told(gone)
    merge(gone, kept)
    batch = read(row | {"beds": "9", "phones": ""})
    (changed,) = lists.rows_of(batch, "changed")
    assert (changed.facility_id, changed.difference["beds"]) == (kept.pk, ["20", "9"])
    apply(batch)
    # What that one was called is another name of this one.
    assert told(kept) == (kept.name_ar, kept.name_en, 9, "021 222")
    assert told(gone) == before


def test_merged_between_reading_and_taking_over_what_was_shown_goes_to_the_one_that_stands(
    gone: Facility, kept: Facility
) -> None:
    row, before = exported()[gone.code], told(gone)
    batch = read(row | {"beds": "9"})
    assert lists.rows_of(batch, "changed")[0].difference == {"beds": ["7", "9"]}
    merge(gone, kept)
    apply(batch)
    assert told(kept) == (kept.name_ar, kept.name_en, 9, "021 222")
    assert told(gone) == before


def test_where_the_list_has_a_row_of_the_one_that_stands_that_one_counts(gone: Facility, kept: Facility) -> None:
    rows = exported()
    merge(gone, kept)
    batch = read(rows[gone.code] | {"beds": "9"}, rows[kept.code] | {"beds": "21"})
    (refused,) = lists.rows_of(batch, "error")
    assert (refused.line, refused.errors) == (2, [{"code": "merged", "column": "", "value": kept.code}])
    apply(batch)
    assert told(kept)[2:] == (21, "021 222")


def test_a_list_exported_before_a_merger_and_not_edited_changes_nothing(gone: Facility, kept: Facility) -> None:
    rows = exported()
    merge(gone, kept)
    batch = read(*rows.values())
    assert {name: number for name, number in batch.counts.items() if number} == {"error": 1, "same": 1}


def test_merged_twice_a_row_leads_to_where_it_ended(gone: Facility, kept: Facility) -> None:
    row, last = exported()[gone.code], make.facility(name_en="The last")
    merge(gone, kept)
    merge(kept, last)
    apply(read(row | {"beds": "9"}))
    assert told(last)[2] == 9


def test_merged_while_a_list_waits_for_the_lock_it_leads_to_the_one_that_stands(
    gone: Facility, kept: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = read(exported()[gone.code] | {"beds": "9"})
    found = import_plans.whole

    def late(numbers: Any) -> dict[int, int]:
        into = found(numbers)
        if gone.pk in into.values():
            merge(gone, kept)
        return into

    monkeypatch.setattr(import_plans, "whole", late)
    apply(batch)
    assert (told(gone)[2], told(kept)[2]) == (7, 9)
