"""Photos on their way in: with the form, or one after the other beside it; and those of an entry for whoever has it open."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from campaigns import photos, selectors, services
from campaigns.models import Campaign, Photo
from network.enums import DomainError
from network.models import User


def form_uid(request: HttpRequest) -> uuid.UUID:
    """Return the uid that a form brings, a new one where it brings none."""
    try:
        return uuid.UUID(request.POST.get("uid", ""))
    except ValueError:
        return uuid.uuid4()


def keep_all(
    request: HttpRequest,
    form: forms.Form,
    campaign: Campaign,
    uid: uuid.UUID,
    received_at: datetime,
    by: User | None = None,
) -> None:
    """Keep the good photos of a form, whatever becomes of the rest of it, and write beside the field what is wrong with others."""
    uploads = request.FILES.getlist("photos") if "photos" in form.fields else []
    if not uploads:
        return

    def came() -> Iterator[photos.Received]:
        for upload in uploads:
            try:
                yield photos.received(upload.name or "", upload.read())
            except photos.Refused as refused:
                form.add_error("photos", str(refused))

    try:
        services.keep_photos(campaign=campaign, form=uid, came=came(), received_at=received_at, by=by)
    except DomainError as error:
        form.add_error("photos", str(error))


def drop_asked(
    request: HttpRequest, campaign: Campaign, uid: uuid.UUID, received_at: datetime, by: User | None = None
) -> None:
    """Take out the photo whose button was pressed."""
    try:
        dropped = uuid.UUID(request.POST["drop"])
        services.remove_photo(campaign=campaign, form=uid, uid=dropped, received_at=received_at, by=by)
    except ValueError:
        return
    except DomainError as error:
        messages.error(request, str(error))


def beside(campaign: Campaign, uid: uuid.UUID) -> list[Photo]:
    """Return what a form shows of the photos that are there."""
    return selectors.photos_of(uid, campaign) if campaign.photos_at_most else []


@login_not_required
@never_cache
@require_POST
def add_photo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one photo of a form that is still being filled in; one that is sent already gets its photos where its entry is open."""
    campaign, uid = Campaign.objects.public().filter(slug=slug).first(), form_uid(request)
    if campaign is None:
        raise Http404
    if selectors.sent_before(campaign, uid):
        return HttpResponse(str(services.SentAlready()), status=400, content_type="text/plain; charset=utf-8")
    return take_one(request, campaign, uid)


def take_one(request: HttpRequest, campaign: Campaign, uid: uuid.UUID) -> HttpResponse:
    """Take one photo, and answer with those that are there; what is refused with a sentence. Raises Http404."""
    ratelimit.consume(request, app="allauth.account", action="photo", raise_exception=True)
    received_at = getattr(request, "received_at", timezone.now())
    upload = request.FILES.get("photo")
    if upload is None or not campaign.photos_at_most:
        raise Http404
    try:
        photo = photos.received(upload.name or "", upload.read())
        services.keep_photos(campaign=campaign, form=uid, came=[photo], received_at=received_at)
    except DomainError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    context: dict[str, Any] = {"photos": beside(campaign, uid)}
    return render(request, "campaigns/_photos_beside.html", context)


def shown(photo: Photo | None, size: str) -> HttpResponseBase:
    """Return one size of a photo that the caller has found for this reader, never the bytes that came in. Raises Http404."""
    stored = photo.kept.get(size) if photo else None
    if not stored:
        raise Http404
    return photos.served(stored, size.rpartition(".")[2], published=False)
