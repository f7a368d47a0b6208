"""What is told of each district in pictures: the measures by which the map is coloured; each app registers its own when it is ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from facilities.enums import Functionality, Precision
from facilities.models import Facility

# What is counted anew at every change of a facility is kept for so long between two of them.
KEPT_FOR = timedelta(minutes=1)

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class Figure:
    """What is told of one district: a number, or so many of so many; and of how many facilities nothing is known."""

    part: int
    whole: int | None = None
    untold: int = 0

    @property
    def share(self) -> int | None:
        """In whole per cent; None where there is nothing of which it could be a share."""
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Metric:
    """What a map can show.

    `title` and `explained` are translated when they are shown. `per_district()` asks the database a constant number of times and returns
    figures by the id of the district; a district that is missing there has nothing to tell. Figures about people obey
    `network.disclosure`; facilities are places, of which every number is told.
    """

    code: str
    title: Any
    explained: Any
    per_district: Callable[[], Mapping[int, Figure]]
    is_share: bool = False


def kept(name: str, count: Callable[[], Counted]) -> Counted:
    """Return what `count` tells of the public facilities: as it was up to KEPT_FOR ago, never before the last change of one of them."""
    newest = Facility.objects.aggregate(at=Max("changed_at"))["at"]
    key = f"facilities:{name}:{newest and newest.timestamp()}"
    found: Counted | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, KEPT_FOR.total_seconds())
    return found


_metrics: dict[str, Metric] = {}


def register(*metrics: Metric) -> None:
    """Make metrics known, in the order in which the map offers them; registering one again replaces it."""
    for metric in metrics:
        _metrics[metric.code] = metric


def metrics() -> list[Metric]:
    return list(_metrics.values())


def _counted() -> dict[int, dict[str, int]]:
    """Return how many public facilities of each functionality lie in each district, those left out whose district isn't told."""
    rows = Facility.objects.public().exclude(public_precision=Precision.HIDDEN)
    counted: dict[int, dict[str, int]] = {}
    for district, works, count in rows.values_list("district_id", "functionality").annotate(n=Count("pk")).order_by():
        counted.setdefault(district, {})[works] = count
    return counted


def working() -> dict[int, Figure]:
    """Return how many work fully, of those of which it is known; what sides dispute is not known."""
    known = (Functionality.FULL, Functionality.PARTIAL, Functionality.NONE)
    return {
        district: Figure(
            part=counts.get(Functionality.FULL, 0),
            whole=sum(counts.get(works, 0) for works in known),
            untold=counts.get(Functionality.UNKNOWN, 0) + counts.get(Functionality.DISPUTED, 0),
        )
        for district, counts in _counted().items()
    }


def listed() -> dict[int, Figure]:
    return {district: Figure(sum(counts.values())) for district, counts in _counted().items()}


FUNCTIONALITY = Metric(
    "functionality",
    _("Fully working"),
    _(
        "Share of facilities that work fully, of those of which it is known. Where sides say different things, it is not known."
    ),
    working,
    is_share=True,
)
NUMBER = Metric("number", _("Facilities listed"), _("How many facilities are listed."), listed)
