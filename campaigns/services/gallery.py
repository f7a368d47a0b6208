"""The gallery: photos of entrants who allow it, with words for those who do not see them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import policies
from campaigns.enums import OUT_STATES, PhotoState
from campaigns.models import Campaign, Entry, GalleryItem, Photo
from campaigns.services import campaigns, entries
from network.enums import DomainError
from network.models import User
from network.services import record_edit


class NoPermission(DomainError):
    message = _("This photo can’t be shown: its entrant does not allow it, or takes no part any more.")


class WordsMissing(DomainError):
    message = _("Please say in both languages what the photo shows.")


def _held(photo: Photo, by: User) -> tuple[Photo, Entry]:
    """Return a photo and its entry as they are now, held. Raises NotYourCampaign, NoPermission."""
    if not policies.can_manage(by, Campaign.objects.get(pk=photo.campaign_id)):
        raise campaigns.NotYourCampaign
    if photo.entry is None:
        raise NoPermission
    entry = entries.lock(photo.entry)
    return Photo.objects.get(pk=photo.pk), entry


@transaction.atomic
def show_photo(*, photo: Photo, alt_ar: str, alt_en: str, by: User) -> GalleryItem:
    """Put a photo into the gallery, or change its words. Raises NotYourCampaign, NoPermission, WordsMissing."""
    photo, entry = _held(photo, by)
    now = timezone.now()
    if not (alt_ar.strip() and alt_en.strip()):
        raise WordsMissing
    if not entry.in_gallery or entry.state in OUT_STATES or photo.state != PhotoState.READY:
        raise NoPermission
    item = GalleryItem.objects.select_for_update(of=("self",)).filter(photo=photo).first() or GalleryItem(photo=photo)
    words = (alt_ar.strip(), alt_en.strip())
    if item.published_at and (item.alt_ar, item.alt_en) == words:
        return item
    item.alt_ar, item.alt_en = words
    if not item.published_at:
        item.published_at, item.published_by = now, by
    item.save()
    record_edit(item, changed={"shown": True}, by=by, at=now)
    return item


@transaction.atomic
def hide_photo(*, photo: Photo, by: User) -> None:
    """Take a photo out of the gallery; its words are kept. Raises NotYourCampaign, NoPermission."""
    photo, _entry = _held(photo, by)
    item = GalleryItem.objects.select_for_update(of=("self",)).filter(photo=photo, published_at__isnull=False).first()
    if item is None:
        return
    item.published_at, item.published_by = None, None
    item.save(update_fields=["published_at", "published_by"])
    record_edit(item, changed={"shown": False}, by=by, at=timezone.now())


@transaction.atomic
def leave_gallery(*, entry: Entry, by: User | None = None) -> Entry:
    """Take back an entrant's permission: their photos are gone from the gallery at once, and so are their addresses.

    Raises NotOnPaper where somebody does it for an entrant who could do it themselves.
    """
    entry, now = entries.lock(entry), timezone.now()
    entries.require_hand(entry, by)
    if entry.in_gallery:
        entry.in_gallery = False
        entry.save(update_fields=["in_gallery"])
        record_edit(entry, changed={"fields": ["in_gallery"]}, by=by, at=now)
    return entry
