"""Who reads what of needs."""

from typing import Any, Self

from django.db.models import Q

from facilities.enums import FacilityState
from needs.enums import COUNTING_STATES, PUBLIC_STATES, WANTING_STATES
from network import policies as network_policies
from network.querysets import AppendOnlyQuerySet, RegionScopedQuerySet


class _OfFacility(RegionScopedQuerySet):
    """Rows of a facility: for the coordinators of its side, and for whoever keeps its page."""

    region_path = "facility__side_id"

    def _facilities(self) -> Any:
        return self.model._meta.get_field("facility").related_model.objects

    def kept_by(self, user: Any) -> Self:
        """Return the rows of the facilities that this member keeps."""
        return self.filter(facility__in=self._facilities().kept_by(user).values("pk"))

    def worked_by(self, user: Any) -> Self:
        """Return the rows that this person works on: as a focal point, or as a coordinator of the side."""
        mine = Q(facility__in=self._facilities().kept_by(user).values("pk"))
        return self.filter(mine | Q(pk__in=self.editable_by(user).values("pk")))

    def of_shown_facilities(self) -> Self:
        """Return the rows of facilities that everybody may know of."""
        return self.filter(facility__state=FacilityState.OPEN, facility__concern=False)


class NeedQuerySet(_OfFacility):
    def public(self) -> Self:
        """Return what everybody may know of: verified needs of public facilities."""
        return self.of_shown_facilities().filter(state__in=PUBLIC_STATES)

    def wanting(self) -> Self:
        """Return the needs of which something may still be open."""
        return self.filter(state__in=WANTING_STATES)


class SurplusQuerySet(_OfFacility):
    pass


class AssetQuerySet(_OfFacility):
    pass


class AddedQuerySet(AppendOnlyQuerySet):
    """Entries: added, never changed."""


class OfNeedQuerySet(RegionScopedQuerySet):
    """What is pledged to a need."""

    region_path = "need__facility__side_id"

    def unproved(self) -> Self:
        """Return the pledges of partners whose contact was never proved, whatever became of them."""
        return self.filter(confirmed_at__isnull=True, surplus__isnull=True)

    def counting(self) -> Self:
        """Return the pledges that cover a part of their need and have not arrived in full."""
        return self.filter(state__in=COUNTING_STATES)

    def of_contact(self, phone: str, email: str) -> Self:
        """Return what one contact pledged: the one to which we write, the telephone where there is one."""
        return self.filter(phone=phone) if phone else self.filter(phone="", email=email)


class ProposalQuerySet(RegionScopedQuerySet):
    """A proposal is read by both its sides at once; one that crosses sides is gone while either facility is hidden."""

    def visible_to(self, user: Any) -> Self:
        return self._reached(network_policies.regions(user), reads_all=network_policies.reads_all(user))

    def editable_by(self, user: Any) -> Self:
        return self._reached(network_policies.regions(user), reads_all=False)

    def _reached(self, regions: frozenset[int], *, reads_all: bool) -> Self:
        if reads_all:
            return self.all()
        if not regions:
            return self.none()
        one, other = Q(need__facility__side__in=regions), Q(surplus__facility__side__in=regions)
        hidden = Q(need__facility__concern=True) | Q(surplus__facility__concern=True)
        return self.filter((one & other) | ((one | other) & ~hidden))


class DeliveryQuerySet(RegionScopedQuerySet):
    region_path = "pledge__need__facility__side_id"

    def coming_to(self, facility: Any) -> Self:
        return self.filter(pledge__need__facility=facility)


class UseCheckQuerySet(RegionScopedQuerySet):
    region_path = "delivery__pledge__need__facility__side_id"

    def unanswered(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def unasked(self, day: Any) -> Self:
        """Return what is due to be asked, but at facilities that are closed: nobody could answer there."""
        due = self.unanswered().filter(asked_at__isnull=True, due_on__lte=day)
        return due.exclude(delivery__pledge__need__facility__state=FacilityState.CLOSED)
