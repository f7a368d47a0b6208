"""Local-regions as everybody reads them, and the answer of a member who is asked to speak for one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from facilities import joint, local_regions, services
from facilities.models import LocalRegion
from network.decorators import live_page
from network.enums import DomainError
from network.paging import Page

SIZE = 20


@live_page
def local_region_list(request: HttpRequest) -> HttpResponse:
    """The local-regions of today."""
    page = Page.of(local_regions.listed(timezone.localdate()), request.GET.get("page"), SIZE)
    return render(request, "facilities/local_region_list.html", {"page_obj": page, "rows": page.rows})


@live_page
def local_region_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One local-region: its municipalities, its facilities and what works there, and who speaks for it."""
    today = timezone.localdate()
    region = get_object_or_404(LocalRegion.objects.on(today), slug=slug)
    groupings = local_regions.municipalities(region, today)
    rows = local_regions.facilities_in(groupings)
    page = Page.of(rows.order_by(f"sort_{get_language() or 'ar'}"[:7], "pk"), request.GET.get("page"), SIZE)
    works = dict(rows.order_by("pk").values_list("pk", "functionality"))
    context = {
        "region": region,
        "groupings": groupings,
        "works": local_regions.how_they_work(works.values()),
        "services": local_regions.services_there(rows),
        "page_obj": page,
        "rows": page.rows,
        "parts": joint.shown(list(works)),
        "people": local_regions.people_of(region, today),
        "asked": local_regions.asked_of(region, request.user, today),
    }
    return render(request, "facilities/local_region_detail.html", context)


@require_POST
def local_region_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree to be shown as a contact person, or be none any more."""
    region = get_object_or_404(LocalRegion, slug=slug)
    contact = local_regions.asked_of(region, request.user, timezone.localdate())
    if contact is None:
        raise Http404
    agrees = request.POST.get("answer") == "yes"
    try:
        services.answer_contact(contact=contact, agrees=agrees, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("Everybody reads your name here now. You can take it back at any time.")
            if agrees
            else gettext("Your name is not shown here."),
        )
    return redirect(region)
