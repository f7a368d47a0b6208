"""What beat sends, somebody takes: a task that nobody knows is dropped without a word, every day."""

import inspect
from typing import Any

import pytest

from config.beat import SCHEDULE
from config.celery import app


@pytest.mark.parametrize("name", sorted(SCHEDULE))
def test_every_task_of_the_schedule_is_known_and_takes_what_it_is_sent(name: str) -> None:
    app.loader.import_default_modules()
    entry: dict[str, Any] = SCHEDULE[name]
    assert entry["task"] in app.tasks
    inspect.signature(app.tasks[entry["task"]].run).bind(*entry.get("args", ()), **entry.get("kwargs", {}))
