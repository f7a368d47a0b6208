"""Activities as those enter them who were there, phone in hand: one page, sent once however often the network fails.

Here everybody has what they entered themselves; what others entered of a side stands at the desk.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import awareness, services
from campaigns.forms import ActivityForm, CorrectActivityForm
from campaigns.models import Activity, Campaign
from network.enums import DomainError
from network.paging import Page

SIZE = 20


def _of_campaign(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the campaign that its address names, if the reader enters activities of it today; else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, slug: str, **given: Any) -> HttpResponse:
        campaign = get_object_or_404(Campaign.objects.reporting(), slug=slug)
        sides = awareness.sides_of(campaign, request.user)
        if not sides:
            raise Http404
        return view(request, campaign, sides, **given)

    return never_cache(found)


@never_cache
@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """The campaigns of which the reader enters activities, and what they have entered; to anybody else the page is not there."""
    campaigns = awareness.campaigns_for(request.user)
    page = Page.of(awareness.entered_by(request.user), request.GET.get("page"), SIZE)
    if not campaigns and not page.rows:
        raise Http404
    numbers = awareness.numbers_of(page.rows)
    open_ones = {campaign.pk for campaign in campaigns}
    rows = [
        {"activity": row, "numbers": numbers[row.pk], "correctable": row.campaign_id in open_ones} for row in page.rows
    ]
    context = {"campaigns": campaigns, "rows": rows, "page_obj": page}
    return render(request, "campaigns/activity_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_campaign
def new_activity(request: HttpRequest, campaign: Campaign, sides: frozenset[int]) -> HttpResponse:
    """Enter one activity. The same form sent twice is one activity."""
    given = {
        "campaign": campaign,
        "sides": sides,
        "topics": awareness.topics(campaign),
        "leaders": awareness.leaders(campaign, request.user),
        "writer": request.user,
        "days": (awareness.first_day(campaign), awareness.last_day(campaign)),
    }
    if request.method == "POST":
        form = ActivityForm(request.POST, **given)
        if form.is_valid() and _entered(request, form):
            return redirect("activities:list")
    else:
        form = ActivityForm(initial={"uid": uuid.uuid4(), "on": awareness.last_day(campaign)}, **given)
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/activity_new.html", context, status=400 if form.errors else 200)


def _entered(request: HttpRequest, form: ActivityForm) -> bool:
    try:
        services.enter_activity(activity=form.activity(), numbers=form.numbers(), by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("The activity is entered."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@_of_campaign
def correct_activity(request: HttpRequest, campaign: Campaign, sides: frozenset[int], number: int) -> HttpResponse:
    """Write what the numbers should have been; what was entered stays, the difference is added."""
    rows = Activity.objects.filter(campaign=campaign, entered_by=request.user.pk, side__in=sides)
    activity = get_object_or_404(rows.select_related("topic", "municipality"), pk=number)
    stands = awareness.numbers_of([activity])[activity.pk]
    if request.method == "POST":
        form = CorrectActivityForm(request.POST, stands=stands)
        if form.is_valid() and _corrected(request, activity, form):
            return redirect("activities:list")
    else:
        initial = {"uid": uuid.uuid4(), "seen": activity.corrections.count()}
        form = CorrectActivityForm(initial=initial, stands=stands)
    context = {"campaign": campaign, "activity": activity, "form": form}
    return render(request, "campaigns/activity_correct.html", context, status=400 if form.errors else 200)


def _corrected(request: HttpRequest, activity: Activity, form: CorrectActivityForm) -> bool:
    try:
        services.correct_activity(
            activity=activity,
            uid=form.cleaned_data["uid"],
            seen=form.cleaned_data["seen"],
            numbers=form.numbers(),
            why=form.cleaned_data["why"],
            by=request.user,
        )
    except DomainError as error:
        form.refuse(error, activity.corrections.count())
        return False
    messages.success(request, gettext("Corrected. What was entered first stays in the record."))
    return True
