"""What those who were there thought of it: who has answered, and the answers, with nothing that leads from one to the other."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models.sessions import Session
from network.models import Practitioner, Region
from network.validators import plain_text

SCORES = ("useful", "heard", "arranged", "again")
LOWEST, HIGHEST = 1, 5


class FeedbackGiven(models.Model):
    """That somebody has answered, so that nobody answers twice; to the day, and nothing of what they said."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="feedback_given")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(editable=False)

    class Meta:
        verbose_name = _("feedback given")
        verbose_name_plural = _("feedback given")
        constraints = [models.UniqueConstraint(fields=["session", "practitioner"], name="feedback_given_once")]

    def __str__(self) -> str:
        return f"feedback given {self.pk}"


def _score(label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)], editable=False
    )


class FeedbackAnswer(models.Model):
    """One answer of nobody in particular: no person, no time, a random key.

    All answers of a session are written anew in random order with each that comes (`services.give_feedback`), so that not even the order of
    the rows on the disk tells who wrote which. `side` is kept only where at least five of that side were present, and never under the
    Chatham House Rule. `released` ones may be shown: they are released five at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="feedback_answers")
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("side")
    )
    useful = _score(_("Was it useful for your work?"))
    heard = _score(_("Could everybody have their say?"))
    arranged = _score(_("Were time, place and technology right?"))
    again = _score(_("Would you come again?"))
    text = models.TextField(
        _("in their own words"), max_length=1000, blank=True, validators=[plain_text], editable=False
    )
    released = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{score}__gte": LOWEST, f"{score}__lte": HIGHEST}), name=f"feedback_{score}_in_range"
            )
            for score in SCORES
        ]

    def __str__(self) -> str:
        return "feedback"
