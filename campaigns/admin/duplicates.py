"""Possible duplicates at the desk: two entries side by side, and a person's word on them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from campaigns import policies, selectors, services
from campaigns.admin import results
from campaigns.admin.addresses import photo_address
from campaigns.admin.entries import CampaignFilter
from campaigns.enums import PAIR_MOVES, PairMove, PairState
from campaigns.models import Campaign, DuplicatePair, Entry
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, typed_reason

REASONS = {
    "name": pgettext_lazy("in common of two entries", "name and municipality"),
    "phone": pgettext_lazy("in common of two entries", "telephone"),
    "photo": pgettext_lazy("in common of two entries", "photo"),
}


@admin.register(DuplicatePair)
class DuplicatePairAdmin(RegionScopedAdmin):
    """Found by a rule every few minutes; nothing follows from them but what a person decides."""

    list_display = ("codes", "campaign", "in_common", "state", "found_at")
    list_filter = (CampaignFilter, "state")
    list_select_related = ("campaign", "first", "second")
    ordering = ("-pk",)
    fields = ("campaign", "in_common", "state", "found_at", "decided_at", "decider", "note")
    readonly_fields = fields
    change_form_template = "admin/campaigns/duplicatepair/change.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("codes"))
    def codes(self, obj: DuplicatePair) -> SafeString:
        return format_html(
            '<bdi dir="ltr">{}</bdi> · <bdi dir="ltr">{}</bdi>', obj.first.shown_code, obj.second.shown_code
        )

    @admin.display(description=_("in common"))
    def in_common(self, obj: DuplicatePair) -> str:
        return gettext(", ").join(str(REASONS[reason]) for reason in obj.reasons if reason in REASONS)

    @admin.display(description=_("decided by"))
    def decider(self, obj: DuplicatePair) -> str:
        return f"#{obj.decided_by_id}" if obj.decided_by_id else "-"

    def moves(self) -> dict[str, Any]:
        return {"join": self._join, "part": self._part}

    def _join(self, request: HttpRequest, obj: DuplicatePair) -> str:
        self._decide(request, obj, same=True)
        if self._manages(request, obj):
            return gettext("Kept: the same person. Below stands where one of the two can be disqualified.")
        return gettext("Kept: the same person. Whoever runs the campaign can disqualify one of the two.")

    def _manages(self, request: HttpRequest, obj: DuplicatePair) -> bool:
        return results.manages(self.admin_site._registry[Campaign], request, obj.campaign)

    def _part(self, request: HttpRequest, obj: DuplicatePair) -> str:
        self._decide(request, obj, same=False)
        return gettext("Kept: different people.")

    def _decide(self, request: HttpRequest, obj: DuplicatePair, *, same: bool) -> None:
        services.decide_pair(pair=obj, same=same, by=request.user, note=typed_reason(request))

    def around_form(self, request: HttpRequest, obj: DuplicatePair) -> dict[str, Any]:
        may = network_policies.allows(request.user, "change", "campaigns.duplicatepair")
        may = may and policies.decides_pair(request.user, obj.first, obj.second)
        entries = (
            Entry.objects.filter(pk__in=[obj.first_id, obj.second_id])
            .select_related("municipality", "side")
            .prefetch_related("photos__entry")
            .order_by("pk")
        )
        return {
            "entries": [
                {
                    "entry": entry,
                    "address": reverse("admin:campaigns_entry_change", args=[entry.pk]),
                    "pictures": selectors.pictures(entry.photos.all(), photo_address),
                }
                for entry in entries
            ],
            "can": {
                "join": may and obj.state in PAIR_MOVES[PairMove.JOIN].sources,
                "part": may and obj.state in PAIR_MOVES[PairMove.PART].sources,
            },
            "same": obj.state == PairState.SAME,
            "managed": self._manages(request, obj),
        }
