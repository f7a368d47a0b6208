"""What units reported and which trainings were given, as the desk reads it; numbers are put right on the website's page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from network.admin_scoping import ReferenceAdmin, RegionScopedAdmin
from outreach import figures, policies
from outreach.admin import elsewhere
from outreach.enums import AgeGroup, ReferredTo, Sex
from outreach.models import DailyReport, Training, TrainingTopic


class AddedAdmin(RegionScopedAdmin):
    """Rows that are added on the website and read here."""

    change_list_template = "admin/entered_elsewhere.html"
    change_form_template = "admin/outreach/added.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_people()

    @admin.display(description=_("people"))
    def people(self, obj: Any) -> int:
        return obj.people or 0

    @admin.display(description=_("corrections"))
    def shown_corrections(self, obj: Any) -> str:
        rows = obj.corrections.order_by("pk")
        return " · ".join(f"{timezone.localdate(row.entered_at)}: {row.get_why_display()}" for row in rows) or "-"


@admin.register(DailyReport)
class DailyReportAdmin(AddedAdmin):
    list_display = ("on", "unit", "municipality", "site", "shown_place", "people")
    list_filter = ("on", "site", "side")
    list_select_related = ("unit", "municipality")
    ordering = ("-on", "-pk")
    fields = (
        "on", "unit", "side", "municipality", "site", "shown_place", "shown_seen", "shown_referred", "entered_at", "shown_corrections",
    )  # fmt: skip
    readonly_fields = fields

    def around_list(self, request: HttpRequest) -> dict[str, Any]:
        return elsewhere.to_reports(request)

    @admin.display(description=_("place"))
    def shown_place(self, obj: DailyReport) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.place)

    @admin.display(description=_("people seen"))
    def shown_seen(self, obj: DailyReport) -> str:
        seen = figures.numbers_of([obj])[obj.pk].seen
        told = [f"{sex.label}, {age.label}: {seen[sex, age]}" for age in AgeGroup for sex in Sex if (sex, age) in seen]
        return " · ".join(told) or "-"

    @admin.display(description=_("referred"))
    def shown_referred(self, obj: DailyReport) -> str:
        referred = figures.numbers_of([obj])[obj.pk].referred
        return " · ".join(f"{level.label}: {referred[level]}" for level in ReferredTo if level in referred) or "-"

    def around_form(self, request: HttpRequest, obj: DailyReport) -> dict[str, Any]:
        keeps = policies.keeps(request.user, obj.side_id)
        return {"correct_url": reverse("outreach:correct", args=[obj.pk]) if keeps else ""}


@admin.register(Training)
class TrainingAdmin(AddedAdmin):
    list_display = ("on", "topic", "municipality", "people")
    list_filter = ("on", "topic", "side")
    list_select_related = ("topic", "municipality")
    ordering = ("-on", "-pk")
    fields = ("on", "topic", "side", "municipality", "shown_staff", "entered_at", "shown_corrections")
    readonly_fields = fields

    def around_list(self, request: HttpRequest) -> dict[str, Any]:
        return elsewhere.to_training(request)

    @admin.display(description=_("staff trained"))
    def shown_staff(self, obj: Training) -> str:
        names = {row.pk: row.name for row in figures.cadres()}
        staff = figures.staff_of([obj])[obj.pk]
        return (
            " · ".join(f"{names[cadre]}, {Sex(sex).label}: {people}" for (cadre, sex), people in staff.items()) or "-"
        )

    def around_form(self, request: HttpRequest, obj: Training) -> dict[str, Any]:
        keeps = policies.keeps(request.user, obj.side_id)
        return {"correct_url": reverse("outreach:correct_training", args=[obj.pk]) if keeps else ""}


@admin.register(TrainingTopic)
class TrainingTopicAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "name_ar_status")
    search_fields = ("name_ar", "name_en", "code")
    ordering = ("code", "pk")
