from collections.abc import Collection
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.lookups import IsNull

from dialogues.enums import (
    EXPECTED_STATES,
    LIVE_STATES,
    SEATED_STATES,
    SHOWN_STATES,
    CaseState,
    CertificateState,
    Listing,
    MinutesState,
    SessionState,
)
from network import policies
from network.enums import MemberState
from network.querysets import RegionScopedQuerySet, TextSearch


class SessionQuerySet(RegionScopedQuerySet):
    region_path = "host_region_id"

    def _of_regions(self, regions: frozenset[int]) -> Self:
        """A side's own sessions, and the joint ones to which it is invited once they are published."""
        if not regions:
            return self.none()
        joint = Q(host_region__isnull=True) & ~Q(state=SessionState.DRAFT) & self._names_region_of(regions)
        return self.filter(Q(host_region__in=regions) | joint)

    def _any(self, rows: models.QuerySet, *, there: bool) -> Q:
        """Ask one session whether it has any of these rows.

        A scalar subquery and not EXISTS, which PostgreSQL turns into a hash of the whole table: a list that ends after a page asks
        for its own rows alone, however many sessions there are.
        """
        return Q(IsNull(Subquery(rows.filter(session_id=OuterRef("pk")).values("pk")[:1]), not there))

    def _names_region_of(self, regions: frozenset[int]) -> Q:
        named = self.model.invited_regions.through.objects.all()
        return self._any(named, there=False) | self._any(named.filter(region_id__in=regions), there=True)

    def _names_profession_of(self, practitioner: Any) -> Q:
        named = self.model.invited_professions.through.objects.all()
        return self._any(named, there=False) | self._any(
            named.filter(profession_id=practitioner.profession_id), there=True
        )

    def _invites(self, practitioner: Any) -> Q:
        if practitioner.region_id is None:
            by_side = Q(host_region__isnull=True, abroad_invited=True)
        else:
            by_side = Q(host_region_id=practitioner.region_id) | (
                Q(host_region__isnull=True) & self._names_region_of(frozenset({practitioner.region_id}))
            )
        return by_side & self._names_profession_of(practitioner)

    def public(self) -> Self:
        """Return the sessions that everybody may know of; cancelled ones stay visible as cancelled."""
        return self._announced().filter(listing=Listing.PUBLIC)

    def inviting(self, practitioner: Any) -> Self:
        """Return the sessions to which this member is invited by side and profession."""
        return self.filter(self._invites(practitioner))

    def _announced(self) -> Self:
        return self.filter(Q(state__in=SHOWN_STATES) | Q(state=SessionState.CANCELLED, published_at__isnull=False))

    def known_to_members(self) -> Self:
        """Return the sessions that every active member may know of."""
        return self._announced().exclude(listing=Listing.INVITED)

    def known_to(self, practitioner: Any) -> Self:
        """Return the sessions that an active member may know of: listed for members, inviting them, or theirs already."""
        registrations = self.model._meta.get_field("registrations").related_model.objects
        mine = registrations.filter(practitioner_id=practitioner.pk).values("session_id")
        led = self.model.facilitators.through.objects.filter(practitioner_id=practitioner.pk).values("session_id")
        return self._announced().filter(
            ~Q(listing=Listing.INVITED) | Q(pk__in=mine) | Q(pk__in=led) | self._invites(practitioner)
        )


class SiteQuerySet(RegionScopedQuerySet):
    region_path = "session__host_region_id"

    def visible_to(self, user: Any) -> Self:
        if policies.reads_all(user):
            return self.all()
        sessions = self.model._meta.get_field("session").related_model.objects.visible_to(user)
        return self.filter(session__in=sessions.values("pk"))

    def hosted_by(self, user: Any) -> Self:
        """Return the sites whose local host this active member is."""
        return self.filter(
            local_host__user_id=user.pk, local_host__state=MemberState.ACTIVE, local_host__user__is_active=True
        )


class SeatFloorQuerySet(RegionScopedQuerySet):
    """How seats are shared is known to whoever sees the session."""

    region_path = "site__session__host_region_id"

    def visible_to(self, user: Any) -> Self:
        if policies.reads_all(user):
            return self.all()
        sites = self.model._meta.get_field("site").related_model.objects.visible_to(user)
        return self.filter(site__in=sites.values("pk"))


