from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from notifications import zones

Respond = Callable[[HttpRequest], HttpResponse]


class ReceivedAtMiddleware:
    """Note when a request came, before its body is read: what begins to arrive in time is in time, however slow the network."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Nobody enters the admin without a second factor: whoever has none is asked to set it up first."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or not request.user.is_authenticated:
            return None
        if not request.user.is_staff or is_mfa_enabled(request.user):
            return None
        messages.info(request, gettext("Your role needs a second step at login. Please set it up now."))
        return redirect("mfa_activate_totp")


class TooManyAttemptsMiddleware:
    """Say so where allauth stops somebody in the middle of a step, as when many ask for codes from one address."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return render(request, "429.html", status=429) if isinstance(error, RateLimited) else None


class OwnClockMiddleware:
    """Show times by the clock of whoever reads too. Their account is not looked at where no time is shown."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with zones.override(lambda: getattr(request.user, "zone", "")):
            return self.get_response(request)


class PrivateByDefaultMiddleware:
    """No browser or proxy keeps a page that did not say how long it is good for everybody."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache, no-store")
        return response
