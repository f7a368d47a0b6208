from django.db import models
from django.utils.translation import gettext_lazy as _

from dialogues.enums import Round
from dialogues.models.sessions import Session


class SessionRound(models.Model):
    """That everybody concerned was told of one thing: a reminder before `moment`, the start, or thanks after `moment`, the end.

    Who is reminded is settled when the time comes, so that one row for a session spares asking its thousands of places again and again. A
    session that is moved has another start, and so another round.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="rounds")
    what = models.CharField(max_length=6, choices=Round)
    moment = models.DateTimeField()
    done_at = models.DateTimeField()

    class Meta:
        verbose_name = _("round of notices")
        verbose_name_plural = _("rounds of notices")
        constraints = [models.UniqueConstraint(fields=["session", "what", "moment"], name="session_round_once")]

    def __str__(self) -> str:
        return f"{self.what} of session {self.session_id}"
