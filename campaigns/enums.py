"""States, moves and choices of campaigns and of what the public enters."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class CampaignKind(TextChoices):
    CONTEST = "contest", _("Contest")
    AWARENESS = "awareness", _("Awareness campaign")
    PLEDGE = "pledge", _("Pledge")


class CampaignState(TextChoices):
    DRAFT = "draft", _("draft")
    ANNOUNCED = "announced", pgettext_lazy("state of a campaign", "announced")
    OPEN = "open", pgettext_lazy("state of a campaign", "open for entries")
    JUDGING = "judging", pgettext_lazy("state of a campaign", "being judged")
    RESULTS = "results", pgettext_lazy("state of a campaign", "results published")
    CLOSED = "closed", pgettext_lazy("state of a campaign", "closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a campaign", "called off")


class CampaignMove(TextChoices):
    ANNOUNCE = "announce", pgettext_lazy("move of a campaign", "announced")
    OPEN = "open", pgettext_lazy("move of a campaign", "opened for entries")
    JUDGE = "judge", pgettext_lazy("move of a campaign", "entries closed")
    PUBLISH = "publish", pgettext_lazy("move of a campaign", "results published")
    CLOSE = "close", pgettext_lazy("move of a campaign", "closed")
    CANCEL = "cancel", pgettext_lazy("move of a campaign", "called off")


_C = CampaignState
CAMPAIGN_MOVES = {
    CampaignMove.ANNOUNCE: Move(frozenset({_C.DRAFT}), _C.ANNOUNCED),
    CampaignMove.OPEN: Move(frozenset({_C.ANNOUNCED}), _C.OPEN),
    CampaignMove.JUDGE: Move(frozenset({_C.OPEN}), _C.JUDGING),
    CampaignMove.PUBLISH: Move(frozenset({_C.JUDGING}), _C.RESULTS),
    CampaignMove.CLOSE: Move(frozenset({_C.OPEN, _C.RESULTS}), _C.CLOSED),
    CampaignMove.CANCEL: Move(frozenset({_C.DRAFT, _C.ANNOUNCED, _C.OPEN, _C.JUDGING}), _C.CANCELLED),
}
# In these everybody reads it.
PUBLIC_STATES = (_C.ANNOUNCED, _C.OPEN, _C.JUDGING, _C.RESULTS, _C.CLOSED, _C.CANCELLED)
# In these entries are taken, between the two moments that the campaign names: the clock decides, not the task that moves the state.
TAKING_STATES = (_C.ANNOUNCED, _C.OPEN)


class QuestionKind(TextChoices):
    LINE = "line", _("One line")
    TEXT = "text", _("Several lines")
    NUMBER = "number", _("A number")
    CHOICE = "choice", _("One of several")
    CONSENT = "consent", _("A consent")


class Counts(TextChoices):
    """What the answer to a question is besides an answer."""

    MADE = "made", _("How many were made")


class EntryState(TextChoices):
    RECEIVED = "received", pgettext_lazy("state of an entry", "received")
    CONFIRMED = "confirmed", pgettext_lazy("state of an entry", "contact confirmed")
    HANDED_IN = "handed_in", pgettext_lazy("state of an entry", "handed in")
    ELIGIBLE = "eligible", pgettext_lazy("state of an entry", "meets the conditions")
    SHORTLISTED = "shortlisted", pgettext_lazy("state of an entry", "shortlisted")
    WINNER = "winner", pgettext_lazy("state of an entry", "winner")
    PLACED = "placed", pgettext_lazy("state of an entry", "placed")
    DISQUALIFIED = "disqualified", pgettext_lazy("state of an entry", "disqualified")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of an entry", "withdrawn")


class EntryMove(TextChoices):
    RECEIVE = "receive", pgettext_lazy("move of an entry", "received")
    CONFIRM = "confirm", pgettext_lazy("move of an entry", "contact confirmed")
    HAND_IN = "hand_in", pgettext_lazy("move of an entry", "handed in")
    FULFIL = "fulfil", pgettext_lazy("move of an entry", "conditions met")
    SHORTLIST = "shortlist", pgettext_lazy("move of an entry", "shortlisted")
    WIN = "win", pgettext_lazy("move of an entry", "won a prize")
    PLACE = "place", pgettext_lazy("move of an entry", "placed")
    DISQUALIFY = "disqualify", pgettext_lazy("move of an entry", "disqualified")
    RESTORE = "restore", pgettext_lazy("move of an entry", "taken back in after an appeal")
    WITHDRAW = "withdraw", pgettext_lazy("move of an entry", "withdrawn")


_E = EntryState
RUNNING_STATES = (_E.RECEIVED, _E.CONFIRMED, _E.HANDED_IN, _E.ELIGIBLE, _E.SHORTLISTED)
ENTRY_MOVES = {
    EntryMove.RECEIVE: Move(frozenset({""}), _E.RECEIVED),
    EntryMove.CONFIRM: Move(frozenset({_E.RECEIVED}), _E.CONFIRMED),
    EntryMove.HAND_IN: Move(frozenset({_E.CONFIRMED}), _E.HANDED_IN),
    EntryMove.FULFIL: Move(frozenset({_E.CONFIRMED, _E.HANDED_IN}), _E.ELIGIBLE),
    EntryMove.SHORTLIST: Move(frozenset({_E.ELIGIBLE}), _E.SHORTLISTED),
    EntryMove.WIN: Move(frozenset({_E.SHORTLISTED, _E.PLACED}), _E.WINNER),
    EntryMove.PLACE: Move(frozenset({_E.SHORTLISTED}), _E.PLACED),
    EntryMove.DISQUALIFY: Move(frozenset({*RUNNING_STATES, _E.WINNER, _E.PLACED}), _E.DISQUALIFIED),
    EntryMove.RESTORE: Move(frozenset({_E.DISQUALIFIED}), _E.CONFIRMED),
    EntryMove.WITHDRAW: Move(frozenset({*RUNNING_STATES, _E.WINNER, _E.PLACED}), _E.WITHDRAWN),
}


class Via(TextChoices):
    """How an entry came."""

    WEB = "web", _("through the website")
    PAPER = "paper", _("on paper, entered by a coordinator")


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
