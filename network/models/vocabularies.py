from django.db import models
from django.utils.translation import gettext_lazy as _

from network.querysets import ReferenceQuerySet


class Term(models.Model):
    """A row of a published vocabulary, with where its Arabic comes from."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    name_ar_status = models.CharField(_("where the Arabic comes from"), max_length=120, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Profession(Term):
    """A health profession, by its ISCO-08 code."""

    class Meta:
        verbose_name = _("profession")
        verbose_name_plural = _("professions")


class Specialty(Term):
    """A medical specialty, by the code of OpenStreetMap's healthcare:speciality."""

    code_system = models.CharField(_("code system"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")


class Condition(Term):
    """A condition, or a topic of how care is organised: `group` is a chapter of ICD-11 ("icd11-01"), or "system"."""

    group = models.CharField(_("group"), max_length=60)

    class Meta:
        verbose_name = _("condition or topic")
        verbose_name_plural = _("conditions and topics")
