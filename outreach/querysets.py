from datetime import date
from typing import Any, Self

from django.db.models import F, OuterRef, Q, Subquery, Sum

from network import policies as network_policies
from network.enums import MemberState
from network.querysets import AppendOnlyQuerySet, RegionScopedQuerySet, TenureQuerySet, TextSearch


class OfSideQuerySet(RegionScopedQuerySet):
    """Rows that the coordinators of a side keep."""

    region_path = "side_id"


class OfUnitQuerySet(RegionScopedQuerySet):
    """Read with their mobile unit."""

    region_path = "unit__side_id"


class StopQuerySet(RegionScopedQuerySet):
    """Read with their plan."""

    region_path = "plan__unit__side_id"


class TeamQuerySet(OfUnitQuerySet, TenureQuerySet):
    def in_force(self, day: date) -> Self:
        """Return who is in a team on that day: as an active member of the unit's side."""
        return self.lasting(day).filter(
            practitioner__state=MemberState.ACTIVE,
            practitioner__region=F("unit__side"),
            practitioner__user__is_active=True,
        )


class ReportQuerySet(AppendOnlyQuerySet, OfSideQuerySet):
    """What a unit did, with its numbers as corrections leave them."""

    def with_people(self) -> Self:
        """Add how many were seen: `people`, None for nobody."""
        rows = self.model._meta.get_field("seen").related_model.objects.filter(report=OuterRef("pk"))
        return self.annotate(people=Subquery(rows.order_by().values("report").annotate(n=Sum("people")).values("n")))


class OfReportQuerySet(AppendOnlyQuerySet, RegionScopedQuerySet):
    region_path = "report__side_id"


class TrainingQuerySet(AppendOnlyQuerySet, OfSideQuerySet):
    def with_people(self) -> Self:
        """Add how many were trained: `people`, None for nobody."""
        rows = self.model._meta.get_field("trained").related_model.objects.filter(training=OuterRef("pk"))
        return self.annotate(people=Subquery(rows.order_by().values("training").annotate(n=Sum("people")).values("n")))


class OfTrainingQuerySet(AppendOnlyQuerySet, RegionScopedQuerySet):
    region_path = "training__side_id"


class WhereaboutsQuerySet(RegionScopedQuerySet):
    """Where exactly a safe space is: for the coordinators of its side. Who reads all else does not read this."""

    region_path = "space__side_id"

    def visible_to(self, user: Any) -> Self:
        return self._of_regions(network_policies.regions(user))


class PathwayQuerySet(OfSideQuerySet, TextSearch):
    """The directory of referrals."""

    def on(self, day: date) -> Self:
        """Return what holds on that day, the last day included."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
