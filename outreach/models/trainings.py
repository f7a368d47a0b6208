"""Trainings given: topic, day, municipality, and how many staff of which cadre came, in rows that are added and never changed."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from network.models import AppendOnlyModel, Municipality, Profession, Region
from network.models.vocabularies import Term
from outreach.enums import Sex, Why
from outreach.querysets import OfTrainingQuerySet, TrainingQuerySet

TRAINED_AT_MOST = 1_000


class TrainingTopic(Term):
    """What trainings are about: chosen from, never typed."""

    class Meta:
        verbose_name = _("topic of trainings")
        verbose_name_plural = _("topics of trainings")


class Training(AppendOnlyModel):
    """One training. Who came are numbers (`Trained`)."""

    # Comes with the form: the same form sent twice is one training.
    uid = models.UUIDField(unique=True, editable=False)
    topic = models.ForeignKey(TrainingTopic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    on = models.DateField(_("day"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    # The side of the municipality.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    entered_at = models.DateTimeField(_("entered"), editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        indexes = [
            models.Index(fields=["side", "-on"], name="training_by_side"),
            models.Index(fields=["entered_by", "-id"], name="training_by_hand"),
        ]

    def __str__(self) -> str:
        return gettext("training %(number)s") % {"number": self.pk}


class TrainingCorrection(AppendOnlyModel):
    """That the numbers of a training were put right, and why."""

    uid = models.UUIDField(unique=True)
    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="corrections")
    why = models.CharField(_("reason"), max_length=10, choices=Why)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfTrainingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Trained(AppendOnlyModel):
    """How many staff of one cadre and sex came; a correction is another row, below 0 too."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="trained")
    cadre = models.ForeignKey(Profession, on_delete=models.PROTECT, related_name="+")
    sex = models.CharField(max_length=6, choices=Sex)
    people = models.IntegerField(validators=[MaxValueValidator(TRAINED_AT_MOST)])
    correction = models.ForeignKey(TrainingCorrection, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTrainingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=0) | Q(correction__isnull=False),
                name="trained_below_nothing_only_as_a_correction",
            )
        ]

    def __str__(self) -> str:
        return f"trained {self.pk}"
