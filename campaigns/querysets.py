"""Who reads what campaigns keep."""

from typing import Any, Self

from django.db.models import F

from campaigns import policies
from campaigns.enums import MediaState
from network.querysets import NationalQuerySet, TextSearch


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
