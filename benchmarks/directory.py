"""The directory on PostgreSQL with 1,000, 100,000 and 1,000,000 members: how much slower the slowest twentieth of its searches gets."""

import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median, quantiles

from benchmarks.figures import Figure
from benchmarks.ground import BASE, Ground

SIZES = (1_000, 100_000, 1_000_000)
MOST = {100_000: 1.5, 1_000_000: 3.0}
ROUNDS = 20


class Searcher:
    """The process that searches one database."""

    def __init__(self, ground: Ground, size: int) -> None:
        environment = ground.environment(ground.database(f"directory_{size}"))
        ground.run(environment, "searches", "fill", str(size))
        command = [sys.executable, "-m", "benchmarks.searches", "search"]
        self.process = subprocess.Popen(
            command, env=environment, cwd=BASE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.taken: dict[str, list[tuple[float, float]]] = {}

    def search(self, seed: int, *, keep: bool = True) -> None:
        """Let it search for one round of queries."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{seed}\n")
        self.process.stdin.flush()
        for kind, page, rows in json.loads(self.process.stdout.readline()):
            if keep:
                self.taken.setdefault(kind, []).append((page, rows))

    def slow(self, column: int) -> float:
        """Return the 95th percentile over all kinds, in seconds: of the page or of the rows alone."""
        return quantiles([taken[column] for kind in self.taken.values() for taken in kind], n=20)[-1]

    def kinds(self) -> str:
        """Return the median of each kind in milliseconds."""
        return ", ".join(f"{kind} {median(page for page, _ in taken) * 1000:.0f}" for kind, taken in self.taken.items())


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield how the 95th percentile grows."""
    sizes, rounds = (SIZES[:2], 8) if quick else (SIZES, ROUNDS)
    searchers = {}
    try:
        for size in sizes:
            searchers[size] = Searcher(ground, size)
            searchers[size].search(0, keep=False)
        for seed in range(1, rounds + 1):
            for searcher in searchers.values():
                searcher.search(seed)
        base = searchers[sizes[0]]
        for size in sizes[1:]:
            slow = searchers[size]
            note = f"p95 {slow.slow(0) * 1000:.0f} ms, of {sizes[0]:,} {base.slow(0) * 1000:.0f} ms; medians: {slow.kinds()}"
            yield Figure(
                f"Directory page, p95, {size:,} members",
                slow.slow(0) / base.slow(0),
                f"× {sizes[0]:,}",
                most=MOST[size],
                note=note,
            )
            yield Figure(f"  of it its rows, {size:,} members", slow.slow(1) / base.slow(1), f"× {sizes[0]:,}")
    finally:
        for searcher in searchers.values():
            searcher.process.kill()
            searcher.process.wait()
