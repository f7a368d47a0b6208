"""Coordinators of a side say what its sources tell of a facility, also of one that another side keeps."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from facilities import policies, selectors, services
from facilities.enums import Contested
from facilities.forms import ClaimForm
from network import policies as network_policies
from network.enums import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, code: str, field: str) -> HttpResponse:
    facility = selectors.facility_for(code, request.user)
    if facility is None or field not in Contested.values or not policies.may_claim(request.user):
        raise Http404
    sides = network_policies.regions(request.user)
    newest = {side: selectors.claims_of(facility, side).get(field) for side in sides}
    said = {side: claim.value for side, claim in newest.items() if claim and claim.value}
    form = ClaimForm(request.POST or None, field=field, sides=sides, said=said)
    if request.method == "POST" and form.is_valid():
        try:
            services.make_claim(facility=facility, field=field, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Kept. What another side says stands beside it."))
            return redirect(facility)
    rows = [row for each, claims in selectors.disputes(facility) for row in claims if each == field]
    context = {"facility": facility, "field": Contested(field), "form": form, "rows": rows}
    return render(request, "facilities/claim.html", context, status=400 if form.errors else 200)
