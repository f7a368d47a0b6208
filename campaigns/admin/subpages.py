"""What the further pages of a campaign at the desk have in common: their addresses, and what stands around them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from campaigns.models import Campaign

if TYPE_CHECKING:
    from campaigns.admin.campaigns import CampaignAdmin


def subpage(page: "CampaignAdmin", call: Callable[..., HttpResponseBase], name: str, route: str = "") -> Any:
    """Return the address `<campaign>/<route>/` of a page, by default its name, shown to whoever may use the desk."""

    def shown(request: HttpRequest, **given: Any) -> HttpResponseBase:
        return call(page, request, **given)

    shown_at = f"<path:object_id>/{route or name}/"
    return path(shown_at, page.admin_site.admin_view(shown), name=f"campaigns_campaign_{name}")


def around(page: "CampaignAdmin", request: HttpRequest, campaign: Campaign, title: str, **more: Any) -> dict[str, Any]:
    return {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.opts,
        "object": campaign,
        "campaign": campaign,
        **more,
    }
