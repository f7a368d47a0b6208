"""The way into the online room: pressing "Join online" is noted, so that minutes can be counted. See models.Presence."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from dialogues import policies, selectors, services
from dialogues.models import Presence, Session
from dialogues.views.cards import HAS_SEAT
from dialogues.views.seats import of_session
from network.enums import DomainError
from network.models import Practitioner


def _place(session: Session, practitioner: Practitioner) -> tuple[Any, bool]:
    """Return the member's seat, if they have one, and whether the online room is theirs to enter now."""
    if not policies.join_link_is_shown(session, timezone.now()):
        return None, False
    registration = selectors.latest_registration(session, practitioner)
    seat = registration if registration and registration.state in HAS_SEAT else None
    return seat, seat is not None or selectors.leads(session, practitioner)


@of_session
def session_join(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Note that the member joins, and lead to the page with the link. The browser may not be sent to another site from a form."""
    seat, enters = _place(session, practitioner)
    if not enters:
        return redirect(session)
    if request.method == "POST" and seat:
        try:
            services.join_online(session=session, practitioner=practitioner)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(session)
    return redirect("dialogues:session_online", session.slug)


@of_session
def session_online(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """The page that stays open beside the video room: the link, how long one has been there, "I am leaving"."""
    seat, enters = _place(session, practitioner)
    if not enters:
        return redirect(session)
    if request.method == "POST":
        return _told(request, practitioner, session)
    presences = list(Presence.objects.filter(registration=seat).order_by("pk")) if seat else []
    context = {
        "session": session,
        "counted": seat is not None,
        "joined": presences[-1] if presences and presences[-1].ended_at is None else None,
        "minutes": Presence.objects.filter(registration=seat).minutes().get(seat.pk, 0) if presences else None,
    }
    return render(request, "dialogues/session_online.html", context)


def _told(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    leaving = request.POST.get("do") == "leave"
    act = services.leave_online if leaving else services.still_online
    try:
        act(session=session, practitioner=practitioner)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if leaving:
            messages.success(request, gettext("Thank you for coming. Your minutes are noted."))
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(session if leaving else "dialogues:session_online", *([] if leaving else [session.slug]))
