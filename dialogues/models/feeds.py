from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models import Practitioner


class CalendarFeed(models.Model):
    """A member's private calendar address. Only the fingerprint of its token is kept: nobody can read the address from here."""

    practitioner = models.OneToOneField(
        Practitioner, on_delete=models.PROTECT, related_name="calendar_feed", verbose_name=_("practitioner")
    )
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return f"calendar address {self.pk}"
