"""What a button of the website answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from network.enums import DomainError


def done(request: HttpRequest, sentence: str, call: Callable[[], Any], to: str) -> HttpResponse:
    """Make a call, say what came of it, and go on to the page named `to`."""
    try:
        call()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect(to)
