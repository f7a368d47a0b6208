"""Where the measurements run: throw-away services, databases made from one migrated template, server processes that end with the run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tests.environment import isolated
from tests.services import Postgres, Redis, free_port, running, running_children, wait_until

BASE = Path(__file__).resolve().parent.parent
TEMPLATE = "bench_template"
JISR, BARE, TRIVIAL = "config.wsgi", "benchmarks.bare.project", "benchmarks.bare.trivial"
GUNICORN = [sys.executable, "-m", "gunicorn", "--max-requests", "0", "--max-requests-jitter", "0"]
# What of Jisr's own settings the projects beside it are served with too.
SHARED = ("worker_class", "threads", "keepalive", "timeout", "worker_tmp_dir")


class RoomyPostgres(Postgres):
    """PostgreSQL with memory as a server of its own has it: the largest table fits."""

    def command(self) -> list[str]:
        return [*super().command(), "--shared_buffers=1GB", "--max_wal_size=4GB", "--autovacuum=off"]


class Ground:
    """Databases, environment and processes for one run."""

    def __init__(self, stack: ExitStack, postgres_url: str, redis_url: str) -> None:
        self.stack, self.postgres_url, self.redis_url = stack, postgres_url, redis_url
        self.directory = Path(tempfile.mkdtemp(prefix="jisr-bench-"))
        stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self._new_database(TEMPLATE)
        environment = self.environment(TEMPLATE)
        for command in ("migrate --noinput", "load_reference", "collectstatic --noinput"):
            self.manage(environment, *command.split(), "--verbosity", "0")

    def environment(self, database: str, **settings: str) -> dict[str, str]:
        """Return the environment of a process on that database, set up as in production."""
        return {
            **isolated(self.directory),
            "DATABASE_URL": self.url(database),
            "REDIS_URL": self.redis_url,
            "LOG_LEVEL": "ERROR",
            **settings,
        }

    def url(self, database: str) -> str:
        return urlunsplit(urlsplit(self.postgres_url)._replace(path=f"/{database}"))

    def _administer(self, statement: str, *names: str) -> None:
        connection = psycopg2.connect(self.postgres_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        connection.close()

    def _new_database(self, name: str, template: str = "template0") -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        self.stack.callback(self._administer, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def database(self, name: str) -> str:
        """Make a migrated database with the reference data, and return its name."""
        self._new_database(name := f"bench_{name}", TEMPLATE)
        return name

    def copy(self, name: str, of: str) -> str:
        """Make another database just like one that nobody is connected to, and return its name."""
        self._new_database(name := f"bench_{name}", of)
        return name

    def manage(self, environment: dict[str, str], *arguments: str) -> None:
        """Run a management command."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, env=environment, cwd=BASE, check=True, stdout=subprocess.DEVNULL)

    def run(self, environment: dict[str, str], module: str, *arguments: str) -> None:
        """Run a module of ours to its end."""
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments], env=environment, cwd=BASE, check=True
        )

    def ask(self, environment: dict[str, str], module: str, *arguments: str, given: Any = None) -> Any:
        """Run a module of ours in a process of its own, give it JSON, and return the JSON of its last line."""
        command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
        done = subprocess.run(
            command, env=environment, cwd=BASE, check=True, stdout=subprocess.PIPE, text=True, input=json.dumps(given)
        )
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def process(self, command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """Run a process for as long as the block lasts."""
        with (self.directory / "processes.log").open("ab") as log:
            started = subprocess.Popen(command, env=environment, cwd=BASE, stdout=log, stderr=log)
        try:
            yield started
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(timeout=20)
            except subprocess.TimeoutExpired:
                for pid in [*running_children(started.pid), started.pid]:
                    os.kill(pid, signal.SIGKILL)
                started.wait()

    def shared_settings(self) -> list[str]:
        """Return Jisr's settings of gunicorn as options, for a project that can't load them because Django has one set of settings."""
        code = "import json; from config import gunicorn; print(json.dumps(vars(gunicorn), default=str))"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=self.environment(TEMPLATE), cwd=BASE, check=True, stdout=subprocess.PIPE)
        ours = json.loads(done.stdout)
        return [
            part
            for name in SHARED
            for part in (f"--{name.replace('keepalive', 'keep-alive').replace('_', '-')}", str(ours[name]))
        ]

    @contextmanager
    def server(self, application: str, environment: dict[str, str], workers: int = 2) -> Iterator["Server"]:
        """Serve a WSGI application as Jisr is served in production; other ones than Jisr on the same settings."""
        port = free_port()
        bind = f"127.0.0.1:{port}"
        if application == JISR:
            command = [*GUNICORN, "--config", "config/gunicorn.py"]
        else:
            command = [
                *GUNICORN,
                "--bind",
                bind,
                "--workers",
                str(workers),
                "--no-control-socket",
                *self.shared_settings(),
            ]
        environment = {**environment, "BIND": bind, "WEB_WORKERS": str(workers)}
        with self.process([*command, application], environment) as master:
            server = Server(port, master.pid)
            wait_until(lambda: len(server.workers()) == workers and server.answers(), seconds=60, what=application)
            yield server


class Server:
    """A running gunicorn."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def workers(self) -> list[int]:
        return running_children(self.pid)

    def answers(self) -> bool:
        # Imported here: the client's own process loads nothing of this module.
        from benchmarks.load import Connection  # noqa: PLC0415

        try:
            Connection(self.port).get("/healthz")
        except OSError:
            return False
        return True


def megabytes(pid: int, what: str = "Rss") -> float:
    """Return the memory of a process: `Rss` all that it maps, `Pss` with its share of what others map too."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(what)


@contextmanager
def prepared() -> Iterator[Ground]:
    """Give the services of TEST_DATABASE_URL and TEST_REDIS_URL, else throw-away ones."""
    with ExitStack() as stack:
        postgres = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(running(RoomyPostgres())).url
        redis = os.environ.get("TEST_REDIS_URL") or stack.enter_context(running(Redis())).url
        yield Ground(stack, postgres, redis)


def settle(seconds: float = 0.5) -> None:
    """Let what a measurement left behind come to rest."""
    time.sleep(seconds)
