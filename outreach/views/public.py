"""Outreach as everybody reads it: totals, and districts by the month in which somebody was last there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from network.decorators import live_page
from outreach import figures
from outreach.enums import Sex


@live_page
def overview(request: HttpRequest) -> HttpResponse:
    """What mobile units and trainings reached, and in which districts there are safe spaces."""
    context = {
        "told": figures.told_to_all(),
        "sexes": [sex.label for sex in Sex],
        "spaces": figures.safe_spaces(),
        "reports": request.user.is_authenticated and bool(figures.sides_of(request.user)),
    }
    return render(request, "outreach/overview.html", context)


@live_page
def coverage(request: HttpRequest) -> HttpResponse:
    """Where no unit was for how long: by district for everybody, by municipality for whoever reports of a side."""
    today = timezone.localdate()
    sides = figures.sides_of(request.user) if request.user.is_authenticated else frozenset()
    context = {
        "districts": figures.districts(today),
        "places": figures.places(sides, today) if sides else [],
        "until": figures.told_until(),
    }
    return render(request, "outreach/coverage.html", context)
