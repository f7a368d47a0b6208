"""Files row by row, as text: CSV in the usual encodings and separators, and workbooks. Nothing is held longer than it is looked at."""

import codecs
import csv
import datetime
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from network.enums import DomainError
from network.sheets import CSV, FORMULA, XLSX

MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
LONGEST_HEADING = 80
# A worksheet that goes on with nothing ends after so many empty rows.
MOST_EMPTY = 1_000
PIECE = 1 << 16
SEPARATORS = ",;\t|"
WHOLE = re.compile(r"^-?\d+\.0$")
# A line of a list and its cells.
Line = tuple[int, list[str]]


class NotATable(DomainError):
    message = _(
        "The file is no table that can be read: a heading, and a row for each facility. Please save it anew as CSV (UTF-8)."
    )


class TooManyRows(DomainError):
    message = _("The list has more than %(most)s rows. Please divide it.")


class TooManyColumns(DomainError):
    message = _("The list has more than %(most)s columns. Please leave out what is not needed.")


def encoding_of(path: Path) -> str:
    """Return in what encoding a text is written: Unicode by its mark or by its bytes, else Windows' Arabic code page."""
    with path.open("rb") as file:
        first = file.read(4)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(first)
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1256"
    return "utf-8-sig"


def _csv(path: Path) -> Iterator[Line]:
    with path.open(encoding=encoding_of(path), newline="") as file:
        head = file.readline(PIECE)
        separator = max(SEPARATORS, key=head.count)
        file.seek(0)
        reader, line = csv.reader(file, delimiter=separator), 1
        try:
            for cells in reader:
                yield line, [_unquoted(cell) for cell in cells]
                # A cell may run over several lines: the next row begins where this one ended.
                line = reader.line_num + 1
        except (csv.Error, UnicodeError) as error:
            raise NotATable from error


def _unquoted(cell: str) -> str:
    """Return a cell without the mark by which our own exports keep spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _xlsx(path: Path) -> Iterator[Line]:
    # In every worker it would cost 20 MB of memory for a file a month.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        # Formulas stay as their text: what they once came to is nobody's word.
        with path.open("rb") as file, closing(load_workbook(file, read_only=True, keep_links=False)) as book:
            sheet = book.worksheets[0]
            # What the sheet says of its size may be anything.
            sheet.reset_dimensions()
            for line, row in enumerate(sheet.values, 1):
                yield line, [_text(cell) for cell in row]
    except DomainError:
        raise
    except Exception as error:
        # Whatever a damaged workbook makes of its reader, it is no list.
        raise NotATable from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and WHOLE.match(text := repr(value)):
        return text.removesuffix(".0")
    return "1" if value is True else "0" if value is False else str(value)


READERS = {CSV: _csv, XLSX: _xlsx}


def _lines(path: Path, kind: str) -> Iterator[Line]:
    """Yield the rows that have anything in them, the heading first. Raises NotATable, TooManyRows, TooManyColumns."""
    rows, empty = 0, 0
    for line, given in READERS[kind](path):
        cells = [cell.replace("\x00", "").strip()[:LONGEST_CELL] for cell in given]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            empty += 1
            if empty > MOST_EMPTY:
                return
            continue
        empty, rows = 0, rows + 1
        if len(cells) > MOST_COLUMNS:
            raise TooManyColumns(most=MOST_COLUMNS)
        if rows > MOST_ROWS + 1:
            raise TooManyRows(most=MOST_ROWS)
        yield line, cells


def headings_of(path: Path, kind: str) -> list[str]:
    """Return the headings of a list, each once; an empty one is called by its place. Raises NotATable and the like."""
    first = list(islice(_lines(path, kind), 2))
    if len(first) < 2:
        raise NotATable
    return _named(first[0][1])


def _named(cells: Iterable[str]) -> list[str]:
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        base = " ".join(cell.split())[:LONGEST_HEADING] or f"#{place}"
        name, again = base, 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return names


def rows_of(path: Path, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and cells by heading of each row. Raises NotATable, TooManyRows, TooManyColumns where it comes upon them."""
    lines = _lines(path, kind)
    first = next(lines, None)
    names = _named(first[1]) if first else []
    for line, cells in lines:
        padded = chain(cells, [""] * (len(names) - len(cells)))
        yield line, {name: cell for name, cell in zip(names, padded, strict=False) if cell}


def count(path: Path, kind: str) -> int:
    """Return how many rows a list has, by reading through it."""
    return sum(1 for _row in rows_of(path, kind))
