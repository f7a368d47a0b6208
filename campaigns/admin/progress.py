"""What the managers of a campaign look at: how far entries are, what holds them up, desks and jury in numbers, files to take along."""

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext

from campaigns import awareness, policies, progress, services
from campaigns.admin.subpages import around, subpage
from campaigns.models import Campaign
from network import sheets
from network.enums import DomainError
from network.models import Job

if TYPE_CHECKING:
    from campaigns.admin.campaigns import CampaignAdmin


def urls(page: "CampaignAdmin") -> list[Any]:
    return [subpage(page, _progress, "progress"), subpage(page, _export, "export")]


def _progress(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = page.get_object_in_reach(request, object_id)
    now = timezone.now()
    may_export = policies.can_export_entries(request.user)
    context = around(page, request, campaign, gettext("Progress"), can_export=may_export)
    if campaign.is_awareness:
        context["reached"] = awareness.told_to_all(campaign)
        context["enters"] = policies.takes_activities(campaign) and bool(awareness.sides_of(campaign, request.user))
    else:
        counted = progress.counted(campaign, request.user, now)
        context |= _funnel(campaign, request, counted) | {"blocks": _blocks(campaign, counted), "counted": counted}
        context |= {"rounds": progress.rounds(campaign, counted.scores), "desks": counted.desks}
    return TemplateResponse(request, "admin/campaigns/campaign/progress.html", context)


def _funnel(campaign: Campaign, request: HttpRequest, counted: progress.Counted) -> dict[str, Any]:
    """Return the funnel as a picture and as tables; the days from `until` back."""
    names = {"abroad": gettext("abroad"), "whole": gettext("all shown here")}
    found = progress.of_campaign(campaign, request.user, counted.cells, **names)
    stages, whole = found.stages, found.whole
    most = whole.entries
    bars = [
        {"name": stage.label, "number": number, "width": 100 * number / most if most else 0}
        for stage, number in zip(stages, whole.steps(stages), strict=True)
    ]
    until = _day(request.GET.get("until", ""))
    days = [day for day in found.days if until is None or day.name <= until]
    shown, longest = days[: progress.DAYS_SHOWN], max((day.entries for day in days), default=0)
    return {
        "progress": found,
        "bars": bars,
        "sides": [(side, side.steps(stages)) for side in (*found.sides, whole)],
        "days": [(day, day.steps(stages), 100 * day.entries / longest) for day in shown],
        "older": days[progress.DAYS_SHOWN].name if len(days) > progress.DAYS_SHOWN else None,
        "newer": until is not None,
    }


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _blocks(campaign: Campaign, counted: progress.Counted) -> list[dict[str, Any]]:
    """Return what holds entries up: a sentence, and where the list of these entries is."""
    entries = reverse("admin:campaigns_entry_changelist")
    counts = counted.blocks
    sentences = {
        progress.UNPROVED: lambda n: ngettext(
            "%(n)s contact is not confirmed after two days", "%(n)s contacts are not confirmed after two days", n
        ),
        progress.PHOTO_REFUSED: lambda n: ngettext(
            "%(n)s entry has a photo that can't be used", "%(n)s entries have a photo that can't be used", n
        ),
        progress.PHOTO_WAITING: lambda n: ngettext(
            "%(n)s entry has a photo that is being prepared", "%(n)s entries have a photo that is being prepared", n
        ),
        progress.TOO_FEW: lambda n: ngettext(
            "%(n)s entry says that too few were made", "%(n)s entries say that too few were made", n
        ),
        progress.NOT_HANDED_IN: lambda n: ngettext(
            "%(n)s confirmed entry has handed in nothing", "%(n)s confirmed entries have handed in nothing", n
        ),
        progress.HANDED_IN_TOO_FEW: lambda n: ngettext(
            "%(n)s entry has handed in too few", "%(n)s entries have handed in too few", n
        ),
    }
    shown = [
        {
            "count": counts[by],
            "sentence": sentence(counts[by]) % {"n": counts[by]},
            "url": f"{entries}?{urlencode({'of': campaign.pk, 'blocked': by})}",
        }
        for by, sentence in sentences.items()
    ]
    pairs = counted.pairs
    told = ngettext("%(n)s possible duplicate is not decided", "%(n)s possible duplicates are not decided", pairs)
    query = urlencode({"of": campaign.pk, "state__exact": "open"})
    at = reverse("admin:campaigns_duplicatepair_changelist")
    return [*shown, {"count": pairs, "sentence": told % {"n": pairs}, "url": f"{at}?{query}"}]


def _export(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponseBase:
    """Hand out a file, or lead to the job that makes it; by POST, for it is recorded."""
    campaign = page.get_object_in_reach(request, object_id)
    if not policies.can_export_entries(request.user):
        raise Http404
    kind, what = request.POST.get("kind", ""), request.POST.get("what", "entries")
    if request.method != "POST" or kind not in sheets.CONTENT_TYPES or what not in services.LISTS:
        return redirect("admin:campaigns_campaign_progress", campaign.pk)
    try:
        made = services.export(campaign=campaign, what=what, kind=kind, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("admin:campaigns_campaign_progress", campaign.pk)
    if isinstance(made, Job):
        return redirect("admin:network_job_change", made.pk)
    response = StreamingHttpResponse(made, content_type=sheets.CONTENT_TYPES[kind])
    # A name that says nothing: it stays in the list of downloads of whatever machine this is.
    response["Content-Disposition"] = f'attachment; filename="list.{kind}"'
    return response
