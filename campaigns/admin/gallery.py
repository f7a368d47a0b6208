"""The gallery of a contest at the desk: which of the photos that may be shown are, and in what words."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from campaigns import galleries, services
from campaigns.admin import results
from campaigns.admin.subpages import around, subpage
from campaigns.forms import WordsForm
from campaigns.models import Photo
from campaigns.selectors import pictures
from campaigns.views.photos import shown
from network.admin_fields import number
from network.enums import DomainError
from network.paging import Page

if TYPE_CHECKING:
    from campaigns.admin.campaigns import CampaignAdmin

PHOTOS_A_PAGE = 12


def urls(page: "CampaignAdmin") -> list[Any]:
    return [
        subpage(page, _gallery, "gallery"),
        subpage(page, _photo, "gallery-photo", "gallery/<int:number>/<str:size>"),
    ]


def _address(photo: Photo, size: str) -> str:
    return reverse("admin:campaigns_campaign_gallery-photo", args=[photo.campaign_id, photo.pk, size])


def _gallery(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """The photos whose entrants allow it, each with its words in both languages and whether it is shown."""
    campaign = results.managed_campaign(page, request, object_id)
    photos = galleries.consented(campaign)
    faulty: WordsForm | None = None
    chosen = number(request.POST.get("photo", "")) if request.method == "POST" else None
    if request.method == "POST":
        photo = get_object_or_404(photos, pk=chosen)
        faulty = _hung(request, photo)
        if faulty is None:
            return redirect(request.get_full_path())
    page_obj = Page.of(photos, request.GET.get("page"), PHOTOS_A_PAGE)
    rows = [_row(photo, faulty if photo.pk == chosen else None) for photo in page_obj.rows]
    context = around(page, request, campaign, gettext("Gallery"), rows=rows, page_obj=page_obj)
    return TemplateResponse(
        request, "admin/campaigns/campaign/gallery.html", context, status=400 if faulty is not None else 200
    )


def _photo(page: "CampaignAdmin", request: HttpRequest, object_id: str, number: int, size: str) -> HttpResponseBase:
    """Send a photo that may be shown: also of an entry whose own page this person does not read."""
    campaign = results.managed_campaign(page, request, object_id)
    return shown(galleries.consented(campaign).filter(pk=number).first(), size)


def _row(photo: Photo, faulty: WordsForm | None) -> dict[str, Any]:
    item = getattr(photo, "gallery_item", None)
    initial = {"alt_ar": item.alt_ar, "alt_en": item.alt_en} if item else {}
    return {
        "photo": photo,
        "pictures": pictures([photo], _address),
        "shown": bool(item and item.published_at),
        "form": faulty or WordsForm(initial=initial, auto_id=f"id_{photo.pk}_%s"),
    }


def _hung(request: HttpRequest, photo: Photo) -> WordsForm | None:
    """Show or hide a photo; return the form where something is wrong with it."""
    form = WordsForm(request.POST, auto_id=f"id_{photo.pk}_%s")
    try:
        if request.POST.get("do") == "hide":
            services.hide_photo(photo=photo, by=request.user)
            messages.success(request, gettext("Taken out of the gallery."))
            return None
        if form.is_valid():
            services.show_photo(photo=photo, by=request.user, **form.cleaned_data)
            messages.success(request, gettext("Shown in the gallery, once the results are published."))
            return None
    except DomainError as error:
        form.full_clean()
        form.add_error(None, str(error))
    return form
