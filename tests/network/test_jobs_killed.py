"""A worker that is killed over long work: on a database of its own, which another process writes."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from network import files, jobs, services
from network.models import Job
from network.services import jobs as service
from tests.factories.network import coordinator
from tests.network.slow_job import FIRST, KIND, SECOND
from tests.own_database import own_database


def _whole(job: Job, path: Path, tell: jobs.Tell) -> None:
    tell(2, 2)
    path.write_bytes(FIRST + SECOND)


def on_disk() -> set[str]:
    return {path.name for path in files.path_of("x", services.JOBS).parent.iterdir()}


def test_a_worker_killed_over_half_a_file_leaves_none_and_the_next_begins_anew(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database("jisr_jobs", tmp_path, django_db_blocker) as url:
        jobs.register(jobs.Kind(KIND, "Something slow", _whole, lambda job: True))
        job = services.ask_for_job(kind=KIND, about="", given={}, filename="list.csv", by=coordinator("west"))
        connections.close_all()
        environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"}
        command = [sys.executable, "-m", "tests.network.slow_job"]
        with subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout
            assert worker.stdout.readline() == "half\n"
            worker.send_signal(signal.SIGKILL)
        (half,) = on_disk()
        assert files.path_of(half, services.JOBS).read_bytes() == FIRST
        job.refresh_from_db()
        assert (job.state, job.stored, job.done, job.total) == ("waiting", "", 1, 2)
        assert services.claim_job(now=timezone.now()) is None

        services.run_job(job=services.claim_job(now=timezone.now() + service.LEASE * 2))
        job.refresh_from_db()
        assert (job.state, job.tries) == ("done", 2)
        assert files.path_of(job.stored, services.JOBS).read_bytes() == FIRST + SECOND
        assert on_disk() == {half, job.stored}
        services.clear_jobs(now=timezone.now() + timedelta(hours=2))
        assert on_disk() == {job.stored}
