"""Campaigns at the desk: written and announced by those who run them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from campaigns import photos, policies, services
from campaigns.admin import gallery, paperwork, progress, results
from campaigns.enums import CAMPAIGN_MOVES, CampaignMove, CampaignState
from campaigns.models import Campaign, Faq, Prize, PrizeGiving, Question, Topic
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline, typed_reason
from network.forms import SafeForm


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


class TopicInline(RegionScopedInline, admin.StackedInline):
    model = Topic
    ordering = ("position", "pk")
    fields = ("position", "name_ar", "name_en")


class PictureForm(SafeForm):
    """A picture for the page, and what it shows in both languages."""

    picture = forms.FileField()
    alt_ar = forms.CharField(max_length=services.ALT_LENGTH)
    alt_en = forms.CharField(max_length=services.ALT_LENGTH)


class PrizeGivingInline(RegionScopedInline, admin.StackedInline):
    model = PrizeGiving
    ordering = ("pk",)
    autocomplete_fields = ("appearances",)
    fields = ("held_at", "place_ar", "place_en", "text_ar", "text_en", "appearances")


@admin.register(Campaign)
class CampaignAdmin(RegionScopedAdmin):
    list_display = ("title", "kind", "state", "region", "opens_at", "closes_at")
    list_filter = ("state", "kind")
    list_select_related = ("region",)
    ordering = ("-closes_at", "-pk")
    fields = (
        "kind", "region", "slug", "title_ar", "title_en", "summary_ar", "summary_en", "text_ar", "text_en", "rules_ar", "rules_en",
        "sponsor_ar", "sponsor_en", "opens_at", "closes_at", "results_on", "made_at_least", "handed_at_least", "photos_at_most",
        "answer_days", "told_hours", "complaint_days",
    )  # fmt: skip
    inlines = (QuestionInline, PrizeInline, TopicInline, FaqInline, PrizeGivingInline)
    change_form_template = "admin/campaigns/campaign/change.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "region" and field is not None:
            # Their own sides, and "all sides" for a national coordinator.
            field.queryset = field.queryset.filter(pk__in=network_policies.regions(request.user))
            field.required = not network_policies.is_national(request.user)
        return field

    def get_inline_instances(self, request: HttpRequest, obj: Campaign | None = None) -> list[Any]:
        """Offer topics to an awareness campaign alone, and questions and prizes to the others."""
        theirs = (
            (TopicInline, FaqInline)
            if obj and obj.is_awareness
            else (QuestionInline, PrizeInline, FaqInline, PrizeGivingInline)
        )
        return [inline for inline in super().get_inline_instances(request, obj) if isinstance(inline, theirs)]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        return sorted(policies.FIXED_ONCE_ANNOUNCED) if obj and obj.state != CampaignState.DRAFT else ()

    def save_model(self, request: HttpRequest, obj: Campaign, form: forms.ModelForm, change: bool) -> None:
        services.save_campaign(campaign=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            services.remove_part(part=row, by=request.user)
        for row, changed in formset.changed_objects:
            services.save_part(part=row, changed=changed, by=request.user)
        for row in formset.new_objects:
            services.save_part(part=row, changed=(), by=request.user)
        for row in formset.saved_forms:
            # Which appearances tell of it is written by whoever changed that, not with each other word.
            if "appearances" in row.changed_data:
                row.save_m2m()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        return [
            *paperwork.urls(self),
            *progress.urls(self),
            *results.urls(self),
            *gallery.urls(self),
            *super().get_urls(),
        ]

    def moves(self) -> dict[str, Any]:
        return {
            "announce": self._announce,
            "extend": self._extend,
            "cancel": self._cancel,
            "picture": self._picture,
            "no-picture": self._no_picture,
        }

    def _picture(self, request: HttpRequest, obj: Campaign) -> str:
        form = PictureForm(request.POST, request.FILES)
        if not form.is_valid():
            raise photos.NotAPhoto if "picture" in form.errors else services.WhatItShows
        upload, alt = form.cleaned_data["picture"], {code: form.cleaned_data[f"alt_{code}"] for code in ("ar", "en")}
        if upload.size > settings.PHOTO_LARGEST:
            raise photos.PhotoTooLarge(megabytes=settings.PHOTO_LARGEST // 1_000_000)
        content = photos.received(upload.name or "", upload.read()).content
        services.set_picture(campaign=obj, content=content, alt=alt, by=request.user)
        return gettext("The picture is on the page.")

    def _no_picture(self, request: HttpRequest, obj: Campaign) -> str:
        services.remove_picture(campaign=obj, by=request.user)
        return gettext("The picture is off the page.")

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
        services.cancel_campaign(campaign=obj, by=request.user, reason=typed_reason(request))
        return gettext("Called off.")

    def around_form(self, request: HttpRequest, obj: Campaign) -> dict[str, Any]:
        managed = policies.can_manage(request.user, obj)
        can = {
            "announce": managed and obj.state in CAMPAIGN_MOVES[CampaignMove.ANNOUNCE].sources,
            "extend": managed and obj.state in (CampaignState.ANNOUNCED, CampaignState.OPEN),
            "cancel": managed and obj.state in CAMPAIGN_MOVES[CampaignMove.CANCEL].sources,
            "picture": managed,
        }
        return {
            "can": can,
            "managed": managed,
            "types_paper": paperwork.may_type(self, request, obj, timezone.now()),
            "lacks_desk": policies.needs_desk(obj) and not obj.desks.exists(),
        }
