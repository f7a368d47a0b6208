"""Fill a migrated PostgreSQL database with invented members, quickly: COPY, and the indexes built afterwards."""

import csv
import io
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.names import People
from network import search
from network.models import Municipality, Practitioner, Profession, Specialty, User

CHUNK = 10_000
FIRST_ID = 1_000
TABLES = ("network_user", "network_practitioner")
USER_COLUMNS = (
    "id", "email", "password", "language", "discreet", "is_active", "phone_verified", "session_epoch", "date_joined",
)  # fmt: skip
MEMBER_COLUMNS = (
    "id", "user_id", "state", "name_ar", "name_latin", "profession_id", "specialty_id", "municipality_id", "region_id", "abroad_in",
    "workplace", "licence_number", "languages", "visibility", "applied_at", "verified_at", "verified_by_id",
    "folded_ar", "folded_latin", "search",
)  # fmt: skip
# Words repeat: this saves most of the time of making the search column.
search.skeletons = cache(search.skeletons)  # type: ignore[assignment]
Places = list[tuple[int, int]]


def _chunk(
    start: int, size: int, places: Places, professions: list[int], specialties: list[int], now: str
) -> tuple[str, str]:
    """Return the rows of so many accounts and memberships as CSV."""
    chance, people = random.Random(start), People(start)
    users, members = io.StringIO(), io.StringIO()
    write_user, write_member = csv.writer(users).writerow, csv.writer(members).writerow
    # Each name is borne by a few people, none of them neighbours in the table.
    names = [
        (name, search.fold(name.arabic), search.fold(name.latin), search.index(name.arabic, name.latin))
        for name in people.names(size // 4)
    ]
    for number in range(start, start + size):
        name, *folded = names[number % len(names)]
        write_user([number, f"member{number}@example.org", "!", "ar", "t", "t", "f", 0, now])
        municipality, region = chance.choice(places) if chance.random() < 0.92 else ("", "")
        state = "active" if chance.random() < 0.95 else "applied"
        write_member(
            [
                number, number, state, name.arabic, name.latin, chance.choice(professions), chance.choice(specialties),
                municipality, region, "" if municipality else "Malta", "", "", '["ar"]',
                chance.choices(["members", "side", "nobody"], [55, 35, 10])[0], now,
                *((now, FIRST_ID) if state == "active" else ("", "")),
                *folded,
            ]
        )  # fmt: skip
    return users.getvalue(), members.getvalue()


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Take the plain indexes of the two tables away for a while, and build them anew."""
    cursor.execute(
        """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)
           AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
        [list(TABLES)],
    )
    indexes = cursor.fetchall()
    cursor.execute(
        """SELECT attrelid::regclass::text, attnum, attstattarget FROM pg_attribute JOIN pg_index ON indexrelid = attrelid
           WHERE attstattarget > 0 AND indrelid::regclass::text = ANY(%s)""",
        [list(TABLES)],
    )
    statistics = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for name, column, target in statistics:
        cursor.execute(f"ALTER INDEX {name} ALTER COLUMN {column} SET STATISTICS {target}")


def fill(number: int) -> None:
    """Add so many members to an empty network, then let PostgreSQL look at them as its daemon would."""
    # A member abroad without a side needs none of these.
    places = list(Municipality.objects.values_list("pk", "district__region_id"))
    professions = list(Profession.objects.values_list("pk", flat=True))
    specialties = list(Specialty.objects.values_list("pk", flat=True))
    now = timezone.now().isoformat()
    with ProcessPoolExecutor(2) as pool, connection.cursor() as cursor, _without_indexes(cursor):
        chunks = [
            pool.submit(_chunk, FIRST_ID + start, min(CHUNK, number - start), places, professions, specialties, now)
            for start in range(0, number, CHUNK)
        ]
        for chunk in chunks:
            for model, columns, rows in zip(
                (User, Practitioner), (USER_COLUMNS, MEMBER_COLUMNS), chunk.result(), strict=True
            ):
                empty = ", ".join(column for column in columns if not column.endswith(("_id", "_at", "_by_id")))
                cursor.copy_expert(
                    f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({empty}))",
                    io.StringIO(rows),
                )
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("VACUUM ANALYZE")
