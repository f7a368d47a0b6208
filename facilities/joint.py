"""What apps above add to the joint picture of a local-region, such as its needs; each registers its part when it is ready."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One app's part.

    `show(facilities)` takes the ids of the facilities that everybody may place in the local-region, and returns the context of `template`
    as `part`. It is asked on a public page: what it returns everybody reads.
    """

    code: str
    template: str
    show: Callable[[Collection[int]], Any]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known; registering it again replaces it."""
    _parts[part.code] = part


def forget(code: str) -> None:
    """Take a part out again."""
    _parts.pop(code, None)


def shown(facilities: Collection[int]) -> list[dict[str, Any]]:
    """Return all parts with what they show, in the order in which they registered."""
    return [{"template": part.template, "part": part.show(facilities)} for part in _parts.values()]
