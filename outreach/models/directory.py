"""Where people are sent: safe spaces, of which nobody is told more than the district, and the directory of referrals."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from facilities.models import Facility
from network.models import Condition, District, Region, Specialty
from network.validators import plain_line, plain_text
from outreach.enums import ReferredTo
from outreach.querysets import OfSideQuerySet, PathwayQuerySet, WhereaboutsQuerySet


class SafeSpace(models.Model):
    """A women's and girls' safe space. Its place is its district; anything finer is a `Whereabouts`, which no page reads."""

    # The columns behind the translated texts, added by modeltranslation.
    name_ar: str
    name_en: str

    name = models.CharField(
        _("name"), max_length=120, validators=[plain_line], help_text=_("Everybody reads it: it must not say where.")
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    # The side of the district.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    is_open = models.BooleanField(pgettext_lazy("a safe space", "open"), default=True)

    objects = OfSideQuerySet.as_manager()

    class Meta:
        verbose_name = _("safe space")
        verbose_name_plural = _("safe spaces")

    def __str__(self) -> str:
        return self.name


class Whereabouts(models.Model):
    """Where a safe space is, in words: for the coordinators of its side, in the admin alone."""

    space = models.OneToOneField(SafeSpace, on_delete=models.CASCADE, related_name="whereabouts")
    words = models.TextField(
        _("how it is found"),
        max_length=500,
        validators=[plain_text],
        help_text=_("Only the coordinators of this side read it, here and nowhere else."),
    )

    objects = WhereaboutsQuerySet.as_manager()

    class Meta:
        verbose_name = _("where a safe space is")
        verbose_name_plural = _("where safe spaces are")

    def __str__(self) -> str:
        return gettext("whereabouts %(number)s") % {"number": self.pk}


class Pathway(models.Model):
    """Who takes which severe cases: a condition or a specialty, the facility, and how to refer to it."""

    condition = models.ForeignKey(
        Condition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("condition"),
    )
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("specialty")
    )
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+", verbose_name=_("facility"))
    # The side of the facility.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    level = models.CharField(_("level of care"), max_length=10, choices=ReferredTo, default=ReferredTo.TERTIARY)
    how = models.TextField(
        _("how to refer"), max_length=600, validators=[plain_text], help_text=_("Without names of people.")
    )
    phone = models.CharField(
        _("telephone of the facility"),
        max_length=120,
        blank=True,
        validators=[plain_line],
        help_text=_("Of the facility, not of a person."),
    )
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_to = models.DateField(_("valid until, this day included"), null=True, blank=True)
    # The words by which it is found: its condition or specialty in both languages; kept by the services.
    search = models.TextField(blank=True, editable=False)

    objects = PathwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral pathway")
        verbose_name_plural = _("referral pathways")
        constraints = [
            models.CheckConstraint(
                condition=Q(condition__isnull=False, specialty__isnull=True)
                | Q(condition__isnull=True, specialty__isnull=False),
                name="pathway_of_one_condition_or_specialty",
                violation_error_message=_("Please choose either a condition or a specialty."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="pathway_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]
        indexes = [models.Index(fields=["facility", "id"], name="pathway_of_facility")]

    def __str__(self) -> str:
        return gettext("referral pathway %(number)s") % {"number": self.pk}

    @property
    def what(self) -> Condition | Specialty | None:
        """The condition or the specialty that is taken there."""
        return self.condition or self.specialty
