"""Who a page is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from network import selectors

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page for everybody: an anonymous visitor's is kept for a minute by anybody on the way, a member's is theirs alone."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=60)
        patch_vary_headers(response, ("Cookie",))
        return response

    return login_not_required(require_safe(shown))


def live_page(view: View) -> View:
    """A page for everybody that nobody on the way keeps: what is hidden is hidden at once."""
    return login_not_required(require_safe(view))


def member_page(view: View) -> View:
    """A page for active members, whose membership the view gets; others are told on their own page what is missing."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        practitioner = selectors.active_practitioner(request.user)
        if practitioner is None:
            messages.info(request, gettext("This page opens to verified members. See below where you stand."))
            return redirect("network:me")
        return view(request, practitioner, *args, **kwargs)

    return shown
