"""What belongs to a session on paper: its agenda with the times, its files and links."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from dialogues.models import Session
from dialogues.selectors import papers as paper_selectors
from dialogues.services import MATERIAL_FOLDER
from dialogues.views.cards import Card
from network import selectors as network_selectors, sending


def papers(session: Session, card: Card, reader: Any, *, leads: bool) -> dict[str, Any]:
    """Return the agenda, each item with its materials, and the materials of the whole session, in two queries."""
    materials = list(
        paper_selectors.reader_materials(session, reader, card.practitioner, place=card.registration, leads_it=leads)
    )
    items: list[Any] = paper_selectors.agenda(session, reader, card.practitioner)
    for item in items:
        item.papers = [material for material in materials if material.item_id == item.pk]
    listed = {item.pk for item in items}
    return {
        "agenda": items,
        "many_days": timezone.localdate(session.starts_at) != timezone.localdate(session.ends_at),
        "materials": [material for material in materials if material.item_id not in listed],
    }


@login_not_required
@require_safe
def material(request: HttpRequest, material: int) -> HttpResponseBase:
    """Send a file to whoever may have it, to be kept and not to be opened on the site; unknown and forbidden are both 404."""
    practitioner = network_selectors.active_practitioner(request.user)
    found = paper_selectors.material_for(material, request.user, practitioner)
    if found is None or not found.stored:
        raise Http404
    return sending.attached(found.stored, found.filename, MATERIAL_FOLDER)
