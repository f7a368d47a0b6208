"""Whose room it is: a facility's focal points, and its side's coordinators. At a closed one they may only receive what still comes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from facilities.models import Facility
from needs import selectors

View = Callable[..., HttpResponse]


def in_room(view: View) -> View:
    """Give a view the facility that its address names, if the reader keeps or coordinates it; else it is not there."""

    return _reached(view, selectors.facility_to_work_on)


def where_it_comes(view: View) -> View:
    """Give a view the facility as `in_room` does, also where it is closed and something was sent to it before."""
    return _reached(view, selectors.facility_to_receive_at)


def _reached(view: View, select: Callable[[str, Any], Facility | None]) -> View:
    @wraps(view)
    def found(request: HttpRequest, facility: str, **given: Any) -> HttpResponse:
        row = select(facility.upper(), request.user)
        if row is None:
            raise Http404
        return view(request, row, **given)

    return never_cache(found)
