"""The media log at the desk: written by national coordinators, read by every side's and by the auditor."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from campaigns import policies, services
from campaigns.media_enums import MEDIA_MOVES, MediaMove
from campaigns.models import Appearance, Outlet, Speaker
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline, typed_reason


@admin.register(Outlet)
class OutletAdmin(RegionScopedAdmin, TranslationAdmin):
    """Channels, newspapers and websites, each with its side where a source names one."""

    list_display = ("name", "medium", "region")
    list_filter = ("medium", "region")
    list_select_related = ("region",)
    search_fields = ("name_ar", "name_en")
    ordering = ("name", "pk")
    fields = ("name_ar", "name_en", "medium", "region")

    def save_model(self, request: HttpRequest, obj: Outlet, form: forms.ModelForm, change: bool) -> None:
        services.keep_outlet(outlet=obj, changed=form.changed_data, by=request.user)


class SpeakerInline(RegionScopedInline, TranslationStackedInline):
    model = Speaker
    fields = ("name_ar", "name_en", "role")
    ordering = ("pk",)

    def get_extra(self, request: HttpRequest, obj: Appearance | None = None, **kwargs: Any) -> int:
        return 0 if obj and obj.speakers.exists() else 1


@admin.register(Appearance)
class AppearanceAdmin(RegionScopedAdmin, TranslationAdmin):
    """Interviews, reports and articles: added as drafts, then put on the public pages."""

    inlines = (SpeakerInline,)
    list_display = ("title", "kind", "outlet", "told_day", "state")
    list_filter = ("state", "kind", "outlet", "outlet__region", "language", "day")
    list_select_related = ("outlet",)
    search_fields = ("search",)
    search_help_text = _("Words of the text, in either language")
    ordering = ("-day", "-pk")
    change_form_template = "admin/campaigns/appearance/change.html"
    fields = (
        "kind", "outlet", "day", "precision", "language", "title_ar", "title_en", "programme_ar", "programme_en", "link",
        "note_ar", "note_en",
    )  # fmt: skip

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term[:100]), False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "link" and field is not None:
            field.widget.attrs |= {"dir": "ltr"}
        elif db_field.name.startswith("note") and field is not None:
            field.widget.attrs |= {"rows": 3}
        return field

    @admin.display(description=_("date"), ordering="day")
    def told_day(self, obj: Appearance) -> str:
        return obj.when

    # --- writing ----------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Appearance, form: forms.ModelForm, change: bool) -> None:
        services.keep_appearance(appearance=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        kept = formset.save(commit=False)
        services.keep_speakers(appearance=form.instance, kept=kept, removed=formset.deleted_objects, by=request.user)

    def moves(self) -> dict[str, Any]:
        return {"publish": self._publish, "withdraw": self._withdraw}

    def _publish(self, request: HttpRequest, obj: Appearance) -> str:
        services.publish_appearance(appearance=obj, by=request.user)
        return gettext("Published: everybody finds it in the media log now.")

    def _withdraw(self, request: HttpRequest, obj: Appearance) -> str:
        services.withdraw_appearance(appearance=obj, by=request.user, reason=typed_reason(request))
        return gettext("It is off the public pages, and a draft again.")

    def around_form(self, request: HttpRequest, obj: Appearance) -> dict[str, Any]:
        keeps = policies.keeps_media(request.user)
        return {
            "can_publish": keeps and obj.state in MEDIA_MOVES[MediaMove.PUBLISH].sources,
            "can_withdraw": keeps and obj.state in MEDIA_MOVES[MediaMove.WITHDRAW].sources,
        }
