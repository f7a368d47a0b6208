"""Open data: tables that everybody may take along, each with its dictionary, licence and credit. Registered when the app is ready."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from network import sheets

Rows = Iterator[list[str]]
LANGUAGES = [code for code, _ in settings.LANGUAGES]
# Types of Frictionless' Table Schema. What is neither a text nor a link holds digits, dots, dashes and a sign alone: no formula.
TEXTS = frozenset({"string", "uri"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, its type (string, uri, number, integer, date), its HXL tag, and in words what it holds."""

    name: str
    type: str
    hxl: str
    about: Any


@dataclass(frozen=True, slots=True)
class Version:
    """From when a table is and what tells it from an older one; both change with whatever could change a row, or hide one."""

    at: datetime | None
    mark: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table. `rows()` yields texts in the order of the columns and holds only a batch of them in memory."""

    slug: str
    title: Any
    about: Any
    columns: tuple[Column, ...]
    rows: Callable[[], Rows]
    version: Callable[[], Version]
    licence: str
    licence_url: str
    credit: str
    credit_url: str

    @property
    def filename(self) -> str:
        return f"{self.slug}.csv"

    def lines(self, *, hxl: bool = False) -> Iterator[bytes]:
        """Yield the file in pieces: headings, the row of HXL tags if it is asked for, rows of which no text is a formula."""
        # With the mark by which Excel knows UTF-8.
        yield b"\xef\xbb\xbf" + _written([[column.name for column in self.columns]])
        if hxl:
            yield _written([[column.hxl for column in self.columns]])
        texts = [column.type in TEXTS for column in self.columns]
        rows = self.rows()
        while batch := list(islice(rows, sheets.BATCH)):
            yield _written(
                [sheets.harmless(cell) if text else cell for cell, text in zip(row, texts, strict=True)]
                for row in batch
            )

    def schema(self) -> dict[str, Any]:
        """Return the dictionary as a Table Schema (specs.frictionlessdata.io), descriptions in each language."""
        return {
            "fields": [
                {
                    "name": column.name,
                    "type": "string" if column.type == "uri" else column.type,
                    **({"format": "uri"} if column.type == "uri" else {}),
                    "description": _in("en", column.about),
                    **{f"description_{code}": _in(code, column.about) for code in LANGUAGES},
                    "hxl": column.hxl,
                }
                for column in self.columns
            ],
            "primaryKey": self.columns[0].name,
            "missingValues": [""],
        }

    def resource(self) -> dict[str, Any]:
        """Return what a data package tells of the table."""
        at = self.version().at
        return {
            "name": self.slug,
            "path": f"{settings.SITE_URL}/data/{self.filename}",
            "profile": "tabular-data-resource",
            "title": _in("en", self.title),
            **{f"title_{code}": _in(code, self.title) for code in LANGUAGES},
            "description": _in("en", self.about),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "licenses": [{"title": self.licence, **({"path": self.licence_url} if self.licence_url else {})}],
            "sources": [{"title": self.credit, **({"path": self.credit_url} if self.credit_url else {})}],
            **({"modified": timezone.localtime(at).isoformat(timespec="seconds")} if at else {}),
            "schema": self.schema(),
        }

    def etag(self, version: Version, **asked: Any) -> str:
        """Return a tag of a version that tells nothing but whether it is the same."""
        told = f"{self.slug} {version.mark} {sorted(asked.items())}"
        return f'"{salted_hmac("impact.datasets", told).hexdigest()}"'


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _in(language: str, text: Any) -> str:
    with translation.override(language):
        return str(text)


_makers: dict[str, Callable[[], list[Dataset]]] = {}


def register(name: str, make: Callable[[], list[Dataset]]) -> None:
    """Let `make` be asked for the tables of a subject; registering it again replaces it. Their slugs begin with the name."""
    _makers[name] = make


def known() -> list[Dataset]:
    """Return all tables there are now."""
    return [dataset for make in _makers.values() for dataset in make()]


def find(slug: str) -> Dataset | None:
    made = (make for name, make in _makers.items() if slug == name or slug.startswith(f"{name}-"))
    return next((dataset for make in made for dataset in make() if dataset.slug == slug), None)
