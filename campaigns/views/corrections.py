"""The answers of an entry put right, by its sender or at the desk for them: what both pages have in common."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from campaigns import selectors, services
from campaigns.forms import CorrectForm
from campaigns.models import Entry
from campaigns.views import photos
from network.enums import DomainError
from network.models import User


def take_correction(request: HttpRequest, entry: Entry, *, by: User | None = None) -> tuple[CorrectForm, bool]:
    """Return the form with an entry's answers, and whether what was sent with it is kept. `by` writes for who entered on paper."""
    received_at = getattr(request, "received_at", timezone.now())
    campaign, uid = entry.campaign, entry.uid
    given = {"campaign": campaign, "questions": selectors.questions(campaign)}
    if request.method != "POST":
        shown = {f"q-{key}": answer for key, answer in entry.answers.items()} | {"in_gallery": entry.in_gallery}
        return CorrectForm(initial=shown, **given), False
    form = CorrectForm(request.POST, request.FILES, **given)
    photos.keep_all(request, form, campaign, uid, received_at, by)
    if "drop" in request.POST:
        photos.drop_asked(request, campaign, uid, received_at, by)
        return form, False
    if not form.is_valid():
        return form, False
    try:
        services.correct_entry(entry=entry, received_at=received_at, by=by, **form.changes())
    except DomainError as error:
        form.add_error(None, str(error))
        return form, False
    return form, True


def around_correction(entry: Entry, form: CorrectForm) -> dict[str, Any]:
    """Return what the page of a correction shows besides its frame."""
    beside = photos.beside(entry.campaign, entry.uid)
    return {"form": form, "entry": entry, "campaign": entry.campaign, "uid": entry.uid, "photos": beside}
