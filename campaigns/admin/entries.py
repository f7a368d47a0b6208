"""The entries at the desk: each side's coordinators read those of their side."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Entry
from network.admin_scoping import RegionScopedAdmin, number

CAMPAIGNS_OFFERED = 30


class CampaignFilter(admin.SimpleListFilter):
    """Offers the campaigns that the reader may know of."""

    title = _("campaign")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = Campaign.objects.visible_to(request.user).order_by("-closes_at", "-pk")[:CAMPAIGNS_OFFERED]
        return [(str(row.pk), row.title) for row in rows]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = number(self.value())
        return queryset.filter(campaign=chosen) if chosen is not None else queryset


@admin.register(Entry)
class EntryAdmin(RegionScopedAdmin):
    list_display = ("spelled_code", "shown_name", "campaign", "state", "side", "made", "received_at")
    list_filter = (CampaignFilter, "state")
    list_select_related = ("campaign", "side")
    ordering = ("-pk",)
    fields = (
        "spelled_code", "campaign", "state", "via", "shown_name", "phone", "email", "municipality", "side", "made", "in_gallery",
        "received_at", "confirmed_at",
    )  # fmt: skip
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("code"), ordering="code")
    def spelled_code(self, obj: Entry) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', obj.shown_code)

    @admin.display(description=_("name"))
    def shown_name(self, obj: Entry) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.name)
