"""Tables to take along: as CSV, or as a workbook that reads from right to left where the language does. No cell is a formula."""

import csv
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils.translation import get_language_bidi

XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDEST = 40
# So many rows are written at a time.
BATCH = 500
Row = list[str]


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV file in pieces, however many rows there are."""
    # With the mark by which Excel knows UTF-8.
    yield b"\xef\xbb\xbf"
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        file = io.StringIO()
        csv.writer(file).writerows([harmless(text) for text in row] for row in batch)
        yield file.getvalue().encode()


def workbook(above: Sequence[str], tables: Mapping[str, Sequence[Row]]) -> bytes:
    """Return a workbook with a sheet for each table by its name: on each the lines above, then the headings and the rows."""
    # In every worker it would cost 20 MB of memory for a file a month.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    book.properties.creator = ""
    for place, (title, rows) in enumerate(tables.items()):
        sheet = book.create_sheet() if place else book.active
        sheet.title = title
        lines = [*([line] for line in above), *rows]
        for number, line in enumerate(lines, 1):
            for column, text in enumerate(line, 1):
                cell = sheet.cell(number, column)
                cell.value = text
                # Whatever it begins with, it is text.
                cell.data_type = "s"
                cell.quotePrefix = text.startswith(FORMULA)
                if number <= len(above) + 1:
                    cell.font = Font(bold=True)
        _laid_out(sheet, rows, len(above))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_workbook(path: Path, tables: Mapping[str, Iterable[Row]]) -> None:
    """Write a workbook with a sheet for each table by its name, however many rows there are: none is held longer than it is written.

    What it has not put together yet lies beside it, under names of which no row knows, and not in a directory for all.
    """
    # In every worker it would cost 20 MB of memory for a file a month.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.worksheet import _writer  # noqa: PLC0415

    book = Workbook(write_only=True)
    book.properties.creator = ""
    parts = []
    try:
        for title, rows in tables.items():
            remaining = iter(rows)
            first = list(islice(remaining, BATCH))
            sheet = book.create_sheet(title)
            _laid_out(sheet, first, 0)
            parts.append(path.with_name(secrets.token_hex(16)))
            # openpyxl removes it once it is in the book, and remembers to at the end of the process.
            _writer.ALL_TEMP_FILES.append(str(parts[-1]))
            sheet._writer = _writer.WorksheetWriter(sheet, out=str(parts[-1]))
            sheet._writer.write_top()
            for number, row in enumerate(chain(first, remaining)):
                sheet.append(
                    [_cell(WriteOnlyCell(sheet), text, Font(bold=True) if not number else None) for text in row]
                )
        book.save(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _cell(cell: Any, text: str, font: Any) -> Any:
    """Return a cell with a text that is never a formula, whatever it begins with."""
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    if font:
        cell.font = font
    return cell


def _laid_out(sheet: Any, rows: Sequence[Row], above: int) -> None:
    """Set the widths of the columns by these rows, the direction, the heading that stays, and how it is printed."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 (as above)

    sheet.sheet_view.rightToLeft = get_language_bidi()
    for column in range(1, len(rows[0]) + 1):
        widest = max(len(row[column - 1]) for row in rows)
        sheet.column_dimensions[get_column_letter(column)].width = min(widest + 3, WIDEST)
    sheet.freeze_panes = f"A{above + 2}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
