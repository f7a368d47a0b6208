from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class MessageState(TextChoices):
    DUE = "due", _("due")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed, will be tried again")
    GAVE_UP = "gave_up", _("gave up")
    TOO_OLD = "too_old", _("too old to send")
    NOT_WANTED = "not_wanted", _("no longer wanted")


WAITING_STATES = (MessageState.DUE, MessageState.FAILED)
ENDED_UNSENT_STATES = (MessageState.GAVE_UP, MessageState.TOO_OLD, MessageState.NOT_WANTED)
