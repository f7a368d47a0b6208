"""What the attendance page of a session also does: typed codes, late paper sheets, invitations of walk-ins, the file to take along."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext

from dialogues import policies, services
from dialogues.enums import Via
from dialogues.models import Presence, Session, WalkIn
from network import sheets
from network.admin_fields import number
from network.admin_scoping import typed_reason
from network.enums import DomainError
from network.models import Practitioner

LONGEST_PASTE = 6000


def typed_codes(request: HttpRequest, session: Session, *, late: bool) -> dict[str, Any]:
    """Mark present whose codes were typed, and return what the page says of each line; what was not done stays in the box."""
    typed = request.POST.get("codes", "")[:LONGEST_PASTE]
    via = Via.SHEET if request.POST.get("via") == Via.SHEET else Via.CODE
    try:
        found = (
            services.enter_sheet(session=session, typed=typed, by=request.user, reason=typed_reason(request))
            if late
            else services.check_in_codes(session=session, typed=typed, by=request.user, via=via)
        )
    except DomainError as error:
        messages.error(request, str(error))
        return {"typed": typed, "reason": typed_reason(request)}
    done = sum(answer.is_done for answer in found)
    messages.add_message(
        request,
        messages.SUCCESS if done else messages.WARNING,
        ngettext("%(done)s person is marked present.", "%(done)s persons are marked present.", done) % {"done": done},
    )
    answers = [
        {
            "typed": answer.typed[:40],
            "name": answer.registration.practitioner.name if answer.registration else "",
            "label": answer.outcome.label,
            "good": answer.is_done,
        }
        for answer in found
    ]
    return {"answers": answers, "typed": "\n".join(answer.typed for answer in found if not answer.is_done)}


def invite(request: HttpRequest, session: Session) -> str:
    """Invite a walk-in to apply for membership."""
    rows = WalkIn.objects.visible_to(request.user).filter(session=session)
    walk_in = rows.filter(pk=number(request.POST.get("walk_in", ""))).first()
    if walk_in is None:
        raise Http404
    walk_in = services.invite_walk_in(walk_in=walk_in, by=request.user)
    if walk_in.phone:
        return gettext("Invited: an SMS with the code is on its way.")
    return gettext("Invited. Please write the code below on paper for them.")


def with_minutes(session: Session, rows: list[Any]) -> list[Any]:
    """Add to each row for how many minutes the person was online; None for who never joined."""
    minutes = Presence.objects.filter(registration__session=session).minutes() if session.join_link else {}
    for row in rows:
        row.minutes = minutes.get(row.pk)
    return rows


def with_invitations(rows: list[Any], user: Any) -> list[Any]:
    """Add to each walk-in the code to write on paper, and as whom they have applied, as far as this coordinator may know."""
    claimed = [row.claimed_by_id for row in rows if row.claimed_by_id]
    people = Practitioner.objects.visible_to(user).filter(user_id__in=claimed) if claimed else []
    applied = {person.user_id: person for person in people}
    for row in rows:
        row.code = services.shown_code(row.invitation)
        row.applied = applied.get(row.claimed_by_id)
    return rows


def export(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Hand out the attendance as a file; by POST, for it is recorded."""
    if not policies.can_export(request.user, session):
        raise Http404
    kind = request.POST.get("kind", "")
    if request.method != "POST" or kind not in sheets.CONTENT_TYPES:
        return redirect("admin:dialogues_session_attendance", session.pk)
    content = services.export_attendance(session=session, kind=kind, by=request.user)
    response = HttpResponse(content, content_type=sheets.CONTENT_TYPES[kind])
    # A name that says nothing: it stays in the list of downloads of whatever machine this is.
    response["Content-Disposition"] = f'attachment; filename="list.{kind}"'
    return response
