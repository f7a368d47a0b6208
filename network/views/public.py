"""The pages before membership: whom the network is for, and by which rules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from network import forms, selectors, services
from network.decorators import public_page
from network.enums import DomainError, MemberState
from network.models import CodeOfConduct, Practitioner

ACCEPTING_STATES = (MemberState.APPLIED, MemberState.VERIFIED, MemberState.ACTIVE, MemberState.SUSPENDED)


def language_of(conduct: CodeOfConduct) -> str:
    """Return the language in which this reader gets the text: the page's, or the other one where it is missing."""
    language = (get_language() or "ar")[:2]
    if conduct.text_in(language):
        return language
    return "en" if language == "ar" else "ar"


def conduct_context(conduct: CodeOfConduct | None) -> dict[str, object]:
    """Return what `network/_conduct.html` shows and what the acceptance names: the text, its language, its hash."""
    if conduct is None:
        return {"conduct": None}
    language = language_of(conduct)
    return {
        "conduct": conduct,
        "conduct_text": conduct.text_in(language),
        "conduct_language": language,
        "conduct_sha256": conduct.sha256_in(language),
    }


def _may_accept(practitioner: Practitioner | None) -> bool:
    return (
        practitioner is not None
        and practitioner.state in ACCEPTING_STATES
        and not selectors.has_accepted_conduct(practitioner)
    )


@public_page
def join(request: HttpRequest) -> HttpResponse:
    """Whom the network is for, what is asked and why, who sees it, and what happens then."""
    return render(request, "network/join.html", {"practitioner": selectors.practitioner_of(request.user)})


@public_page
def conduct(request: HttpRequest) -> HttpResponse:
    """The code of conduct in force; members who have not accepted this version do it here."""
    in_force = selectors.conduct_in_force()
    asked = in_force is not None and _may_accept(selectors.practitioner_of(request.user))
    context = conduct_context(in_force) | {"form": forms.ConductForm() if asked else None}
    return render(request, "network/conduct.html", context)


@require_POST
def conduct_accept(request: HttpRequest) -> HttpResponse:
    """Accept the version in force, as it was shown."""
    form, in_force = forms.ConductForm(request.POST), selectors.conduct_in_force()
    if in_force is None:
        return redirect("network:conduct")
    if not form.is_valid():
        messages.error(request, gettext("Please tick the box if you accept the code of conduct."))
        return redirect("network:conduct")
    try:
        services.accept_conduct(
            user=request.user,
            conduct=in_force,
            language=form.cleaned_data["language"],
            text_sha256=form.cleaned_data["sha256"],
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("network:conduct")
    messages.success(request, gettext("Thank you. You have accepted the code of conduct."))
    return redirect("network:me")
