from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.enums import Audience, BroadcastMove, BroadcastState
from dialogues.models.sessions import Session, Site
from dialogues.querysets import BroadcastQuerySet
from network.models import Region
from network.validators import plain_line, plain_text


class Broadcast(models.Model):
    """A message of coordinators to those registered for a session, in both languages. `side` is whose people get it; none: everybody's."""

    # The columns behind the translated texts, added by modeltranslation.
    subject_ar: str
    subject_en: str
    text_ar: str
    text_en: str

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="broadcasts", verbose_name=_("session"))
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    audience = models.CharField(_("to whom"), max_length=9, choices=Audience, default=Audience.CONFIRMED)
    site = models.ForeignKey(
        Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    subject = models.CharField(_("subject"), max_length=120, validators=[plain_line])
    text = models.TextField(_("text"), max_length=4000, validators=[plain_text])
    # Of everything above: what was looked at and tried is what is sent.
    text_sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(
        _("state"), max_length=5, choices=BroadcastState, default=BroadcastState.DRAFT, editable=False
    )
    written_at = models.DateTimeField(_("written"), editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    tried_at = models.DateTimeField(_("sent to oneself"), null=True, editable=False)
    tried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    count = models.PositiveIntegerField(_("recipients"), default=0, editable=False)

    moves = BroadcastMove

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to the registered")
        verbose_name_plural = _("messages to the registered")
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_at__isnull": True, f"{what}_by__isnull": True})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                    name=f"broadcast_{what}_at_and_by",
                )
                for what in ("tried", "sent")
            ),
            models.CheckConstraint(
                condition=Q(state="draft", tried_at__isnull=True) | ~Q(state="draft") & Q(tried_at__isnull=False),
                name="broadcast_tried_before_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False, count__gte=1)
                | ~Q(state="sent") & Q(sent_at__isnull=True, count=0),
                name="broadcast_sent_with_time_and_count",
            ),
        ]
        indexes = [models.Index(fields=["session", "sent_at"], name="broadcast_of_session")]

    def __str__(self) -> str:
        return f"message {self.pk}"
