"""How the pages of measures find what they are about; unknown and forbidden are both 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from measures import selectors
from measures.models import Measure
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner

View = Callable[..., HttpResponse]


def of_reader(view: View) -> View:
    """Give the view a member and a measure that they read."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, slug: str, **kwargs: Any) -> HttpResponse:
        measure = Measure.objects.known_to(practitioner).select_related("current", "parity").filter(slug=slug).first()
        if measure is None:
            raise Http404
        return view(request, practitioner, measure, **kwargs)

    return member_page(require_http_methods(["GET", "HEAD", "POST"])(found))


def of_author(view: View) -> View:
    """Give the view a member and a measure that they write."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, measure: Measure, **kwargs: Any) -> HttpResponse:
        if not selectors.is_author(measure, practitioner):
            raise Http404
        return view(request, practitioner, measure, **kwargs)

    return of_reader(found)


def attempt(request: HttpRequest, sentence: str, call: Callable[..., Any], **values: Any) -> bool:
    """Make a change and say so, or why it could not be made; tell whether it was."""
    try:
        call(**values)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, sentence)
    return True
