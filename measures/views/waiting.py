from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from measures import waiting
from network.decorators import member_page
from network.models import Practitioner


@member_page
@require_safe
def mine(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """All that waits for this member among the measures."""
    return render(request, "measures/mine.html", waiting.page(practitioner))
