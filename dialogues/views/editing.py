"""How minutes are written, on the website and at the desk alike: nothing typed is lost, nobody overwrites anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from dialogues import minutes, services
from dialogues.forms.minutes import Conflict, Editor, resolved
from dialogues.models import Session
from network.enums import DomainError

# What changes the rows of the form, or draws it again, and saves nothing.
STEPS = ("add", "remove", "up", "down", "show")


@dataclass(frozen=True, slots=True)
class Pages:
    """How the caller shows the editor and the conflict, each with its own frame around it."""

    editor: Callable[[dict[str, Any]], HttpResponse]
    conflict: Callable[[dict[str, Any]], HttpResponse]


def shown(session: Session, pages: Pages, editor: Editor | None = None) -> HttpResponse:
    kept = minutes.of_session(session)
    last = minutes.latest(kept)
    return pages.editor(
        {"editor": editor or Editor.of_revision(last), "typed": editor is not None, "minutes": kept, "last": last}
    )


def handled(request: HttpRequest, session: Session, pages: Pages) -> HttpResponse | None:
    """Answer what the editor or the conflict page sent; None for a step that is neither's."""
    step = request.POST.get("do", "")
    if step.partition("-")[0] in STEPS:
        return shown(session, pages, Editor.sent(request.POST).changed(step))
    if step not in ("save", "resolve"):
        return None
    editor = Editor.sent(request.POST)
    if not editor.is_valid():
        return shown(session, pages, editor)
    words, items = editor.words, editor.items
    if step == "resolve":
        words, items = resolved(session, editor, request.POST)
    try:
        services.save_revision(session=session, words=words, items=items, base=editor.base, by=request.user)
    except services.MinutesChanged:
        return pages.conflict({"conflict": Conflict(session, words, items, editor.base)})
    except DomainError as error:
        messages.error(request, str(error))
        return shown(session, pages, editor)
    messages.success(request, gettext("The minutes are saved."), extra_tags="kept")
    return redirect(request.path)
