"""Invented lists of facilities, as files and as they stand at the desk."""

import csv
import io
from typing import Any

from facilities import services
from facilities.models import FacilityImport
from network.models import Region, User
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator

HEADINGS = ("id", "name_ar", "name_en", "type", "district", "lat", "lon", "beds")
Cells = dict[str, str]


def row(number: int, **cells: str) -> Cells:
    """Return a row of an invented clinic in the one district of the west."""
    district = make.district("west")
    return {
        "id": f"n{number}",
        "name_ar": f"عيادة الزيتونة {'ابتثجحخدرز'[number % 10] * (1 + number // 10)}",
        "name_en": "",
        "type": "hospital",
        "district": district.pcode,
        "lat": f"{30 + number / 10:.6f}",
        "lon": "13.500000",
        "beds": "",
        **cells,
    }


def table(rows: list[Cells], separator: str = ",") -> bytes:
    """Return a CSV file."""
    headings = list(dict.fromkeys(name for each in rows for name in each)) or list(HEADINGS)
    file = io.StringIO()
    writer = csv.DictWriter(file, headings, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def workbook(rows: list[Cells]) -> bytes:
    """Return a workbook whose cells that begin with = are formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 (as the project imports it)

    book = Workbook()
    headings = list(rows[0])
    book.active.append(headings)
    for each in rows:
        book.active.append([each[name] for name in headings])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uploaded(
    content: bytes, *, side: str | None = "west", official: bool = False, by: User | None = None, name: str = "list.csv"
) -> FacilityImport:
    """Upload a list as a coordinator of a side does, or for None as the system."""
    make.FacilityTypeFactory()
    region: Region | None = RegionFactory(code=side) if side else None
    return services.upload_list(
        source=make.source(licence="CC BY 4.0"),
        side=region,
        official=official,
        upload=(name, content),
        by=by or (coordinator(side) if side else None),
    )


def silent(done: int, total: int) -> None:
    return None


def read(content: bytes, **given: Any) -> FacilityImport:
    """Upload a list and read it."""
    batch = uploaded(content, **given)
    return services.read_list(batch=batch, tell=silent, by=batch.uploaded_by)


def taken_over(content: bytes, **given: Any) -> FacilityImport:
    """Upload a list, read it and take it over."""
    batch = read(content, **given)
    return services.apply_list(batch=batch, tell=silent, by=batch.uploaded_by)


def rows_of(batch: FacilityImport, outcome: str) -> list[Any]:
    return list(batch.rows.filter(outcome=outcome).order_by("line"))
