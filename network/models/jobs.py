from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.enums import JobMove, JobState
from network.querysets import JobQuerySet


class Job(models.Model):
    """Long work that somebody has asked for: how far it is, and the file in which it ends. It is theirs alone, and gone after a day.

    `given` are the ids from which its kind knows what to do; `about` is what that was called when it was asked for.
    """

    moves = JobMove

    kind = models.CharField(_("kind"), max_length=40, editable=False)
    about = models.CharField(_("about"), max_length=200, blank=True, editable=False)
    given = models.JSONField(default=dict, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.WAITING, editable=False)
    asked_at = models.DateTimeField(_("asked for"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"), editable=False
    )
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    # The random name of its file, the name under which it goes out, and its bytes.
    stored = models.CharField(max_length=40, blank=True, editable=False)
    filename = models.CharField(max_length=120, blank=True, editable=False)
    size = models.PositiveBigIntegerField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="job_ended_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(stored="", size__isnull=True) | Q(state="done", size__isnull=False) & ~Q(stored=""),
                name="job_has_a_file_once_done",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="job_of_person"),
            models.Index(fields=["tries", "id"], name="job_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}"

    @property
    def bar(self) -> dict[str, Any] | None:
        """How far it is, for a progress bar; None before anything is known."""
        return {"done": min(self.done, self.total), "total": self.total} if self.total else None
