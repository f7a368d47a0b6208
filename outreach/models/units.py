"""Mobile units: their teams, their routes, and what they report day by day in rows that are added and never changed."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from network.models import AppendOnlyModel, Municipality, Practitioner, Region, Tenure
from network.validators import plain_line
from outreach.enums import AgeGroup, ReferredTo, Sex, SiteKind, Why
from outreach.querysets import (
    OfReportQuerySet,
    OfSideQuerySet,
    OfUnitQuerySet,
    ReportQuerySet,
    StopQuerySet,
    TeamQuerySet,
)

SEEN_AT_MOST = 10_000


class MobileUnit(models.Model):
    """A mobile medical unit of a side."""

    # The columns behind the translated texts, added by modeltranslation.
    name_ar: str
    name_en: str

    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    side = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("side"))
    operator = models.CharField(
        _("operator"), max_length=120, validators=[plain_line], help_text=_("The organisation that runs it.")
    )
    in_service = models.BooleanField(_("in service"), default=True)

    objects = OfSideQuerySet.as_manager()

    class Meta:
        verbose_name = _("mobile unit")
        verbose_name_plural = _("mobile units")
        indexes = [models.Index(fields=["side", "-id"], name="unit_of_side")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("outreach:report", args=[self.code])


class TeamMember(Tenure):
    """A member in the team of a unit, from a day to a day: reports what it does. Ended and never deleted."""

    unit = models.ForeignKey(MobileUnit, on_delete=models.PROTECT, related_name="team", verbose_name=_("mobile unit"))
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "practitioner"],
                condition=Q(ended_at__isnull=True),
                name="team_member_once_a_unit",
                violation_error_message=_("This person is in the team already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("member of a team %(number)s") % {"number": self.pk}


class RoutePlan(models.Model):
    """Where a unit is to go within some days."""

    unit = models.ForeignKey(MobileUnit, on_delete=models.PROTECT, related_name="plans", verbose_name=_("mobile unit"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until, this day included"))
    words = models.CharField(_("remarks"), max_length=300, blank=True, validators=[plain_line])

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("route plan")
        verbose_name_plural = _("route plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="route_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first."),
            )
        ]

    def __str__(self) -> str:
        return gettext("route plan %(number)s") % {"number": self.pk}


class Stop(models.Model):
    """A planned stop: for the team and the desk, never published, for it says where displaced people will gather."""

    plan = models.ForeignKey(RoutePlan, on_delete=models.PROTECT, related_name="stops", verbose_name=_("route plan"))
    day = models.DateField(_("day"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    site = models.CharField(_("kind of place"), max_length=10, choices=SiteKind)
    place = models.CharField(_("place"), max_length=160, validators=[plain_line])

    objects = StopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        indexes = [models.Index(fields=["plan", "day"], name="stop_of_plan")]

    def __str__(self) -> str:
        return gettext("stop %(number)s") % {"number": self.pk}


class DailyReport(AppendOnlyModel):
    """What a unit did at one stop on one day. Nothing here is of a patient: who came are numbers (`Seen`, `Referred`)."""

    # Comes with the form: the same form sent twice is one report.
    uid = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(
        MobileUnit, on_delete=models.PROTECT, related_name="reports", verbose_name=_("mobile unit")
    )
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    stop = models.ForeignKey(
        Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("planned stop")
    )
    on = models.DateField(_("day"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    site = models.CharField(_("kind of place"), max_length=10, choices=SiteKind)
    place = models.CharField(_("place"), max_length=160, validators=[plain_line])
    entered_at = models.DateTimeField(_("entered"), editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily report")
        verbose_name_plural = _("daily reports")
        indexes = [
            models.Index(fields=["municipality", "-on"], name="report_by_place"),
            models.Index(fields=["side", "-on"], name="report_by_side"),
            models.Index(fields=["entered_by", "-id"], name="report_by_hand"),
        ]

    def __str__(self) -> str:
        return gettext("daily report %(number)s") % {"number": self.pk}


class ReportCorrection(AppendOnlyModel):
    """That the numbers of a report were put right, and why; its rows of numbers are what is to be added."""

    uid = models.UUIDField(unique=True)
    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="corrections")
    why = models.CharField(_("reason"), max_length=10, choices=Why)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Seen(AppendOnlyModel):
    """How many people of one sex and age group were seen; a correction is another row, below 0 too."""

    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="seen")
    sex = models.CharField(max_length=6, choices=Sex)
    age = models.CharField(max_length=6, choices=AgeGroup)
    people = models.IntegerField(validators=[MaxValueValidator(SEEN_AT_MOST)])
    correction = models.ForeignKey(ReportCorrection, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=0) | Q(correction__isnull=False),
                name="seen_below_nothing_only_as_a_correction",
            )
        ]
        indexes = [models.Index(fields=["report", "id"], name="seen_of_report")]

    def __str__(self) -> str:
        return f"seen {self.pk}"


class Referred(AppendOnlyModel):
    """How many people were referred to one level of care; corrected as `Seen` is."""

    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="referred")
    level = models.CharField(max_length=10, choices=ReferredTo)
    people = models.IntegerField(validators=[MaxValueValidator(SEEN_AT_MOST)])
    correction = models.ForeignKey(ReportCorrection, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=0) | Q(correction__isnull=False),
                name="referred_below_nothing_only_as_a_correction",
            )
        ]
        indexes = [models.Index(fields=["report", "id"], name="referred_of_report")]

    def __str__(self) -> str:
        return f"referred {self.pk}"
