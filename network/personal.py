"""What the apps above add to a person's own page and to the copy of their data; each registers its part when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _nothing(**whose: Any) -> None:
    """What a part does of which nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Part:
    """One app's part.

    Each function takes a membership. `show` returns the context of `template` on the person's page; `copy` what the copy of their
    data holds under `code`, as JSON primitives; `leave(practitioner=…, by=…)` gives up what somebody who leaves or is suspended
    still holds, in the same transaction; `erase(practitioner=…)` empties what tells who somebody was, when they are erased.
    """

    code: str
    template: str
    show: Callable[[Any], dict[str, Any]]
    copy: Callable[[Any], Any]
    leave: Callable[..., None]
    erase: Callable[..., None] = _nothing


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known; registering it again replaces it."""
    _parts[part.code] = part


def parts() -> list[Part]:
    return list(_parts.values())
