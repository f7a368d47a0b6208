"""Visits that assess facilities, at the desk: planned, with their assessors; what these find is not read here before all are done."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from facilities import assessment_selectors as selectors, services, upkeep
from facilities.models import Assessment, Assessor, Facility
from facilities.upkeep_enums import ASSESSMENT_MOVES, AssessmentMove, AssessmentState
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline, typed_reason
from network.models import Practitioner


class AssessorInline(RegionScopedInline, admin.StackedInline):
    """Named here, told of in the list below, taken off with a button."""

    model = Assessor
    ordering = ("pk",)
    autocomplete_fields = ("practitioner",)
    fields = ("practitioner", "remote")
    verbose_name_plural = _("Name assessors")

    def get_queryset(self, request: HttpRequest) -> Any:
        # Those of other sides are told of without their names, which an inline can't.
        return super().get_queryset(request).none()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or selectors.is_open(obj))


@admin.register(Assessment)
class AssessmentAdmin(RegionScopedAdmin):
    list_display = ("shown_facility", "visit_on", "state", "shown_assessors", "index")
    list_filter = ("state", "visit_on")
    list_select_related = ("facility__kind",)
    ordering = ("-visit_on", "-pk")
    fields = ("facility", "visit_on", "tolerance")
    autocomplete_fields = ("facility",)
    inlines = (AssessorInline,)
    change_form_template = "admin/facilities/assessment/change.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(people=Count("assessors"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("facility",) if obj.state == AssessmentState.PLANNED else self.fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("facility"))
    def shown_facility(self, obj: Assessment) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.facility.shown_name)

    @admin.display(description=_("assessors"))
    def shown_assessors(self, obj: Any) -> int:
        return obj.people

    def save_model(self, request: HttpRequest, obj: Assessment, form: Any, change: bool) -> None:
        planned = {"visit_on": obj.visit_on, "tolerance": obj.tolerance}
        if change:
            changed = {name: value for name, value in planned.items() if name in form.changed_data}
            if not changed:
                return
            row = services.replan_assessment(assessment=obj, **changed, by=request.user)
        else:
            facility = Facility.objects.get(pk=obj.facility_id)
            row = services.plan_assessment(facility=facility, **planned, by=request.user)
        for field in Assessment._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))
        obj._state.adding = False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in rows:
            services.name_assessor(
                assessment=form.instance, practitioner=row.practitioner, remote=row.remote, by=request.user
            )

    def moves(self) -> dict[str, Any]:
        return {"publish": self._publish, "drop-assessor": self._drop_assessor, "call-off": self._call_off}

    def _publish(self, request: HttpRequest, obj: Assessment) -> str:
        services.publish_assessment(assessment=obj, by=request.user)
        return gettext("Published: the scores stand on the page of the facility, without who assessed.")

    def _call_off(self, request: HttpRequest, obj: Assessment) -> str:
        services.call_off_assessment(assessment=obj, reason=typed_reason(request), by=request.user)
        return gettext("Called off. Its assessors are told.")

    def _drop_assessor(self, request: HttpRequest, obj: Assessment) -> str:
        row = obj.assessors.filter(pk=number(request.POST.get("assessor", ""))).first()
        if row is None:
            raise services.NotAnAssessor
        services.drop_assessor(assessor=row, by=request.user)
        return gettext("Taken off.")

    def around_form(self, request: HttpRequest, obj: Assessment) -> dict[str, Any]:
        people = selectors.assessors(obj)
        names = {
            row.pk: row.name
            for row in Practitioner.objects.visible_to(request.user).filter(pk__in=[p.practitioner_id for p in people])
        }
        runs = self.has_change_permission(request, obj) and upkeep.may_run(request.user, obj.facility.side_id)
        return {
            "people": [{"assessor": person, "name": names.get(person.practitioner_id, "")} for person in people],
            "enough": upkeep.may_begin(people),
            "scores": selectors.told_scores(obj),
            "can_drop": runs and selectors.is_open(obj),
            "can_call_off": runs and obj.state in ASSESSMENT_MOVES[AssessmentMove.CALL_OFF].sources,
            "can_publish": runs and obj.state in ASSESSMENT_MOVES[AssessmentMove.PUBLISH].sources,
        }
