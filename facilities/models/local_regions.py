"""Local-regions: municipalities that group into one, from a day to a day, and who speaks for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from facilities.querysets import ContactQuerySet, GroupingQuerySet, LocalRegionQuerySet
from network.models import Municipality, Practitioner, Region, Tenure
from network.validators import plain_line, plain_text


class LocalRegion(models.Model):
    """Municipalities that care together. One of a side is kept by that side; one across sides by the national coordinators."""

    # The columns behind the translated texts, added by modeltranslation.
    name_ar: str
    name_en: str

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    words = models.TextField(_("about it"), max_length=1_500, blank=True, validators=[plain_text])
    # None: across sides, to which each adds its own municipalities.
    side = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("side"),
        help_text=_("Empty for one across sides, which a national coordinator makes."),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until, this day included"), null=True, blank=True)

    objects = LocalRegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("local-region")
        verbose_name_plural = _("local-regions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="local_region_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("local_regions:detail", args=[self.slug])


class Grouping(Tenure):
    """A municipality in a local-region, from a day to a day. The database refuses two at a time."""

    local_region = models.ForeignKey(
        LocalRegion, on_delete=models.PROTECT, related_name="groupings", verbose_name=_("local-region")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    # The side of the municipality, whose coordinators alone add it.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    added_at = models.DateTimeField(_("added"), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = GroupingQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality of a local-region")
        verbose_name_plural = _("municipalities of local-regions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(ended_at__isnull=True, ends_on__isnull=True),
                name="grouping_one_at_a_time",
                violation_error_message=_("This municipality is in a local-region at that time already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("grouping %(number)s") % {"number": self.pk}


class ContactPerson(Tenure):
    """A member who speaks for a local-region; everybody reads their name once they have agreed, and not before."""

    local_region = models.ForeignKey(
        LocalRegion, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("local-region")
    )
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    # The side that named them.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )
    agreed_at = models.DateTimeField(_("agreed to be shown"), null=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact people")
        constraints = [
            models.UniqueConstraint(
                fields=["local_region", "practitioner"],
                condition=Q(ended_at__isnull=True),
                name="contact_once_a_local_region",
                violation_error_message=_("This person is named already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("contact person %(number)s") % {"number": self.pk}
