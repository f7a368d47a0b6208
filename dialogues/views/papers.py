"""What belongs to a session on paper: its agenda with the times, its files and links."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from dialogues.models import Session
from dialogues.selectors import papers as paper_selectors
from dialogues.services import files
from dialogues.validators.uploads import TYPES
from dialogues.views.cards import Card
from network import selectors as network_selectors


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
    return sent(found.stored, found.filename)


def sent(stored: str, filename: str, folder: str = files.FOLDER) -> HttpResponseBase:
    """Return a private file, to be kept under its name; the caller has made sure that this reader may have it."""
    response: HttpResponseBase
    if settings.FILES_BY_PROXY:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.MEDIA_URL}{folder}/{stored}"
    else:
        path = files.path_of(stored, folder)
        if not path.exists():
            raise Http404
        response = StreamingHttpResponse(_read(path))
        response["Content-Length"] = path.stat().st_size
    response["Content-Type"] = TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")
    response["Content-Disposition"] = disposition(filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache, no-store"
    return response


def _read(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece; it is opened when somebody reads, and closed whatever becomes of them."""
    with path.open("rb") as file:
        while piece := file.read(65_536):
            yield piece


def disposition(filename: str) -> str:
    """Return the header by which a browser keeps a file under its name, in ASCII for those that know no better."""
    stem, _dot, extension = filename.rpartition(".")
    plain = "".join(c for c in stem if c.isascii() and (c.isalnum() or c in " -_().")).strip() or "file"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(filename, safe='')}"
