"""The pages of whoever keeps a facility's page right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from facilities import upkeep_selectors
from network.decorators import member_page
from network.models import Practitioner


@member_page
@require_safe
def mine(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """The facilities that this member keeps."""
    return render(request, "facilities/mine.html", {"rows": upkeep_selectors.kept_with_standing(request.user)})
