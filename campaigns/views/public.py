"""Campaigns as everybody reads them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import awareness, chain, photos, policies, selectors, services
from campaigns.enums import PUBLIC_STATES, CampaignState
from campaigns.models import Campaign, Desk
from network import sending
from network.decorators import public_page

# What the address of a picture ends with → how it is kept.
PICTURE_SIZES = {"720.webp": "webp", "720.jpg": "jpg"}


@public_page
def campaign_list(request: HttpRequest) -> HttpResponse:
    """List what is announced: first what takes entries now."""
    now = timezone.now()
    rows = [
        {"campaign": campaign, "taking": policies.takes_entries(campaign, now)} for campaign in selectors.listed(now)
    ]
    return render(request, "campaigns/campaign_list.html", {"rows": rows})


def _desks(campaign: Campaign) -> list[Desk]:
    if not policies.takes_in(campaign):
        return []
    return chain.desks_of([campaign.pk], timezone.localdate()).get(campaign.pk, [])


@public_page
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one campaign: what it is about, its dates, rules, prizes and frequent questions."""
    campaign = selectors.shown(slug, request.user)
    if campaign is None:
        raise Http404
    now = timezone.now()
    taking = policies.takes_entries(campaign, now)
    if campaign.is_awareness:
        figures: dict[str, Any] = {"reached": awareness.told_to_all(campaign)}
    elif campaign.is_pledge:
        figures = {"pledged": awareness.pledged(campaign)}
    else:
        figures = {"told": chain.told_to_all(campaign)}
    context = {
        "campaign": campaign,
        "taking": taking,
        "to_come": not taking and campaign.state == CampaignState.ANNOUNCED,
        "desks": _desks(campaign),
        "asked": selectors.questions(campaign) if taking else [],
        "why_off": selectors.why_called_off([campaign]).get(campaign.pk, ""),
        **figures,
    }
    return render(request, "campaigns/campaign_detail.html", context)


@login_not_required
@require_safe
def campaign_picture(request: HttpRequest, slug: str, size: str) -> HttpResponseBase:
    """Send the picture of a campaign, "720.webp" or "720.jpg", to whoever may read the campaign."""
    campaign = selectors.shown(slug, request.user)
    extension = PICTURE_SIZES.get(size)
    stored = campaign.picture.get(extension) if campaign and extension else None
    if campaign is None or extension is None or not stored:
        raise Http404
    return sending.sent(
        stored,
        services.PICTURES,
        content_type=photos.TYPES[extension],
        disposition=f'inline; filename="picture.{extension}"',
        cached=photos.CACHED if campaign.state in PUBLIC_STATES else sending.NOT_KEPT,
    )
