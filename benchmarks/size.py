"""Bytes of a first visit to the public pages, everything that a browser loads, compressed."""

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ground import Ground
from tests.first_visit import FIRST_FLIGHT


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield the kilobytes of each page."""
    environment = ground.environment(ground.database("size"))
    scene = ground.ask(environment, "scene")
    for page, loaded in ground.ask(environment, "visits", scene["slug"]).items():
        yield Figure(f"First visit of {page}", loaded / 1000, "kB", most=FIRST_FLIGHT / 1000)
