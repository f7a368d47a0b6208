"""A worker that is killed half-way through a list: on a database of its own, which another process writes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from facilities import services, tasks
from facilities.models import Claim, Facility, FacilityImport, Record
from tests.factories import facility_lists as lists
from tests.own_database import own_database


@pytest.fixture
def kill(tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any) -> Iterator[Callable[[str], None]]:
    """Kill a worker when it has come so far."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database(f"jisr_lists_{os.getpid()}", tmp_path, django_db_blocker) as url:

        def at(when: str) -> None:
            connections.close_all()
            environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"}
            command = [sys.executable, "-m", "tests.facilities.slow_import", when]
            with subprocess.Popen(
                command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
            ) as worker:
                assert worker.stdout
                assert worker.stdout.readline() == f"{when}\n"
                worker.send_signal(signal.SIGKILL)

        yield at


def rows_there() -> list[int]:
    return [rows.objects.count() for rows in (Facility, Claim, Record)]


def next_worker() -> None:
    """Let another worker look when the lease has run out."""
    FacilityImport.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())
    tasks.run_imports()


def test_killed_half_way_nothing_is_there_and_the_next_takes_all_of_it(kill: Callable[[str], None]) -> None:
    batch = lists.read(lists.table([lists.row(number, beds="4") for number in range(1, 9)]))
    services.ask_to_apply(batch=batch, by=batch.uploaded_by)
    kill("half")
    assert rows_there() == [0, 0, 0]
    assert FacilityImport.objects.get().state == "read"
    next_worker()
    assert rows_there() == [8, 16, 8]


def test_killed_when_it_was_done_it_is_done(kill: Callable[[str], None]) -> None:
    batch = lists.uploaded(lists.table([lists.row(1, beds="4")]))
    services.choose_columns(batch=batch, mapping=batch.mapping, by=batch.uploaded_by)
    kill("done")
    batch = FacilityImport.objects.get()
    assert (batch.state, batch.wanted, batch.leased_until) == ("read", "", None)
    services.ask_to_apply(batch=batch, by=batch.uploaded_by)
    kill("done")
    batch = FacilityImport.objects.get()
    assert (batch.state, batch.wanted, batch.leased_until) == ("applied", "", None)
    next_worker()
    batch.refresh_from_db()
    assert (batch.state, batch.failure, rows_there()) == ("applied", {}, [1, 2, 1])
