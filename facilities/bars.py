"""Lines of a picture: bars whose length tells a number, drawn by `facilities/_bars.html`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: `number` is None where it may not be told, `width` in hundredths of the longest."""

    name: Any
    number: int | None
    width: float


def bars(named: Mapping[Any, Any], told: Mapping[Any, int]) -> list[Bar]:
    """Return lines in the order of the names; whoever is hidden is not told from nobody."""
    longest = max(told.values(), default=0)
    return [Bar(name, told.get(key), 100 * told.get(key, 0) / longest if longest else 0) for key, name in named.items()]
