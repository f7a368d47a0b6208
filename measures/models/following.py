"""What members think of drafts, and of what they want to hear."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facilities.models import ServiceDomain
from measures.enums import Leaning, News
from measures.models.measures import Measure
from network.models import Practitioner, Region


class LeaningVote(models.Model):
    """What one member thinks of a draft. It ranks drafts by how well they bridge the sides, and decides nothing."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="leanings")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.CharField(max_length=10, choices=Leaning)

    class Meta:
        verbose_name = _("leaning")
        verbose_name_plural = _("leanings")
        constraints = [models.UniqueConstraint(fields=["measure", "practitioner"], name="leaning_once")]

    def __str__(self) -> str:
        return f"leaning {self.pk}"


class Following(models.Model):
    """One wish to be told, once a day at most: about one measure, or about all that match side and topic and kind together."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, null=True, blank=True, related_name="followers")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    topic = models.ForeignKey(
        ServiceDomain, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    kind = models.CharField(_("what happened"), max_length=10, choices=News, blank=True)

    class Meta:
        verbose_name = _("wish to be told")
        verbose_name_plural = _("wishes to be told")
        indexes = [models.Index(fields=["practitioner", "measure"], name="following_of_member")]

    def __str__(self) -> str:
        return f"following {self.pk}"
