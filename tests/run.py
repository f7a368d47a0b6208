"""What `make test` runs: the whole suite on SQLite, and again on PostgreSQL with Redis.

The services are those of TEST_DATABASE_URL and TEST_REDIS_URL, else throw-away ones. What can't run is said in one closing line; with
CI=true it is a failure. Further arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests.services import Postgres, Redis, chromium_binary, postgres_binaries, redis_binary, running

NOTHING_COLLECTED = 5
# One more than the usual machine has cores: somebody always waits for a browser or a database.
PROCESSES = "3"


def pytest_run(title: str, marks: list[str], *, services: dict[str, str], parallel: bool, extra: list[str]) -> int:
    """Run one part of the suite and return its exit code."""
    print(f"\n=== {title} ===", flush=True)
    environment = {
        name: value for name, value in os.environ.items() if name not in {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        " and ".join(marks),
        "-n",
        PROCESSES if parallel else "0",
        # Whoever has nothing left takes over what the other has.
        *(["--dist", "worksteal"] if parallel else []),
        *extra,
    ]
    return subprocess.run(command, env={**environment, **services}, check=False).returncode


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

    codes = []

    def both(title: str, marks: list[str], services: dict[str, str]) -> None:
        codes.append(pytest_run(title, [*marks, "not heavy"], services=services, parallel=True, extra=extra))
        codes.append(
            pytest_run(f"{title}: load and faults", [*marks, "heavy"], services=services, parallel=False, extra=extra)
        )

    with ExitStack() as stack:
        static = {"TEST_STATIC_ROOT": stack.enter_context(tempfile.TemporaryDirectory(prefix="jisr-static-"))}
        both("SQLite", [*marks, "not either"] if with_services else marks, static)
        if with_services:
            urls = {
                "TEST_DATABASE_URL": given["TEST_DATABASE_URL"] or stack.enter_context(running(Postgres())).url,
                "TEST_REDIS_URL": given["TEST_REDIS_URL"] or stack.enter_context(running(Redis())).url,
            }
            both("PostgreSQL and Redis", [*marks, "not once"], {**static, **urls})
        if can_start:
            own = [*marks[1:], "services"]
            codes.append(pytest_run("Services of their own", own, services=static, parallel=False, extra=extra))

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
