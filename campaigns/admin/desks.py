"""Desks, their collectors and what they give out: kept by the coordinators of the side on which the desk stands."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from campaigns import chain, services
from campaigns.admin.entries import CampaignFilter
from campaigns.enums import CampaignKind
from campaigns.forms import DistributionForm
from campaigns.models import Desk, DeskCollector, Distribution
from network import policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline


class CollectorInline(RegionScopedInline, admin.StackedInline):
    """Who collects and collected: named here, ended with a button, never edited."""

    model = DeskCollector
    ordering = ("pk",)
    autocomplete_fields = ("practitioner",)
    fields = ("practitioner", "starts_on", "ends_on", "ended_at")
    readonly_fields = ("ended_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        # Whoever collected here once and is of another side by now is that side's to know of.
        return super().get_queryset(request).select_related("practitioner").filter(ended_at__isnull=True)


@admin.register(Desk)
class DeskAdmin(RegionScopedAdmin):
    list_display = ("name", "campaign", "municipality", "side", "opens_on", "closes_on")
    list_filter = (CampaignFilter,)
    list_select_related = ("campaign", "municipality", "side")
    ordering = ("-pk",)
    fields = (
        "campaign", "name_ar", "name_en", "municipality", "place_ar", "place_en", "hours_ar", "hours_en", "prefix", "opens_on",
        "closes_on",
    )  # fmt: skip
    inlines = (CollectorInline,)
    change_form_template = "admin/campaigns/desk/change.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "campaign" and field is not None:
            field.queryset = field.queryset.filter(kind=CampaignKind.CONTEST)
        if db_field.name == "municipality" and field is not None:
            today = field.queryset.valid_on(timezone.localdate())
            field.queryset = today.filter(district__region__in=self._sides(request))
        return field

    def _sides(self, request: HttpRequest) -> frozenset[int]:
        return network_policies.regions(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Desk, form: forms.ModelForm, change: bool) -> None:
        services.save_desk(desk=obj, changed=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.save(commit=False):
            services.name_collector(
                desk=form.instance,
                practitioner=row.practitioner,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                by=request.user,
            )

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: Desk) -> str:
        chosen = number(request.POST.get("collector", ""))
        row = obj.collectors.filter(pk=chosen).first()
        if row is None:
            raise services.NotACollector
        services.end_collector(collector=row, by=request.user)
        return gettext("This person collects here no more. What they counted stays.")

    def around_form(self, request: HttpRequest, obj: Desk) -> dict[str, Any]:
        if not self.has_change_permission(request, obj):
            return {}
        rows = obj.collectors.filter(ended_at__isnull=True).select_related("practitioner")
        return {"collecting": list(rows.order_by("pk"))}


class GivenForm(forms.ModelForm):
    """What is given out; the number that comes with the form keeps the same form sent twice one row."""

    form_uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Distribution
        fields = ("desk", "pieces", "municipality", "to_whom", "given_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_uid"].initial = uuid.uuid4
        if "given_on" in self.fields:
            self.fields["given_on"].initial = timezone.localdate

    def clean_given_on(self) -> Any:
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come."))
        return day


@admin.register(Distribution)
class DistributionAdmin(RegionScopedAdmin):
    """What left which desk, for whom as a group; put right by another row, never edited."""

    form = GivenForm
    list_display = ("shown_pieces", "desk", "shown_group", "municipality", "given_on", "is_correction")
    list_filter = ("given_on",)
    list_select_related = ("desk", "municipality")
    ordering = ("-given_on", "-pk")
    change_form_template = "admin/campaigns/distribution/change.html"

    def get_fields(self, request: HttpRequest, obj: Distribution | None = None) -> Any:
        if obj is None:
            return ("desk", "pieces", "municipality", "to_whom", "given_on", "form_uid")
        return ("desk", "shown_pieces", "pieces_now", "shown_group", "municipality", "given_on", "entered_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Distribution | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    @admin.display(description=_("pieces"), ordering="pieces")
    def shown_pieces(self, obj: Distribution) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', obj.pieces)

    @admin.display(description=_("pieces after corrections"))
    def pieces_now(self, obj: Distribution) -> int:
        return chain.given_now(obj.corrects or obj)

    @admin.display(description=_("to whom, as a group"))
    def shown_group(self, obj: Distribution) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.to_whom)

    @admin.display(description=_("correction"))
    def is_correction(self, obj: Distribution) -> str:
        return str(obj.get_why_display())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        rows = super().get_field_queryset(db, db_field, request)
        return rows.editable_by(request.user) if db_field.name == "desk" else rows

    def save_model(self, request: HttpRequest, obj: Distribution, form: forms.ModelForm, change: bool) -> None:
        obj.uid = form.cleaned_data["form_uid"] or uuid.uuid4()
        obj.pk = services.record_distribution(given=obj, by=request.user).pk

    def moves(self) -> dict[str, Any]:
        return {"correct": self._correct}

    def _correct(self, request: HttpRequest, obj: Distribution) -> str:
        form = DistributionForm(request.POST)
        if not form.is_valid():
            raise services.NotANumber
        services.correct_distribution(given=obj, by=request.user, **form.cleaned_data)
        return gettext("Corrected: the difference stands in a row of its own.")

    def around_form(self, request: HttpRequest, obj: Distribution) -> dict[str, Any]:
        if not (self._allows(request, "change") and self.is_editable(request, obj)):
            return {}
        return {"correction": DistributionForm(initial={"pieces": chain.given_now(obj.corrects or obj)})}
