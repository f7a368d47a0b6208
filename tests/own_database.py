"""A database of a test's own, which other processes can open too: a file for SQLite, a new one on the run's PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg2 import sql
from pytest_django import DjangoDbBlocker

from tests import template


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
    ours = connections[DEFAULT_DB_ALIAS]
    database = {**ours.settings_dict}
    with blocker.unblock():
        try:
            if ours.vendor == "sqlite":
                database["NAME"] = str(tmp_path / f"{name}.sqlite3")
                template.copy_into(database["NAME"])
            else:
                _on_server(database, "DROP DATABASE IF EXISTS {}", name)
                _on_server(database, f"CREATE DATABASE {{}} {template.clause()}", name)
                database["NAME"] = name
            # The run's own connection is put aside, not renamed: one to a database in memory never closes, and would go on being used.
            connections.settings[DEFAULT_DB_ALIAS] = database
            connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
            call_command("migrate", verbosity=0)
            yield url_of(database)
        finally:
            connections[DEFAULT_DB_ALIAS].close()
            connections.settings[DEFAULT_DB_ALIAS] = ours.settings_dict
            connections[DEFAULT_DB_ALIAS] = ours
            if ours.vendor != "sqlite":
                _on_server(database, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
