"""What everybody is told of monthly reports: sums that are kept when a month is closed, and never change afterwards."""

from django.db import models
from django.db.models import Q

from facilities.models.reports import Indicator
from network.disclosure import SMALLEST
from network.models import AppendOnlyModel, ClosedMonth, District
from network.querysets import AppendOnlyQuerySet


class MonthClosing(ClosedMonth):
    """What is handed in or corrected later is in none of its sums."""


class ToldSum(AppendOnlyModel):
    """One sum of a district in a month that is closed."""

    closing = models.ForeignKey(MonthClosing, on_delete=models.PROTECT, related_name="sums")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveBigIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "district", "indicator"], name="sum_told_once_a_month"),
            models.CheckConstraint(condition=Q(total=0) | Q(total__gte=SMALLEST), name="sum_told_of_no_few"),
        ]

    def __str__(self) -> str:
        return f"told sum {self.pk}"
