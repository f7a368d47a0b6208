import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models.people import Practitioner
from network.querysets import ReferenceQuerySet


class CodeOfConduct(models.Model):
    """The rules that members accept, in versions; the newest in force counts."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    text = models.TextField(_("text"))
    in_force_from = models.DateField(_("in force from"))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("code of conduct")
        verbose_name_plural = _("codes of conduct")

    def __str__(self) -> str:
        return self.version

    def text_in(self, language: str) -> str:
        return getattr(self, f"text_{language}")

    def sha256_in(self, language: str) -> str:
        """Return the hash of the text of one language, in hexadecimal."""
        return hashlib.sha256(self.text_in(language).encode()).hexdigest()


class ConductAcceptance(models.Model):
    """That a person accepted a version, in the language in which they read it, with the hash of that text."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="acceptances")
    conduct = models.ForeignKey(CodeOfConduct, on_delete=models.PROTECT, related_name="acceptances")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    text_sha256 = models.CharField(_("hash of the text"), max_length=64)
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("acceptance of the code of conduct")
        verbose_name_plural = _("acceptances of the code of conduct")
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "conduct"], name="conduct_accepted_once_a_version")
        ]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"
