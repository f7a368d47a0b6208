"""Who reads what campaigns keep."""

from datetime import datetime
from typing import Any, Self

from django.db.models import F, Q

from campaigns import policies
from campaigns.enums import PUBLIC_STATES, RUNNING_STATES, TAKING_STATES, CampaignState, MediaState
from network import policies as network_policies
from network.querysets import NationalQuerySet, RegionScopedQuerySet, TextSearch


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


class PartQuerySet(_OfCampaigns):
    """What a campaign is made of: questions, prizes, frequent questions."""

    region_path = "campaign__region_id"
    campaign = "campaign__"


class EntryQuerySet(RegionScopedQuerySet):
    """Entries: each coordinator reads those of their side."""

    region_path = "side_id"

    def running(self) -> Self:
        return self.filter(state__in=RUNNING_STATES)

    def alike(self, *, folded: str, phone: str, email: str) -> Self:
        """Return those of the same telephone, address or name: possible doubles, for a person to decide."""
        same = Q(pk__in=[])
        for name, value in (("folded", folded), ("phone", phone), ("email", email)):
            if value:
                same |= Q(**{name: value})
        return self.filter(same)


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
