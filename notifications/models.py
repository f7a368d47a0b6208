from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.enums import Channel, MessageState
from notifications.kinds import in_words
from notifications.querysets import MessageQuerySet


class Message(models.Model):
    """One notice to one person on one channel: the outbox. Holds no name, and an address only of somebody without account."""

    kind = models.CharField(_("kind"), max_length=60)
    recipient_id = models.BigIntegerField(_("recipient"), null=True, blank=True)
    address = models.CharField(_("address of somebody without an account"), max_length=254, blank=True)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    discreet = models.BooleanField(_("discreet"), default=True)
    context = models.JSONField(_("context"), default=dict)
    subject_ref = models.CharField(_("about"), max_length=80, blank=True)
    dedup_key = models.CharField(_("key against doubles"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("not to be sent after"), null=True, blank=True)
    lease_until = models.DateTimeField(_("held by a worker until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["dedup_key"], name="message_said_once"),
            models.CheckConstraint(
                condition=Q(recipient_id__isnull=False, address="") | Q(recipient_id__isnull=True) & ~Q(address=""),
                name="message_to_person_or_address",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="message_sent_with_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=models.F("created_at")),
                name="message_not_born_late",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="message_waiting", condition=Q(state__in=["due", "failed"])),
            models.Index(fields=["recipient_id", "-id"], name="message_of_recipient"),
            models.Index(fields=["-id"], name="message_in_trouble", condition=Q(state__in=["failed", "gave_up"])),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.kind)} {self.pk}"


class Preference(models.Model):
    """What a person wants to be told, by topic and channel. Without a row the kind's own channels are used."""

    recipient_id = models.BigIntegerField()
    topic = models.CharField(max_length=40)
    email = models.BooleanField(default=True)
    sms = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient_id", "topic"], name="preference_once_a_topic")]

    def __str__(self) -> str:
        return f"preference {self.pk}"
