from datetime import date
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from facilities.enums import FacilityState, Position
from network import policies as network_policies
from network.querysets import AppendOnlyQuerySet, ReferenceQuerySet, RegionScopedQuerySet, TenureQuerySet, TextSearch


class FacilityQuerySet(RegionScopedQuerySet, TextSearch):
    """Facilities are kept by the coordinators of the side in which they lie."""

    region_path = "side_id"

    def public(self) -> Self:
        """Return what everybody may know of: listed, and without a security concern."""
        return self.filter(state=FacilityState.OPEN, concern=False)

    def disputed(self) -> Self:
        """Return those of which sides say different things; of what was merged into another that one says so."""
        return self.exclude(disputed=[]).exclude(state=FacilityState.MERGED)

    def kept_by(self, user: Any) -> Self:
        """Return the facilities whose focal point this active member is today."""
        postings = self.model._meta.get_field("postings").related_model.objects.in_force(timezone.localdate())
        mine = postings.filter(position=Position.FOCAL, practitioner__user_id=user.pk, facility=OuterRef("pk"))
        return self.filter(Exists(mine)).exclude(state=FacilityState.MERGED)

    def readable_by(self, user: Any) -> Self:
        """Return what this person may read on the website: the public ones, those of their desk, those that they keep."""
        if not user.is_authenticated:
            return self.public()
        condition = Q(pk__in=self.public().values("pk")) | Q(pk__in=self.visible_to(user).values("pk"))
        condition |= Q(pk__in=self.kept_by(user).values("pk"))
        return self.filter(condition)


class OfFacilityQuerySet(RegionScopedQuerySet):
    """Rows of a facility, read with it."""

    region_path = "facility__side_id"


class AddedQuerySet(AppendOnlyQuerySet, OfFacilityQuerySet):
    """Rows of a facility that are added and never changed."""


class PostingQuerySet(OfFacilityQuerySet, TenureQuerySet):
    """Who works where."""

    def in_force(self, day: Any) -> Self:
        """Return the postings that hold on that day, of active members."""
        return self.lasting(day).filter(practitioner__state="active", practitioner__user__is_active=True)


class OfReportQuerySet(RegionScopedQuerySet):
    """Figures of a monthly report, read with it."""

    region_path = "report__facility__side_id"


class LocalRegionQuerySet(ReferenceQuerySet):
    """Everybody reads them; one of a side is kept by its coordinators, all by the national ones."""

    def editable_by(self, user: Any) -> Self:
        if network_policies.is_national(user):
            return self.all()
        return self.filter(side__in=network_policies.regions(user))

    def on(self, day: date) -> Self:
        """Return those that exist on that day, the last day included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class GroupingQuerySet(RegionScopedQuerySet, TenureQuerySet):
    """Which municipalities group: kept by the side of the municipality."""

    region_path = "side_id"

    def overlapping(self, first: date, last: date | None) -> Self:
        """Return those that are not ended and share a day with this time; it has no end for None."""
        rows = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), ended_at__isnull=True)
        return rows if last is None else rows.filter(starts_on__lte=last)


class ContactQuerySet(RegionScopedQuerySet, TenureQuerySet):
    """Who speaks for a local-region: kept by the side that named them."""

    region_path = "side_id"

    def shown(self, day: date) -> Self:
        """Return who is shown to everybody on that day: active members who have agreed."""
        rows = self.lasting(day).filter(agreed_at__isnull=False)
        return rows.filter(practitioner__state="active", practitioner__user__is_active=True)
