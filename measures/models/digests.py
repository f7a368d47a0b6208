from django.db import models
from django.utils.translation import gettext_lazy as _


class Digest(models.Model):
    """The news of one day, told once; `upto` is where the next one goes on."""

    day = models.DateField(_("day"), unique=True)
    upto = models.DateTimeField(_("up to"))

    class Meta:
        verbose_name = _("digest of a day")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return f"digest of {self.day}"
