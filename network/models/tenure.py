"""What somebody is from a day to a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Tenure(models.Model):
    """Held from a day to a day, the last one included; ended early by somebody, and never deleted."""

    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until, this day included"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="%(class)s_ended_by_somebody",
            ),
        ]
