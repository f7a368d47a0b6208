"""Monthly reports at the desk: what is asked, and what was handed in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from facilities import services
from facilities.models import Indicator, MonthlyReport, ReportValue
from network.admin_scoping import ReferenceAdmin, RegionScopedAdmin, RegionScopedInline


@admin.register(Indicator)
class IndicatorAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "family", "version", "valid_from", "valid_to")
    ordering = ("position", "pk")
    fields = (
        "name", "name_ar_status", "family", "version", "position", "highest", "part_of", "factor", "valid_from", "valid_to",
    )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Indicator, form: forms.ModelForm, change: bool) -> None:
        services.save_indicator(indicator=obj, changed=form.changed_data, by=request.user)


class ReportValueInline(RegionScopedInline, admin.StackedInline):
    model = ReportValue
    ordering = ("indicator__position", "pk")
    fields = ("indicator", "value", "word")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("indicator")


@admin.register(MonthlyReport)
class MonthlyReportAdmin(RegionScopedAdmin):
    """Filled in on the website, read here."""

    list_display = ("facility", "month", "revision", "state", "submitted_at")
    list_filter = ("state", "month")
    list_select_related = ("facility__kind",)
    search_fields = ("facility__search",)
    search_help_text = _("name or code of the facility")
    ordering = ("-month", "-pk")
    fields = ("facility", "month", "revision", "state", "begun_at", "submitted_at")
    readonly_fields = fields
    inlines = (ReportValueInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
