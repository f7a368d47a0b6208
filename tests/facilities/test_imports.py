"""Lists from elsewhere: understood, told of line by line, changing nothing before they are taken over, and then in one piece."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from facilities import services
from facilities.lists.columns import guess
from facilities.lists.faults import sentences
from facilities.models import Claim, Facility, FacilityImport, ImportRow, OtherName, Record
from facilities.services import import_runs, import_writes
from network.enums import DomainError
from network.models import Region, Transition
from network.services import IllegalMove
from tests.factories import facilities as make, facility_lists as lists
from tests.factories.network import MunicipalityFactory, RegionFactory, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def registry() -> list[Any]:
    """Return all that a list may write of facilities."""
    journal = Transition.objects.filter(subject_type="facilities.facility")
    tables = (Facility.objects, Claim.objects, OtherName.objects, Record.objects, journal)
    return [list(rows.order_by("pk").values()) for rows in tables]


def counts(batch: FacilityImport) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number}


# --- files and columns ----------------------------------------------------------------------------------------------------


def test_headings_are_known_in_both_languages_and_each_column_once() -> None:
    found = guess(
        ["رقم المرفق", "الاسم", "Facility Name", "نوع المرفق", "المنطقة", "adm2_pcode", "عدد الأسرّة", "weather"]
    )
    assert found == {
        "رقم المرفق": "external_id",
        "الاسم": "name_ar",
        "Facility Name": "name_en",
        "نوع المرفق": "kind",
        "المنطقة": "district",
        "عدد الأسرّة": "beds",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_in_the_encodings_and_separators_of_spreadsheets(encoding: str, separator: str) -> None:
    content = lists.table([lists.row(1), lists.row(2)], separator).decode().encode(encoding)
    lists.taken_over(content)
    assert list(Facility.objects.order_by("pk").values_list("name_ar", flat=True)) == [
        lists.row(1)["name_ar"],
        lists.row(2)["name_ar"],
    ]


def test_a_workbook_says_the_same_as_a_table_and_its_formulas_are_text() -> None:
    rows = [lists.row(1, beds="12"), lists.row(2, beds="=6*7"), lists.row(3, name_ar="=1+1 عيادة")]
    batch = lists.taken_over(lists.workbook(rows), name="list.xlsx")
    assert counts(batch) == {"new": 2, "error": 1}
    assert sorted(Facility.objects.values_list("name_ar", "beds")) == [("=1+1 عيادة", None), (rows[0]["name_ar"], 12)]
    (wrong,) = lists.rows_of(batch, "error")
    assert "=6*7" in sentences(wrong.errors)[0]


def bomb() -> bytes:
    content = lists.workbook([lists.row(1)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
        new.writestr("xl/worksheets/sheet9.xml", b" " * 90_000_000)
    return out.getvalue()


REFUSED: dict[str, Any] = {
    "list.exe": lambda: b"MZ",
    "list.csv": lambda: b"only a heading\n",
    "empty.csv": lambda: b"",
    "workbook.csv": lambda: lists.workbook([lists.row(1)]),
    # Two columns and a row, were it not for the bytes of which it is made.
    "picture.csv": lambda: b"\x89PNG,name\n\x1a\0\0\0\rIHDR,\0\n",
    "list.xlsx": lambda: lists.table([lists.row(1)]),
    "bomb.xlsx": bomb,
    "wide.csv": lambda: b"a," * 200 + b"\n" + b"1," * 200 + b"1\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_a_sentence_and_nothing_is_kept(name: str, settings: Any) -> None:
    content = REFUSED[name]()
    with pytest.raises(DomainError) as refused:
        lists.uploaded(content, name=name)
    assert str(refused.value)
    assert not FacilityImport.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_list_that_is_too_large_or_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = lists.table([lists.row(number) for number in range(1, 5)])
    monkeypatch.setattr("facilities.lists.reading.MOST_ROWS", 3)
    with pytest.raises(DomainError):
        lists.read(content)
    monkeypatch.setattr("facilities.services.imports.LIST_LARGEST", len(content) - 1)
    with pytest.raises(services.ListTooLarge):
        lists.uploaded(content)


# --- rows ---------------------------------------------------------------------------------------------------------------


def test_numbers_are_understood_in_any_digits() -> None:
    lists.taken_over(lists.table([lists.row(1, beds="١٬٢٠٠", lat="٣٢٫٥", lon="13,25")]))
    row = Facility.objects.get()
    assert (row.beds, str(row.latitude), str(row.longitude)) == (1200, "32.500000", "13.250000")


WRONG = {
    "type": ("circus", "circus"),
    "district": ("Atlantis", "Atlantis"),
    "beds": ("-3", "-3"),
    "lat": ("91", "91"),
    "lon": ("", "belong together"),
    "name_ar": ("a" * 161, "too long"),
    "id": ("n1", "twice"),
}


@pytest.mark.parametrize("column", WRONG)
def test_each_wrong_cell_is_told_with_its_line_and_the_other_rows_go_on(column: str) -> None:
    value, words = WRONG[column]
    batch = lists.taken_over(lists.table([lists.row(1), lists.row(2, **{column: value}), lists.row(3)]))
    (row,) = lists.rows_of(batch, "error")
    assert row.line == 3
    with translation.override("en"):
        (sentence,) = sentences(row.errors)
        assert words in sentence
    assert Facility.objects.count() == 2


def test_a_line_is_where_the_row_begins_in_the_file() -> None:
    rows = [lists.row(1, name_en="Two\nlines"), lists.row(2, type="circus")]
    assert lists.rows_of(lists.read(lists.table(rows)), "error")[0].line == 4


def test_a_row_tells_all_that_is_wrong_with_it() -> None:
    batch = lists.read(lists.table([lists.row(1, type="circus", beds="many")]))
    assert len(sentences(lists.rows_of(batch, "error")[0].errors)) == 2


def test_a_municipality_has_to_be_in_its_district() -> None:
    here = MunicipalityFactory(district=make.district("west"), name_ar="بلدية قريبة")
    elsewhere = MunicipalityFactory(name_ar="بلدية بعيدة")
    rows = [lists.row(1, municipality=elsewhere.name_ar), lists.row(2, municipality=here.name_ar)]
    batch = lists.taken_over(lists.table(rows))
    assert counts(batch) == {"new": 1, "error": 1}
    assert Facility.objects.get().municipality == here


def test_a_generic_name_is_no_name() -> None:
    rows = [
        lists.row(1, name_ar="صيدلية", name_is_generic="1"),
        lists.row(2, name_ar="صيدلية", name_is_generic="1", lat="30.1"),
    ]
    batch = lists.taken_over(lists.table(rows))
    assert counts(batch) == {"new": 2}
    assert set(Facility.objects.values_list("name_ar", flat=True)) == {""}


# --- the dry run, and twice ---------------------------------------------------------------------------------------------


def test_reading_writes_nothing_of_facilities() -> None:
    make.facility()
    before = registry()
    batch = lists.read(lists.table([lists.row(1), lists.row(2, beds="x")]))
    assert counts(batch) == {"new": 1, "error": 1}
    assert registry() == before


def test_the_command_writes_nothing_at_all_without_apply(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "a list.csv"
    make.FacilityTypeFactory()
    path.write_bytes(lists.table([lists.row(1)]))
    told = io.StringIO()
    call_command("import_facilities", str(path), stdout=told, stderr=io.StringIO())
    assert "new: 1" in told.getvalue()
    assert registry() == [[]] * 5
    assert not FacilityImport.objects.exists()
    assert not [each for each in settings.MEDIA_ROOT.rglob("*") if each.is_file()]
    call_command("import_facilities", str(path), "--apply", stdout=told, stderr=io.StringIO())
    assert Facility.objects.count() == 1


def test_the_same_list_again_is_the_same_for_every_row() -> None:
    content = lists.table([lists.row(number, beds=str(number)) for number in range(1, 8)])
    lists.taken_over(content)
    before = registry()
    batch = lists.read(content)
    assert counts(batch) == {"same": 7}
    with pytest.raises(services.NothingToTakeOver):
        services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    assert registry() == before


def test_a_changed_row_changes_what_it_says_and_nothing_else() -> None:
    rows = [lists.row(1, beds="10", phone="021 111"), lists.row(2)]
    lists.taken_over(lists.table(rows))
    batch = lists.read(lists.table([{**rows[0], "beds": "12"}, rows[1]]))
    assert counts(batch) == {"changed": 1, "same": 1}
    assert lists.rows_of(batch, "changed")[0].difference == {"beds": ["10", "12"]}
    services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    row = Facility.objects.order_by("pk")[0]
    assert (row.beds, row.phones) == (12, "021 111")


def test_source_licence_and_the_whole_row_are_kept() -> None:
    lists.taken_over(lists.table([lists.row(1, weather="dry")]))
    record = Record.objects.get()
    assert (record.source.code, record.external_id, record.row["licence"]) == ("survey", "n1", "CC BY 4.0")
    assert (record.row["more"], record.row["columns"]["name_ar"]) == ({"weather": "dry"}, lists.row(1)["name_ar"])


def test_what_somebody_put_right_here_is_not_undone_by_an_old_list() -> None:
    first = lists.row(1, phone="021 111")
    lists.taken_over(lists.table([first]))
    row = Facility.objects.get()
    row.phones = "021 222"
    services.save_facility(facility=row, changed=["phones"], by=coordinator("west"))
    lists.taken_over(lists.table([{**first, "weather": "dry"}]))
    assert Facility.objects.get().phones == "021 222"
    batch = lists.read(lists.table([{**first, "phone": "021 333"}]))
    assert "phones" not in lists.rows_of(batch, "changed")[0].difference
    lists.taken_over(lists.table([{**first, "phone": "021 333"}]), official=True)
    assert Facility.objects.get().phones == "021 333"


# --- whose word it is ---------------------------------------------------------------------------------------------------


def test_a_source_of_no_side_never_overrules_what_a_side_said() -> None:
    row = lists.row(1, beds="10", name_ar="عيادة الخريطة")
    lists.taken_over(lists.table([row]))
    facility = Facility.objects.get()
    services.make_claim(
        facility=facility, field="beds", value="20", side=Region.objects.get(code="west"), by=coordinator("west")
    )
    lists.taken_over(lists.table([{**row, "beds": "30"}]))
    facility.refresh_from_db()
    assert (facility.beds, facility.disputed) == (20, [])
    assert Claim.objects.filter(side=None, source__code="survey", field="beds", value="30").exists()


def test_a_list_of_a_side_is_its_word() -> None:
    batch = lists.taken_over(lists.table([lists.row(1, beds="10")]), official=True)
    assert set(Claim.objects.values_list("side", flat=True)) == {batch.side_id}


def test_rows_of_another_side_are_errors_and_say_nothing_of_it() -> None:
    east = make.facility("east", name_ar="مستشفى الشرق")
    rows = [
        lists.row(1, district=make.district("east").pcode),
        lists.row(2),
        lists.row(3, code=east.code, beds="99"),
        lists.row(4, code="ZZZZZZ"),
    ]
    batch = lists.read(lists.table(rows))
    assert counts(batch) == {"new": 1, "error": 3}
    assert all(row.facility_id is None and not row.difference for row in lists.rows_of(batch, "error"))
    services.raise_concern(facility=east, reason="Shelling", by=coordinator("east"))
    hidden, unknown = (row.errors[0]["code"] for row in lists.rows_of(lists.read(lists.table(rows)), "error")[1:])
    assert hidden == unknown == "unknown-code"


def test_the_system_reads_for_all_sides_and_nobody_else_does() -> None:
    rows = [lists.row(1), lists.row(2, district=make.district("east").pcode)]
    with pytest.raises(services.NotYourList):
        lists.uploaded(lists.table(rows), side=None, by=coordinator(None))
    with pytest.raises(services.NotYourList):
        lists.uploaded(lists.table(rows), side="west", by=coordinator("east"))
    assert counts(lists.taken_over(lists.table(rows), side=None)) == {"new": 2}
    assert set(Facility.objects.values_list("side__code", flat=True)) == {"west", "east"}


def test_only_the_coordinators_of_its_side_work_with_a_list() -> None:
    batch = lists.read(lists.table([lists.row(1)]))
    for stranger in (coordinator("east"), coordinator(None)):
        for call in (services.ask_to_apply, services.discard_list):
            with pytest.raises(services.NotYourList):
                call(batch=batch, by=stranger)
        with pytest.raises(services.NotYourList):
            services.decide_rows(batch=batch, decision="merge", by=stranger)
        with pytest.raises(services.NotYourList):
            services.apply_list(batch=batch, tell=lists.silent, by=stranger)


# --- possible duplicates ------------------------------------------------------------------------------------------------


NEAR, FAR = {"lat": "32.000000", "lon": "13.000000"}, {"lat": "32.500000", "lon": "13.000000"}


@pytest.mark.parametrize(
    ("name", "place", "proposed"),
    [
        ("مستشفي  النخيل", NEAR, True),
        ("مستشفى النخيل", FAR, False),
        ("مستشفى النخيل", {"lat": "", "lon": ""}, True),
        ("مستشفى الزيتون", NEAR, False),
    ],
)
def test_the_same_name_in_any_spelling_near_by_is_proposed(name: str, place: lists.Cells, proposed: bool) -> None:
    known = make.facility(latitude="32.001000", longitude="13.001000")
    batch = lists.read(lists.table([lists.row(1, name_ar=name, **place)]))
    assert counts(batch) == ({"duplicate": 1} if proposed else {"new": 1})
    assert [row.facility for row in lists.rows_of(batch, "duplicate")] == ([known] if proposed else [])


@pytest.mark.parametrize(("decision", "facilities"), [("merge", 1), ("new", 2), ("leave", 1)])
def test_a_possible_duplicate_becomes_what_a_person_says(decision: str, facilities: int) -> None:
    known = make.facility(latitude="32.001000", longitude="13.001000", name_en="")
    content = lists.table([lists.row(1, name_ar="مستشفى النخيل", name_en="Palms", beds="7", **NEAR), lists.row(2)])
    batch = lists.read(content)
    with pytest.raises(services.NotDecided):
        services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    assert Facility.objects.count() == 1
    services.decide_rows(batch=batch, decision=decision, by=batch.uploaded_by, line=2)
    services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    assert Facility.objects.count() == facilities + 1
    known.refresh_from_db()
    assert (known.name_ar, known.beds) == ("مستشفى النخيل", 7 if decision == "merge" else None)
    assert Record.objects.filter(external_id="n1").exists() == (decision != "leave")

    before = registry()
    again = lists.read(content)
    assert counts(again) == ({"same": 2} if decision != "leave" else {"same": 1, "duplicate": 1})
    assert {row.decision for row in lists.rows_of(again, "duplicate")} <= {"leave"}
    assert registry() == before


def test_a_row_that_the_list_itself_calls_a_repetition_goes_into_the_other_wherever_that_stands() -> None:
    rows = [lists.row(1, duplicate_of="n3", beds="5"), lists.row(2, duplicate_of=""), lists.row(3, duplicate_of="")]
    batch = lists.read(lists.table(rows))
    assert counts(batch) == {"new": 2, "duplicate": 1}
    assert lists.rows_of(batch, "duplicate")[0].twin_line == 4
    services.decide_rows(batch=batch, decision="merge", by=batch.uploaded_by)
    services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    assert Facility.objects.count() == 2
    whole = Record.objects.get(external_id="n3").facility
    assert (Record.objects.get(external_id="n1").facility, whole.beds) == (whole, 5)
    assert counts(lists.read(lists.table(rows))) == {"same": 3}


# --- all or nothing -----------------------------------------------------------------------------------------------------


def test_what_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runs, "PORTION", 2)
    batch = lists.read(lists.table([lists.row(number) for number in range(1, 7)]))
    before = registry()

    def tell(done: int, total: int) -> None:
        if done >= total / 2:
            raise ConnectionError

    with pytest.raises(ConnectionError), transaction.atomic():
        services.apply_list(batch=batch, tell=tell, by=batch.uploaded_by)
    assert registry() == before
    batch.refresh_from_db()
    assert batch.state == "read"


def test_a_list_is_taken_over_once() -> None:
    batch = lists.taken_over(lists.table([lists.row(1)]))
    with pytest.raises(IllegalMove):
        services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
    assert Facility.objects.count() == 1


def test_a_worker_reads_and_takes_over_what_was_asked_for() -> None:
    batch = lists.uploaded(lists.table([lists.row(1)]))
    by = batch.uploaded_by
    services.choose_columns(batch=batch, mapping=batch.mapping, by=by)
    with pytest.raises(services.InHand):
        services.discard_list(batch=batch, by=by)
    for state in ("read", "applied"):
        claimed = services.claim_import(now=timezone.now())
        assert claimed == batch
        assert services.claim_import(now=timezone.now()) is None
        services.run_import(batch=claimed)
        batch.refresh_from_db()
        assert (batch.state, batch.wanted) == (state, "")
        if state == "read":
            services.ask_to_apply(batch=batch, by=by)
    assert Facility.objects.get().name_ar == lists.row(1)["name_ar"]


def test_a_worker_that_died_over_a_list_is_followed_by_another_who_begins_anew() -> None:
    batch = lists.uploaded(lists.table([lists.row(1), lists.row(2)]))
    services.choose_columns(batch=batch, mapping=batch.mapping, by=batch.uploaded_by)
    services.claim_import(now=timezone.now())
    ImportRow.objects.create(batch=batch, line=2, outcome="new")
    later = timezone.now() + import_runs.LEASE * 2
    services.run_import(batch=services.claim_import(now=later))
    batch.refresh_from_db()
    assert counts(batch) == {"new": 2}
    assert batch.rows.count() == 2


def test_a_worker_whose_lease_ran_out_at_the_end_ends_nothing_of_the_next_one_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = lists.uploaded(lists.table([lists.row(1)]))
    services.choose_columns(batch=batch, mapping=batch.mapping, by=batch.uploaded_by)
    claimed = services.claim_import(now=timezone.now())
    assert claimed
    renew, later = import_runs._renew, timezone.now() + import_runs.LEASE * 2

    def late(row: FacilityImport, done: int, total: int) -> None:
        renew(row, done, total)
        if done:
            FacilityImport.objects.update(leased_until=later)

    monkeypatch.setattr(import_runs, "_renew", late)
    services.run_import(batch=claimed)
    batch.refresh_from_db()
    assert (batch.state, batch.wanted, batch.leased_until) == ("uploaded", "read", later)


def test_whoever_is_no_coordinator_any_more_takes_nothing_over() -> None:
    batch = lists.read(lists.table([lists.row(1)]))
    services.ask_to_apply(batch=batch, by=batch.uploaded_by)
    batch.uploaded_by.role_grants.update(ends_on="2021-01-01")
    services.run_import(batch=services.claim_import(now=timezone.now()))
    batch.refresh_from_db()
    assert (batch.state, bool(batch.told_failure), Facility.objects.count()) == ("failed", True, 0)


def test_a_discarded_list_leaves_no_file_and_no_rows(settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    batch = lists.read(lists.table([lists.row(1)]))
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_list(batch=batch, by=batch.uploaded_by)
    assert not batch.rows.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_columns_have_to_be_chosen_so_that_rows_can_be_read() -> None:
    batch = lists.uploaded(lists.table([lists.row(1)]))
    for mapping, error in (
        ({"name_ar": "name_ar"}, services.ColumnsMissing),
        ({**batch.mapping, "name_en": "name_ar"}, services.ColumnTwice),
    ):
        with pytest.raises(error):
            services.choose_columns(batch=batch, mapping=mapping, by=batch.uploaded_by)


# --- many at once -------------------------------------------------------------------------------------------------------


SAID = [
    ("name_ar", None, "عيادة الخريطة"),
    ("beds", None, "5"),
    ("name_en", "west", "Palm Clinic"),
    ("functionality", "west", "partial"),
    ("functionality", "east", "none"),
    ("beds", "west", "7"),
    ("beds", "east", "7"),
    ("head", "east", "Salma Invented"),
    ("name_ar", "east", "مستشفى آخر"),
]


@pytest.mark.parametrize("upto", range(len(SAID) + 1))
@pytest.mark.parametrize("merged", [False, True])
def test_many_at_once_come_to_the_same_columns_as_one_by_one(upto: int, merged: bool) -> None:
    RegionFactory(code="east")
    facility = make.facility(beds=3)
    if merged:
        gone = make.facility(name_ar="عيادة قديمة", beds=9)
        services.merge_facility(facility=gone, into=facility, by=coordinator("west"))
    now = timezone.now()
    for field, side, value in SAID[:upto]:
        region = Region.objects.filter(code=side).first()
        services.claims.add_claim(
            facility, field, value, ["power"], side=region, source=None, evidence="", said_on=None, by=None, at=now
        )
    services.claims.follow(facility, at=now)
    one = {name: getattr(facility, name) for name in services.claims.FOLLOWING}
    for name in ("name_ar", "search", "functionality", "disputed"):
        setattr(facility, name, "")
    (heard,) = import_writes.heard_of([facility]).values()
    import_writes.stand(facility, heard, at=now)
    assert {name: getattr(facility, name) for name in services.claims.FOLLOWING} == one


def test_reading_and_taking_over_ask_as_often_for_twenty_rows_as_for_five(django_assert_max_num_queries: Any) -> None:
    # Of this, what is asked for at the beginning and the end is most.
    for number in (5, 20):
        batch = lists.uploaded(lists.table([lists.row(each, beds="3") for each in range(1, number + 1)]))
        with django_assert_max_num_queries(28):
            services.read_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
        with django_assert_max_num_queries(32):
            services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
