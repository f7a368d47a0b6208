from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

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
