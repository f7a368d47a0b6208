"""Who reads what campaigns keep."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum

from campaigns import policies
from campaigns.enums import (
    JUDGED_STATES,
    OPEN_AWARDS,
    OUT_STATES,
    PUBLIC_STATES,
    REPORTING_STATES,
    RESULT_STATES,
    RUNNING_STATES,
    TAKING_STATES,
    CampaignKind,
    CampaignState,
    ComplaintState,
    PhotoState,
    RoundState,
)
from campaigns.media_enums import MediaState
from network import policies as network_policies
from network.enums import MemberState
from network.querysets import AppendOnlyQuerySet, NationalQuerySet, RegionScopedQuerySet, TenureQuerySet, TextSearch


class _OfCampaigns(RegionScopedQuerySet):
    """A campaign of a side is run by its coordinators, one of all sides by the national ones and read by all, once announced."""

    campaign = ""

    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        if not network_policies.regions(user):
            return rows
        of_all = Q(**{f"{self.campaign}region__isnull": True}) & ~Q(**{f"{self.campaign}state": CampaignState.DRAFT})
        return rows | self.filter(of_all)


class CampaignQuerySet(_OfCampaigns):
    def public(self) -> Self:
        return self.filter(state__in=PUBLIC_STATES)

    def taking(self, now: datetime) -> Self:
        """Return those that take entries at this moment, by the clock."""
        return self.filter(state__in=TAKING_STATES, opens_at__lte=now, closes_at__gt=now)

    def settled(self) -> Self:
        """Return those with results of which nothing is open: no prize is on its way, and nobody waits for an answer."""
        rows = self.filter(state=CampaignState.RESULTS).exclude(complaints__state=ComplaintState.RECEIVED)
        return rows.exclude(awards__state__in=OPEN_AWARDS)

    def reporting(self) -> Self:
        """Return those whose activities are entered now."""
        return self.filter(kind=CampaignKind.AWARENESS, state__in=REPORTING_STATES)


class PartQuerySet(_OfCampaigns):
    """What a campaign is made of: questions, prizes, frequent questions."""

    region_path = "campaign__region_id"
    campaign = "campaign__"


class CriterionQuerySet(_OfCampaigns):
    """What a round is made of."""

    region_path = "round__campaign__region_id"
    campaign = "round__campaign__"


class JurorQuerySet(RegionScopedQuerySet):
    """Jurors by name: the national desk reads all, a side's coordinators those of their own side."""

    region_path = "side_id"

    def editable_by(self, user: Any) -> Self:
        """Return whom this person names and takes off: of their own side in their own campaigns, for a national coordinator all."""
        if network_policies.is_national(user):
            return self.all()
        regions = network_policies.regions(user)
        return self.filter(side__in=regions, campaign__region__in=regions) if regions else self.none()


class AssignmentQuerySet(models.QuerySet):
    def held(self) -> Self:
        """Return what is before a juror: not dropped, and of an entry that is still judged."""
        return self.filter(dropped_at__isnull=True, entry__state__in=JUDGED_STATES)

    def of(self, user: Any) -> Self:
        """Return what is before this person, in rounds that have been opened."""
        theirs = self.filter(juror__practitioner__user=user, juror__ended_at__isnull=True)
        return theirs.exclude(round__state=RoundState.DRAFT).held()


class EntryQuerySet(RegionScopedQuerySet):
    """Entries: each coordinator reads those of their side."""

    region_path = "side_id"

    def running(self) -> Self:
        return self.filter(state__in=RUNNING_STATES)

    def called(self, codes: Collection[str]) -> Self:
        """Return those of these codes, their own or the public ones, as they are kept."""
        return self.filter(Q(code__in=codes) | Q(public_code__in=codes))

    def alike(self, *, folded: str, phone: str, email: str) -> Self:
        """Return those of the same telephone, address or name: possible doubles, for a person to decide."""
        same = Q(pk__in=[])
        for name, value in (("folded", folded), ("phone", phone), ("email", email)):
            if value:
                same |= Q(**{name: value})
        return self.filter(same)


class DeskQuerySet(RegionScopedQuerySet):
    """Desks are kept by the coordinators of the side on which they stand."""

    region_path = "side_id"

    def kept_by(self, user: Any, day: date) -> Self:
        """Return the desks at which this active member collects on that day; none of a draft."""
        collectors = self.model._meta.get_field("collectors").related_model.objects.lasting(day)
        mine = collectors.filter(
            practitioner__user_id=user.pk, practitioner__state=MemberState.ACTIVE, practitioner__user__is_active=True
        )
        return self.filter(pk__in=mine.values("desk_id")).exclude(campaign__state=CampaignState.DRAFT)


