"""The directory of referrals, for members."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facilities import policies
from facilities.enums import Audience
from network.decorators import member_page
from network.filters import LONGEST_SEARCH
from network.models import Practitioner
from network.paging import Page
from outreach import selectors

SIZE = 20


@member_page
@never_cache
@require_safe
def referrals(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Who takes which severe cases, by condition, specialty or facility in any spelling."""
    query = request.GET.get("q", "")[:LONGEST_SEARCH]
    page = Page.of(selectors.pathways(query), request.GET.get("page"), SIZE)
    rows = [{"pathway": row, "place": policies.place_for(row.facility, Audience.MEMBERS)} for row in page.rows]
    context = {"page_obj": page, "rows": rows, "query": query}
    return render(request, "outreach/referrals.html", context)
