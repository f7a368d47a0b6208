from typing import Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.enums import CommonMove
from network.querysets import AppendOnly, NationalQuerySet


class AppendOnlyModel(models.Model):
    """A row that is added and never changed or deleted; the database refuses both too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raises AppendOnly for one that exists."""
        if self.pk:
            raise AppendOnly(f"{type(self).__name__} is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{type(self).__name__} is append-only.")


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

    # --- in words ---------------------------------------------------------------------------------------------------

    @property
    def subject_model(self) -> type[models.Model] | None:
        try:
            return apps.get_model(self.subject_type)
        except (LookupError, ValueError):
            return None

    @property
    def told_subject(self) -> str:
        """Return what kind of thing this is a step of."""
        return str(self.subject_model._meta.verbose_name) if self.subject_model else self.subject_type

    @property
    def told_move(self) -> str:
        """Return the step in the reader's language: from the `moves` of its model, else from those common to all."""
        return move_in_words(self.move, self.subject_model)

    @property
    def told_from(self) -> str:
        return self._told_state(self.from_state)

    @property
    def told_to(self) -> str:
        return self._told_state(self.to_state)

    @property
    def told_fields(self) -> list[str]:
        return [self._told_field(name) for name in self.changes.get("fields", [])]

    def _told_state(self, code: str) -> str:
        """Return the words for a state; nothing for a thing whose state follows from the step."""
        try:
            state = self.subject_model._meta.get_field("state") if self.subject_model else None
        except FieldDoesNotExist:
            return ""
        return str(dict(getattr(state, "flatchoices", ())).get(code, code))

    def _told_field(self, name: str) -> str:
        try:
            field = self.subject_model._meta.get_field(name) if self.subject_model else None
        except FieldDoesNotExist:
            return name
        return str(getattr(field, "verbose_name", name))


def move_in_words(move: str, model: type[models.Model] | None) -> str:
    """Return a step of a model in the reader's language; its code where nobody gave it words."""
    for words in (getattr(model, "moves", CommonMove), CommonMove):
        if move in words.values:
            return str(words(move).label)
    return move
