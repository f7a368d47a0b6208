"""All that the database holds, to show that a refused or broken call changed nothing."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils.translation import override

OURS = ("notifications", "network", "facilities", "needs", "outreach", "dialogues", "measures", "campaigns")


class Broken(Exception):
    """The last write of a service fails."""


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table of ours."""
    # In one language, whichever the page spoke that was asked for last: a translated name is told in it.
    with override("ar"):
        return _everything()


def _everything() -> dict[str, list[dict[str, Any]]]:
    models = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    assert models
    # Most tables are empty: asking that of all at once takes a tenth of the time of reading them all.
    tables = [model._meta.db_table for model in models]
    told = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(told)
        filled = {name for (name,) in cursor.fetchall()}
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        if model._meta.db_table in filled
        else []
        for model in models
    }


def break_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every notice fail to be written."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise Broken

    monkeypatch.setattr("notifications.outbox.enqueue", fail)
    monkeypatch.setattr("notifications.outbox.enqueue_to_address", fail)


def break_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every step fail to be recorded."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise Broken

    monkeypatch.setattr("network.models.Transition.save", fail)


def tamper(statement: str, *values: Any) -> None:
    """Change a row as somebody who owns the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement, values)
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(statement, values)
            for _name, sql in triggers:
                cursor.execute(sql)
