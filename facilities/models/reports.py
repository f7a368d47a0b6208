"""Monthly reports: what is asked, and what each facility answered, revision after revision."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _

from facilities.enums import ReportMove, ReportState
from facilities.models.registry import Facility
from facilities.querysets import OfFacilityQuerySet, OfReportQuerySet
from network.models.vocabularies import Term
from network.validators import plain_line

HIGHEST = 1_000_000


class Indicator(Term):
    """What a monthly report asks, in one version: another definition is another row, so that old figures keep their meaning."""

    family = models.SlugField(_("indicator"), max_length=40, help_text=_("The same in all versions."))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    highest = models.PositiveIntegerField(
        _("can't be above"),
        default=HIGHEST,
        validators=[MaxValueValidator(HIGHEST)],
        help_text=_("Such as 31 for days."),
    )
    part_of = models.SlugField(
        _("part of"), max_length=40, blank=True, help_text=_("The indicator above which it can't be, if there is one.")
    )
    factor = models.DecimalField(
        _("jump, as a factor"), max_digits=4, decimal_places=1, default=3, validators=[MinValueValidator(1)]
    )
    valid_from = models.DateField(_("asked from this month"))
    valid_to = models.DateField(_("asked until this month"), null=True, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["family", "version"],
                name="indicator_version_once",
                violation_error_message=_("This version of the indicator is there already."),
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(valid_to__isnull=True),
                name="indicator_asked_in_one_version",
                violation_error_message=_("End the version that is asked now before you add the next."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="indicator_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]


class MonthlyReport(models.Model):
    """One revision of what a facility reports of a month. Once handed in it stays; a correction is another revision."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="reports", verbose_name=_("facility"))
    # Its first day.
    month = models.DateField(_("month"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.DRAFT, editable=False)
    begun_at = models.DateTimeField(_("begun"), editable=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    moves = ReportMove

    objects = OfFacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "month", "revision"],
                name="report_revision_once",
                violation_error_message=_("This revision is there already."),
            ),
            models.UniqueConstraint(
                fields=["facility", "month"],
                condition=Q(state=ReportState.SUBMITTED),
                name="report_stands_once_a_month",
                violation_error_message=_("This month is reported already."),
            ),
            models.UniqueConstraint(
                fields=["facility", "month"],
                condition=Q(state=ReportState.DRAFT),
                name="report_drafted_once_a_month",
                violation_error_message=_("This month is reported already."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="report_of_a_whole_month",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT, submitted_at__isnull=True)
                | (~Q(state=ReportState.DRAFT) & Q(submitted_at__isnull=False)),
                name="report_submitted_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="report_submitted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["month", "state", "facility"], name="report_of_month")]

    def __str__(self) -> str:
        return gettext("monthly report %(number)s") % {"number": self.pk}


class ReportValue(models.Model):
    """One figure of a monthly report. Of what was handed in the database refuses to add, change or delete any."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="values")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator"))
    value = models.PositiveIntegerField(_("figure"), null=True, blank=True)
    # What the person said of a figure that seemed doubtful.
    word = models.CharField(_("why it is right"), max_length=200, blank=True, validators=[plain_line])

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of a monthly report")
        verbose_name_plural = _("figures of monthly reports")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator"],
                name="figure_once_a_report",
                violation_error_message=_("This figure is there already."),
            )
        ]

    def __str__(self) -> str:
        return f"figure {self.pk}"
