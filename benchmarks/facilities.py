"""The registry on PostgreSQL with 1,000 and 100,000 facilities: list, search and map."""

from collections.abc import Iterator

from benchmarks import growth
from benchmarks.figures import Figure
from benchmarks.ground import Ground

FEW, MANY = 1_000, 100_000
ASKED = 15


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield how the 95th percentile of each page grows."""
    yield from growth.pages(ground, "facility_scene", "facilities", (FEW, MANY), ASKED if quick else ASKED * 4)
