from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.enums import SeriesRule


class Series(models.Model):
    """Sessions that repeat by a rule. Each of them is a session of its own; this row says how their dates came about."""

    # Made with the page on which the dates were looked at: sending it twice makes one series.
    key = models.UUIDField(unique=True, editable=False)
    rule = models.CharField(_("rhythm"), max_length=15, choices=SeriesRule, editable=False)
    count = models.PositiveSmallIntegerField(_("number of dates"), null=True, editable=False)
    until = models.DateField(_("until"), null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=Q(count__isnull=True, until__isnull=False) | Q(count__isnull=False, until__isnull=True),
                name="series_ends_by_count_or_day",
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True) | Q(count__gte=2, count__lte=52), name="series_has_a_year_of_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"
