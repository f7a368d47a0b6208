"""An offered seat, by the signed address of a mail or SMS: no login, GET asks, POST answers."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dialogues import services, tokens
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Registration
from network.enums import DomainError, MemberState

ANSWERS = {"take": services.accept_offer, "decline": services.decline_offer}
# What became of the offer → icon, look, words.
OUTCOMES: dict[str, tuple[str, str, Any]] = {
    RegistrationState.CONFIRMED: ("check", "ok", _("The seat is yours.")),
    RegistrationState.ATTENDED: ("check", "ok", _("The seat is yours.")),
    RegistrationState.ABSENT: ("check", "ok", _("The seat is yours.")),
    RegistrationState.DECLINED: ("x", "info", _("You have declined the seat. It goes to the next person.")),
    RegistrationState.CANCELLED: ("ban", "info", _("You gave up your place.")),
}
OVER = ("clock", "info", services.OfferIsOver.message)


def _stands(registration: Registration) -> bool:
    until, session = registration.offer_expires_at, registration.session
    return (
        registration.state == RegistrationState.OFFERED
        and session.state == SessionState.PUBLISHED
        and until is not None
        and until > timezone.now()
    )


@login_not_required
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the reader takes the seat; what a mail scanner opens changes nothing."""
    registration = tokens.offered(token)
    if registration is None or registration.practitioner.state != MemberState.ACTIVE:
        raise Http404
    if request.method == "POST":
        answer = ANSWERS.get(request.POST.get("answer", ""))
        if answer is None:
            raise Http404
        person = registration.practitioner
        try:
            answer(session=registration.session, practitioner=person, by=person.user)
        except DomainError:
            # The page tells what became of the offer instead.
            return redirect(request.path)
        return redirect(request.path)
    icon, look, words = OUTCOMES.get(registration.state, OVER)
    context = {
        "registration": registration,
        "session": registration.session,
        "stands": _stands(registration),
        "outcome": {"icon": icon, "look": look, "words": words},
        "declining": "decline" in request.GET,
    }
    # The address is the key. SECURE_REFERRER_POLICY keeps it from other sites; a stricter one would take the origin from the form's answer.
    return render(request, "dialogues/offer.html", context)
