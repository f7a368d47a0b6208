"""Visits that assess a facility: who goes, what each finds alone, and what they agree on where they differ."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from facilities.models.registry import Facility
from facilities.models.vocabularies import Edition, TracerItem
from facilities.upkeep_enums import AssessmentMove, AssessmentState, Finding
from facilities.upkeep_querysets import (
    AssessmentQuerySet,
    OfAssessmentQuerySet,
    OfAssessorQuerySet,
    ReconciledQuerySet,
)
from network.models import AppendOnlyModel, Practitioner, Region
from network.validators import plain_line, plain_text

COUNT_AT_MOST = 9_999


def _together(stem: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{stem}_at__isnull": True, f"{stem}_by__isnull": True})
        | Q(**{f"{stem}_at__isnull": False, f"{stem}_by__isnull": False}),
        name=f"assessment_{stem}_by_somebody",
    )


class Assessment(models.Model):
    """A visit to a facility by assessors of different sides, with the questionnaire of one edition."""

    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("facility")
    )
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("edition")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=AssessmentState, default=AssessmentState.PLANNED, editable=False
    )
    visit_on = models.DateField(_("day of the visit"))
    tolerance = models.PositiveSmallIntegerField(
        _("numbers may differ by"),
        default=1,
        validators=[MaxValueValidator(100)],
        help_text=_("What two assessors count may differ by so many; beyond that they talk about it."),
    )
    planned_at = models.DateTimeField(_("planned"), editable=False)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )
    reconciled_at = models.DateTimeField(_("reconciled"), null=True, editable=False)
    reconciled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # From here on set when it is reconciled (`readiness`): by domain its number of items and of those present.
    scores = models.JSONField(_("domain scores"), default=list, editable=False)
    index = models.DecimalField(_("readiness index, %"), max_digits=4, decimal_places=1, null=True, editable=False)
    agreement = models.DecimalField(_("agreement, %"), max_digits=4, decimal_places=1, null=True, editable=False)
    kappa = models.DecimalField(_("Cohen's kappa"), max_digits=4, decimal_places=2, null=True, editable=False)

    moves = AssessmentMove

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [_together("reconciled"), _together("published")]
        indexes = [
            models.Index(fields=["facility", "state", "-visit_on", "-id"], name="assessment_of_facility"),
            models.Index(fields=["-visit_on", "-id"], name="assessment_by_day"),
        ]

    def __str__(self) -> str:
        return gettext("assessment %(number)s") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("facilities:assessment", args=[self.pk])


class Assessor(models.Model):
    """A member who assesses a facility, for their side as it was when they were named."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="assessors")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("member")
    )
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("side")
    )
    remote = models.BooleanField(_("from afar, by video"), default=False)
    named_at = models.DateTimeField(editable=False)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    # When they said that they are done; from then on they change nothing.
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    objects = OfAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessor")
        verbose_name_plural = _("assessors")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "practitioner"],
                name="assessor_once_an_assessment",
                violation_error_message=_("This person is an assessor already."),
            )
        ]

    def __str__(self) -> str:
        return gettext("assessor %(number)s") % {"number": self.pk}


class Answer(models.Model):
    """What one assessor found of one item; theirs alone until all of them are done."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(TracerItem, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(_("finding"), max_length=7, choices=Finding)
    # How many of them work, where somebody counted.
    count = models.PositiveIntegerField(_("how many work"), null=True, validators=[MaxValueValidator(COUNT_AT_MOST)])
    note = models.CharField(_("note"), max_length=200, blank=True, validators=[plain_line])
    answered_at = models.DateTimeField()

    objects = OfAssessorQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["assessor", "item"], name="answer_once_an_item")]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Reconciled(AppendOnlyModel):
    """What assessors who differed agree on about an item, and why; a newer row takes its place."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="reconciled")
    item = models.ForeignKey(TracerItem, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(_("finding"), max_length=7, choices=Finding)
    count = models.PositiveIntegerField(
        _("how many work"), null=True, validators=[MinValueValidator(0), MaxValueValidator(COUNT_AT_MOST)]
    )
    note = models.TextField(_("why"), max_length=500, validators=[plain_text])
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReconciledQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciled answer")
        verbose_name_plural = _("reconciled answers")
        indexes = [models.Index(fields=["assessment", "item", "id"], name="reconciled_of_assessment")]

    def __str__(self) -> str:
        return f"reconciled {self.pk}"
