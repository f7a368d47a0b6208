from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.querysets import NationalQuerySet


class AppendOnly(TypeError):
    """A row that may only be added was to be changed or deleted."""


class TransitionQuerySet(NationalQuerySet):
    def of(self, subject: models.Model) -> "TransitionQuerySet":
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def empty_words(self) -> int:
        """Empty the free text, when the person whom it is about is erased: the one change that the database allows."""
        return super().update(reason="", changes={})

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A transition is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("A transition is never deleted.")


class Transition(models.Model):
    """One move of one thing: from, to, who, when, why. The database refuses every change but emptying `reason` and `changes` (erasure)."""

    subject_type = models.CharField(_("what"), max_length=60)
    subject_id = models.BigIntegerField(_("number"))
    move = models.CharField(_("move"), max_length=40)
    from_state = models.CharField(_("from"), max_length=30, blank=True)
    to_state = models.CharField(_("to"), max_length=30, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="transition_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.move}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raises AppendOnly for one that exists."""
        if self.pk:
            raise AppendOnly("A transition is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A transition is never deleted.")
