"""What `make test` runs: the whole suite on SQLite, and again on PostgreSQL with Redis.

The services are those of TEST_DATABASE_URL and TEST_REDIS_URL, else throw-away ones. What can't run is said in one closing line; with
CI=true it is a failure. Further arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests import template
from tests.environment import isolated
from tests.services import Postgres, Redis, chromium_binary, postgres_binaries, redis_binary, running

NOTHING_COLLECTED = 5
# One more than the usual machine has cores: somebody always waits for a browser or a database.
PROCESSES = "3"
TEMPLATE = "jisr_template"


@dataclass(frozen=True, slots=True)
class Part:
    """One run of pytest: of what is marked so, against these services; in several processes unless it is to be alone."""

    title: str
    marks: list[str]
    services: dict[str, str]
    alone: bool = False


def pytest_run(part: Part, extra: list[str], out: IO[str] | None = None) -> int:
    """Run one part of the suite and return its exit code; what it says goes to `out`, else to the terminal."""
    print(f"\n=== {part.title} ===", file=out, flush=True)
    environment = {
        name: value for name, value in os.environ.items() if name not in {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
    }
    # Whoever has nothing left takes over what the other has.
    processes = ["-n", "0"] if part.alone else ["-n", PROCESSES, "--dist", "worksteal"]
    command = [sys.executable, "-m", "pytest", "-m", " and ".join(part.marks), *processes, *extra]
    return subprocess.run(
        command,
        env={**environment, **part.services},
        check=False,
        stdout=out,
        stderr=subprocess.STDOUT if out else None,
    ).returncode


def migrated_template(url: str) -> str:
    """Make a migrated database on the server, from which each process copies its own, and return its name."""
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            cursor.execute(f"CREATE DATABASE {TEMPLATE}")
    at = urlunsplit(urlsplit(url)._replace(path=f"/{TEMPLATE}"))
    with tempfile.TemporaryDirectory(prefix="jisr-template-") as directory:
        environment = {**isolated(Path(directory)), "DATABASE_URL": at}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
    return TEMPLATE


def keep_migrated_file() -> None:
    """Make the migrated SQLite database that is copied, before each process makes one for itself."""
    if not template.kept().exists():
        with tempfile.TemporaryDirectory(prefix="jisr-template-") as directory:
            environment = {**isolated(Path(directory)), "DATABASE_URL": "sqlite://:memory:"}
            subprocess.run([sys.executable, "-m", "tests.template"], env=environment, check=True)


def main(extra: list[str]) -> int:
    """Run all parts, even after a failure, and return the first exit code that isn't 0."""
    given = {name: os.environ.get(name, "") for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL")}
    can_start = bool(postgres_binaries() and redis_binary())
    with_services = all(given.values()) or can_start
    missing = []
    marks = ["not services"]
    if not chromium_binary():
        missing.append("the browser tests (no Chromium)")
        marks.append("not browser")
    if not with_services:
        missing.append("the suite on PostgreSQL and Redis (neither binaries nor TEST_DATABASE_URL and TEST_REDIS_URL)")
    if not can_start:
        missing.append("the tests that start and kill services (no binaries)")

    with ExitStack() as stack:
        static, own_static = (
            {"TEST_STATIC_ROOT": stack.enter_context(tempfile.TemporaryDirectory(prefix="jisr-static-"))}
            for _lane in range(2)
        )
        on_sqlite = [*marks, *(["not either"] if with_services else [])]
        main_lane = [Part("SQLite", [*on_sqlite, "not heavy"], static)]
        side_lane = [Part("SQLite: load and faults", [*on_sqlite, "heavy"], own_static, alone=True)]
        if with_services:
            urls = {
                "TEST_DATABASE_URL": given["TEST_DATABASE_URL"] or stack.enter_context(running(Postgres())).url,
                "TEST_REDIS_URL": given["TEST_REDIS_URL"] or stack.enter_context(running(Redis())).url,
            }
            with ThreadPoolExecutor(1) as pool:
                file = pool.submit(keep_migrated_file)
                urls["TEST_TEMPLATE"] = migrated_template(urls["TEST_DATABASE_URL"])
                file.result()
            title, once = "PostgreSQL and Redis", [*marks, "not once"]
            main_lane.append(Part(title, [*once, "not heavy"], {**static, **urls}))
            side_lane.append(Part(f"{title}: load and faults", [*once, "heavy"], {**own_static, **urls}, alone=True))
        else:
            keep_migrated_file()
        if can_start:
            side_lane.append(Part("Services of their own", [*marks[1:], "services"], own_static, alone=True))
        # Load and faults wait more than they compute: they go beside the rest, one by one, and what they say is shown after it.
        with ThreadPoolExecutor(1) as pool, tempfile.TemporaryFile("w+") as said:
            beside = pool.submit(lambda: [pytest_run(part, extra, said) for part in side_lane])
            codes = [pytest_run(part, extra) for part in main_lane]
            codes += beside.result()
            said.seek(0)
            print(said.read(), flush=True)

    failed = next((code for code in codes if code not in {0, NOTHING_COLLECTED}), 0)
    if not failed and set(codes) == {NOTHING_COLLECTED}:
        failed = NOTHING_COLLECTED
    if missing:
        print(f"\nNot run: {'; '.join(missing)}.", flush=True)
        if os.environ.get("CI") == "true":
            failed = failed or 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
