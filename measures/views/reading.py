"""A measure for whoever reads it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from measures import texts
from measures.views import outcome, voting
from measures.views.found import readable
from network.decorators import public_page


@public_page
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a measure says, and where it stands."""
    measure, practitioner = readable(slug, request.user)
    context = {
        "measure": measure,
        "text": SafeString(texts.html(measure.current.text)) if measure.current else "",
        "vote": voting.panel(request, measure, practitioner),
        "outcome": outcome.panel(request, measure, practitioner),
    }
    return render(request, "measures/measure_detail.html", context)
