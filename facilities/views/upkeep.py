"""How focal points keep a facility's page right: ask for changes, confirm, hide, and say which services are there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilities import policies, selectors, services, upkeep_selectors
from facilities.enums import FacilityState
from facilities.forms import ChangeForm, HideForm, ServicesForm
from facilities.models import ChangeRequest, Facility
from network.enums import DomainError

View = Callable[..., HttpResponse]


def of_keeper(view: View) -> View:
    """Give the view a facility that this person keeps, as a focal point or as a coordinator of its side; else there is no such page."""

    @wraps(view)
    def found(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        facility = selectors.facility_for(code.upper(), request.user)
        if facility is None:
            raise Http404
        request.focal = selectors.is_keeper(facility, request.user)  # type: ignore[attr-defined]
        if not request.focal and not policies.keeps(request.user, facility.side_id):  # type: ignore[attr-defined]
            raise Http404
        return view(request, facility, *args, **kwargs)

    return found


def of_focal_point(view: View) -> View:
    """Give the view a facility whose focal point this person is."""

    @wraps(view)
    def found(request: HttpRequest, facility: Facility, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.focal:  # type: ignore[attr-defined]
            raise Http404
        return view(request, facility, *args, **kwargs)

    return of_keeper(found)


@of_keeper
@require_safe
def upkeep(request: HttpRequest, facility: Facility) -> HttpResponse:
    """The keeper's page of a facility: what can be done, what waits, what was before."""
    history = upkeep_selectors.history(facility)
    own = request.user.pk
    context = {
        "facility": facility,
        "focal": request.focal,  # type: ignore[attr-defined]
        "open": facility.state == FacilityState.OPEN,
        "history": [
            {**each, "withdrawable": each["request"].is_waiting and each["request"].asked_by_id == own}
            for each in history
        ],
        "confirmations": upkeep_selectors.confirmations(facility),
        "services": upkeep_selectors.services_history(facility),
    }
    return render(request, "facilities/upkeep.html", context)


@of_focal_point
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Ask for a change of what is shown."""
    # The form writes what was typed into the row that it gets; the page shows what is kept.
    form = ChangeForm(request.POST or None, facility=Facility.objects.select_related("kind").get(pk=facility.pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_change(
                facility=facility,
                proposed=form.proposed(),
                said_on=form.day(),
                reason=form.cleaned_data["reason"],
                uid=form.cleaned_data["uid"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            words = gettext("Sent to the coordinators of your side. You will be told what they decide.")
            messages.success(request, words, extra_tags="kept")
            return redirect("facilities:upkeep", facility.code)
    context = {"facility": facility, "form": form}
    return render(request, "facilities/change.html", context, status=400 if form.errors else 200)


@of_focal_point
@require_POST
def withdraw_change(request: HttpRequest, facility: Facility, number: int) -> HttpResponse:
    found = get_object_or_404(ChangeRequest, pk=number, facility=facility, asked_by=request.user)
    return _done(
        request,
        facility,
        lambda: services.withdraw_request(request=found, by=request.user),
        gettext("Taken back."),
    )


@of_keeper
@require_POST
def confirm(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Say that all is still right, with one tap."""
    return _done(
        request,
        facility,
        lambda: services.confirm_facility(facility=facility, by=request.user),
        gettext("Thank you. It is marked as right today."),
    )


def _done(request: HttpRequest, facility: Facility, call: Callable[[], object], words: str) -> HttpResponse:
    try:
        call()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    back = "facilities:mine" if request.POST.get("back") == "mine" else "facilities:upkeep"
    return redirect(back) if back == "facilities:mine" else redirect(back, facility.code)


@of_keeper
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Take a facility off every page at once, because somebody could come to harm."""
    # A form without a reason is no empty form.
    form = HideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.raise_concern(facility=facility, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Hidden everywhere, from now on."))
            return redirect("facilities:upkeep", facility.code)
    return render(
        request, "facilities/hide.html", {"facility": facility, "form": form}, status=400 if form.errors else 200
    )


@of_keeper
@require_http_methods(["GET", "HEAD", "POST"])
def say_services(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Say which services the facility gives."""
    form = ServicesForm(
        request.POST or None,
        domains=upkeep_selectors.services_asked(),
        standing=upkeep_selectors.standing_services(facility),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.say_services(
                facility=facility, said=form.said(), as_of=form.cleaned_data["as_of"], by=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Kept. It is shown from now on."), extra_tags="kept")
            return redirect("facilities:upkeep", facility.code)
    context = {"facility": facility, "form": form}
    return render(request, "facilities/services.html", context, status=400 if form.errors else 200)
