"""Which services a facility gives: one row a word, the newest stands."""

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from facilities.enums import Barrier
from facilities.models.registry import Facility
from facilities.models.vocabularies import ServiceDomain
from facilities.upkeep_enums import Availability
from facilities.upkeep_querysets import ServiceStatusQuerySet
from network.models import AppendOnlyModel


class ServiceStatus(AppendOnlyModel):
    """Whether a facility gives a service on a day, and what it lacks for it."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="service_statuses")
    domain = models.ForeignKey(ServiceDomain, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    availability = models.CharField(_("availability"), max_length=9, choices=Availability)
    # Why it is not fully there: codes of `Barrier`.
    barriers = models.JSONField(_("what it lacks"), default=list)
    as_of = models.DateField(_("as of"))
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ServiceStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("availability of a service")
        verbose_name_plural = _("availability of services")
        indexes = [models.Index(fields=["facility", "domain", "-as_of", "-id"], name="service_of_facility")]

    def __str__(self) -> str:
        return f"service {self.pk}"

    @cached_property
    def told_barriers(self) -> list[str]:
        labels = dict(Barrier.choices)
        return [str(labels[code]) for code in self.barriers if code in labels]
