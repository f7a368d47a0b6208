"""Where the desk finds what it shows."""

from django.urls import reverse

from campaigns.models import Photo


def photo_address(photo: Photo, size: str) -> str:
    """Return where the desk finds one size of a photo."""
    return reverse("admin:campaigns_entry_photo", args=[photo.entry_id, photo.pk, size])
