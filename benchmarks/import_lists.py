"""Lists of facilities: rows a second from the file to the registry, against the bare writing of the same rows."""

import csv
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from benchmarks.figures import Figure
from benchmarks.ground import Ground

# As many rows as the open map of health facilities of the country had, and what a long list is.
ROWS, MANY, ROUNDS = 2_255, 20_000, 3
COLUMNS = [
    "facility_id",
    "name_ar",
    "name_raw",
    "name_en",
    "name_en_source",
    "kind",
    "kind_source",
    "ownership_hint",
    "adm2_pcode",
    "adm1_pcode",
    "lat",
    "lon",
    "osm_amenity",
    "osm_healthcare",
    "opening_hours",
    "emergency",
    "osm_last_edit",
    "name_is_generic",
    "duplicate_of",
    "km_outside_polygon",
]
KINDS = (
    "pharmacy",
    "clinic",
    "hospital",
    "phc_facility",
    "dental_clinic",
    "laboratory",
    "polyclinic",
    "not_a_facility",
)
WORDS = {"pharmacy": "صيدلية", "clinic": "عيادة", "hospital": "مستشفى", "phc_facility": "مركز صحي"}
LETTERS = "بتجحدرزسشصطعفقكلمنه"


def invented(path: Path, number: int) -> list[dict[str, str]]:
    """Write an invented list of the shape of an open map's: nameless rows, generic names, repetitions; the same for the same number."""
    chance, rows = random.Random(7), []
    for each in range(number):
        kind = chance.choice(KINDS)
        name = " ".join("ال" + "".join(chance.choices(LETTERS, k=4)) for _ in range(2))
        generic = chance.random() < 0.11
        named = WORDS.get(kind, "مركز") + ("" if generic else f" {name}")
        district = chance.randint(1, 6)
        earlier = chance.choice(rows)["facility_id"] if rows and chance.random() < 0.08 else ""
        row = dict.fromkeys(COLUMNS, "") | {
            "facility_id": f"inv-{each}",
            "name_ar": named if chance.random() < 0.78 else "",
            "name_raw": named,
            "name_en": f"Invented {each}" if chance.random() < 0.28 else "",
            "kind": kind,
            "ownership_hint": chance.choice(("", "", "", "public", "private")),
            "adm2_pcode": f"LY01{district:02}",
            "adm1_pcode": "LY01",
            "lat": f"{chance.uniform(25, 32.9):.6f}",
            "lon": f"{chance.uniform(20, 24.9):.6f}",
            "osm_amenity": kind,
            "opening_hours": chance.choice(("", "", "24/7")),
            "osm_last_edit": "2019-07-04",
            "name_is_generic": str(int(generic)),
            "duplicate_of": earlier,
        }
        rows.append(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return rows


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield how quick a list is taken over, how quick it is seen that nothing changed, and what a longer one costs for each row."""
    rows = [invented(path, number) for path, number in _files(ground)]
    rounds = [
        _round(ground, f"lists_{number}", ground.directory / "few.csv") for number in range(1 if quick else ROUNDS)
    ]
    bare = median(_bare(ground, f"bare_lists_{number}", rows[0]) for number in range(1 if quick else ROUNDS))
    first, again = (median(times[part] for times in rounds) for part in ("first", "again"))
    yield Figure(
        "A list: read and taken over", bare / first, "× bare rows", least=0.02, note=f"{ROWS / first:.0f} rows/s"
    )
    yield Figure("A list: the same again", bare / again, "× bare rows", least=0.02, note=f"{ROWS / again:.0f} rows/s")
    if not quick:
        many = _round(ground, "lists_many", ground.directory / "many.csv")
        yield Figure("A list: each row of 20,000 against 2,255", (many["first"] / MANY) / (first / ROWS), "×", most=1.5)
        yield Figure(
            "A list: memory for 20,000 rows against 2,255", many["memory"] / rounds[0]["memory"], "×", most=1.5
        )


def _files(ground: Ground) -> list[tuple[Path, int]]:
    return [(ground.directory / "few.csv", ROWS), (ground.directory / "many.csv", MANY)]


def _round(ground: Ground, name: str, path: Path) -> Any:
    environment = ground.environment(ground.database(name))
    return ground.ask(environment, "import_scene", str(path))


def _bare(ground: Ground, name: str, rows: list[dict[str, str]]) -> float:
    """Return the seconds in which the same rows, as text, are written a thousand a statement into one table."""
    connection = psycopg2.connect(ground.url(ground.database(name)))
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({', '.join(f'{column} text' for column in COLUMNS)})")
        began = time.perf_counter()
        execute_values(cursor, "INSERT INTO bare VALUES %s", [tuple(row.values()) for row in rows], page_size=1_000)
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
