"""The entries at the desk: each side's coordinators read those of their side."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from campaigns import chain, duplicates, outcomes, progress, selectors, services
from campaigns.admin import behalf, results
from campaigns.admin.addresses import photo_address
from campaigns.enums import OUT_STATES, RESULT_STATES, CampaignState
from campaigns.models import Campaign, Entry
from campaigns.views.photos import shown
from network import codes
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, typed_reason

CAMPAIGNS_OFFERED = 30
# In these a campaign waits for nothing that its entries lack.
OVER_STATES = (*RESULT_STATES, CampaignState.CANCELLED)
BLOCKED = {
    progress.UNPROVED: _("contact not confirmed for two days"),
    progress.PHOTO_REFUSED: _("photo that can't be used"),
    progress.PHOTO_WAITING: _("photo being prepared"),
    progress.TOO_FEW: _("too few made"),
    progress.NOT_HANDED_IN: _("nothing handed in"),
    progress.HANDED_IN_TOO_FEW: _("too few handed in"),
}


class CampaignFilter(admin.SimpleListFilter):
    """Offers the campaigns that the reader may know of."""

    title = _("campaign")
    parameter_name = "of"
    kind = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = Campaign.objects.visible_to(request.user)
        rows = rows.filter(kind=self.kind) if self.kind else rows
        return [(str(row.pk), row.title) for row in rows.order_by("-closes_at", "-pk")[:CAMPAIGNS_OFFERED]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = number(self.value())
        return queryset.filter(campaign=chosen) if chosen is not None else queryset


class BlockedFilter(admin.SimpleListFilter):
    """Offers what may hold up entries, once a campaign is chosen: its conditions say what that is."""

    title = _("what holds it up")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = number(request.GET.get(CampaignFilter.parameter_name, ""))
        self.campaign = Campaign.objects.visible_to(request.user).filter(pk=chosen).first() if chosen else None
        return list(BLOCKED.items()) if self.campaign else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        by = self.value()
        if by not in BLOCKED or self.campaign is None:
            return queryset
        return progress.blocked(queryset, self.campaign, by, timezone.now())


@admin.register(Entry)
class EntryAdmin(RegionScopedAdmin):
    list_display = ("spelled_code", "shown_name", "campaign", "state", "side", "made", "received_at")
    list_filter = (CampaignFilter, BlockedFilter, "state", "side")
    list_select_related = ("campaign", "side")
    search_fields = ("code",)
    search_help_text = _("A code, or a whole name, telephone number or e-mail address")
    ordering = ("-pk",)
    fields = (
        "spelled_code", "spelled_public_code", "campaign", "state", "via", "shown_name", "phone", "email", "municipality", "side", "made",
        "in_gallery", "received_at", "confirmed_at", "shown_photos",
    )  # fmt: skip
    readonly_fields = fields

    change_form_template = "admin/campaigns/entry/change.html"
    actions = ("disqualify",)

    @admin.action(description=_("Disqualify: see first what would happen"))
    def disqualify(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Put the chosen entries of one campaign before its coordinators, as if their codes had been typed."""
        chosen = list(queryset.order_by("pk")[: outcomes.CODES_AT_ONCE])
        campaign = chosen[0].campaign if chosen else None
        if campaign is None or len({row.campaign_id for row in chosen}) > 1:
            messages.error(request, gettext("Please choose entries of one campaign."))
            return None
        page = self.admin_site._registry[Campaign]
        if not results.manages(page, request, campaign):
            messages.error(request, str(services.NotYourCampaign()))
            return None
        return results.disqualification(page, request, campaign, codes=[row.shown_code for row in chosen])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find an entry by its code or the one in the results, or those of one name, telephone or address, in any spelling.

        All by whole values within campaigns, as the indexes have them: parts of names among 140,000 would be read one by one.
        """
        term = search_term.strip()[:100]
        if not term:
            return queryset, False
        typed = {codes.as_kept(term), codes.as_kept(term, codes.PUBLIC_LENGTH)} - {""}
        known = list(Campaign.objects.visible_to(request.user).values_list("pk", flat=True))
        phone, email = duplicates.contact_keys(term)
        theirs = queryset.filter(campaign__in=known).alike(folded=duplicates.name_key(term), phone=phone, email=email)
        return queryset.called(typed) | theirs, False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("code"), ordering="code")
    def spelled_code(self, obj: Entry) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', obj.shown_code)

    @admin.display(description=_("code in the results"))
    def spelled_public_code(self, obj: Entry) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', obj.shown_public_code)

    @admin.display(description=_("name"))
    def shown_name(self, obj: Entry) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.name)

    @admin.display(description=_("photos"))
    def shown_photos(self, obj: Entry) -> SafeString | str:
        pictures = selectors.pictures(obj.photos.all(), photo_address)
        return render_to_string("campaigns/_photos.html", {"pictures": pictures}) if pictures else "-"

    def get_urls(self) -> list[URLPattern]:
        """Add the photos of an entry, for whoever reads the entry, and what the desk does for who entered on paper."""
        wrap = self.admin_site.admin_view
        own = path("<path:object_id>/photos/<int:number>/<str:size>/", wrap(self._photo), name="campaigns_entry_photo")
        return [own, *behalf.urls(self), *super().get_urls()]

    # --- for who entered on paper -----------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {"withdraw": self._withdraw, "leave-gallery": self._leave_gallery}

    def _withdraw(self, request: HttpRequest, obj: Entry) -> str:
        services.withdraw_entry(entry=obj, by=request.user, reason=typed_reason(request))
        return gettext("The entry is withdrawn.")

    def _leave_gallery(self, request: HttpRequest, obj: Entry) -> str:
        services.leave_gallery(entry=obj, by=request.user)
        return gettext("Its photos are not shown any more.")

    def around_form(self, request: HttpRequest, obj: Entry) -> dict[str, Any]:
        # Of what is decided nothing is missing any more.
        waited_for = obj.state not in OUT_STATES and obj.campaign.state not in OVER_STATES
        return {
            **behalf.around(self, request, obj),
            "answers": selectors.told_answers(obj),
            "receipts": chain.hand_ins_of([obj])[obj.pk],
            "missing": chain.missing_of([obj])[obj.pk] if waited_for else {},
        }

    def _photo(self, request: HttpRequest, object_id: str, number: int, size: str) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            raise Http404
        entry = self.get_object_in_reach(request, object_id)
        return shown(entry.photos.filter(pk=number).first(), size)

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["css/campaigns.css"]}
