"""What a member follows."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from measures import forms, selectors, services
from measures.models import Measure
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner

LONGEST_NUMBER = 18


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Show what one follows; add a wish to be told, or remove one."""
    if request.method == "POST" and request.POST.get("do") == "remove":
        _remove(request, practitioner)
        return redirect("measures:following")
    adding = request.method == "POST"
    form = forms.FilterForm(request.POST if adding else None)
    if adding and form.is_valid() and _added(practitioner, form):
        messages.success(request, gettext("Kept. You hear of it once a day at most."))
        return redirect("measures:following")
    rows = list(selectors.followings(practitioner))
    context = {
        "form": form,
        "measures": [row for row in rows if row.measure_id],
        "filters": [row for row in rows if not row.measure_id],
    }
    return render(request, "measures/following.html", context)


def _added(practitioner: Practitioner, form: forms.FilterForm) -> bool:
    try:
        services.add_filter(practitioner=practitioner, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _remove(request: HttpRequest, practitioner: Practitioner) -> None:
    number: Any = request.POST.get("following", "")
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    row = selectors.followings(practitioner).filter(pk=number).first() if known else None
    if row is None:
        raise Http404
    services.remove_filter(following=row, practitioner=practitioner)
    messages.success(request, gettext("You no longer follow it."))


@member_page
@require_POST
def follow(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    """Follow one measure, or no more."""
    measure = Measure.objects.known_to(practitioner).select_related("current").filter(slug=slug).first()
    if measure is None:
        raise Http404
    wanted = request.POST.get("follow") == "yes"
    services.follow_measure(measure=measure, practitioner=practitioner, follow=wanted)
    said = gettext("You hear of this measure once a day at most.") if wanted else gettext("You no longer follow it.")
    messages.success(request, said)
    return redirect(measure)
