"""Awareness at the desk: who enters activities of a side, and what was entered; numbers are put right on the website's page."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from campaigns import awareness, policies, services
from campaigns.admin.entries import CampaignFilter
from campaigns.enums import CampaignKind
from campaigns.forms import CorrectActivityForm
from campaigns.models import Activity, HealthWorker
from network.admin_scoping import RegionScopedAdmin
from network.enums import DomainError


class AwarenessFilter(CampaignFilter):
    kind = CampaignKind.AWARENESS


@admin.register(HealthWorker)
class HealthWorkerAdmin(RegionScopedAdmin):
    """Named here, ended with a button, never edited."""

    list_display = ("shown_name", "campaign", "side", "starts_on", "ends_on", "ended_at")
    list_filter = (AwarenessFilter,)
    list_select_related = ("practitioner", "campaign", "side")
    ordering = ("-pk",)
    autocomplete_fields = ("practitioner",)
    change_form_template = "admin/campaigns/end.html"

    def get_fields(self, request: HttpRequest, obj: HealthWorker | None = None) -> Any:
        if obj is None:
            return ("campaign", "practitioner", "starts_on", "ends_on")
        return ("shown_name", "campaign", "side", "starts_on", "ends_on", "named_at", "ended_at")

    def get_readonly_fields(self, request: HttpRequest, obj: HealthWorker | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "campaign" and field is not None:
            field.queryset = field.queryset.filter(kind=CampaignKind.AWARENESS)
        return field

    def save_model(self, request: HttpRequest, obj: HealthWorker, form: forms.ModelForm, change: bool) -> None:
        made = services.name_health_worker(
            campaign=obj.campaign,
            practitioner=obj.practitioner,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            by=request.user,
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.display(description=_("name"))
    def shown_name(self, obj: HealthWorker) -> SafeString:
        person = obj.practitioner
        # Whoever is of another side by now is that side's to know of.
        return format_html(
            '<bdi dir="auto">{}</bdi>', person.name if person.region_id == obj.side_id else f"#{person.pk}"
        )

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: HealthWorker) -> str:
        services.end_health_worker(worker=obj, by=request.user)
        return gettext("This person enters nothing more. What they entered stays.")

    def around_form(self, request: HttpRequest, obj: HealthWorker) -> dict[str, Any]:
        may = self._allows(request, "change") and policies.names_health_workers(request.user, obj.side_id)
        if obj.ended_at or not may:
            return {}
        end_url = reverse("admin:campaigns_healthworker_end", args=[obj.pk])
        return {"end_url": end_url, "end_label": gettext("Let them enter no more")}


@admin.register(Activity)
class ActivityAdmin(RegionScopedAdmin):
    """What was done where, with its numbers as corrections leave them."""

    list_display = ("on", "campaign", "topic", "municipality", "shown_place", "held_by", "people")
    list_filter = (AwarenessFilter, "on", "side")
    list_select_related = ("campaign", "topic", "municipality", "practitioner")
    ordering = ("-on", "-pk")
    fields = (
        "on", "campaign", "topic", "side", "municipality", "shown_place", "held_by", "shown_reached", "shown_materials", "entered_at",
        "shown_corrections",
    )  # fmt: skip
    readonly_fields = fields
    change_list_template = "admin/entered_elsewhere.html"
    change_form_template = "admin/campaigns/activity/change.html"

    def around_list(self, request: HttpRequest) -> dict[str, Any]:
        if not awareness.campaigns_for(request.user):
            return {}
        return {"enter_url": reverse("activities:list"), "enter_label": gettext("Enter an activity")}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_people()

    @admin.display(description=_("place"))
    def shown_place(self, obj: Activity) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.place)

    @admin.display(description=_("held by"))
    def held_by(self, obj: Activity) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', awareness.holder(obj))

    @admin.display(description=_("people reached"))
    def people(self, obj: Any) -> int:
        return obj.people or 0

    @admin.display(description=_("people reached"))
    def shown_reached(self, obj: Activity) -> str:
        stands = awareness.numbers_of([obj])[obj.pk]
        told = [
            f"{gettext(', ').join([str(sex), str(age)])}: {people}" for sex, age, people in awareness.in_words(stands)
        ]
        return " · ".join([str(stands.people), *told])

    @admin.display(description=_("materials given"))
    def shown_materials(self, obj: Activity) -> SafeString:
        stands = awareness.numbers_of([obj])[obj.pk]
        return format_html(
            '<bdi dir="auto">{}</bdi>', " · ".join(f"{what}: {n}" for what, n in stands.materials.items()) or "-"
        )

    @admin.display(description=_("corrections"))
    def shown_corrections(self, obj: Activity) -> str:
        rows = obj.corrections.order_by("pk")
        return " · ".join(f"{timezone.localdate(row.entered_at)}: {row.get_why_display()}" for row in rows) or "-"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self._correct)
        return [path("<path:object_id>/correct/", view, name="campaigns_activity_correct"), *super().get_urls()]

    def around_form(self, request: HttpRequest, obj: Activity) -> dict[str, Any]:
        return {"can_correct": self._may_correct(request, obj)}

    def _may_correct(self, request: HttpRequest, obj: Activity) -> bool:
        """Here its side's coordinators put an activity right; whoever entered it does so on the website."""
        return policies.names_health_workers(request.user, obj.side_id) and policies.takes_activities(obj.campaign)

    def _correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write what the numbers should have been: what was entered stays, the difference is added."""
        obj = self.get_object_in_reach(request, object_id)
        if not self._may_correct(request, obj):
            raise Http404
        stands = awareness.numbers_of([obj])[obj.pk]
        posted = request.POST if request.method == "POST" else None
        initial = {"uid": uuid.uuid4(), "seen": obj.corrections.count()}
        form = CorrectActivityForm(posted, initial=initial, stands=stands)
        if form.is_valid():
            try:
                services.correct_activity(
                    activity=obj,
                    uid=form.cleaned_data["uid"],
                    seen=form.cleaned_data["seen"],
                    numbers=form.numbers(),
                    why=form.cleaned_data["why"],
                    by=request.user,
                )
            except DomainError as error:
                form.refuse(error, obj.corrections.count())
            else:
                messages.success(request, gettext("Corrected. What was entered first stays in the record."))
                return redirect("admin:campaigns_activity_change", obj.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Correct an activity"),
            "opts": self.opts,
            "object": obj,
            "form": form,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/campaigns/activity/correct.html", context, status=status)
