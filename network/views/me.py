"""A person's own pages: where they stand, their profile, their notices."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from network import forms, personal, selectors, services
from network.enums import DomainError, MemberState
from network.models import Practitioner
from network.views.public import conduct_context
from notifications import outbox

# In these a person still has to fill in the form that applies for membership.
BEFORE_APPLYING = (None, MemberState.DECLINED)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Where the person stands and what comes next, their sessions, and the way to all else that is theirs."""
    practitioner = selectors.practitioner_of(request.user, **personal.known())
    state = practitioner.state if practitioner else None
    context = {
        "practitioner": practitioner,
        "accepted": practitioner is None or selectors.has_accepted_conduct(practitioner),
        "reason": selectors.last_reason(practitioner)
        if practitioner and state in (MemberState.DECLINED, MemberState.SUSPENDED)
        else "",
    }
    if practitioner and practitioner.is_active_member:
        context["parts"] = [{"template": part.template, "mine": part.show(practitioner)} for part in personal.parts()]
    return render(request, "network/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Apply for membership with one's profile and the code of conduct; later, change the profile."""
    practitioner = selectors.practitioner_of(request.user)
    if (practitioner.state if practitioner else None) in BEFORE_APPLYING:
        return _apply(request, practitioner)
    if "sha256" in request.POST:
        # The same application a second time, by a second click or from a second tab.
        return redirect("network:me")
    return _edit(request, practitioner)


def _apply(request: HttpRequest, practitioner: Practitioner | None) -> HttpResponse:
    conduct = selectors.conduct_in_force()
    # What somebody already told elsewhere, as on a paper sheet, they need not type again.
    known = {} if practitioner else request.session.get("known_of_applicant", {})
    form = forms.ApplicationForm(request.POST or None, instance=practitioner, initial=known)
    if request.method == "POST" and conduct and form.is_valid():
        try:
            services.apply_for_membership(
                user=request.user,
                profile=form.profile(),
                conduct=conduct,
                language=form.cleaned_data["language"],
                text_sha256=form.cleaned_data["sha256"],
            )
        except services.IllegalMove:
            return redirect("network:me")
        except services.TextHasChanged as error:
            form.add_error("accept", str(error))
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            request.session.pop("known_of_applicant", None)
            services.keep_language(user=request.user, language=form.cleaned_data["language"])
            services.keep_zone(user=request.user, zone=form.cleaned_data["zone"])
            messages.success(request, gettext("Thank you. Your application is with your coordinator now."))
            return redirect("network:me")
    context = conduct_context(conduct) | {"form": form, "applying": True, "practitioner": practitioner}
    return render(request, "network/profile.html", context)


def _edit(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    side = practitioner.region_id
    form = forms.ProfileForm(request.POST or None, instance=practitioner)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.edit_profile(user=request.user, profile=form.profile())
        except DomainError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            services.keep_zone(user=request.user, zone=form.cleaned_data["zone"])
            if kept.region_id != side:
                logout(request)
                messages.info(
                    request, gettext("Your profile is kept. Because you changed sides, you were logged out everywhere.")
                )
                return redirect("account_login")
            messages.success(request, gettext("Your profile is kept."))
            return redirect("network:me")
    return render(request, "network/profile.html", {"form": form, "applying": False, "practitioner": practitioner})


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Choose the language of notices, discreet mode, and what is told on which channel."""
    user = request.user
    form = forms.NoticesForm(request.POST or None, user=user, preferences=outbox.preferences(user.pk))
    if request.method == "POST" and form.is_valid():
        services.keep_notices(
            user=user,
            language=form.cleaned_data["language"],
            discreet=form.cleaned_data["discreet"],
            topics=form.topics(),
        )
        messages.success(request, gettext("Your choices are kept."))
        return redirect("network:notifications")
    return render(request, "network/notifications.html", {"form": form})
