from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network.enums import PeriodEffect, PeriodKind, PeriodStatus
from network.models.places import Region
from network.querysets import SpecialPeriodQuerySet
from network.validators import plain_line


class SpecialPeriod(models.Model):
    """Days that are unlike others: a public holiday, or Ramadan. Sides may differ in theirs."""

    # How the row is known in the files of reference data; none for what a coordinator added.
    code = models.SlugField(_("code"), max_length=60, unique=True, null=True, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=PeriodKind, default=PeriodKind.HOLIDAY)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("side"),
        help_text=_("Empty: on all sides."),
    )
    effect = models.CharField(
        _("what is proposed for sessions"), max_length=5, choices=PeriodEffect, default=PeriodEffect.SHIFT
    )
    starts_time = models.TimeField(_("hour proposed"), null=True, blank=True)
    status = models.CharField(_("how certain"), max_length=11, choices=PeriodStatus, default=PeriodStatus.ANNOUNCED)
    source = models.CharField(_("source"), max_length=200, blank=True, validators=[plain_line])

    objects = SpecialPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday or special time")
        verbose_name_plural = _("holidays and special times")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="special_period_ends_after_it_begins",
                violation_error_message=_("The last day can't be before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(effect="hour") | Q(starts_time__isnull=False),
                name="special_period_hour_is_given",
                violation_error_message=_("Please give the hour that is proposed."),
            ),
        ]
        indexes = [models.Index(fields=["first_day", "id"], name="special_period_by_day")]

    def __str__(self) -> str:
        return self.name
