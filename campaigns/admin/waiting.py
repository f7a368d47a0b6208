"""What waits in campaigns, as a box of the desk: for each person what they may do, and nothing else."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from campaigns import waiting
from campaigns.enums import PairState
from network import policies as network_policies
from network.admin_site import Card, JisrAdminSite

site: JisrAdminSite = admin.site  # type: ignore[assignment]

ROWS_SHOWN = 8


def _rows(found: waiting.Waiting) -> Iterator[dict[str, Any]]:
    """Yield what waits in a campaign, each with the page on which it is done."""
    campaign = found.campaign
    results = reverse("admin:campaigns_campaign_results", args=[campaign.pk])
    if found.complaints:
        told = ngettext(
            "%(n)s complaint or appeal waits for an answer",
            "%(n)s complaints and appeals wait for an answer",
            found.complaints,
        )
        yield {"url": f"{results}#complaints", "label": campaign.title, "detail": told % {"n": found.complaints}}
    if found.proposed:
        told = gettext("The proposed results wait for you as the second person.")
        yield {"url": f"{results}#decision", "label": campaign.title, "detail": told}
    if found.pairs:
        told = ngettext(
            "%(n)s possible duplicate is not decided", "%(n)s possible duplicates are not decided", found.pairs
        )
        query = urlencode({"of": campaign.pk, "state__exact": PairState.OPEN})
        pairs = f"{reverse('admin:campaigns_duplicatepair_changelist')}?{query}"
        yield {"url": pairs, "label": campaign.title, "detail": told % {"n": found.pairs}}


@site.card
def waiting_in_campaigns(request: HttpRequest) -> Card | None:
    """Complaints and appeals to answer, results to confirm, possible duplicates to decide."""
    if not network_policies.allows(request.user, "change", "campaigns.campaign"):
        return None
    found = waiting.for_the_desk(request.user)
    rows = [row for each in found for row in _rows(each)]
    return Card(
        title=gettext("Waiting in campaigns"),
        icon="ticket",
        url=reverse("admin:campaigns_campaign_changelist"),
        count=sum(each.whole for each in found),
        rows=rows[:ROWS_SHOWN],
        empty=gettext("Nothing waits in campaigns."),
        urgent=bool(rows),
    )
