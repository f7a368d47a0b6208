"""A measure by its address, for whoever may read it."""

from typing import Any

from django.http import Http404

from measures import selectors
from measures.models import Measure
from network import selectors as network_selectors
from network.models import Practitioner


def readable(slug: str, user: Any) -> tuple[Measure, Practitioner | None]:
    """Return a measure that this person may read, and their membership if it is active; unknown and forbidden are both 404."""
    practitioner = network_selectors.active_practitioner(user)
    measure = selectors.readable(user, practitioner).filter(slug=slug).first()
    if measure is None:
        raise Http404
    return measure, practitioner
