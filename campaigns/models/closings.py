"""What everybody is told of awareness campaigns: figures that are kept when a month is closed, and never change afterwards."""

from django.db import models
from django.db.models import Q

from campaigns.enums import Subject
from campaigns.models.campaigns import Campaign
from network.disclosure import SMALLEST
from network.models import AppendOnlyModel, ClosedMonth, Region
from network.querysets import AppendOnlyQuerySet


class ActivityClosing(ClosedMonth):
    """What is entered later, or too little to be told, belongs to the next closing."""


class ToldFigure(AppendOnlyModel):
    """How many people or activities of a side in a campaign a closing tells of: an atom, of which public figures are sums."""

    closing = models.ForeignKey(ActivityClosing, on_delete=models.PROTECT, related_name="figures")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    side = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=6, choices=Subject)
    # The group that is counted, the municipality by its id; empty for all people.
    key = models.CharField(max_length=20, blank=True)
    number = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "side", "closing", "subject", "key"], name="reach_told_once_a_closing"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=SMALLEST) | Q(subject="place", number__gte=1), name="reach_told_of_no_few"
            ),
        ]

    def __str__(self) -> str:
        return f"told figure {self.pk}"
