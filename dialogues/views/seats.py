"""A member's own place in a session: sign up, withdraw, take or decline an offered seat. GET asks, POST acts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from dialogues import notices, policies, seating, selectors, services
from dialogues.enums import RegistrationMove, RegistrationState, SessionState
from dialogues.models import Registration, Session
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner


def of_session(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view a session that the member may know of; unknown and forbidden are both 404."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
        session = selectors.known(slug, request.user, practitioner)
        if session is None:
            raise Http404
        return view(request, practitioner, session)

    return member_page(require_http_methods(["GET", "HEAD", "POST"])(found))


@of_session
def session_seats(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Show how the seats of a session are shared, and each step of the member's own place with its reason."""
    if request.method == "POST":
        raise Http404
    now = timezone.now()
    end = policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at)
    context = {
        "session": session,
        "sites": seating.balance(session, now),
        "released": now >= end,
        "until": end,
        "steps": [
            {"at": step.at, "words": RegistrationMove(step.move).label, "why": notices.explain(step.changes)}
            for step in selectors.steps_of_place(session, practitioner)
        ],
    }
    return render(request, "dialogues/session_seats.html", context)


def _say(request: HttpRequest, level: int, sentence: str) -> None:
    """Say something once, though a second press came before the first answer was read."""
    waiting = messages.get_messages(request)
    if sentence not in [str(message) for message in waiting]:
        messages.add_message(request, level, sentence)
    waiting.used = False


def _say_place(request: HttpRequest, registration: Registration) -> None:
    if registration.state == RegistrationState.WAITING:
        place = selectors.queue_position(registration)
        # Translators: an ordinal place on a list.
        text = ngettext(
            "No seat is free at the moment. You are on the waiting list, in place %(place)s.",
            "No seat is free at the moment. You are on the waiting list, in place %(place)s.",
            place,
        )
        _say(request, messages.INFO, text % {"place": place})
    else:
        _say(request, messages.SUCCESS, gettext("Your seat is confirmed. You will find it on your page too."))


@of_session
def session_register(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Sign up for a site. Pressing twice is the same as once; coming here from a login leads to the session."""
    if request.method != "POST":
        return redirect(session)
    number = request.POST.get("site", "")
    site = session.sites.filter(pk=number).first() if number.isdecimal() and len(number) < 18 else None
    if site is None:
        _say(request, messages.ERROR, gettext("Please choose one of the places of this session."))
        return redirect(session)
    try:
        registration = services.register(session=session, site=site, practitioner=practitioner, by=request.user)
    except DomainError as error:
        _say(request, messages.ERROR, str(error))
    else:
        _say_place(request, registration)
    return redirect(session)


def _asked(
    request: HttpRequest,
    practitioner: Practitioner,
    session: Session,
    *,
    template: str,
    states: tuple[str, ...],
    act: Callable[..., Any],
    done: tuple[str, str],
    refused: type[DomainError],
) -> HttpResponse:
    """Ask on GET and act on POST, where the member's place is in one of `states`.

    `done` is the state that the act leads to and what is said of it: a second press finds it reached and says the same.
    """
    state, sentence = done
    registration = selectors.latest_registration(session, practitioner)
    if registration is not None and registration.state == state and state not in states:
        if request.method == "POST":
            _say(request, messages.SUCCESS, sentence)
        return redirect(session)
    over = session.state != SessionState.PUBLISHED or session.starts_at <= timezone.now()
    if over or registration is None or registration.state not in states:
        _say(request, messages.INFO, str(refused()))
        return redirect(session)
    if request.method != "POST":
        return render(request, template, {"session": session, "registration": registration})
    try:
        act(session=session, practitioner=practitioner, by=request.user)
    except DomainError as error:
        _say(request, messages.ERROR, str(error))
    else:
        _say(request, messages.SUCCESS, sentence)
    return redirect(session)


@of_session
def session_withdraw(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Give up one's place."""
    return _asked(
        request,
        practitioner,
        session,
        template="dialogues/registration_withdraw.html",
        states=(RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.OFFERED),
        act=services.withdraw,
        done=(RegistrationState.CANCELLED, gettext("You have given up your place. Thank you for telling us.")),
        refused=services.NotRegistered,
    )


@of_session
def offer_accept(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Take the offered seat."""
    return _asked(
        request,
        practitioner,
        session,
        template="dialogues/offer_accept.html",
        states=(RegistrationState.OFFERED,),
        act=services.accept_offer,
        done=(RegistrationState.CONFIRMED, gettext("The seat is yours.")),
        refused=services.OfferIsOver,
    )


@of_session
def offer_decline(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Leave the offered seat to the next person."""
    return _asked(
        request,
        practitioner,
        session,
        template="dialogues/offer_decline.html",
        states=(RegistrationState.OFFERED,),
        act=services.decline_offer,
        done=(RegistrationState.DECLINED, gettext("You have declined the seat. It goes to the next person.")),
        refused=services.OfferIsOver,
    )
