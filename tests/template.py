"""A migrated database, made once and copied: migrating it anew takes each process of each run ten seconds and more.

SQLite: a file beside pytest's cache, found by what it follows from; `tests.run` has it made by this module as a program, else the first
test does. PostgreSQL: the database of that name on the run's own server, made by `tests.run` and named in TEST_TEMPLATE.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "databases"


def _source() -> str:
    """Return a hash of all that a migrated database follows from: our migrations and models, and the versions of others."""
    found = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    root = CACHE.parent.parent
    theirs = [root / "requirements-dev.txt"]
    ours = [path for folder in ("migrations", "models") for path in root.glob(f"[a-z]*/{folder}/*.py")]
    for path in sorted([*theirs, *ours, root / "config" / "settings.py", *root.glob("[a-z]*/enums.py")]):
        found.update(path.read_bytes())
    return found.hexdigest()[:20]


def kept() -> Path:
    return CACHE / f"{_source()}.sqlite3"


def copy_into(name: str) -> None:
    """Fill an empty SQLite database, a file or one in memory by its URI, with the kept one, if there is one."""
    if kept().exists():
        with sqlite3.connect(kept()) as source, sqlite3.connect(name, uri=name.startswith("file:")) as target:
            source.backup(target)


def keep() -> None:
    """Keep the database of this process as it is, for the processes that come."""
    target = kept()
    target.parent.mkdir(parents=True, exist_ok=True)
    mine = target.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(mine) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    for old in target.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    mine.replace(target)


def clause() -> str:
    """Return how a new database on the run's PostgreSQL server is told to be a copy."""
    name = os.environ.get("TEST_TEMPLATE", "")
    return f"TEMPLATE {name}" if name else ""


@contextmanager
def copied() -> Iterator[None]:
    """Let the test database that is made meanwhile begin as a copy."""
    if connection.vendor != "sqlite":
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")
        connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")
        yield
        return
    create, held = DatabaseCreation._create_test_db, []

    def filled(self: Any, *args: Any, **options: Any) -> Any:
        name = create(self, *args, **options)
        # A database in memory lasts as long as somebody looks at it.
        held.append(sqlite3.connect(name, uri=True, check_same_thread=False))
        copy_into(name)
        return name

    DatabaseCreation._create_test_db = filled
    yield
    DatabaseCreation._create_test_db = create
    for looking in held:
        looking.close()


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    keep()
