"""What is shown of a contest besides its results: the photos that may be shown, and the prize-giving."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from campaigns import selectors
from campaigns.enums import OUT_STATES
from campaigns.models import Appearance, Campaign, Entry, GalleryItem, Photo, PrizeGiving


def prize_giving(campaign: Campaign) -> PrizeGiving | None:
    told = Appearance.objects.published().select_related("outlet").latest_first()
    return PrizeGiving.objects.filter(campaign=campaign).prefetch_related(Prefetch("appearances", told)).first()


def gallery(campaign: Campaign) -> QuerySet[GalleryItem]:
    """Return what the gallery of a campaign shows, in the order in which it was published."""
    rows = GalleryItem.objects.shown().filter(photo__campaign=campaign)
    return rows.select_related("photo").order_by("published_at", "pk")


def hung(campaign: Campaign, items: Iterable[GalleryItem]) -> list[selectors.Picture]:
    """Return photos of the gallery as its page shows them."""
    found = []
    for item in items:

        def address(_photo: Photo, size: str, item: GalleryItem = item) -> str:
            return reverse("campaigns:gallery_photo", args=[campaign.slug, item.pk, size])

        found += [replace(picture, alt=item.alt) for picture in selectors.pictures([item.photo], address)]
    return found


def consented(campaign: Campaign) -> QuerySet[Photo]:
    """Return the photos whose entrants allow them to be shown to everybody: for who runs the campaign, of whatever side they are."""
    entries = Entry.objects.filter(campaign=campaign, in_gallery=True).exclude(state__in=OUT_STATES)
    rows = Photo.objects.filter(campaign=campaign, state="ready", entry__in=entries.values("pk"))
    return rows.select_related("entry", "gallery_item").order_by("entry", "position", "pk")
