"""The registry as everybody reads it, and as far as they may."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from facilities import assessment_selectors, filters, policies, selectors, upkeep_selectors
from facilities.enums import Audience, Contested
from network import selectors as network_selectors
from network.decorators import live_page
from network.paging import Page

PAGE_SIZE = 20
NARROWING = ("works", "kind", "district", "side", "owner", "level")


@live_page
def facility_list(request: HttpRequest) -> HttpResponse:
    """The public facilities, by name in any spelling, place, kind and whether they work."""
    found = filters.FacilityFilter(request.GET, queryset=selectors.public_facilities())
    page, now = Page.of(found.qs, request.GET.get("page"), PAGE_SIZE), timezone.now()
    context = {
        "page_obj": page,
        "rows": [
            {
                "facility": row,
                "place": policies.place_for(row, Audience.PUBLIC),
                "stale": policies.is_stale(row, now),
            }
            for row in page.rows
        ],
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "narrowed": any(request.GET.get(name) for name in NARROWING),
        "credits": selectors.credits_asked(),
    }
    return render(request, "facilities/facility_list.html", context)


@live_page
def facility_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One facility: what everybody may know of it, more for members, all for who keeps it."""
    facility = selectors.facility_for(code.upper(), request.user)
    if facility is None:
        raise Http404
    if facility.code != code:
        return redirect(facility)
    practitioner = network_selectors.active_practitioner(request.user)
    audience = selectors.audience_of(facility, request.user, practitioner)
    now = timezone.now()
    visit = assessment_selectors.newest_published(facility) if assessment_selectors.compared(facility) else None
    context: dict[str, Any] = {
        "facility": facility,
        "place": policies.place_for(facility, audience),
        "inside": audience != Audience.PUBLIC,
        "keeper": audience == Audience.KEEPERS,
        "names": selectors.other_names(facility),
        "disputes": [
            (field, rows)
            for field, rows in selectors.disputes(facility)
            if field != Contested.HEAD or audience != Audience.PUBLIC
        ],
        "vouching": selectors.vouching(facility),
        "stale": policies.is_stale(facility, now),
        "focal": selectors.focal_points(facility, practitioner, timezone.localdate()),
        "may_claim": policies.may_claim(request.user),
        "contested": Contested,
        "services": upkeep_selectors.shown_services(facility),
        "visit": visit,
        "credits": selectors.credits_asked(facility),
    }
    return render(request, "facilities/facility_detail.html", context)
