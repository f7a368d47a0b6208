"""Photos of an entry, from quarantine to what is shown."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import photos
from campaigns.enums import PhotoState
from campaigns.models.campaigns import Campaign
from campaigns.models.entries import Entry
from campaigns.querysets import PhotoQuerySet


class Photo(models.Model):
    """One photo. `form` is the uid of the form with which it came, and so of its entry; until that is sent it has none.

    `uid` follows from the form and the bytes: the same photo sent twice is one photo.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="photos")
    form = models.UUIDField(editable=False)
    uid = models.UUIDField(unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    state = models.CharField(_("state"), max_length=8, choices=PhotoState, default=PhotoState.WAITING, editable=False)
    # A key of `photos.REFUSALS`.
    refusal = models.CharField(max_length=10, blank=True, editable=False)
    quarantined = models.CharField(max_length=32, blank=True, editable=False)
    # The names of the files by "1600.webp".
    kept = models.JSONField(default=dict, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    fingerprint = models.CharField(max_length=16, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "position"], condition=~Q(state="refused"), name="photo_once_a_place"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True) & ~Q(quarantined="")
                | ~Q(state="waiting") & Q(settled_at__isnull=False, quarantined=""),
                name="photo_waits_with_what_came_in",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="photo_refused_with_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(width__isnull=False, height__isnull=False) & ~Q(fingerprint=""),
                name="photo_ready_with_its_size",
            ),
        ]
        indexes = [
            models.Index(fields=["tries", "id"], name="photo_waiting", condition=Q(state="waiting")),
            models.Index(fields=["received_at"], name="photo_of_no_entry", condition=Q(entry__isnull=True)),
            models.Index(fields=["campaign", "settled_at"], name="photo_settled"),
            models.Index(fields=["campaign", "state", "entry"], name="photo_by_state"),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"

    @property
    def why(self) -> str:
        """Why it was refused, as a sentence; "" for one that was not."""
        return photos.sentence(self.refusal) if self.refusal else ""
