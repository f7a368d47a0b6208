"""Safe spaces and the directory of referrals at the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline
from outreach import services
from outreach.models import Pathway, SafeSpace, Whereabouts


class WhereaboutsInline(RegionScopedInline, admin.StackedInline):
    """For the coordinators of the side alone: whoever else reads the safe space does not see that there is such a thing."""

    model = Whereabouts
    ordering = ("pk",)
    max_num = 1


@admin.register(SafeSpace)
class SafeSpaceAdmin(RegionScopedAdmin, TranslationAdmin):
    list_display = ("name", "district", "is_open")
    list_filter = ("is_open", "side")
    list_select_related = ("district",)
    search_fields = ("name_ar", "name_en")
    ordering = ("-pk",)
    fields = ("name", "district", "is_open")
    inlines = (WhereaboutsInline,)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "district" and field is not None:
            field.queryset = field.queryset.filter(region__in=network_policies.regions(request.user))
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SafeSpace, form: forms.ModelForm, change: bool) -> None:
        services.save_space(space=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        formset.new_objects, formset.changed_objects = [], []
        for gone in formset.deleted_objects:
            services.remove_whereabouts(whereabouts=gone, by=request.user)
        for row in rows:
            services.save_whereabouts(whereabouts=row, by=request.user)


@admin.register(Pathway)
class PathwayAdmin(RegionScopedAdmin, TranslationAdmin):
    list_display = ("shown_what", "facility", "level", "valid_from", "valid_to")
    list_filter = ("level", "valid_from")
    list_select_related = ("condition", "specialty", "facility__kind")
    search_fields = ("search",)
    ordering = ("-pk",)
    autocomplete_fields = ("facility",)
    fields = ("condition", "specialty", "facility", "level", "how", "phone", "valid_from", "valid_to")

    @admin.display(description=_("condition or specialty"))
    def shown_what(self, obj: Pathway) -> str:
        return str(obj.what)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Pathway, form: forms.ModelForm, change: bool) -> None:
        services.save_pathway(pathway=obj, changed=form.changed_data, by=request.user)
