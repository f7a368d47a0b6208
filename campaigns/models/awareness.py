"""Awareness: what was done where, by whom, whom it reached. Rows of numbers that are added and never changed, as at a desk."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import AgeGroup, Sex, Why
from campaigns.models.campaigns import Campaign
from campaigns.querysets import ActivityQuerySet, HealthWorkerQuerySet, PartQuerySet, ReportedQuerySet
from network.models import AppendOnlyModel, Municipality, Practitioner, Region, Tenure
from network.validators import plain_line

REACHED_AT_MOST = 10_000
GIVEN_AT_MOST = 100_000


class Topic(models.Model):
    """What activities of a campaign are about: chosen from, never typed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    name = models.CharField(_("topic"), max_length=120, validators=[plain_line])

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of activities")
        verbose_name_plural = _("topics of activities")

    def __str__(self) -> str:
        return self.name


class HealthWorker(Tenure):
    """A member who enters activities of their side, from a day to a day; ended and never deleted."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="health_workers", verbose_name=_("campaign")
    )
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    # The side for which they were named.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = HealthWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("community health worker")
        verbose_name_plural = _("community health workers")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "practitioner"],
                condition=Q(ended_at__isnull=True),
                name="health_worker_once_a_campaign",
                violation_error_message=_("This person enters activities of this campaign already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("community health worker %(number)s") % {"number": self.pk}


class Activity(AppendOnlyModel):
    """One activity of an awareness campaign. Nothing here is of a patient: who came are numbers (`Reached`)."""

    # Comes with the form: the same form sent twice is one activity.
    uid = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="activities", verbose_name=_("campaign")
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    # The side of the municipality.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    place = models.CharField(_("place"), max_length=160, validators=[plain_line])
    on = models.DateField(_("day"))
    # Who held it: a member, or a group by its name.
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member")
    )
    group = models.CharField(_("group"), max_length=120, blank=True, validators=[plain_line])
    entered_at = models.DateTimeField(_("entered"), editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(practitioner__isnull=False, group="") | (Q(practitioner__isnull=True) & ~Q(group="")),
                name="activity_held_by_a_member_or_a_group",
                violation_error_message=_("An activity was held either by a member or by a group."),
            )
        ]
        indexes = [
            models.Index(fields=["campaign", "side", "-on"], name="activity_by_side"),
            models.Index(fields=["entered_by", "-id"], name="activity_by_hand"),
        ]

    def __str__(self) -> str:
        return gettext("activity %(number)s") % {"number": self.pk}


class ActivityCorrection(AppendOnlyModel):
    """That the numbers of an activity were put right, and why; its rows of numbers are what is to be added."""

    uid = models.UUIDField(unique=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="corrections")
    why = models.CharField(_("reason"), max_length=10, choices=Why)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReportedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Reached(AppendOnlyModel):
    """How many people of one sex and age group an activity reached; a correction is another row, below 0 too."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="reached")
    sex = models.CharField(max_length=6, choices=Sex)
    age = models.CharField(max_length=6, choices=AgeGroup)
    people = models.IntegerField(validators=[MinValueValidator(0), MaxValueValidator(REACHED_AT_MOST)])
    correction = models.ForeignKey(ActivityCorrection, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReportedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=0) | Q(correction__isnull=False),
                name="reached_below_nothing_only_as_a_correction",
            )
        ]
        indexes = [models.Index(fields=["activity", "id"], name="reached_of_activity")]

    def __str__(self) -> str:
        return f"reached {self.pk}"


class Handout(AppendOnlyModel):
    """What was given to those who came, and how many of it; corrected as `Reached` is."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="handouts")
    what = models.CharField(max_length=80, validators=[plain_line])
    pieces = models.IntegerField()
    correction = models.ForeignKey(ActivityCorrection, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReportedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pieces__gte=0) | Q(correction__isnull=False),
                name="handout_below_nothing_only_as_a_correction",
            )
        ]

    def __str__(self) -> str:
        return f"handout {self.pk}"
