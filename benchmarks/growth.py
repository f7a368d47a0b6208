"""Pages of a small and of a large database, asked for in turn: how much slower the slowest twentieth gets."""

import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from benchmarks.figures import Figure
from benchmarks.ground import BASE, Ground

# A page whose name ends so is counted anew for whoever asks first: a figure without a target.
ANEW = "anew"


class Visitor:
    """The process that asks for the pages of one database."""

    def __init__(self, ground: Ground, scene: str, size: int) -> None:
        environment = ground.environment(ground.database(f"{scene}_{size}"))
        ground.run(environment, scene, "fill", str(size))
        command = [sys.executable, "-m", f"benchmarks.{scene}", "visit"]
        self.process = subprocess.Popen(
            command, env=environment, cwd=BASE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.taken: dict[str, list[float]] = {}

    def visit(self, *, keep: bool = True) -> None:
        """Let it ask for each page once."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for page, seconds in json.loads(self.process.stdout.readline()):
            if keep:
                self.taken.setdefault(page, []).append(seconds)

    def slow(self, page: str) -> float:
        """Return the 95th percentile of a page in seconds."""
        return quantiles(self.taken[page], n=20)[-1]


def pages(ground: Ground, scene: str, what: str, sizes: tuple[int, int], rounds: int) -> Iterator[Figure]:
    """Yield how the 95th percentile of each page grows from the first size to the second."""
    visitors: dict[int, Any] = {}
    try:
        for size in sizes:
            visitors[size] = Visitor(ground, scene, size)
            for _ in range(2):
                visitors[size].visit(keep=False)
        for _ in range(rounds):
            for visitor in visitors.values():
                visitor.visit()
        (small, few), (large, many) = visitors.items()
        for page in few.taken:
            note = f"p95 {many.slow(page) * 1000:.0f} ms, of {small:,} {few.slow(page) * 1000:.0f} ms"
            note += f"; medians {median(many.taken[page]) * 1000:.0f} and {median(few.taken[page]) * 1000:.0f}"
            ratio = many.slow(page) / few.slow(page)
            most = None if page.endswith(ANEW) else 1.5
            yield Figure(f"{page}, p95, {large:,} {what}", ratio, f"× {small:,}", most=most, note=note)
    finally:
        for visitor in visitors.values():
            visitor.process.kill()
            visitor.process.wait()
