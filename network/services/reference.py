"""Reference data from files: places, vocabularies, the code of conduct. What a coordinator has edited since stays as they left it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from network.enums import PeriodEffect
from network.models import (
    CodeOfConduct,
    Condition,
    District,
    Municipality,
    Profession,
    Region,
    SpecialPeriod,
    Specialty,
    Transition,
)

REFERENCE = Path(settings.BASE_DIR) / "data" / "reference"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows of one file."""

    model: type[models.Model]
    rows: int
    added: int
    changed: int


_loaders: list[Callable[[], Iterator[Loaded]]] = []


def register(load: Callable[[], Iterator[Loaded]]) -> None:
    """Let `load_reference` load the files of an app that stands above it too, after all others."""
    _loaders.append(load)


def load_registered() -> Iterator[Loaded]:
    """Load the files of the apps that registered some."""
    for load in _loaders:
        yield from load()


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def keep_rows(model: type[models.Model], key: str, rows: Iterable[Mapping[str, Any]]) -> Loaded:
    """Add the rows that are missing, and change those that differ unless somebody has edited them here.

    `rows` map fields to values; `key` is the field by which a row is known.
    """
    wanted = {row[key]: row for row in rows}
    manager = model._default_manager
    known = {getattr(row, key): row for row in manager.filter(**{f"{key}__in": list(wanted)})}
    missing = [model(**row) for code, row in wanted.items() if code not in known]
    manager.bulk_create(missing)
    differing = [
        row for code, row in known.items() if any(getattr(row, f) != value for f, value in wanted[code].items())
    ]
    edited = set(
        Transition.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=[row.pk for row in differing]
        ).values_list("subject_id", flat=True)
    )
    outdated = [row for row in differing if row.pk not in edited]
    for row in outdated:
        for field, value in wanted[getattr(row, key)].items():
            setattr(row, field, value)
        row.save()
    return Loaded(model, len(wanted), len(missing), len(outdated))


def names(row: Mapping[str, str]) -> dict[str, str]:
    """Return the names of a row, with where the Arabic comes from if the file tells."""
    return {field: row[field] for field in ("name_ar", "name_en", "name_ar_status") if field in row}


def load_places(*, directory: Path = REFERENCE) -> Iterator[Loaded]:
    """Load sides, in the order of their file, districts and municipalities."""
    places = directory / "places"
    yield keep_rows(
        Region,
        "pcode",
        (
            {"pcode": row["pcode"], "code": row["code"], "position": position, **names(row)}
            for position, row in enumerate(read(places / "regions.csv"), 1)
        ),
    )
    regions = dict(Region.objects.values_list("pcode", "pk"))
    yield keep_rows(
        District,
        "pcode",
        (
            {
                "pcode": row["pcode"],
                "region_id": regions[row["region_pcode"]],
                "census_2006_population": int(row["census_2006_population"] or 0) or None,
                **names(row),
            }
            for row in read(places / "districts.csv")
        ),
    )
    districts = dict(District.objects.values_list("pcode", "pk"))
    yield keep_rows(
        Municipality,
        "pcode",
        (
            {"pcode": row["pcode"], "district_id": districts[row["district_pcode"]], **names(row)}
            for row in read(places / "municipalities.csv")
        ),
    )


def load_vocabularies(*, directory: Path = REFERENCE) -> Iterator[Loaded]:
    """Load professions, specialties, conditions and topics."""
    vocabularies = directory / "vocabularies"
    yield keep_rows(
        Profession, "code", ({"code": row["isco08"], **names(row)} for row in read(vocabularies / "professions.csv"))
    )
    yield keep_rows(
        Specialty,
        "code",
        (
            {"code": row["code"], "code_system": row["code_system"], **names(row)}
            for row in read(vocabularies / "specialties.csv")
        ),
    )
    yield keep_rows(
        Condition,
        "code",
        ({"code": row["code"], "group": row["group"], **names(row)} for row in read(vocabularies / "conditions.csv")),
    )


def load_calendar(*, directory: Path = REFERENCE) -> Iterator[Loaded]:
    """Load public holidays and other special times; a side's P-code stands where only one side observes it."""
    regions = dict(Region.objects.values_list("pcode", "pk"))
    yield keep_rows(
        SpecialPeriod,
        "code",
        (
            {
                "code": row["code"],
                "kind": row["kind"],
                "first_day": date.fromisoformat(row["first_day"]),
                "last_day": date.fromisoformat(row["last_day"]),
                "region_id": regions[row["region_pcode"]] if row["region_pcode"] else None,
                "effect": PeriodEffect(row["effect"]),
                "starts_time": time.fromisoformat(row["starts_time"]) if row["starts_time"] else None,
                "status": row["status"],
                "source": row["source"],
                **names(row),
            }
            for row in read(directory / "calendar" / "special_periods.csv")
        ),
    )


def load_conduct(*, directory: Path = REFERENCE) -> Iterator[Loaded]:
    """Load the versions of the code of conduct that are absent, in force from today; one that is there is never changed."""
    files = {path.name.removesuffix(".ar.txt"): path for path in (directory / "conduct").glob("*.ar.txt")}
    missing = sorted(
        files.keys() - set(CodeOfConduct.objects.values_list("version", flat=True)),
        key=lambda version: [int(number) for number in version.split(".")],
    )
    for version in missing:
        arabic = files[version]
        CodeOfConduct.objects.create(
            version=version,
            text_ar=arabic.read_text(encoding="utf-8").strip(),
            text_en=arabic.with_name(f"{version}.en.txt").read_text(encoding="utf-8").strip(),
            in_force_from=timezone.localdate(),
        )
    yield Loaded(CodeOfConduct, len(files), len(missing), 0)
