"""The attendance of a session to take along: as a workbook from right to left, or as CSV."""

from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext

from dialogues import policies, selectors
from dialogues.models import Presence, Registration, Session, WalkIn
from dialogues.services.seats import lock
from dialogues.services.sessions import NotYourSession
from network import disclosure, policies as network_policies, sheets
from network.models import User
from network.services import record_transition


@transaction.atomic
def export_attendance(*, session: Session, kind: str, by: User) -> bytes:
    """Return the attendance of a session as a file: by name whom the coordinator may see, of others a number.

    Who took it along, when and as what is recorded. Raises NotYourSession for whoever may not.
    """
    session = lock(session)
    if not policies.can_export(by, session):
        raise NotYourSession
    record_transition(
        session,
        "export",
        from_state=session.state,
        to_state=session.state,
        by=by,
        at=timezone.now(),
        changes={"fields": [kind]},
    )
    above = [gettext("Confidential: under the Chatham House Rule nobody else may learn who was there.")]
    above = above if session.chatham_house else []
    people, counts = _people(session, by), _counts(session, by)
    if kind == sheets.XLSX:
        return sheets.workbook(above, {gettext("Attendance"): people, gettext("Numbers by side"): counts})
    return b"".join(sheets.csv_lines([*([line] for line in above), *people, [], *counts]))


def _moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


def _people(session: Session, by: User) -> list[sheets.Row]:
    """Return the heading and one row for each whom the coordinator may see by name."""
    heading = [
        gettext("No."),
        gettext("name"),
        gettext("profession"),
        gettext("side"),
        gettext("site"),
        gettext("state"),
        gettext("attendance marked"),
        gettext("marked how"),
        gettext("minutes online"),
        gettext("came without a registration"),
    ]
    minutes = Presence.objects.filter(registration__session=session).minutes()
    rows = [_registered(row, minutes.get(row.pk)) for row in selectors.attendance_list(session, by)]
    rows += [_walked_in(row) for row in selectors.walk_ins(session, by)]
    return [heading, *([str(number), *row] for number, row in enumerate(rows, 1))]


def _registered(row: Registration, minutes: int | None) -> sheets.Row:
    return [
        row.practitioner.name,
        row.practitioner.profession.name,
        row.side.name if row.side else gettext("abroad"),
        row.site.name,
        row.get_state_display(),
        _moment(row.marked_at),
        row.get_marked_via_display(),
        "" if minutes is None else str(minutes),
        gettext("yes") if row.walked_in else "",
    ]


def _walked_in(row: WalkIn) -> sheets.Row:
    side = row.region.name if row.region else gettext("abroad")
    present = gettext("present")
    return [row.name, "", side, row.site.name, present, _moment(row.added_at), "", "", gettext("yes")]


def _counts(session: Session, by: User) -> list[sheets.Row]:
    """Return the numbers by side. Of a side that is not the reader's own one number alone, or the hidden ones could be computed."""
    heading = [
        gettext("side"),
        pgettext("heading of a column", "with a seat"),
        pgettext("heading of a column", "present"),
        pgettext("heading of a column", "absent"),
        gettext("of these without a registration"),
    ]
    everything, own = network_policies.reads_all(by), network_policies.regions(by)
    rows = []
    for row in selectors.counts_by_side(session):
        side = row["side"]
        name = side.name if side else gettext("abroad")
        if everything or (side and side.pk in own):
            rows.append([name, *(str(row[figure]) for figure in ("seated", "present", "absent", "walked_in"))])
        else:
            rows.append([name, "", disclosure.figure(row["present"]), "", ""])
    return [heading, *rows]
