"""Stands in for the pages of the other slices until they are merged."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from measures.models import Measure
from network.decorators import member_page
from network.models import Practitioner


@member_page
def detail(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    if not Measure.objects.known_to(practitioner).filter(slug=slug).exists():
        raise Http404
    return redirect("measures:mine")


@member_page
def action(request: HttpRequest, practitioner: Practitioner, slug: str, action: int) -> HttpResponse:
    return detail(request, slug)
