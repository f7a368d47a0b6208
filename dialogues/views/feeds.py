"""Calendars that programs subscribe to: a member's own behind a secret address, and that of the public sessions."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import calendars, outreach, services
from network.decorators import member_page, public_page
from network.models import Practitioner


def _answer(
    request: HttpRequest, entries: Sequence[calendars.Entry], *, name: str, since: datetime | None = None
) -> HttpResponse:
    """Return a calendar, or that it is the one that the program has already."""
    content = calendars.feed(list(entries), name=name)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["ETag"] = etag
    if times := [moment for moment in (since, *(entry.revised for entry in entries)) if moment]:
        response["Last-Modified"] = http_date(max(times).timestamp())
    # Judged by the content alone: a time knows nothing of a place given up or of discreet mode, which must reach calendars at once.
    return get_conditional_response(request, etag=etag, response=response) or response


@login_not_required
@require_safe
def member_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A member's private calendar, in their language. Unknown, revoked and whose owner left or is suspended: 404."""
    feed = outreach.feed_of_token(token)
    if feed is None:
        raise Http404
    user = feed.practitioner.user
    with override(user.language):
        name = gettext("Appointments") if user.discreet else gettext("Jisr: my sessions")
        response = _answer(request, outreach.own_entries(feed.practitioner), name=name, since=feed.made_at)
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@public_page
def public_calendar(request: HttpRequest) -> HttpResponse:
    """The calendar of the sessions that everybody may know of, in the language of the address."""
    return _answer(request, outreach.public_entries(), name=gettext("Jisr: public sessions"))


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_page(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Make one's private calendar address, make another in its place, or revoke it."""
    step = request.POST.get("do")
    if request.method == "POST" and step == "revoke":
        services.revoke_calendar_feed(practitioner=practitioner, by=request.user)
        messages.success(
            request, gettext("Your calendar address is revoked. Calendars that had it get nothing any more.")
        )
        return redirect("my_sessions:calendar")
    context: dict[str, Any] = {}
    if request.method == "POST" and step == "make":
        # Shown in the answer itself: to lead elsewhere first, the token would have to be kept.
        token = services.make_calendar_feed(practitioner=practitioner, by=request.user)
        url = settings.SITE_URL + reverse("member_calendar", args=[token])
        context = {"url": url, "subscribe_url": re.sub("^https?:", "webcal:", url)}
    return render(request, "dialogues/calendar.html", context | {"feed": outreach.calendar_feed(practitioner)})
