"""What everybody is told of outreach: figures that are kept when a month is closed, and never change afterwards."""

from django.db import models
from django.db.models import Q

from network.disclosure import SMALLEST
from network.models import AppendOnlyModel, ClosedMonth, District
from network.querysets import AppendOnlyQuerySet
from outreach.enums import Subject


class Closing(ClosedMonth):
    """What is entered or put right later belongs to the next closing, or to none."""


class ToldFigure(AppendOnlyModel):
    """How many people of a district a closing tells of: an atom, of which public figures are sums."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="figures")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=8, choices=Subject)
    # The group that is counted; empty for all of them.
    key = models.CharField(max_length=60, blank=True)
    people = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "district", "subject", "key"], name="told_once_a_closing"),
            models.CheckConstraint(condition=Q(people__gte=SMALLEST), name="told_of_no_few_people"),
        ]

    def __str__(self) -> str:
        return f"told figure {self.pk}"
