"""`manage.py serve`, as `make run` calls it: from nothing, and again on what is there."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import isolated
from tests.services import Postgres, Redis, free_port, wait_until

pytestmark = pytest.mark.heavy

Start = Callable[..., "Server"]


class Server:
    """A running command in a session of its own, with what it printed."""

    def __init__(self, data_dir: Path, variables: dict[str, str]) -> None:
        self.port = free_port()
        self.log = data_dir / f"serve-{self.port}.log"
        own = {
            "PORT": str(self.port),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        environment = {**isolated(data_dir), **own}
        # As on a fresh machine: the key is the file's.
        del environment["SECRET_KEY"]
        subprocess.run([sys.executable, "config/first_start.py"], cwd=settings.BASE_DIR, env=environment, check=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait(self) -> None:
        def up() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return self.status("/readyz") == 200

        wait_until(up, seconds=300, what="The site")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[Server] = []

    def start(**variables: str) -> Server:
        servers.append(Server(tmp_path, variables))
        servers[-1].wait()
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


@pytest.mark.once
def test_served_twice_it_keeps_its_data_and_migrates_once(start: Start, tmp_path: Path) -> None:
    first = start()
    assert first.status("/ar/") == 200
    assert "Bringing the database up to date" in first.log.read_text()
    assert f"Jisr is at http://127.0.0.1:{first.port}" in first.log.read_text()
    assert first.stop() == 0
    rows = sqlite3.connect(tmp_path / "jisr.sqlite3").execute("SELECT count(*) FROM network_municipality").fetchone()

    second = start()
    assert second.status("/en/") == 200
    assert "Bringing the database" not in second.log.read_text()
    assert "Compressing" not in second.log.read_text()
    assert second.stop(signal.SIGINT) == 0
    again = sqlite3.connect(tmp_path / "jisr.sqlite3").execute("SELECT count(*) FROM network_municipality").fetchone()
    assert (rows == again, again[0] > 50) == (True, True)
    assert "Traceback" not in second.log.read_text()


@pytest.mark.once
def test_a_taken_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        server = Server(tmp_path, {"PORT": port})

        assert server.process.wait(timeout=60) == 1
    assert f"Port {port} is taken" in server.log.read_text()
    assert not (tmp_path / "jisr.sqlite3").exists()


@pytest.mark.services
def test_with_postgresql_and_redis_worker_and_beat_run_beside_it(
    start: Start, postgres: Postgres, redis_server: Redis
) -> None:
    server = start(DATABASE_URL=postgres.new_database("served"), REDIS_URL=redis_server.url)

    assert server.status("/ar/") == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz", timeout=10) as answer:
        assert json.loads(answer.read())["status"] == "ok"
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()
