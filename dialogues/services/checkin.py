"""Check-in at the door: by pass, by code, from a paper sheet."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies
from dialogues.enums import EXPECTED_STATES, CheckIn, RegistrationState, SessionState, Via
from dialogues.models import Registration, Session, Site
from dialogues.services import codes
from dialogues.services.attendance import AttendanceNotOpen, close_attendance, mark, reopen_attendance
from dialogues.services.seats import lock
from network.enums import DomainError
from network.models import User

MOST_CODES = 200


class SheetNotDue(DomainError):
    message = _("A late sheet is entered once the attendance is closed. Until then, type its codes above.")


class SheetNeedsReason(DomainError):
    message = _("Please write why the sheet comes late: it is kept with the attendance.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one line; `registration` where a person was found whom the reader may know of."""

    typed: str
    outcome: CheckIn
    registration: Registration | None = None

    @property
    def is_done(self) -> bool:
        return self.outcome in (CheckIn.DONE, CheckIn.ALREADY)


def check_in(*, registration: Registration, by: User, via: Via) -> Registration:
    """Mark somebody present who stands at the door. Twice is as once: the first time and the first hand stay.

    Raises NotYoursToMark, AttendanceNotOpen, and IllegalMove for somebody who has no seat.
    """
    return mark(registration=registration, as_="present", by=by, via=via)


@transaction.atomic
def check_in_codes(*, session: Session, typed: str, by: User, via: Via) -> list[Answer]:
    """Mark present whose codes were typed, one on a line; each line is answered, a bad one holds up no other.

    A code of somebody out of reach is as unknown as one that nobody has; only the host of a site hears that a person of this session
    is expected elsewhere, and who reads a name without answering for its side hears who does. Raises AttendanceNotOpen.
    """
    session, now = lock(session), timezone.now()
    if not policies.attendance_is_open(session, now):
        raise AttendanceNotOpen
    hosts_here = policies.door_is_open(session, now) and Site.objects.hosted_by(by).filter(session=session).exists()
    reach = Registration.objects.filter(session=session)
    mine = reach.markable_by(by) if hosts_here else reach.editable_by(by)
    lines = dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip())
    answers = []
    for line in list(lines)[:MOST_CODES]:
        code = codes.read(line)
        if not code:
            answers.append(Answer(line, CheckIn.MISTYPED))
            continue
        row = mine.filter(code=code).select_related("practitioner", "site").first()
        if row is None:
            answers.append(_out_of_reach(line, reach.filter(code=code), by=by, hosts_here=hosts_here))
        elif row.state not in EXPECTED_STATES:
            answers.append(Answer(line, CheckIn.NOT_EXPECTED))
        elif row.state == RegistrationState.ATTENDED:
            answers.append(Answer(line, CheckIn.ALREADY, row))
        else:
            row.session = session
            answers.append(Answer(line, CheckIn.DONE, check_in(registration=row, by=by, via=via)))
    return answers


def _out_of_reach(line: str, rows: Any, *, by: User, hosts_here: bool) -> Answer:
    if hosts_here and rows.filter(state__in=EXPECTED_STATES).exists():
        return Answer(line, CheckIn.WRONG_SITE)
    seen = rows.visible_to(by).select_related("practitioner").first()
    return Answer(line, CheckIn.NOT_YOURS, seen) if seen else Answer(line, CheckIn.UNKNOWN)


@transaction.atomic
def enter_sheet(*, session: Session, typed: str, by: User, reason: str) -> list[Answer]:
    """Enter a paper sheet that came after the attendance was closed: opened for it with the reason, and closed again.

    Raises SheetNotDue, SheetNeedsReason, NotYourSession.
    """
    if not reason.strip():
        raise SheetNeedsReason
    session = lock(session)
    if session.state != SessionState.CLOSED:
        raise SheetNotDue
    session = reopen_attendance(session=session, by=by, reason=reason)
    answers = check_in_codes(session=session, typed=typed, by=by, via=Via.SHEET)
    close_attendance(session=session, by=by)
    return answers


@transaction.atomic
def give_codes(*, session: Session) -> int:
    """Give a code to everybody in a session who has none yet; return to how many."""
    session = lock(session)
    rows = session.registrations.live().filter(code="").order_by("pk")
    for row in rows:
        row.code = codes.fresh(session)
        row.save(update_fields=["code"])
    return len(rows)
