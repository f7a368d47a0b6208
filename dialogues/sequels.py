"""What the apps above offer to begin from a decision of published minutes; each registers its offer when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Sequel:
    """One offer to members: the words of its link, and the address for a session and one of its decisions."""

    code: str
    label: str | Promise
    address: Callable[[Any, Any], str]


_sequels: dict[str, Sequel] = {}


def register(sequel: Sequel) -> None:
    """Make an offer known; registering it again replaces it."""
    _sequels[sequel.code] = sequel


def of_decision(session: Any, decision: Any) -> list[tuple[str, str]]:
    """Return what can be begun from a decision: words and address."""
    return [(str(sequel.label), sequel.address(session, decision)) for sequel in _sequels.values()]
