"""10,000 notices while workers are killed, Redis is wiped and PostgreSQL crashes: each is sent, and hardly any twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from celery import Celery
from django.conf import settings

from tests.environment import isolated
from tests.services import Postgres, Redis, free_port, running_children, wait_until

pytestmark = [pytest.mark.heavy, pytest.mark.services]

NOTICES, LEAVERS, POISON = 10_000, 50, 25
WORKERS = 2
KILLS, WIPES, CRASHES = 20, 5, 3
DEADLINE = 120

SEED = """
import sys
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from network.models import User
from notifications import outbox
call_command("migrate", verbosity=0)
count, leavers, poison = map(int, sys.argv[1:])
users = User.objects.bulk_create(
    User(email=f"{'leaver' if n < leavers else 'person'}{n}@example.org", password="!", discreet=False, language="ar" if n % 2 else "en")
    for n in range(count + leavers)
)
now = timezone.now()
# Whatever can't be sent stands first in the line.
outbox.Message.objects.bulk_create(
    outbox.Message(kind="no-such-kind", recipient_id=users[-1].pk, channel="email", language="ar",
        dedup_key=f"poison:{n}", created_at=now, due_at=now - timezone.timedelta(hours=1))
    for n in range(poison)
)
outbox.nudge = lambda: None
with transaction.atomic():
    outbox.enqueue("membership-verified", recipients=[user.pk for user in users], dedup="1")
User.objects.filter(email__startswith="leaver").update(is_active=False)
"""


@dataclass(frozen=True)
class Verdict:
    """What became of the notices."""

    lost: int
    unexpected: int
    doubled: int
    copies: int


def judge(expected: set[str], received: list[str]) -> Verdict:
    counts = Counter(received)
    return Verdict(
        lost=len(expected - counts.keys()),
        unexpected=len(counts.keys() - expected),
        doubled=sum(count - 1 for count in counts.values()),
        copies=max(counts.values(), default=0),
    )


def test_the_judge_sees_each_fault() -> None:
    assert judge({"a", "b"}, ["a", "b"]) == Verdict(0, 0, 0, 1)
    assert judge({"a", "b"}, ["a", "a", "a", "c"]) == Verdict(1, 1, 2, 3)


class Rig:
    """The processes of a server, on services that may be killed, with a sink for their mail."""

    def __init__(self, directory: Path, database_url: str, redis: Redis) -> None:
        self.directory, self.redis = directory, redis
        self.mail = directory / "mail"
        self.port = free_port()
        self.environment = isolated(directory) | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "LOG_LEVEL": "ERROR",
        }
        self.running: list[subprocess.Popen[bytes]] = []
        self.start("-m", "tests.notifications.sink_process", str(self.port), str(self.mail))
        wait_until(self.mail.exists, seconds=30, what="The sink")
        # Like every web process: it has long known the queue when Redis forgets it.
        self.web = Celery(broker=redis.url, set_as_current=False)
        self.web.conf.update(broker_transport_options={"max_retries": 1, "interval_start": 0}, task_publish_retry=False)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.directory / "log").open("ab")
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.running.append(process)
        return process

    def run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=self.environment, cwd=settings.BASE_DIR, check=True)

    def worker(self, app: str = "config") -> subprocess.Popen[bytes]:
        return self.start(
            "-m", "celery", "--quiet", "--app", app, "worker", "--concurrency", str(WORKERS), "--loglevel", "ERROR"
        )

    def beat(self) -> subprocess.Popen[bytes]:
        schedule = str(self.directory / "beat-schedule")
        return self.start("-m", "celery", "--quiet", "--app", "config", "beat", "--schedule", schedule, "--pidfile=")

    def nudge(self) -> None:
        """Wake a worker as a web process does; losing it loses nothing."""
        with suppress(Exception):
            self.web.send_task("notifications.tasks.drain", expires=60)

    def received(self) -> list[str]:
        return self.mail.read_text().split()

    def stop(self) -> None:
        self.web.close()
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def rig(directory: Path, database_url: str, redis: Redis) -> Iterator[Rig]:
    made = Rig(directory, database_url, redis)
    try:
        yield made
    finally:
        made.stop()


def states(database_url: str) -> dict[str, int]:
    """Return how many rows of the outbox are in each state."""
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM notifications_message GROUP BY state")
        counted = dict(cursor.fetchall())
    connection.close()
    return counted


# --- without the controls -------------------------------------------------------------------------------------------------


def test_without_an_outbox_notices_are_lost(
    tmp_path: Path, postgres: Postgres, redis_server: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = {f"person{number}@example.org" for number in range(400)}
    with rig(tmp_path, postgres.new_database("without_outbox"), redis_server) as server:
        for address in expected:
            server.web.send_task("tests.send_directly", args=[address])
        server.worker("tests.notifications.naive")
        wait_until(lambda: len(server.received()) >= 20, seconds=90, what="Mail")
        redis_server.wipe()
        time.sleep(2)
        verdict = judge(expected, server.received())

    with capsys.disabled():
        print(f"\nnotices without an outbox, Redis wiped once: {verdict}")
    assert verdict.lost > 0


def test_without_leases_notices_are_doubled(
    tmp_path: Path, postgres: Postgres, redis_server: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 400
    with rig(tmp_path, postgres.new_database("without_leases"), redis_server) as server:
        server.run("-c", SEED, str(count), "0", "0")
        workers = [server.start("-m", "tests.notifications.naive") for _ in range(WORKERS)]
        for worker in workers:
            worker.wait(timeout=120)
        verdict = judge({f"person{number}@example.org" for number in range(count)}, server.received())

    with capsys.disabled():
        print(f"\nnotices without leases, nothing killed: {verdict}")
    assert (verdict.lost, verdict.unexpected) == (0, 0)
    assert verdict.doubled > KILLS


# --- with them ------------------------------------------------------------------------------------------------------------


class Faults:
    """What goes wrong, in an order that is the same each time; at last Redis forgets its queues while everybody knows them."""

    def __init__(self, server: Rig, postgres: Postgres) -> None:
        self.server, self.postgres = server, postgres
        self.worker = server.worker()
        self.killed = 0
        order = random.Random(12092020)
        self.plan: list[Callable[[], None]] = [
            *[self.kill_one] * (KILLS - 2 * WORKERS),
            *[self.kill_all] * 2,
            *[self.server.redis.wipe] * (WIPES - 1),
            *[self.crash] * CRASHES,
        ]
        order.shuffle(self.plan)
        self.plan.append(self.server.redis.wipe)
        self.order = order

    def kill_one(self) -> None:
        """Kill a process of the pool; the worker replaces it."""
        wait_until(lambda: len(running_children(self.worker.pid)) >= WORKERS, seconds=60, what="The pool")
        os.kill(self.order.choice(running_children(self.worker.pid)), signal.SIGKILL)
        self.killed += 1

    def kill_all(self) -> None:
        """Kill the worker with its pool, and start another, as systemd does."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        self.killed += WORKERS
        self.worker = self.server.worker()

    def crash(self) -> None:
        """Take the power from PostgreSQL."""
        self.postgres.kill()
        time.sleep(0.5)
        self.postgres.start()


