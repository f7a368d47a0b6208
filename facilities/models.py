"""The published vocabularies by which facilities are described: kinds, service domains and tracer items (WHO SARA)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.vocabularies import Term


class FacilityType(Term):
    """A kind of facility, from hospital to mobile unit."""

    class Meta:
        verbose_name = _("kind of facility")
        verbose_name_plural = _("kinds of facilities")


class ServiceDomain(Term):
    """A service domain of WHO's Service Availability and Readiness Assessment."""

    group = models.CharField(_("group"), max_length=60)

    class Meta:
        verbose_name = _("service domain")
        verbose_name_plural = _("service domains")


class TracerItem(Term):
    """A piece of equipment that stands for the readiness of a facility (WHO SARA)."""

    category = models.CharField(_("category"), max_length=60)

    class Meta:
        verbose_name = _("tracer item")
        verbose_name_plural = _("tracer items")