class CaseStudyQuerySet(RegionScopedQuerySet, TextSearch):
    """A side's coordinators reach the cases of its authors. A draft is its author's alone."""

    region_path = "author__region_id"

    def visible_to(self, user: Any) -> Self:
        return super().visible_to(user).exclude(state=CaseState.DRAFT)

    def editable_by(self, user: Any) -> Self:
        return super().editable_by(user).exclude(state=CaseState.DRAFT)

    def reviewable_by(self, user: Any) -> Self:
        """Return the cases on which this coordinator decides: never their own."""
        return self.editable_by(user).exclude(author__user_id=user.pk)

    def published(self) -> Self:
        return self.filter(state=CaseState.PUBLISHED)


class RegistrationQuerySet(RegionScopedQuerySet):
    region_path = "practitioner__region_id"

    def live(self) -> Self:
        return self.filter(state__in=LIVE_STATES)

    def seated(self) -> Self:
        return self.filter(state__in=SEATED_STATES)

    def expected(self) -> Self:
        """Return those who are on the attendance list."""
        return self.filter(state__in=EXPECTED_STATES)

    def at_doors_of(self, user: Any) -> Self:
        """Return those with a seat at a site whose local host this is, of whatever side: they stand in the same room."""
        sites = self.model._meta.get_field("site").related_model.objects.hosted_by(user)
        return self.filter(site__in=sites.values("pk"), walked_in=False)

    def markable_by(self, user: Any) -> Self:
        """Return whom this person marks present while the doors are open: those whom they answer for, and those at their door."""
        return self.filter(
            Q(pk__in=self.editable_by(user).values("pk")) | Q(pk__in=self.at_doors_of(user).values("pk"))
        )


class WalkInQuerySet(RegionScopedQuerySet):
    region_path = "region_id"

    def present(self) -> Self:
        """Return those who are still counted as walk-ins: not removed, and not a member's own row by now."""
        return self.filter(removed_at__isnull=True, became__isnull=True)

    def adoptable(self) -> Self:
        """Return those whose account has become an active member of the side that was noted."""
        same_side = Q(region_id=F("claimed_by__practitioner__region_id")) | Q(
            region__isnull=True, claimed_by__practitioner__region__isnull=True
        )
        return self.present().filter(same_side, claimed_by__practitioner__state=MemberState.ACTIVE)


class PresenceQuerySet(models.QuerySet):
    def minutes(self) -> dict[int, int]:
        """Return by registration for how many whole minutes of its session a person was heard of; see Presence."""
        seconds: dict[int, float] = {}
        for row in self.select_related("registration__session").order_by("pk"):
            session = row.registration.session
            begin, end = max(row.started_at, session.starts_at), min(row.last_seen_at, session.ends_at)
            seconds[row.registration_id] = seconds.get(row.registration_id, 0) + max((end - begin).total_seconds(), 0)
        return {pk: int(lasted // 60) for pk, lasted in seconds.items()}


class BroadcastQuerySet(RegionScopedQuerySet):
    region_path = "side_id"


class MinutesQuerySet(RegionScopedQuerySet):
    """Minutes of a side are its coordinators'; those of a joint session belong to no side, so that only the national ones reach them."""

    region_path = "session__host_region_id"

    def published(self) -> Self:
        """Return what readers may see. A session that came under the Chatham House Rule later is looked through anew first."""
        return self.filter(Q(session__chatham_house=False) | Q(chatham_house=True), state=MinutesState.PUBLISHED)


class AppendOnly(TypeError):
    """A revision was to be changed or deleted."""


class RevisionQuerySet(RegionScopedQuerySet):
    region_path = "minutes__session__host_region_id"

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A revision of minutes is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("A revision of minutes is never deleted.")


class DecisionQuerySet(RevisionQuerySet):
    region_path = "revision__minutes__session__host_region_id"


class StatementQuerySet(RegionScopedQuerySet):
    region_path = "minutes__session__host_region_id"


class AgendaItemQuerySet(SiteQuerySet):
    def with_speakers(self, found: models.QuerySet) -> Self:
        """Add who speaks, one row a speaker or one without, with `is_found` for those who are among the people found.

        One query instead of two: no page is asked for more often than that of a session.
        """
        return self.annotate(
            is_found=Case(When(speakers__in=found.values("pk"), then=True), default=False),
            speaker_ar=F("speakers__name_ar"),
            speaker_latin=F("speakers__name_latin"),
            speaker_order=F("speakers__search"),
        )


class MaterialQuerySet(SiteQuerySet):
    def for_reader(self, audiences: Collection[str], times: Collection[str]) -> Self:
        return self.filter(audience__in=audiences, shown__in=times)


class CertificateQuerySet(RegionScopedQuerySet):
    region_path = "registration__practitioner__region_id"

    def valid(self) -> Self:
        return self.filter(state=CertificateState.ISSUED)
