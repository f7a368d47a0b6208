"""The registry at the desk: each side keeps its own facilities; what sides contest is settled by a national coordinator."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from modeltranslation.admin import TranslationAdmin

from facilities import policies, selectors, services, upkeep_selectors
from facilities.enums import FACILITY_MOVES, Barrier, Contested, FacilityMove, FacilityState
from facilities.forms.claims import SAYABLE
from facilities.models import Facility, OtherName, Posting, Source
from network.admin_fields import number
from network.admin_scoping import ReferenceAdmin, RegionScopedAdmin, RegionScopedInline, typed_reason
from network.models import District


@admin.register(Source)
class SourceAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "licence")
    ordering = ("code", "pk")


class OtherNameInline(RegionScopedInline, admin.StackedInline):
    model = OtherName
    ordering = ("pk",)
    fields = ("name", "kind")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PostingInline(RegionScopedInline, admin.StackedInline):
    """Who keeps the page and who works there: named here, ended with a button, never edited."""

    model = Posting
    ordering = ("pk",)
    autocomplete_fields = ("practitioner",)
    fields = ("practitioner", "position", "starts_on", "ends_on")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("practitioner").filter(ended_at__isnull=True)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DisputedFilter(admin.SimpleListFilter):
    """Offers those of which sides say different things, of whichever value."""

    title = pgettext_lazy("filter", "what sides say")
    parameter_name = "disputed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("sides say different things"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.disputed() if self.value() == "yes" else queryset


class FacilityForm(forms.ModelForm):
    """What a side says of its own facility; what it contests begins with what that side said last, not with what is shown."""

    said_on = forms.DateField(
        label=_("Functionality, beds, names: as of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
        help_text=_("The day of which your source tells. Today if empty."),
    )
    lacks = forms.MultipleChoiceField(
        label=_("What it lacks"), choices=Barrier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Facility
        fields = "__all__"  # noqa: DJ007

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "functionality" in self.fields:
            self.fields["functionality"].choices = SAYABLE
        if self.instance.pk:
            own = upkeep_selectors.own_words(self.instance)
            self.initial |= {field: own[field] for field in Contested.values} | {"lacks": own["barriers"]}


@admin.register(Facility)
class FacilityAdmin(RegionScopedAdmin):
    form = FacilityForm
    list_display = ("shown_name", "code", "kind", "district", "functionality", "concern", "state")
    list_filter = ("functionality", DisputedFilter, "concern", "state", "kind")
    list_select_related = ("kind", "district")
    search_fields = ("search",)
    ordering = ("-pk",)
    fields = (
        "name_ar", "name_en", "kind", "owner", "level", "district", "municipality", "latitude", "longitude", "public_precision",
        "member_precision", "functionality", "lacks", "beds", "head", "said_on", "catchment", "phones", "hours_ar", "hours_en",
    )  # fmt: skip
    inlines = (OtherNameInline, PostingInline)
    change_form_template = "admin/facilities/facility/change.html"
    change_list_template = "admin/facilities/facility/list.html"

    @admin.display(description=_("name"), ordering="sort_ar")
    def shown_name(self, obj: Facility) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.shown_name)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        sides = [
            side for side in District.objects.values_list("region", flat=True) if policies.keeps(request.user, side)
        ]
        if db_field.name == "district" and field is not None:
            field.queryset = field.queryset.filter(region__in=sides)
        if db_field.name == "municipality" and field is not None:
            today = field.queryset.valid_on(timezone.localdate())
            field.queryset = today.filter(district__region__in=sides).select_related("district")
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was merged with another is read: it is changed there."""
        merged = obj is not None and obj.state == FacilityState.MERGED
        return not merged and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Facility, form: forms.ModelForm, change: bool) -> None:
        changed = {*form.changed_data, *(["functionality"] if "lacks" in form.changed_data else [])}
        services.save_facility(
            facility=obj,
            changed=changed - {"said_on", "lacks"},
            said_on=form.cleaned_data.get("said_on"),
            barriers=form.cleaned_data.get("lacks") or (),
            by=request.user,
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        formset.new_objects, formset.changed_objects = [], []
        for gone in formset.deleted_objects:
            services.remove_name(name=gone, by=request.user)
        for row in rows:
            if isinstance(row, OtherName):
                services.add_name(facility=form.instance, name=row.name, kind=row.kind, by=request.user)
            else:
                services.name_posting(
                    facility=form.instance,
                    practitioner=row.practitioner,
                    position=row.position,
                    starts_on=row.starts_on,
                    ends_on=row.ends_on,
                    by=request.user,
                )

    # --- buttons ----------------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {
            "settle": self._settle,
            "hide": self._hide,
            "show": self._show,
            "close": self._close,
            "reopen": self._reopen,
            "merge": self._merge,
            "end-posting": self._end_posting,
        }

    def _settle(self, request: HttpRequest, obj: Facility) -> str:
        field, value = request.POST.get("field", ""), request.POST.get("value", "")
        services.settle_claims(facility=obj, field=field, value=value, reason=typed_reason(request), by=request.user)
        return gettext("Settled. A newer word of a side opens it again.")

    def _hide(self, request: HttpRequest, obj: Facility) -> str:
        services.raise_concern(facility=obj, reason=typed_reason(request), by=request.user)
        return gettext("Hidden everywhere, from now on.")

    def _show(self, request: HttpRequest, obj: Facility) -> str:
        services.lift_concern(facility=obj, reason=typed_reason(request), by=request.user)
        return gettext("Shown again.")

    def _close(self, request: HttpRequest, obj: Facility) -> str:
        services.close_facility(facility=obj, reason=typed_reason(request), by=request.user)
        return gettext("Closed: it stands in no list any more.")

    def _reopen(self, request: HttpRequest, obj: Facility) -> str:
        services.reopen_facility(facility=obj, by=request.user)
        return gettext("Listed again.")

    def _merge(self, request: HttpRequest, obj: Facility) -> str:
        code = request.POST.get("into", "").strip().upper()
        into = Facility.objects.editable_by(request.user).filter(code=code).first()
        if into is None:
            raise services.NotIntoItself
        services.merge_facility(facility=obj, into=into, by=request.user)
        return gettext("Merged. The old code leads to the other facility.")

    def _end_posting(self, request: HttpRequest, obj: Facility) -> str:
        row = obj.postings.filter(pk=number(request.POST.get("posting", ""))).first()
        if row is None:
            raise services.NoActiveMember
        services.end_posting(posting=row, by=request.user)
        return gettext("Ended.")

    def around_form(self, request: HttpRequest, obj: Facility) -> dict[str, Any]:
        keeps = self.has_change_permission(request, obj)
        posted = (
            obj.postings.filter(ended_at__isnull=True).select_related("practitioner").order_by("pk") if keeps else ()
        )
        return {
            "disputes": selectors.disputes(obj),
            "posted": list(posted),
            "can": {
                "settle": policies.may_settle(request.user) and bool(obj.disputed),
                "hide": not obj.concern
                and obj.state != FacilityState.MERGED
                and policies.may_raise_concern(request.user, obj, keeper=False),
                "show": keeps and obj.concern,
                "close": keeps and obj.state in FACILITY_MOVES[FacilityMove.CLOSE].sources,
                "reopen": keeps and obj.state in FACILITY_MOVES[FacilityMove.REOPEN].sources,
                "merge": keeps and obj.state in FACILITY_MOVES[FacilityMove.MERGE].sources,
            },
        }
