"""What a button of the website answers, and what becomes of what was typed beside it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from network.enums import DomainError

SESSION_KEY = "typed"


def done(request: HttpRequest, sentence: str, call: Callable[[], Any], to: Any, form: str = "") -> HttpResponse:
    """Make a call, say what came of it, and go on to the page `to`; what was typed into `form` waits there if it was refused."""
    try:
        call()
    except DomainError as error:
        return refused(request, str(error), to, form)
    messages.success(request, sentence)
    return redirect(to)


def refused(request: HttpRequest, why: str, to: Any, form: str) -> HttpResponse:
    """Say why something was refused, and keep what was typed into `form` for the page that shows it next."""
    messages.error(request, why)
    if form:
        keep(request, form)
    return redirect(to)


def keep(request: HttpRequest, form: str) -> None:
    """Keep what was typed into `form` for the page that shows it next."""
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    request.session[SESSION_KEY] = {form: typed}


def typed_before(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return what was typed into a form of this page and refused, by the form; only once."""
    return request.session.pop(SESSION_KEY, {})
