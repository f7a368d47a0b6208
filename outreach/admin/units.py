"""Mobile units at the desk: units, teams, routes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from network import policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline
from outreach import figures, selectors, services
from outreach.admin import elsewhere
from outreach.models import MobileUnit, RoutePlan, Stop, TeamMember


class TeamInline(RegionScopedInline, admin.StackedInline):
    """Who is in the team: named here, ended with a button, never edited."""

    model = TeamMember
    ordering = ("pk",)
    autocomplete_fields = ("practitioner",)
    fields = ("practitioner", "starts_on", "ends_on")

    def get_queryset(self, request: HttpRequest) -> Any:
        # Those who are in it are listed below, each with its button; here new ones are named.
        return super().get_queryset(request).none()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MobileUnit)
class MobileUnitAdmin(RegionScopedAdmin, TranslationAdmin):
    list_display = ("shown_name", "code", "side", "operator", "in_service")
    list_filter = ("in_service", "side")
    list_select_related = ("side",)
    search_fields = ("name_ar", "name_en", "code")
    ordering = ("-pk",)
    fields = ("name", "side", "operator", "in_service")
    inlines = (TeamInline,)
    change_list_template = "admin/entered_elsewhere.html"
    change_form_template = "admin/outreach/mobileunit/change.html"

    def around_list(self, request: HttpRequest) -> dict[str, Any]:
        return elsewhere.to_reports(request)

    @admin.display(description=_("name"), ordering="name_ar")
    def shown_name(self, obj: MobileUnit) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.name)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "side" and field is not None:
            field.queryset = field.queryset.filter(pk__in=network_policies.regions(request.user))
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: MobileUnit, form: forms.ModelForm, change: bool) -> None:
        services.save_unit(unit=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        formset.new_objects, formset.changed_objects = [], []
        for row in rows:
            services.name_team_member(
                unit=form.instance,
                practitioner=row.practitioner,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                by=request.user,
            )

    def moves(self) -> dict[str, Any]:
        return {"end-member": self._end_member}

    def _end_member(self, request: HttpRequest, obj: MobileUnit) -> str:
        row = obj.team.filter(pk=number(request.POST.get("member", ""))).first()
        if row is None:
            raise services.NoActiveMember
        services.end_team_member(member=row, by=request.user)
        return gettext("This person reports nothing more. What they reported stays.")

    def around_form(self, request: HttpRequest, obj: MobileUnit) -> dict[str, Any]:
        keeps = self.has_change_permission(request, obj)
        reports = figures.units_of(request.user).filter(pk=obj.pk).exists()
        return {"team": selectors.team_of(obj), "keeps": keeps, "reports": reports}


class StopInline(RegionScopedInline, admin.StackedInline):
    model = Stop
    ordering = ("day", "pk")
    fields = ("day", "municipality", "site", "place")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "municipality" and field is not None:
            today = field.queryset.valid_on(timezone.localdate())
            own = network_policies.regions(request.user)
            field.queryset = today.filter(district__region__in=own).order_by("name", "pk")
        return field


@admin.register(RoutePlan)
class RoutePlanAdmin(RegionScopedAdmin):
    list_display = ("unit", "starts_on", "ends_on", "words")
    list_filter = ("starts_on",)
    list_select_related = ("unit",)
    ordering = ("-starts_on", "-pk")
    fields = ("unit", "starts_on", "ends_on", "words")
    inlines = (StopInline,)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.queryset = field.queryset.filter(side__in=network_policies.regions(request.user))
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RoutePlan, form: forms.ModelForm, change: bool) -> None:
        services.save_plan(plan=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        changed = {row.pk: names for row, names in formset.changed_objects}
        formset.new_objects, formset.changed_objects = [], []
        for gone in formset.deleted_objects:
            services.remove_stop(stop=gone, by=request.user)
        for row in rows:
            services.save_stop(stop=row, changed=changed.get(row.pk, ()), by=request.user)
