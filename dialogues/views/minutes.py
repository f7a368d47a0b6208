"""Minutes on the website: read by whom they are for, written by those who lead the session."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import minutes, policies, selectors, sequels, services
from dialogues.models import Session
from dialogues.views import editing
from dialogues.views.seats import of_session
from network import selectors as network_selectors
from network.models import Practitioner


@login_not_required
@require_safe
@never_cache
def session_minutes(request: HttpRequest, slug: str) -> HttpResponse:
    """The published minutes of a session: text, decisions, and how many of each side were there.

    Not kept for a minute like other public pages: minutes that are withdrawn are gone at once.
    """
    practitioner = network_selectors.active_practitioner(request.user)
    session = selectors.session_for(slug, request.user, practitioner)
    found = minutes.published(session, request.user, practitioner) if session else None
    if session is None or found is None or found.published_revision_id is None:
        raise Http404
    revision = minutes.with_decisions(found.published_revision._meta.model.objects).get(pk=found.published_revision_id)
    decisions = list(revision.decisions.all())
    context = {
        "session": session,
        "minutes": found,
        "revision": revision,
        "decisions": decisions,
        "sequels": {d.pk: sequels.of_decision(session, d) for d in decisions} if practitioner else {},
        "presence": minutes.told_presence(found),
        "under_rule": minutes.under_rule(session, found),
    }
    return render(request, "dialogues/session_minutes.html", context)


@of_session
def minutes_edit(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Write the minutes of a session that one leads."""
    if not selectors.leads(session, practitioner):
        raise Http404
    if not policies.minutes_are_open(session, timezone.now()):
        messages.info(request, str(services.MinutesNotOpen()))
        return redirect(session)

    def page(template: str) -> Any:
        return lambda context: render(request, template, {"session": session, **context})

    pages = editing.Pages(page("dialogues/minutes_edit.html"), page("dialogues/minutes_conflict.html"))
    if request.method != "POST":
        return editing.shown(session, pages)
    answer = editing.handled(request, session, pages)
    if answer is None:
        raise Http404
    return answer
