"""What the apps above add to a person's own page and to the copy of their data; each registers its part when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One app's part.

    Each function takes a membership. `show` returns the context of `template` on the person's page; `copy` what the copy of their
    data holds under `code`, as JSON primitives; `leave(practitioner=…, by=…)` gives up what somebody who leaves or is suspended
    still holds, in the same transaction; `erase(practitioner=…)` deletes, when their data is erased, what nobody else counts on.
    `known()` returns what `show` finds on the membership under these names: it comes with it, and costs no query of its own.
    """

    code: str
    template: str
    show: Callable[[Any], dict[str, Any]]
    copy: Callable[[Any], Any]
    leave: Callable[..., Any]
    erase: Callable[..., Any] | None = None
    known: Callable[[], dict[str, Any]] = dict


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known; registering it again replaces it."""
    _parts[part.code] = part


def parts() -> list[Part]:
    return list(_parts.values())


def known() -> dict[str, Any]:
    """Return what all parts want to be loaded with the membership."""
    return {name: expression for part in parts() for name, expression in part.known().items()}
