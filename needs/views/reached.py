"""Whose room it is: a facility's focal points, and its side's coordinators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from needs import selectors

View = Callable[..., HttpResponse]


def in_room(view: View) -> View:
    """Give a view the facility that its address names, if the reader keeps or coordinates it; else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, facility: str, **given: Any) -> HttpResponse:
        row = selectors.facility_to_work_on(facility.upper(), request.user)
        if row is None:
            raise Http404
        return view(request, row, **given)

    return never_cache(found)
