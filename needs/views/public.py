"""Needs as everybody reads them: what, where as exactly as may be told, and how much is still open."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from facilities import policies as facility_policies
from facilities.enums import Audience
from needs import balances, filters, selectors, services
from needs.enums import WANTING_STATES
from needs.models import Need
from network import sending
from network.decorators import live_page
from network.paging import Page

PAGE_SIZE = 20
# What the address of a photo ends with → how it is kept.
PHOTO_SIZES = {"720.webp": "webp", "720.jpg": "jpg"}


@live_page
def need_list(request: HttpRequest) -> HttpResponse:
    """The open needs, the most urgent first."""
    found = filters.NeedFilter(request.GET, queryset=selectors.open_needs())
    page = Page.of(found.qs, request.GET.get("page"), PAGE_SIZE)
    context = {
        "page_obj": page,
        "rows": selectors.told_quantities(page.rows),
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "needs/need_list.html", context)


@live_page
def district_list(request: HttpRequest) -> HttpResponse:
    """How many needs wait, by district."""
    return render(request, "needs/district_list.html", {"rows": selectors.district_sums()})


@live_page
def need_detail(request: HttpRequest, need: str) -> HttpResponse:
    row = selectors.public_need(need.upper())
    if row is None:
        raise Http404
    balance = balances.of_need(row)
    context: dict[str, Any] = {
        "need": row,
        "place": facility_policies.place_for(row.facility, Audience.PUBLIC),
        "balance": balance,
        "open": row.state in WANTING_STATES and balance.open > 0,
    }
    return render(request, "needs/need_detail.html", context)


def sent_photo(need: Need | None, size: str) -> HttpResponseBase:
    """Return the photo of a need that the caller has found for this reader. Raises Http404."""
    extension = PHOTO_SIZES.get(size)
    stored = need.photo.get(extension) if need and extension else None
    if need is None or extension is None or not stored:
        raise Http404
    return sending.sent(
        stored,
        services.PHOTOS,
        content_type=services.PHOTO_TYPES[extension],
        disposition=f'inline; filename="photo.{extension}"',
    )


@live_page
def need_photo(request: HttpRequest, need: str, size: str) -> HttpResponseBase:
    """Send the photo of a public need; nobody on the way keeps it, for the facility may be hidden at any moment."""
    return sent_photo(selectors.public_need(need.upper()), size)
