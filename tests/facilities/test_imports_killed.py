"""A worker that is killed half-way through a list: on a database of its own, which another process writes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.db import connections
from pytest_django import DjangoDbBlocker

from facilities import services
from facilities.models import Claim, Facility, FacilityImport, Record
from tests.factories import facility_lists as lists
from tests.own_database import own_database


def test_killed_half_way_nothing_is_there_and_the_next_takes_all_of_it(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database("jisr_lists", tmp_path, django_db_blocker) as url:
        batch = lists.read(lists.table([lists.row(number, beds="4") for number in range(1, 9)]))
        connections.close_all()
        environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"}
        command = [sys.executable, "-m", "tests.facilities.slow_import"]
        with subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout
            assert worker.stdout.readline() == "half\n"
            worker.send_signal(signal.SIGKILL)
        assert [rows.objects.count() for rows in (Facility, Claim, Record)] == [0, 0, 0]
        batch = FacilityImport.objects.get()
        assert batch.state == "read"

        services.apply_list(batch=batch, tell=lists.silent, by=batch.uploaded_by)
        assert [rows.objects.count() for rows in (Facility, Claim, Record)] == [8, 16, 8]
