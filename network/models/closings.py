"""Months that are closed: what everybody is told of people is kept then, and never changes afterwards."""

from django.db import models
from django.db.models import Q

from network.models.journal import AppendOnlyModel
from network.querysets import ClosingQuerySet


class ClosedMonth(AppendOnlyModel):
    """That a month was closed. What is entered or put right later changes nothing that was told with it."""

    # Its first day.
    month = models.DateField(unique=True)
    closed_at = models.DateTimeField()

    objects = ClosingQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="%(class)s_of_a_whole_month")]

    def __str__(self) -> str:
        return f"closing {self.pk}"
