from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from network.admin_scoping import ReferenceAdmin, RegionScopedAdmin
from network.models import (
    CodeOfConduct,
    Condition,
    District,
    Municipality,
    Profession,
    Region,
    SpecialPeriod,
    Specialty,
    Transition,
)
from network.models.journal import move_in_words


@admin.register(Region)
class RegionAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "pcode")
    ordering = ("position", "pk")


@admin.register(District)
class DistrictAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "region", "pcode")
    list_filter = ("region",)
    list_select_related = ("region",)
    ordering = ("pcode", "pk")


@admin.register(Municipality)
class MunicipalityAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "district", "pcode", "valid_from", "valid_to")
    list_filter = ("district__region", "district")
    list_select_related = ("district",)
    search_fields = ("name_ar", "name_en", "pcode")
    ordering = ("district__pcode", "pcode", "pk")


@admin.register(Profession, Specialty, Condition)
class TermAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "name_ar_status")
    search_fields = ("name_ar", "name_en", "code")
    ordering = ("code", "pk")


@admin.register(SpecialPeriod)
class SpecialPeriodAdmin(ReferenceAdmin, TranslationAdmin):
    """Holidays and Ramadan: what sessions planned on these days are proposed instead."""

    list_display = ("name", "first_day", "last_day", "kind", "region", "effect", "status")
    list_filter = ("kind", "status", "region", "first_day")
    list_select_related = ("region",)
    search_fields = ("name_ar", "name_en")
    date_hierarchy = "first_day"
    ordering = ("first_day", "pk")
    fields = (
        "kind",
        "name_ar",
        "name_en",
        "first_day",
        "last_day",
        "region",
        "effect",
        "starts_time",
        "status",
        "source",
    )


@admin.register(CodeOfConduct)
class CodeOfConductAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("version", "in_force_from")
    ordering = ("-in_force_from", "pk")

    def has_change_permission(self, request: HttpRequest, obj: CodeOfConduct | None = None) -> bool:
        """A text that somebody accepted stays as they read it: a change is a new version."""
        return super().has_change_permission(request, obj) and not (obj and obj.acceptances.exists())


class InWords(admin.AllValuesFieldListFilter):
    """Codes that the journal keeps, in the reader's language; the number that may stand behind one stays."""

    def words(self, code: str) -> str:
        """Return what a code is called; one without a name is shown as it is."""
        return code

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            code, bracket, count = str(choice["display"]).partition(" (")
            yield choice | {"display": capfirst(self.words(code)) + bracket + count}


class ThingInWords(InWords):
    def words(self, code: str) -> str:
        return Transition(subject_type=code).told_subject


class MoveInWords(InWords):
    def words(self, code: str) -> str:
        """Return what the step is called, of whatever thing it is one."""
        told = {move_in_words(code, model) for model in apps.get_models() if hasattr(model, "moves")} - {code}
        return " / ".join(sorted(told)) or code


@admin.register(Transition)
class TransitionAdmin(RegionScopedAdmin):
    """The journal of all steps, to be read."""

    list_display = ("at", "what", "did", "was", "became", "shown_by")
    list_filter = (("subject_type", ThingInWords), ("move", MoveInWords))
    ordering = ("-pk",)

    @admin.display(description=_("what"))
    def what(self, obj: Transition) -> str:
        return f"{capfirst(obj.told_subject)} {obj.subject_id}"

    @admin.display(description=_("move"))
    def did(self, obj: Transition) -> str:
        return capfirst(obj.told_move)

    @admin.display(description=_("from"))
    def was(self, obj: Transition) -> str:
        return obj.told_from

    @admin.display(description=_("to"))
    def became(self, obj: Transition) -> str:
        return obj.told_to

    @admin.display(description=_("account that did it"))
    def shown_by(self, obj: Transition) -> int | None:
        return obj.by_id
