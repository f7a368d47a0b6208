"""Notices per second through the outbox, and what the worker's memory does when a hundred times as many wait."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.figures import Figure
from benchmarks.ground import BASE, Ground, megabytes
from tests.services import free_port, running_children, wait_until

PROCESSES = 2
# As docker-compose.yml starts it.
WORKER = [
    sys.executable,
    "-m",
    "celery",
    "--app",
    "config",
    "worker",
    "--concurrency",
    str(PROCESSES),
    "--loglevel",
    "ERROR",
]


class Sink:
    """The mail server of benchmarks.sink, in its own process."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def ask(self, what: str) -> tuple[int, float]:
        """Return how many messages have come and in how many seconds; `reset` forgets them."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        count, seconds = self.process.stdout.readline().split()
        return int(count), float(seconds)


@contextmanager
def _sink() -> Iterator[Sink]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.sink", str(port)]
    with subprocess.Popen(command, cwd=BASE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Sink(process, port)
        finally:
            process.kill()


def _drained(ground: Ground, environment: dict[str, str], sink: Sink, rows: int) -> float:
    """Let the worker send so many notices that wait, and return how many it sent a second."""
    sink.ask("reset")
    ground.ask(environment, "notices", "nudge", str(PROCESSES))
    wait_until(lambda: sink.ask("count")[0] >= rows, seconds=600, what=f"{rows} messages")
    count, seconds = sink.ask("count")
    return count / seconds


def _largest(worker: subprocess.Popen[bytes]) -> float:
    return max(megabytes(pid) for pid in running_children(worker.pid))


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield the ratio of the rates, and of the memory with 100,000 and with 1,000 rows."""
    rounds, seconds, few, many = (2, 2.0, 500, 10_000) if quick else (5, 3.0, 1_000, 100_000)
    with _sink() as sink:
        environment = ground.environment(ground.database("outbox"), EMAIL_URL=f"smtp://127.0.0.1:{sink.port}")
        with ground.process(WORKER, environment) as worker:
            wait_until(lambda: len(running_children(worker.pid)) >= PROCESSES, seconds=60, what="The worker")
            ground.ask(environment, "notices", "fill", "200")
            _drained(ground, environment, sink, 200)
            beside: dict[str, list[float]] = {"bare": [], "making": []}
            rates = []
            for _ in range(rounds):
                ground.ask(environment, "notices", "fill", str(few))
                for loop, taken in beside.items():
                    taken.append(ground.ask(environment, "notices", loop, str(sink.port), str(seconds)))
                rates.append(_drained(ground, environment, sink, few))
            bare, making = (
                [ours / theirs for ours, theirs in zip(rates, beside[loop], strict=True)] for loop in beside
            )
            note = f"{median(rates):.0f}/s; bare {median(beside['bare']):.0f}/s"
            yield Figure("Outbox, mails per second", median(bare), "× bare loop", least=0.5, note=note)
            yield Figure("  against a loop that also makes each mail", median(making), "× that loop")
            small = _largest(worker)
            ground.ask(environment, "notices", "fill", str(many))
            sink.ask("reset")
            ground.ask(environment, "notices", "nudge", str(PROCESSES))
            # Every claim reads the same few rows: what it takes in memory shows in the first thousands.
            largest, ends = small, time.monotonic() + (10 if quick else 40)
            while time.monotonic() < ends and sink.ask("count")[0] < many:
                largest = max(largest, _largest(worker))
                time.sleep(0.25)
            sent = sink.ask("count")[0]
            yield Figure(
                f"Memory of a worker process, {many:,} rows waiting",
                largest / small,
                f"× {few:,} rows",
                most=1.1,
                note=f"{largest:.0f} MB; {sent:,} sent meanwhile",
            )
