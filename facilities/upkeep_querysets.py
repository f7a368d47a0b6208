from typing import Any, Self

from django.db.models import Exists, OuterRef
from django.utils import timezone

from facilities.querysets import AddedQuerySet, OfFacilityQuerySet
from facilities.upkeep_enums import AssessmentState, RequestState
from network import policies as network_policies
from network.querysets import ReferenceQuerySet


class RequestQuerySet(OfFacilityQuerySet):
    """Changes that focal points ask for, decided by the coordinators of the facility's side."""

    def waiting(self) -> Self:
        """Return what nobody has decided yet, longest first."""
        return self.filter(state=RequestState.WAITING).order_by("asked_at", "pk")


class ServiceStatusQuerySet(AddedQuerySet):
    def standing(self) -> Self:
        """Return the newest word about each service of each facility: by the day of which it tells, then by when it came."""
        newest = self.model._default_manager.filter(facility=OuterRef("facility"), domain=OuterRef("domain"))
        return self.filter(pk=newest.order_by("-as_of", "-pk").values("pk")[:1])


class EditionQuerySet(ReferenceQuerySet):
    def in_force(self) -> Self:
        """Return the newest edition that is in force today, as a queryset of at most one row."""
        return self.filter(in_force_from__lte=timezone.localdate()).order_by("-in_force_from", "-pk")[:1]


class AssessmentQuerySet(OfFacilityQuerySet):
    """Visits are run by the coordinators of the facility's side; a national coordinator names the assessors of the others."""

    def editable_by(self, user: Any) -> Self:
        return self.all() if network_policies.is_national(user) else super().editable_by(user)

    def assessed_by(self, user: Any) -> Self:
        """Return the visits of which this active member is an assessor."""
        assessors = self.model._meta.get_field("assessors").related_model.objects.filter(
            assessment=OuterRef("pk"),
            practitioner__user_id=user.pk,
            practitioner__state="active",
            practitioner__user__is_active=True,
        )
        return self.filter(Exists(assessors))

    def published(self) -> Self:
        return self.filter(state=AssessmentState.PUBLISHED)


class OfAssessmentQuerySet(OfFacilityQuerySet):
    """Rows of a visit, read with its facility."""

    region_path = "assessment__facility__side_id"

    def editable_by(self, user: Any) -> Self:
        return self.all() if network_policies.is_national(user) else super().editable_by(user)


class OfAssessorQuerySet(OfFacilityQuerySet):
    region_path = "assessor__assessment__facility__side_id"


class ReconciledQuerySet(AddedQuerySet):
    region_path = "assessment__facility__side_id"
