"""The attendance as a file: by name whom one may see, numbers of the others, nothing that a spreadsheet runs."""

import csv
import io
from zipfile import ZipFile

import pytest
from django.utils import translation
from openpyxl import load_workbook

from dialogues import services
from dialogues.models import Session, WalkIn
from network import selectors as network_selectors, sheets
from network.models import Practitioner, User
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("https://evil.example","x")'
KINDS = ["xlsx", "csv"]


@pytest.fixture
def session() -> Session:
    """A joint session: two of the west, one of whom is present, three of the east, one abroad, and a walk-in of the west."""
    session = SessionFactory(in_hours=0.5)
    for side, count in (("west", 2), ("east", 3), (None, 1)):
        for _ in range(count):
            row = seat(session=session, practitioner=PractitionerFactory(side=side))
            if side != "west" or not session.registrations.filter(state="attended").exists():
                by = coordinator(side)
                services.mark(registration=row, as_="present", by=by)
    west = coordinator("west")
    region = RegionFactory(code="west")
    services.add_walk_in(session=session, site=session.sites.get(), name="سالم", phone="", region=region, by=west)
    return session


def read(kind: str, content: bytes) -> list[list[str]]:
    """Return all rows of all sheets, a blank row between them."""
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(content))
    rows: list[list[str]] = []
    for sheet in book.worksheets:
        rows += [[str(cell.value or "") for cell in line] for line in sheet.iter_rows()] + [[]]
    return rows[:-1]


def exported(session: Session, kind: str, by: User) -> list[list[str]]:
    with translation.override("en"):
        return read(kind, services.export_attendance(session=session, kind=kind, by=by))


def names(session: Session, side: str | None) -> set[str]:
    people = Practitioner.objects.filter(registrations__session=session, region__code=side)
    if side is None:
        people = Practitioner.objects.filter(registrations__session=session, region=None)
    return {person.name_latin for person in people}


@pytest.mark.parametrize("kind", KINDS)
def test_a_coordinator_exports_their_own_side_by_name_and_others_as_numbers(session: Session, kind: str) -> None:
    rows = exported(session, kind, coordinator("west"))
    text = str(rows)

    assert len(names(session, "west")) == 2
    assert all(name in text for name in [*names(session, "west"), "سالم"])
    assert not any(name in text for name in names(session, "east") | names(session, None))
    counts = {row[0]: row[1:5] for row in rows if row and row[0] in ("East", "West", "abroad")}
    assert counts == {"West": ["2", "2", "0", "1"], "East": ["", "<5", "", ""], "abroad": ["", "<5", "", ""]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [auditor, lambda: coordinator(None)], ids=["auditor", "national"])
def test_who_reads_all_exports_all(session: Session, kind: str, by: object) -> None:
    rows = exported(session, kind, by())  # type: ignore[operator]
    text = str(rows)
    assert all(name in text for side in ("west", "east", None) for name in names(session, side))
    assert ["East", "3", "3", "0", "0"] in rows


def test_five_or_more_of_another_side_are_a_number(session: Session) -> None:
    for _ in range(2):
        row = seat(session=session, practitioner=PractitionerFactory(side="east"))
        services.mark(registration=row, as_="present", by=coordinator("east"))
    assert ["East", "", "5", "", ""] in exported(session, "csv", coordinator("west"))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_begins_a_formula(session: Session, kind: str) -> None:
    for number, sign in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=x", EVIL)):
        by = coordinator("west")
        site, region = session.sites.get(), RegionFactory(code="west")
        row = services.add_walk_in(session=session, site=site, name=f"n{number}", phone="", region=region, by=by)
        # Beyond what the form takes: names that came in some other way.
        WalkIn.objects.filter(pk=row.pk).update(name=sign)
    with translation.override("en"):
        content = services.export_attendance(session=session, kind=kind, by=coordinator("west"))

    if kind == "csv":
        cells = [cell for row in read(kind, content) for cell in row]
        assert f"'{EVIL}" in cells
        assert [cell for cell in cells if cell.startswith(sheets.FORMULA)] == []
    else:
        book = load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
        assert EVIL in [cell.value for cell in cells]
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
        assert [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None] == []
        with ZipFile(io.BytesIO(content)) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize(("language", "right_to_left"), [("ar", True), ("en", False)])
def test_the_workbook_has_the_direction_of_its_language(session: Session, language: str, right_to_left: bool) -> None:
    with translation.override(language):
        content = services.export_attendance(session=session, kind="xlsx", by=coordinator("west"))
    book = load_workbook(io.BytesIO(content))

    assert [sheet.sheet_view.rightToLeft for sheet in book.worksheets] == [right_to_left] * 2
    assert book.properties.creator in (None, "")
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["B"].width > 5


def test_taking_it_along_is_recorded(session: Session) -> None:
    by = coordinator("west")
    exported(session, "csv", by)
    step = network_selectors.steps(session).last()
    assert step is not None
    assert (step.move, step.by, step.changes) == ("export", by, {"fields": ["csv"]})


@pytest.mark.parametrize("kind", KINDS)
def test_under_the_chatham_house_rule_only_who_runs_the_session_exports(session: Session, kind: str) -> None:
    session.chatham_house = True
    session.save()
    readers = [coordinator("west"), auditor()]
    before = everything()
    for by in readers:
        with pytest.raises(services.NotYourSession):
            exported(session, kind, by)
    assert everything() == before

    rows = exported(session, kind, coordinator(None))
    assert rows[0][0].startswith("Confidential:")


def test_a_member_exports_nothing(session: Session) -> None:
    with pytest.raises(services.NotYourSession):
        exported(session, "csv", PractitionerFactory().user)


@pytest.mark.parametrize("kind", KINDS)
def test_the_button_hands_out_a_file_with_a_name_that_says_nothing(session: Session, kind: str) -> None:
    url = f"/en/admin/dialogues/session/{session.pk}/"
    client = at_the_desk(coordinator("west"))
    assert f'action="{url}export/"' in client.get(f"{url}attendance/").text

    answer = client.post(f"{url}export/", {"kind": kind})

    assert answer["Content-Disposition"] == f'attachment; filename="list.{kind}"'
    assert "no-store" in answer["Cache-Control"]
    assert any("سالم" in cell for row in read(kind, answer.content) for cell in row)


def test_the_button_is_not_for_everybody(session: Session) -> None:
    url = f"/en/admin/dialogues/session/{session.pk}/export/"
    west = at_the_desk(coordinator("west"))
    before = everything()
    assert west.get(url).url.endswith("/attendance/")
    assert west.post(url, {"kind": "exe"}).url.endswith("/attendance/")
    Session.objects.filter(pk=session.pk).update(chatham_house=True)
    assert west.post(url, {"kind": "csv"}).status_code == 404
    assert "export/" not in west.get(url.replace("export", "attendance")).text
    Session.objects.filter(pk=session.pk).update(chatham_house=False, host_region=RegionFactory(code="east"))
    assert west.post(url, {"kind": "csv"}).status_code == 404
    after = everything()
    assert after["network.Transition"] == before["network.Transition"]
