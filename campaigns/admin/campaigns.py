"""Campaigns at the desk: written and announced by those who run them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from campaigns import policies, services
from campaigns.enums import CAMPAIGN_MOVES, CampaignMove, CampaignState
from campaigns.models import Campaign, Faq, Prize, Question
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline

LONGEST_REASON = 1_000
# Dates stay once they are told to everybody; the end alone is moved, to later.
FIXED_ONCE_ANNOUNCED = ("slug", "kind", "region", "opens_at", "closes_at", "made_at_least", "handed_at_least")


class QuestionInline(RegionScopedInline, admin.StackedInline):
    model = Question
    ordering = ("position", "pk")
    fields = (
        "position", "key", "kind", "label_ar", "label_en", "help_ar", "help_en", "required", "minimum", "maximum", "choices_ar",
        "choices_en", "counts_as",
    )  # fmt: skip


class PrizeInline(RegionScopedInline, admin.StackedInline):
    model = Prize
    ordering = ("position", "pk")
    fields = ("position", "what_ar", "what_en", "count", "donor_ar", "donor_en")


class FaqInline(RegionScopedInline, admin.StackedInline):
    model = Faq
    ordering = ("position", "pk")
    fields = ("position", "question_ar", "question_en", "answer_ar", "answer_en")


@admin.register(Campaign)
class CampaignAdmin(RegionScopedAdmin):
    list_display = ("title", "kind", "state", "region", "opens_at", "closes_at")
    list_filter = ("state", "kind")
    list_select_related = ("region",)
    ordering = ("-closes_at", "-pk")
    fields = (
        "kind", "region", "slug", "title_ar", "title_en", "summary_ar", "summary_en", "text_ar", "text_en", "rules_ar", "rules_en",
        "sponsor_ar", "sponsor_en", "opens_at", "closes_at", "results_on", "made_at_least", "handed_at_least", "photos_at_most",
    )  # fmt: skip
    inlines = (QuestionInline, PrizeInline, FaqInline)
    change_form_template = "admin/campaigns/campaign/change.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "region" and field is not None:
            # Their own sides, and "all sides" for a national coordinator.
            field.queryset = field.queryset.filter(pk__in=network_policies.regions(request.user))
            field.required = not network_policies.is_national(request.user)
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        return FIXED_ONCE_ANNOUNCED if obj and obj.state != CampaignState.DRAFT else ()

    def save_model(self, request: HttpRequest, obj: Campaign, form: forms.ModelForm, change: bool) -> None:
        services.save_campaign(campaign=obj, changed=form.changed_data if change else (), by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            services.remove_part(part=row, by=request.user)
        for row, changed in formset.changed_objects:
            services.save_part(part=row, changed=changed, by=request.user)
        for row in formset.new_objects:
            services.save_part(part=row, changed=(), by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def moves(self) -> dict[str, Any]:
        return {"announce": self._announce, "extend": self._extend, "cancel": self._cancel}

    def _announce(self, request: HttpRequest, obj: Campaign) -> str:
        services.announce_campaign(campaign=obj, by=request.user)
        return gettext("Announced: everybody sees it now.")

    def _extend(self, request: HttpRequest, obj: Campaign) -> str:
        field = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M"])
        try:
            closes_at = field.clean(request.POST.get("closes_at", ""))
        except forms.ValidationError:
            raise services.OnlyLater from None
        services.extend_campaign(campaign=obj, closes_at=closes_at, by=request.user)
        return gettext("Extended.")

    def _cancel(self, request: HttpRequest, obj: Campaign) -> str:
        reason = request.POST.get("reason", "")[:LONGEST_REASON]
        services.cancel_campaign(campaign=obj, by=request.user, reason=reason)
        return gettext("Called off.")

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        managed = obj is not None and policies.can_manage(request.user, obj)
        context["can"] = {
            "announce": managed and obj.state in CAMPAIGN_MOVES[CampaignMove.ANNOUNCE].sources,
            "extend": managed and obj.state in (CampaignState.ANNOUNCED, CampaignState.OPEN),
            "cancel": managed and obj.state in CAMPAIGN_MOVES[CampaignMove.CANCEL].sources,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)
