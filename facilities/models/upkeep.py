"""Upkeep: what focal points ask to change, when somebody last said that all is right, and when they were asked."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from facilities.models.registry import Facility
from facilities.querysets import AddedQuerySet
from facilities.upkeep_enums import RequestMove, RequestState
from facilities.upkeep_querysets import RequestQuerySet
from network.models import AppendOnlyModel
from network.validators import plain_text

LONGEST_REASON = 1_000


class ChangeRequest(models.Model):
    """What a focal point asks to change of their facility, until a coordinator of its side has checked it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="requests", editable=False, verbose_name=_("facility")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=RequestState, default=RequestState.WAITING, editable=False
    )
    # By field of the facility, as its columns spell it; `barriers` beside functionality.
    proposed = models.JSONField(_("what is asked for"), editable=False)
    # What stood there when it was asked for.
    before = models.JSONField(_("what stood there"), editable=False)
    said_on = models.DateField(_("as of"), editable=False)
    reason = models.TextField(_("why"), max_length=LONGEST_REASON, validators=[plain_text], editable=False)
    asked_at = models.DateTimeField(_("asked for"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True, editable=False)
    reminded_at = models.DateTimeField(_("coordinators reminded"), null=True, editable=False)
    escalated_at = models.DateTimeField(_("national coordinators told"), null=True, editable=False)

    moves = RequestMove

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change asked for")
        verbose_name_plural = _("changes asked for")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="request_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.WAITING, decided_at__isnull=True)
                | ~Q(state=RequestState.WAITING) & Q(decided_at__isnull=False),
                name="request_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "-id"], name="request_of_facility"),
            models.Index(fields=["asked_at", "id"], condition=Q(state="waiting"), name="request_waiting"),
        ]

    def __str__(self) -> str:
        return gettext("change %(number)s") % {"number": self.pk}

    @property
    def is_waiting(self) -> bool:
        return self.state == RequestState.WAITING


class Confirmation(AppendOnlyModel):
    """That somebody who keeps a facility said that all of its page is right."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="confirmations")
    confirmed_at = models.DateTimeField(_("confirmed"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        indexes = [models.Index(fields=["facility", "-id"], name="confirmation_of_facility")]

    def __str__(self) -> str:
        return f"confirmation {self.pk}"


class StillRightAsked(AppendOnlyModel):
    """That the focal points of a facility were asked whether its page is still right; once a quarter."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("question whether it is still right")
        verbose_name_plural = _("questions whether it is still right")
        indexes = [models.Index(fields=["facility", "asked_at"], name="still_right_asked")]

    def __str__(self) -> str:
        return f"asked {self.pk}"
