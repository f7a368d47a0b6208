from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dialogues import selectors as dialogues
from impact import selectors
from network.decorators import public_page

COMING_SHOWN = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """What the network is, and what is happening."""
    return render(
        request, "impact/home.html", {"coming": dialogues.coming_public(COMING_SHOWN), "figures": selectors.figures()}
    )
