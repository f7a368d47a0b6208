"""Local-regions at the desk: each side groups its own municipalities and names its own people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from facilities import policies, services
from facilities.models import ContactPerson, Grouping, LocalRegion
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin


@admin.register(LocalRegion)
class LocalRegionAdmin(RegionScopedAdmin, TranslationAdmin):
    list_display = ("name", "side", "starts_on", "ends_on")
    list_filter = ("side", "starts_on")
    list_select_related = ("side",)
    search_fields = ("name_ar", "name_en")
    ordering = ("-pk",)
    fields = ("name", "slug", "side", "words", "starts_on", "ends_on")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "side" and field is not None and not network_policies.is_national(request.user):
            field.queryset = field.queryset.filter(pk__in=network_policies.regions(request.user))
            field.required = True
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: LocalRegion, form: forms.ModelForm, change: bool) -> None:
        services.save_local_region(region=obj, changed=form.changed_data, by=request.user)


class EndedAdmin(RegionScopedAdmin):
    """Rows that are added here, ended with a button, and never edited."""

    change_form_template = "admin/facilities/end.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def may_end(self, request: HttpRequest, obj: Any) -> bool:
        return policies.keeps(request.user, obj.side_id)

    def around_form(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj.ended_at or not (self._allows(request, "change") and self.may_end(request, obj)):
            return {}
        return {"end_url": reverse(f"admin:facilities_{self.opts.model_name}_end", args=[obj.pk])}


@admin.register(Grouping)
class GroupingAdmin(EndedAdmin):
    list_display = ("local_region", "municipality", "starts_on", "ends_on", "ended_at")
    list_filter = ("side", "starts_on")
    list_select_related = ("local_region", "municipality")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Grouping | None = None) -> Any:
        more = ("side", "added_at", "ended_at") if obj else ()
        return ("local_region", "municipality", "starts_on", "ends_on", *more)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "municipality" and field is not None:
            today = field.queryset.valid_on(timezone.localdate())
            field.queryset = today.filter(district__region__in=network_policies.regions(request.user))
        return field

    def save_model(self, request: HttpRequest, obj: Grouping, form: forms.ModelForm, change: bool) -> None:
        made = services.group_municipality(
            region=obj.local_region,
            municipality=obj.municipality,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            by=request.user,
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def may_end(self, request: HttpRequest, obj: Grouping) -> bool:
        return super().may_end(request, obj) or network_policies.is_national(request.user)

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: Grouping) -> str:
        services.end_grouping(grouping=obj, by=request.user)
        return gettext("Taken out, from now on.")


@admin.register(ContactPerson)
class ContactPersonAdmin(EndedAdmin):
    list_display = ("shown_name", "local_region", "starts_on", "ends_on", "agreed_at", "ended_at")
    list_filter = ("side",)
    list_select_related = ("practitioner", "local_region")
    ordering = ("-pk",)
    autocomplete_fields = ("practitioner",)

    @admin.display(description=_("name"))
    def shown_name(self, obj: ContactPerson) -> SafeString:
        person = obj.practitioner
        # Whoever is of another side by now is that side's to know of.
        return format_html(
            '<bdi dir="auto">{}</bdi>', person.name if person.region_id == obj.side_id else f"#{person.pk}"
        )

    def get_fields(self, request: HttpRequest, obj: ContactPerson | None = None) -> Any:
        if obj is None:
            return ("local_region", "practitioner", "starts_on", "ends_on")
        return ("local_region", "shown_name", "side", "starts_on", "ends_on", "named_at", "agreed_at", "ended_at")

    def save_model(self, request: HttpRequest, obj: ContactPerson, form: forms.ModelForm, change: bool) -> None:
        made = services.name_contact(
            region=obj.local_region,
            practitioner=obj.practitioner,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            by=request.user,
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: ContactPerson) -> str:
        services.end_contact(contact=obj, by=request.user)
        return gettext("Ended.")
