from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogues.models.registrations import Registration
from dialogues.querysets import PresenceQuerySet


class Presence(models.Model):
    """From when to when somebody was online, as far as Jisr can tell.

    It can't see the video room. What it knows is when a person pressed "Join online", when their page last gave a sign of itself
    (every two minutes where the browser lets it, and when they come back to it), and when they pressed "I am leaving". A row lasts from the
    first to the last sign, however long it was silent in between; of it counts what lies between start and end of the session. So
    somebody who leaves the video room and keeps our page open counts for too long, and somebody whose telephone puts our page to
    sleep and who never comes back to it counts for too short: that is why a coordinator decides wherever the minutes don't suffice.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="presences")
    started_at = models.DateTimeField(_("joined"), editable=False)
    last_seen_at = models.DateTimeField(_("last sign"), editable=False)
    ended_at = models.DateTimeField(_("left"), null=True, editable=False)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence online")
        verbose_name_plural = _("presences online")
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(ended_at__isnull=True), name="presence_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(last_seen_at__gte=F("started_at")), name="presence_goes_forward"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at=F("last_seen_at")),
                name="presence_ends_at_its_last_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"presence {self.pk}"
