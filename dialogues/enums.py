from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class SessionKind(TextChoices):
    DIALOGUE = "dialogue", _("Dialogue session")
    INFORMATION = "information", _("Information session")
    CASE_STUDY = "case_study", _("Case-study session")
    WORKSHOP = "workshop", _("Workshop")


class Listing(TextChoices):
    """Who learns that a session takes place."""

    PUBLIC = "public", _("Everybody: title and time on the public page")
    MEMBERS = "members", _("Members only")
    INVITED = "invited", _("Those who are invited only")


class SiteKind(TextChoices):
    ROOM = "room", _("Room")
    ONLINE = "online", _("Online")


class FloorKind(TextChoices):
    SIDE = "side", _("side")
    PROFESSION = "profession", _("profession")


class SeriesRule(TextChoices):
    """How a session repeats; always at the same time of the clock."""

    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every two weeks")
    MONTHLY_WEEKDAY = "monthly_weekday", _("every month, on the same weekday (such as its second Saturday)")
    MONTHLY_DAY = "monthly_day", _("every month, on the same date (such as the 15th)")


class SessionState(TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    HELD = "held", _("held")
    CLOSED = "closed", _("attendance closed")
    CANCELLED = "cancelled", _("cancelled")


class SessionMove(TextChoices):
    PUBLISH = "publish", _("published")
    RESCHEDULE = "reschedule", _("moved to another time")
    HOLD = "hold", _("held")
    CLOSE = "close", _("attendance closed")
    REOPEN = "reopen", _("attendance opened again")
    CANCEL = "cancel", _("cancelled")


SESSION_MOVES = {
    SessionMove.PUBLISH: Move(frozenset({SessionState.DRAFT}), SessionState.PUBLISHED),
    SessionMove.RESCHEDULE: Move(frozenset({SessionState.PUBLISHED}), SessionState.PUBLISHED),
    SessionMove.HOLD: Move(frozenset({SessionState.PUBLISHED}), SessionState.HELD),
    SessionMove.CLOSE: Move(frozenset({SessionState.HELD}), SessionState.CLOSED),
    SessionMove.REOPEN: Move(frozenset({SessionState.CLOSED}), SessionState.HELD),
    SessionMove.CANCEL: Move(frozenset({SessionState.DRAFT, SessionState.PUBLISHED}), SessionState.CANCELLED),
}
SHOWN_STATES = (SessionState.PUBLISHED, SessionState.HELD, SessionState.CLOSED)


class CaseState(TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waiting for review")
    RETURNED = "returned", _("returned to the author")
    ACCEPTED = "accepted", _("accepted")
    SCHEDULED = "scheduled", _("on a session’s agenda")
    PRESENTED = "presented", _("presented")
    PUBLISHED = "published", _("published")


class CaseMove(TextChoices):
    SUBMIT = "submit", _("submitted")
    WITHDRAW = "withdraw", _("taken back by the author")
    RETURN = "return", _("returned to the author")
    ACCEPT = "accept", _("accepted")
    SCHEDULE = "schedule", _("put on a session’s agenda")
    UNSCHEDULE = "unschedule", _("taken off the agenda")
    PRESENT = "present", _("presented")
    PUBLISH = "publish", _("published")
    UNPUBLISH = "unpublish", _("taken off the public pages")


_UNDER_WAY = frozenset({CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.SCHEDULED, CaseState.PRESENTED})
CASE_MOVES = {
    CaseMove.SUBMIT: Move(frozenset({CaseState.DRAFT, CaseState.RETURNED}), CaseState.SUBMITTED),
    # What somebody wrote stays theirs: they may take it back until the end, and from the public pages too.
    CaseMove.WITHDRAW: Move(_UNDER_WAY | {CaseState.RETURNED, CaseState.PUBLISHED}, CaseState.DRAFT),
    CaseMove.RETURN: Move(_UNDER_WAY, CaseState.RETURNED),
    CaseMove.ACCEPT: Move(frozenset({CaseState.SUBMITTED}), CaseState.ACCEPTED),
    CaseMove.SCHEDULE: Move(frozenset({CaseState.ACCEPTED, CaseState.SCHEDULED}), CaseState.SCHEDULED),
    CaseMove.UNSCHEDULE: Move(frozenset({CaseState.SCHEDULED}), CaseState.ACCEPTED),
    CaseMove.PRESENT: Move(frozenset({CaseState.SCHEDULED}), CaseState.PRESENTED),
    CaseMove.PUBLISH: Move(frozenset({CaseState.ACCEPTED, CaseState.PRESENTED}), CaseState.PUBLISHED),
    CaseMove.UNPUBLISH: Move(frozenset({CaseState.PUBLISHED}), CaseState.RETURNED),
}
# In these the author writes; in the others nobody changes the author's words.
WRITABLE_CASES = (CaseState.DRAFT, CaseState.RETURNED)
# In these the other language can be added.
TRANSLATABLE_CASES = tuple(sorted(_UNDER_WAY))


class CasePoint(TextChoices):
    """What an author declares of a case, each point by itself."""

    NO_NAME = "no_name", _("No name and no initials of a patient, a relative or a companion")
    NO_DATE = "no_date", _("No exact date: a month or a season at most")
    NO_PLACE = "no_place", _("No place smaller than a district, unless the lesson needs it")
    NO_NUMBER = "no_number", _("No telephone, file or identity number, no address, and no photograph")
    AGE_GROUP = "age_group", _("Ages only as a group, such as “in her thirties”")
    NOT_TOGETHER = "not_together", _("Read together, the details do not point at one person")


class PatientConsent(TextChoices):
    GIVEN = "given", _("The patient, or whoever decides for them, has agreed, and I keep the proof")
    NOT_NEEDED = "not_needed", _("Not needed: it tells of our work and of no single patient")


class FindingKind(TextChoices):
    """What the automatic check finds that could tell who a patient is."""

    PHONE = "phone", _("a telephone number")
    EMAIL = "email", _("an e-mail address")
    NATIONAL = "national", _("a national number")
    RECORD = "record", _("the number of a file or document")
    NAME = "name", _("a person’s name")
    BIRTH = "birth", _("a date of birth")
    DATE = "date", _("an exact date")
    AGE = "age", _("an age above 89")
    ADDRESS = "address", _("an address")


# With one of these nothing is submitted; of the others the author says that they identify no patient.
BLOCKING_FINDINGS = frozenset({FindingKind.PHONE, FindingKind.EMAIL, FindingKind.NATIONAL, FindingKind.RECORD})


class RegistrationState(TextChoices):
    REQUESTED = "requested", _("requested")
    CONFIRMED = "confirmed", _("confirmed")
    WAITING = "waiting", _("on the waiting list")
    OFFERED = "offered", _("a seat is offered")
    DECLINED = "declined", _("offer declined")
    EXPIRED = "expired", _("offer expired")
    CANCELLED = "cancelled", _("withdrawn")
    ATTENDED = "attended", _("present")
    ABSENT = "absent", _("absent")


class RegistrationMove(TextChoices):
    REQUEST = "request", _("asked for a seat")
    CONFIRM = "confirm", _("got a seat")
    WAIT = "wait", _("put on the waiting list")
    OFFER = "offer", _("was offered a seat")
    ACCEPT = "accept", _("accepted the seat")
    DECLINE = "decline", _("declined the seat")
    EXPIRE = "expire", _("let the offer run out")
    CANCEL = "cancel", _("withdrew")
    ATTEND = "attend", _("was present")
    MISS = "miss", _("was absent")
    UNDO = "undo", _("attendance taken back")
    REMOVE = "remove", _("taken off the list again")


REGISTRATION_MOVES = {
    RegistrationMove.REQUEST: Move(frozenset({""}), RegistrationState.REQUESTED),
    RegistrationMove.CONFIRM: Move(frozenset({RegistrationState.REQUESTED}), RegistrationState.CONFIRMED),
    RegistrationMove.WAIT: Move(frozenset({RegistrationState.REQUESTED}), RegistrationState.WAITING),
    RegistrationMove.OFFER: Move(frozenset({RegistrationState.WAITING}), RegistrationState.OFFERED),
    RegistrationMove.ACCEPT: Move(frozenset({RegistrationState.OFFERED}), RegistrationState.CONFIRMED),
    RegistrationMove.DECLINE: Move(frozenset({RegistrationState.OFFERED}), RegistrationState.DECLINED),
    RegistrationMove.EXPIRE: Move(
        frozenset({RegistrationState.OFFERED, RegistrationState.WAITING}), RegistrationState.EXPIRED
    ),
    RegistrationMove.CANCEL: Move(
        frozenset({RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.OFFERED}),
        RegistrationState.CANCELLED,
    ),
    RegistrationMove.ATTEND: Move(
        frozenset({RegistrationState.CONFIRMED, RegistrationState.ABSENT}), RegistrationState.ATTENDED
    ),
    RegistrationMove.MISS: Move(
        frozenset({RegistrationState.CONFIRMED, RegistrationState.ATTENDED}), RegistrationState.ABSENT
    ),
    RegistrationMove.UNDO: Move(
        frozenset({RegistrationState.ATTENDED, RegistrationState.ABSENT}), RegistrationState.CONFIRMED
    ),
    RegistrationMove.REMOVE: Move(
        frozenset({RegistrationState.ATTENDED, RegistrationState.ABSENT}), RegistrationState.CANCELLED
    ),
}


class Via(TextChoices):
    """How somebody came to be marked."""

    LIST = "list", _("ticked on the list")
    PASS = "pass", _("pass scanned")
    CODE = "code", _("code typed")
    SHEET = "sheet", _("paper sheet")
    MINUTES = "minutes", _("minutes online")
    WALK_IN = "walk_in", _("came unannounced")


class CheckIn(TextChoices):
    """What came of a code that was typed at the door."""

    DONE = "done", _("present now")
    ALREADY = "already", _("was present already")
    MISTYPED = "mistyped", _("mistyped: please look at it again")
    UNKNOWN = "unknown", _("no such code in this session")
    NOT_YOURS = "not_yours", _("is marked by the coordinators of their side")
    WRONG_SITE = "wrong_site", _("expected at another place of this session")
    NOT_EXPECTED = "not_expected", _("has no seat: given up, or still waiting")


# A registration in one of these is the person's one place in the session.
LIVE_STATES = (
    RegistrationState.REQUESTED,
    RegistrationState.CONFIRMED,
    RegistrationState.WAITING,
    RegistrationState.OFFERED,
    RegistrationState.ATTENDED,
    RegistrationState.ABSENT,
)
# A registration in one of these holds a seat.
SEATED_STATES = (
    RegistrationState.CONFIRMED,
    RegistrationState.OFFERED,
    RegistrationState.ATTENDED,
    RegistrationState.ABSENT,
)
WITHDRAWABLE_STATES = (RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.OFFERED)
EXPECTED_STATES = (RegistrationState.CONFIRMED, RegistrationState.ATTENDED, RegistrationState.ABSENT)


class Round(TextChoices):
    """What everybody concerned is told of a session once, before or after it."""

    WEEK = "week", _("a week before")
    DAY = "day", _("a day before")
    HOUR = "hour", _("an hour before")
    THANKS = "thanks", _("thanks and feedback after")


class Audience(TextChoices):
    """To whom of those registered a message goes."""

    CONFIRMED = "confirmed", _("Those with a confirmed seat")
    OFFERED = "offered", _("Those to whom a seat is offered")
    WAITING = "waiting", _("Those on the waiting list")
    PRESENT = "present", _("Those who were present")
    ALL = "all", _("All with a place")


AUDIENCE_STATES = {
    Audience.CONFIRMED: (RegistrationState.CONFIRMED,),
    Audience.OFFERED: (RegistrationState.OFFERED,),
    Audience.WAITING: (RegistrationState.WAITING,),
    Audience.PRESENT: (RegistrationState.ATTENDED,),
    Audience.ALL: LIVE_STATES,
}


class BroadcastState(TextChoices):
    DRAFT = "draft", _("draft")
    TRIED = "tried", _("sent to its author")
    SENT = "sent", pgettext_lazy("state of a message to many", "sent")


class BroadcastMove(TextChoices):
    EDIT = "edit", _("changed")
    TRY = "try", _("sent to its author")
    SEND = "send", pgettext_lazy("state of a message to many", "sent")


BROADCAST_MOVES = {
    BroadcastMove.EDIT: Move(frozenset({BroadcastState.DRAFT, BroadcastState.TRIED}), BroadcastState.DRAFT),
    BroadcastMove.TRY: Move(frozenset({BroadcastState.DRAFT, BroadcastState.TRIED}), BroadcastState.TRIED),
    BroadcastMove.SEND: Move(frozenset({BroadcastState.TRIED}), BroadcastState.SENT),
}


class MinutesState(TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", pgettext_lazy("state of minutes", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of minutes", "withdrawn")


class MinutesMove(TextChoices):
    PUBLISH = "publish", pgettext_lazy("state of minutes", "published")
    CORRECT = "correct", _("published anew, corrected")
    WITHDRAW = "withdraw", pgettext_lazy("state of minutes", "withdrawn")
    PURGE = "purge", _("attributions erased on schedule")


MINUTES_MOVES = {
    MinutesMove.PUBLISH: Move(frozenset({MinutesState.DRAFT, MinutesState.WITHDRAWN}), MinutesState.PUBLISHED),
    MinutesMove.CORRECT: Move(frozenset({MinutesState.PUBLISHED}), MinutesState.PUBLISHED),
    MinutesMove.WITHDRAW: Move(frozenset({MinutesState.PUBLISHED}), MinutesState.WITHDRAWN),
}


class Readers(TextChoices):
    """Who reads published minutes, among those who may know of the session at all."""

    INVITED = "invited", _("Those who were invited, or were there")
    MEMBERS = "members", _("All members")
    EVERYBODY = "everybody", _("Everybody")


class Responsible(TextChoices):
    """Who sees to a decision: an office, never a person."""

    REGIONAL = "regional", _("the coordinators of a side")
    NATIONAL = "national", _("the national coordinators")
    FACILITATORS = "facilitators", _("the facilitators of the session")
    FACILITIES = "facilities", _("the health facilities")
    MEMBERS = "members", _("the members")


class AgendaKind(TextChoices):
    TALK = "talk", _("Talk")
    DISCUSSION = "discussion", _("Discussion")
    CASE = "case", _("Case study")
    BREAK = "break", _("Break")


class MaterialTime(TextChoices):
    """From when a material is shown."""

    BEFORE = "before", _("From now on, to prepare")
    AFTER = "after", _("After the session")


class MaterialAudience(TextChoices):
    ALL = "all", _("Everybody who sees the session")
    SEATED = "seated", _("Those with a seat")
    PRESENT = "present", _("Those who were present")


class CertificateState(TextChoices):
    ISSUED = "issued", _("issued")
    SUSPENDED = "suspended", _("not valid: marked absent")
    REVOKED = "revoked", _("revoked")


class CertificateMove(TextChoices):
    ISSUE = "issue", _("issued")
    SUSPEND = "suspend", _("taken back: marked absent")
    RESTORE = "restore", _("valid again: marked present")
    REVOKE = "revoke", _("revoked")


CERTIFICATE_MOVES = {
    CertificateMove.ISSUE: Move(frozenset({""}), CertificateState.ISSUED),
    CertificateMove.SUSPEND: Move(frozenset({CertificateState.ISSUED}), CertificateState.SUSPENDED),
    CertificateMove.RESTORE: Move(frozenset({CertificateState.SUSPENDED}), CertificateState.ISSUED),
    CertificateMove.REVOKE: Move(
        frozenset({CertificateState.ISSUED, CertificateState.SUSPENDED}), CertificateState.REVOKED
    ),
}