class _OfDesks(RegionScopedQuerySet):
    region_path = "desk__side_id"


class CollectorQuerySet(_OfDesks, TenureQuerySet):
    """Who collects: read with the desk."""


class CountQuerySet(AppendOnlyQuerySet, _OfDesks):
    """What was handed in, and what was given out: rows that are only ever added."""


class HealthWorkerQuerySet(RegionScopedQuerySet, TenureQuerySet):
    """Named by the coordinators of their side."""

    region_path = "side_id"

    def in_force(self, day: date) -> Self:
        """Return who enters activities on that day: as an active member of the side for which they were named."""
        return self.lasting(day).filter(
            practitioner__state=MemberState.ACTIVE,
            practitioner__region=F("side"),
            practitioner__user__is_active=True,
        )


class ActivityQuerySet(AppendOnlyQuerySet, RegionScopedQuerySet):
    """What was done on a side is read by its coordinators."""

    region_path = "side_id"

    def with_people(self) -> Self:
        """Add how many people each reached as its corrections leave it: `people`, None for nobody."""
        rows = self.model._meta.get_field("reached").related_model.objects.filter(activity=OuterRef("pk"))
        return self.annotate(people=Subquery(rows.order_by().values("activity").annotate(n=Sum("people")).values("n")))


class ReportedQuerySet(AppendOnlyQuerySet, RegionScopedQuerySet):
    """Numbers of activities, which are read with them."""

    region_path = "activity__side_id"


class PhotoQuerySet(RegionScopedQuerySet):
    """Photos are read with their entry."""

    region_path = "entry__side_id"

    def live(self) -> Self:
        """Return those that take a place of the entry's few: all but the refused ones."""
        return self.exclude(state=PhotoState.REFUSED)

    def waiting(self, now: datetime) -> Self:
        """Return those that no worker has in hand, those that killed one last."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.filter(free, state=PhotoState.WAITING).order_by("tries", "pk")


class OfEntryQuerySet(RegionScopedQuerySet):
    """What concerns one entry is read with it."""

    region_path = "entry__side_id"


class GalleryQuerySet(RegionScopedQuerySet):
    """Photos in the gallery: at the desk read with their entry."""

    region_path = "photo__entry__side_id"

    def shown(self) -> Self:
        """Return what everybody sees: published, by permission, of an entry that still takes part, once the results are."""
        rows = self.filter(published_at__isnull=False, photo__state=PhotoState.READY, photo__entry__in_gallery=True)
        rows = rows.filter(photo__entry__campaign__state__in=RESULT_STATES)
        return rows.exclude(photo__entry__state__in=OUT_STATES)


class PairQuerySet(RegionScopedQuerySet):
    """Two entries: read by whoever reads both, decided by their side's coordinators, across sides by the national ones."""

    def _of_regions(self, regions: frozenset[int]) -> Self:
        return self.filter(first__side__in=regions, second__side__in=regions) if regions else self.none()

    def editable_by(self, user: Any) -> Self:
        within = Q(first__side=F("second__side"))
        rows = self._of_regions(network_policies.regions(user)).filter(within)
        if network_policies.is_national(user):
            # `exclude` would take a comparison with nothing for one that holds.
            across = ~within | Q(first__side__isnull=True) | Q(second__side__isnull=True)
            return rows | self.filter(across)
        return rows


class AppearanceQuerySet(NationalQuerySet, TextSearch):
    """Everybody reads what is published, the desk of every side the drafts too."""

    def visible_to(self, user: Any) -> Self:
        """Return what a person reads in the course of their role: whoever coordinates any side reads all."""
        return self.all() if policies.reads_drafts(user) else self.none()

    def published(self) -> Self:
        return self.filter(state=MediaState.PUBLISHED)

    def readable_by(self, user: Any) -> Self:
        """Return what a visitor of the website may open, signed in or not."""
        return self.all() if policies.reads_drafts(user) else self.published()

    def latest_first(self) -> Self:
        """Put what has no date at the end."""
        return self.order_by(F("day").desc(nulls_last=True), "-pk")


class SpeakerQuerySet(NationalQuerySet):
    """Read with what they spoke in."""

    def visible_to(self, user: Any) -> Self:
        return self.all() if policies.reads_drafts(user) else self.none()
