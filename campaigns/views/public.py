"""Campaigns as everybody reads them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns import policies, selectors
from campaigns.enums import CampaignState
from network.decorators import public_page


@public_page
def campaign_list(request: HttpRequest) -> HttpResponse:
    """List what is announced: first what takes entries now."""
    now = timezone.now()
    rows = [
        {"campaign": campaign, "taking": policies.takes_entries(campaign, now)} for campaign in selectors.listed(now)
    ]
    return render(request, "campaigns/campaign_list.html", {"rows": rows})


@public_page
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one campaign: what it is about, its dates, rules, prizes and frequent questions."""
    campaign = selectors.shown(slug, request.user)
    if campaign is None:
        raise Http404
    now = timezone.now()
    taking = policies.takes_entries(campaign, now)
    context = {
        "campaign": campaign,
        "taking": taking,
        "to_come": not taking and campaign.state == CampaignState.ANNOUNCED,
        "asked": selectors.questions(campaign) if taking else [],
    }
    return render(request, "campaigns/campaign_detail.html", context)
