"""Reads of what belongs to a session on paper: agenda, materials, certificates."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dialogues import policies
from dialogues.enums import EXPECTED_STATES, RegistrationState
from dialogues.models import AgendaItem, Certificate, Material, Registration, Session
from dialogues.selectors import findable, latest_registration, leads, session_for
from network import policies as network_policies
from network.models import Practitioner


def agenda(session: Session, reader: Any, practitioner: Practitioner | None) -> list[AgendaItem]:
    """Return the agenda in order, each item with `named`: the names of those who speak and whom this reader may find.

    Nobody, and no guest either, under the Chatham House Rule.
    """
    rows: Any = AgendaItem.objects.filter(session=session)
    if not session.chatham_house:
        rows = rows.with_speakers(findable(reader, practitioner).active()).order_by("speaker_order")  # type: ignore[attr-defined]
    items: list[Any] = []
    for row in sorted(rows, key=lambda row: (row.offset, row.pk)):
        if not items or items[-1].pk != row.pk:
            row.session, row.named = session, []
            items.append(row)
        if getattr(row, "is_found", False):
            items[-1].named.append(Practitioner(name_ar=row.speaker_ar, name_latin=row.speaker_latin).name)
    for item in items:
        if item.guest and not session.chatham_house:
            item.named.append(item.guest)
    return items


def overlapping(session: Session) -> list[AgendaItem]:
    """Return the items of an agenda that begin before the one before them has ended, or end after the session."""
    found, end = [], 0
    for item in session.agenda_items.order_by("offset", "pk"):
        item.session = session
        if item.offset < end or item.ends_at > session.ends_at:
            found.append(item)
        end = max(end, item.offset + item.minutes)
    return found


def material_for(pk: int, reader: Any, practitioner: Practitioner | None) -> Material | None:
    """Return a material that this reader may have, else None."""
    material = Material.objects.filter(pk=pk).select_related("session").first()
    if material is None or session_for(material.session.slug, reader, practitioner) is None:
        return None
    allowed = reader_materials(material.session, reader, practitioner)
    return material if allowed.filter(pk=pk).exists() else None


def reader_materials(
    session: Session,
    reader: Any,
    practitioner: Practitioner | None,
    *,
    place: Registration | None = None,
    leads_it: bool | None = None,
) -> QuerySet[Material]:
    """Return the materials of a session for this reader; all for those who run or audit it.

    `place` and `leads_it` are what the caller knows of the reader's part in the session, and are asked for where it does not.
    """
    rows = Material.objects.filter(session=session).order_by("pk")
    if policies.can_manage(reader, session) or network_policies.reads_all(reader):
        return rows
    if leads_it is None:
        place = latest_registration(session, practitioner) if practitioner else None
        leads_it = practitioner is not None and leads(session, practitioner)
    state = place.state if place else ""
    audiences = policies.material_audiences(
        seated=leads_it or state in EXPECTED_STATES, present=leads_it or state == RegistrationState.ATTENDED
    )
    return rows.for_reader(audiences, policies.material_times(session, timezone.now()))


def certificates(session: Session, user: Any) -> QuerySet[Certificate]:
    """Return the certificates of a session whose holders this coordinator may see by name."""
    return (
        Certificate.objects.visible_to(user)
        .filter(registration__session=session)
        .select_related("registration__practitioner__profession")
        .order_by("registration__practitioner__search", "pk")
    )


def certificate_of_code(code: str) -> Certificate | None:
    """Return the certificate of a code. What is no code is asked for like one, so that the answer takes as long."""
    return Certificate.objects.filter(code=code or "-").first()


def own_certificate(slug: str, practitioner: Practitioner) -> Certificate | None:
    """Return the member's valid certificate of a session."""
    mine = Certificate.objects.valid().filter(registration__practitioner=practitioner)
    return mine.filter(registration__session__slug=slug).first()
