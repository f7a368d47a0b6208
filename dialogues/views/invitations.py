"""From the code that a walk-in was given to the form with which they apply for membership."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import services
from dialogues.services.codes import INVITATION_LENGTH
from network import selectors as network_selectors
from network.enums import DomainError

LONGEST = 40


@login_not_required
@require_safe
def invitation_code(request: HttpRequest) -> HttpResponse:
    """Type the code that one was given on paper."""
    typed = request.GET.get("code", "")[:LONGEST]
    if typed.strip():
        _count(request)
    code = services.read_code(typed, INVITATION_LENGTH)
    if code and services.open_invitation(code):
        return redirect("short:invitation", code)
    error = ""
    if typed.strip():
        error = (
            str(services.InvitationUsed())
            if code
            else gettext("This code is mistyped: it has %(count)s digits. Please look at it again.")
            % {"count": INVITATION_LENGTH}
        )
    return render(request, "dialogues/invitation_code.html", {"typed": typed, "error": error})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Welcome somebody who came unannounced. Their name is told only to an account, in the form that applies for membership."""
    _count(request)
    code = services.read_code(token[:LONGEST], INVITATION_LENGTH)
    walk_in = services.open_invitation(code)
    if walk_in is None or (walk_in.claimed_by_id and walk_in.claimed_by_id != request.user.pk):
        raise Http404
    if request.method == "POST" and request.user.is_authenticated:
        return _claimed(request, code)
    here = reverse("short:invitation", args=[code])
    return render(request, "dialogues/invitation.html", {"here": here})


def _count(request: HttpRequest) -> None:
    """Stop whoever tries many codes. allauth's own door counts no GET requests, and a QR code makes one."""
    ratelimit.consume(request, app="allauth.account", action="invitation", limit_get=True, raise_exception=True)


def _claimed(request: HttpRequest, code: str) -> HttpResponse:
    try:
        walk_in = services.claim_invitation(code=code, user=request.user)
    except DomainError as error:
        raise Http404 from error
    if network_selectors.practitioner_of(request.user) is None:
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in walk_in.name)
        request.session["known_of_applicant"] = {"name_ar" if arabic else "name_latin": walk_in.name}
        return redirect("network:profile")
    return redirect("network:me")