def test_ten_thousand_notices_survive_faults(
    tmp_path: Path, durable_postgres: Postgres, redis_server: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    url = durable_postgres.new_database("notices")
    with rig(tmp_path, url, redis_server) as server:
        server.run("-c", SEED, str(NOTICES), str(LEAVERS), str(POISON))
        expected = {f"person{number}@example.org" for number in range(LEAVERS, NOTICES + LEAVERS)}
        began = time.monotonic()
        faults = Faults(server, durable_postgres)
        server.beat()
        # The faults are spread over nine tenths of the work, however fast the machine is.
        for number, fault in enumerate(faults.plan, 1):
            target, waits_until = NOTICES * 9 * number // (10 * len(faults.plan)), time.monotonic() + 20
            while len(server.received()) < target and time.monotonic() < waits_until:
                server.nudge()
                time.sleep(0.3)
            fault()
        last_fault = time.monotonic()
        # From here on nobody wakes the workers but beat.
        wait_until(lambda: expected <= set(server.received()), seconds=DEADLINE, what="The last notice")
        after_last = time.monotonic() - last_fault
        wait_until(lambda: "due" not in states(url), seconds=DEADLINE, what="The last mark")
        seconds = time.monotonic() - began
        verdict, ended = judge(expected, server.received()), states(url)

    with capsys.disabled():
        print(
            f"\nnotices: {NOTICES} in {seconds:.0f} s, {faults.killed} worker processes killed, Redis wiped {WIPES} times, "
            f"PostgreSQL crashed {CRASHES} times: {verdict}; all sent {after_last:.0f} s after the last fault"
        )
    assert (verdict.lost, verdict.unexpected) == (0, 0)
    assert verdict.copies <= 2
    assert faults.killed == KILLS
    assert verdict.doubled <= faults.killed + CRASHES * WORKERS
    # What can't be sent held up nobody; who had left was not written to.
    assert ended == {"sent": NOTICES, "not_wanted": LEAVERS, "failed": POISON}
