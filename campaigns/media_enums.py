"""States, moves and words of the media log."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class Medium(TextChoices):
    TELEVISION = "television", _("television")
    RADIO = "radio", _("radio")
    PRESS = "press", _("newspaper or magazine")
    ONLINE = "online", _("website or online channel")


class MediaKind(TextChoices):
    INTERVIEW = "interview", _("Interview")
    REPORT = "report", pgettext_lazy("in the media", "Report")
    ARTICLE = "article", pgettext_lazy("in the media", "Article")
    EVENT = "event", _("Televised event")


class DatePrecision(TextChoices):
    """How much of a date is known."""

    DAY = "day", _("the day")
    MONTH = "month", _("the month alone")
    YEAR = "year", _("the year alone")
    UNKNOWN = "unknown", _("not known")


class SpeakerRole(TextChoices):
    SPEAKER = "speaker", pgettext_lazy("in the media", "speaker")
    PRESENTER = "presenter", pgettext_lazy("in the media", "presenter")
    AUTHOR = "author", pgettext_lazy("in the media", "author")


class MediaState(TextChoices):
    DRAFT = "draft", pgettext_lazy("state of an entry of the media log", "draft")
    PUBLISHED = "published", pgettext_lazy("state of an entry of the media log", "published")


class MediaMove(TextChoices):
    CREATE = "create", pgettext_lazy("move of an entry of the media log", "added")
    LOAD = "load", pgettext_lazy("move of an entry of the media log", "taken from the published log")
    PUBLISH = "publish", pgettext_lazy("move of an entry of the media log", "published")
    WITHDRAW = "withdraw", pgettext_lazy("move of an entry of the media log", "taken off the public pages")


MEDIA_MOVES = {
    MediaMove.CREATE: Move(frozenset({""}), MediaState.DRAFT),
    MediaMove.LOAD: Move(frozenset({""}), MediaState.PUBLISHED),
    MediaMove.PUBLISH: Move(frozenset({MediaState.DRAFT}), MediaState.PUBLISHED),
    MediaMove.WITHDRAW: Move(frozenset({MediaState.PUBLISHED}), MediaState.DRAFT),
}
