"""A database of a test's own, which other processes can open too: a file for SQLite, a new one on the run's PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection, connections
from psycopg2 import sql
from pytest_django import DjangoDbBlocker


def url_of(database: dict[str, Any]) -> str:
    """Return the address for DATABASE_URL."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = ":".join(filter(None, (database["USER"], database["PASSWORD"])))
    return f"postgres://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def _on_server(database: dict[str, Any], statement: str, name: str) -> None:
    server = psycopg2.connect(
        dbname="postgres",
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"] or 5432,
    )
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    server.close()


@contextmanager
def own_database(name: str, tmp_path: Path, blocker: DjangoDbBlocker) -> Iterator[str]:
    """Point this process's connections at a new, migrated database, and return its address; drop it afterwards."""
    database = connection.settings_dict
    before = database["NAME"]
    with blocker.unblock():
        connections.close_all()
        try:
            if connection.vendor == "sqlite":
                database["NAME"] = str(tmp_path / f"{name}.sqlite3")
            else:
                _on_server(database, "DROP DATABASE IF EXISTS {}", name)
                _on_server(database, "CREATE DATABASE {}", name)
                database["NAME"] = name
            call_command("migrate", verbosity=0)
            yield url_of(database)
        finally:
            connections.close_all()
            database["NAME"] = before
            if connection.vendor != "sqlite":
                _on_server(database, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
