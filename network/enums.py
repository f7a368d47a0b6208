from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A failure that was foreseen; its message is a whole sentence in the reader's language."""

    message: str | Promise = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__()

    def __str__(self) -> str:
        return str(self.message) % self.values


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a transition table: from which states, to which."""

    sources: frozenset[str]
    target: str


class Role(TextChoices):
    """What a person does for the network. The code is kept, never the translated label."""

    REGIONAL_COORDINATOR = "regional_coordinator", _("regional coordinator")
    NATIONAL_COORDINATOR = "national_coordinator", _("national coordinator")
    AUDITOR = "auditor", _("auditor")


ROLES_OF_A_SIDE = frozenset({Role.REGIONAL_COORDINATOR})
ROLES_THAT_READ_ALL = frozenset({Role.NATIONAL_COORDINATOR, Role.AUDITOR})


class MemberState(TextChoices):
    APPLIED = "applied", _("waiting for verification")
    VERIFIED = "verified", _("verified, code of conduct to be accepted")
    ACTIVE = "active", _("active member")
    SUSPENDED = "suspended", _("suspended")
    DECLINED = "declined", _("declined")
    LEFT = "left", _("left")


# Nobody in one of these holds a role, whatever was granted before.
OUTSIDE_STATES = (MemberState.SUSPENDED, MemberState.DECLINED, MemberState.LEFT)


class MemberMove(TextChoices):
    APPLY = "apply", _("applied")
    REAPPLY = "reapply", _("applied again")
    VERIFY = "verify", _("verified")
    ACTIVATE = "activate", _("became active")
    DECLINE = "decline", _("declined")
    SUSPEND = "suspend", _("suspended")
    REINSTATE = "reinstate", _("reinstated")
    LEAVE = "leave", _("left")
    CHANGE_SIDE = "change_side", _("changed side, to be verified again")


MEMBER_MOVES = {
    MemberMove.APPLY: Move(frozenset({""}), MemberState.APPLIED),
    MemberMove.REAPPLY: Move(frozenset({MemberState.DECLINED}), MemberState.APPLIED),
    MemberMove.VERIFY: Move(frozenset({MemberState.APPLIED}), MemberState.VERIFIED),
    MemberMove.ACTIVATE: Move(frozenset({MemberState.VERIFIED}), MemberState.ACTIVE),
    MemberMove.DECLINE: Move(frozenset({MemberState.APPLIED}), MemberState.DECLINED),
    MemberMove.SUSPEND: Move(frozenset({MemberState.ACTIVE}), MemberState.SUSPENDED),
    MemberMove.REINSTATE: Move(frozenset({MemberState.SUSPENDED}), MemberState.ACTIVE),
    MemberMove.LEAVE: Move(
        frozenset(
            {
                MemberState.APPLIED,
                MemberState.VERIFIED,
                MemberState.ACTIVE,
                MemberState.SUSPENDED,
                MemberState.DECLINED,
            }
        ),
        MemberState.LEFT,
    ),
    MemberMove.CHANGE_SIDE: Move(frozenset({MemberState.VERIFIED, MemberState.ACTIVE}), MemberState.APPLIED),
}


class RoleMove(TextChoices):
    GRANT = "grant", _("granted")
    END = "end", _("ended")


class CommonMove(TextChoices):
    """Steps that need no table of moves, of things of any kind."""

    CREATE = "create", _("created")
    WRITE = "write", _("written")
    EDIT = "edit", _("changed")
    DELETE = "delete", _("deleted")
    EXPORT = "export", _("list taken along")
    INVITE = "invite", _("invited to apply")
    CLAIM = "claim", _("came with the invitation")
    BECOME = "become", _("attendance counted as theirs")
    MAKE = "make", _("address made")
    REPLACE = "replace", _("address replaced")
    REVOKE = "revoke", _("address made worthless")
    RESEND = "resend", _("sent again")


class JobState(TextChoices):
    """Of long work that somebody has asked for."""

    WAITING = "waiting", _("being prepared")
    DONE = "done", _("ready")
    FAILED = "failed", _("could not be done")


class JobMove(TextChoices):
    ASK = "ask", _("asked for")
    FINISH = "finish", _("finished")
    FAIL = "fail", _("failed")


JOB_MOVES = {
    JobMove.ASK: Move(frozenset({""}), JobState.WAITING),
    JobMove.FINISH: Move(frozenset({JobState.WAITING}), JobState.DONE),
    JobMove.FAIL: Move(frozenset({JobState.WAITING}), JobState.FAILED),
}


class Visibility(TextChoices):
    """Who finds a member in the directory."""

    NOBODY = "nobody", _("Nobody")
    SIDE = "side", _("Members of my side")
    MEMBERS = "members", _("All members")


class SpokenLanguage(TextChoices):
    ARABIC = "ar", _("Arabic")
    ENGLISH = "en", _("English")
    TAMAZIGHT = "ber", _("Tamazight")
    TEBU = "tuq", _("Tebu")
    FRENCH = "fr", _("French")
    ITALIAN = "it", _("Italian")


class PeriodKind(TextChoices):
    HOLIDAY = "holiday", _("public holiday")
    RAMADAN = "ramadan", _("Ramadan")


class PeriodEffect(TextChoices):
    """What is proposed for a session that would fall into a special time; a person decides."""

    KEEP = "keep", _("only point it out")
    SKIP = "skip", _("leave the date out")
    SHIFT = "shift", _("the next working day")
    HOUR = "hour", _("another hour of the same day")


class PeriodStatus(TextChoices):
    LAW = "law", _("fixed by law")
    ANNOUNCED = "announced", _("announced")
    ESTIMATE = "estimate", _("estimate, the sighting of the moon decides")
    UNCONFIRMED = "unconfirmed", _("to be confirmed")
