from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network.querysets import MunicipalityQuerySet, ReferenceQuerySet


class Region(models.Model):
    """A side: the part of the country that one authority holds (OCHA admin 1)."""

    pcode = models.CharField(_("P-code"), max_length=12, unique=True)
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("side")
        verbose_name_plural = _("sides")

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A district (OCHA admin 2)."""

    pcode = models.CharField(_("P-code"), max_length=12, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="districts", verbose_name=_("side"))
    name = models.CharField(_("name"), max_length=80)
    census_2006_population = models.PositiveIntegerField(_("population, census of 2006"), null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality (OCHA admin 3). The list changes: each has a time in which it exists, and newer ones have no P-code yet."""

    pcode = models.CharField(_("P-code"), max_length=12, unique=True, null=True, blank=True)
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("district")
    )
    name = models.CharField(_("name"), max_length=80)
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists until"), null=True, blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="municipality_ends_after_it_begins",
                violation_error_message=_("The last day must be after the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name
