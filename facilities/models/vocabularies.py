"""The published vocabularies by which facilities are described: kinds, service domains and tracer items (WHO SARA)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facilities.upkeep_querysets import EditionQuerySet
from network.models.vocabularies import Term
from network.querysets import ReferenceQuerySet


class FacilityType(Term):
    """A kind of facility, from hospital to mobile unit."""

    class Meta:
        verbose_name = _("kind of facility")
        verbose_name_plural = _("kinds of facilities")


class Edition(Term):
    """An edition of the questionnaire by which facilities describe their services and are assessed.

    The newest that is in force is asked; what was answered by an older one stays with the terms of that one. A term belongs to one
    edition for good, and another edition brings codes of its own.
    """

    in_force_from = models.DateField(_("in force from"))

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")


class ServiceDomain(Term):
    """A service domain of WHO's Service Availability and Readiness Assessment; one of no edition is asked nowhere."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edition")
    )
    group = models.CharField(_("group"), max_length=60)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service domain")
        verbose_name_plural = _("service domains")


class TracerItem(Term):
    """An item that stands for the readiness of a facility in a domain (WHO SARA)."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edition")
    )
    domain = models.ForeignKey(
        ServiceDomain,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("service domain"),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracer item")
        verbose_name_plural = _("tracer items")
