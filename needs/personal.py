"""What needs add to a member's own page and to the copy of their data."""

from typing import Any

from needs import selectors
from network.models import Practitioner


def my_page(practitioner: Any) -> dict[str, Any]:
    """Say whether there is a room to go to: facilities loads with a membership whether it keeps one."""
    return {"keeps": practitioner.keeps}


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    return selectors.my_copy(practitioner)


def leave(**_given: Any) -> None:
    """Give up nothing: what somebody reported is the facility's, and their posting ends in facilities."""
