"""Throw-away PostgreSQL and Redis from the machine's own binaries, which a test may also kill."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
import pytest
import redis
from psycopg2 import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

S = TypeVar("S", bound="Service")


def postgres_binaries() -> Path | None:
    """Return the directory that holds initdb and postgres, the newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    return versions[0].parent if versions else None


def redis_binary() -> str | None:
    """Return the path of redis-server or of its free successor."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium_binary() -> str | None:
    """Return the path of a Chromium that Playwright can drive."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return once `ready` is true; fail after so many seconds."""
    ends = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} was not there within {seconds:g} s.")
        time.sleep(0.03)


def running_children(pid: int) -> list[int]:
    """Return the ids of a process's own children, where the system tells."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


class Service:
    """A server process with a directory and a port of its own, which keep their place when it is killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="jisr-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.owner: pwd.struct_passwd | None = None

    @property
    def url(self) -> str:
        """Return the address for DATABASE_URL or REDIS_URL."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return what starts the server in the foreground."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Tell whether the server takes requests."""
        raise NotImplementedError

    def as_owner(self) -> dict[str, Any]:
        """Return the arguments of Popen that leave root behind: PostgreSQL refuses to run as root."""
        if not self.owner:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """Start the server and wait until it answers; after a kill -9 the first attempts may find the old memory in use."""

        def up() -> bool:
            if self.process is None or self.process.poll() is not None:
                with (self.directory / "log").open("ab") as log:
                    self.process = subprocess.Popen(
                        self.command(), stdout=log, stderr=log, cwd=self.directory, **self.as_owner()
                    )
            return self.answers()

        try:
            wait_until(up, seconds=30, what=type(self).__name__)
        except TimeoutError as error:
            raise RuntimeError((self.directory / "log").read_text()[-2000:]) from error

    def kill(self) -> None:
        """Kill the server and its children (-9), as a power cut would; what it had written stays."""
        assert self.process
        children = running_children(self.process.pid)
        self.process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End the server and remove its directory."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


class Postgres(Service):
    """PostgreSQL; `durable` keeps fsync on, for tests that kill it."""

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
        binaries = postgres_binaries()
        assert binaries, "There is no PostgreSQL on this machine."
        self.binaries, self.durable = binaries, durable
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            self.owner = names.get("postgres") or names["nobody"]
            os.chown(self.directory, self.owner.pw_uid, self.owner.pw_gid)
        # C.UTF-8: under plain C no Arabic letter is a letter, and pg_trgm would index nothing.
        made = [
            binaries / "initdb",
            "-D",
            "data",
            "-U",
            "jisr",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=self.directory, **self.as_owner())

    @property
    def url(self) -> str:
        """Return the address of the database that initdb makes."""
        return f"postgres://jisr@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        """Return the server with little memory; without `durable` it doesn't wait for the disk."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 150,
            "shared_buffers": "64MB",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [
            str(self.binaries / "postgres"),
            "-D",
            "data",
            *(f"--{name}={value}" for name, value in options.items()),
        ]

    def answers(self) -> bool:
        """Tell whether it takes a connection."""
        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        connection.close()
        return self.url.removesuffix("postgres") + name


class Redis(Service):
    """Redis that keeps nothing on disk: killed, it is empty."""

    @property
    def url(self) -> str:
        """Return the address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """Return the server without snapshots."""
        binary = redis_binary()
        assert binary, "There is no Redis on this machine."
        return [
            binary,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.directory),
        ]

    def answers(self) -> bool:
        """Tell whether it answers a ping."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    def wipe(self) -> None:
        """Forget everything, as a restart without a disk does."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def running(service: S) -> Iterator[S]:
    """Start a service and end it afterwards."""
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A quick PostgreSQL; a test that needs an empty database asks for `postgres.new_database(...)`."""
    with running(Postgres()) as service:
        yield service


@pytest.fixture
def durable_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that a test may kill: what it has committed is on the disk."""
    with running(Postgres(durable=True)) as service:
        yield service


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """An empty Redis that a test may kill or wipe."""
    with running(Redis()) as service:
        yield service
