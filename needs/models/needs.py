"""A need, and the book in which every quantity of it stands. No balance is kept anywhere: `needs.balances` adds it up."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from facilities.models import Facility
from needs import policies
from needs.enums import WANTING_STATES, EntryKind, NeedMove, NeedState, Priority, Unit
from needs.models.equipment import Asset
from needs.models.items import Item
from needs.querysets import AddedQuerySet, NeedQuerySet
from network.models import AppendOnlyModel
from network.validators import plain_line, plain_text

CODE_LENGTH = 6
WHY_LENGTH = 1_000


class Need(models.Model):
    """What a facility lacks. `uid` is made by the form and comes back with it: the same form sent twice is one need."""

    uid = models.UUIDField(unique=True, editable=False)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, editable=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="needs", editable=False, verbose_name=_("facility")
    )
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    words = models.CharField(_("what exactly"), max_length=160, blank=True, validators=[plain_line])
    unit = models.CharField(_("counted in"), max_length=8, choices=Unit, default=Unit.PIECE)
    priority = models.CharField(_("priority"), max_length=1, choices=Priority, default=Priority.USUAL)
    why = models.TextField(pgettext_lazy("a need", "why"), max_length=WHY_LENGTH, blank=True, validators=[plain_text])
    # As our own encoder wrote it: {"webp": random name, "jpg": random name, "width": pixels, "height": pixels}.
    photo = models.JSONField(default=dict, editable=False)
    # The piece that is broken, where that is why.
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, editable=False, related_name="needs", verbose_name=_("equipment")
    )
    state = models.CharField(_("state"), max_length=10, choices=NeedState, default=NeedState.REPORTED, editable=False)
    reported_at = models.DateTimeField(pgettext_lazy("a need", "reported"), editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+"
    )
    verified_at = models.DateTimeField(pgettext_lazy("a need", "verified"), null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    moves = NeedMove

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a facility", "need")
        verbose_name_plural = pgettext_lazy("of a facility", "needs")
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(words=""),
                name="need_says_what",
                violation_error_message=_("Please choose an item, or write what is needed."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="need_verified_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "withdrawn"]) | Q(verified_at__isnull=False),
                name="need_followed_only_verified",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "state", "-id"], name="need_of_facility"),
            models.Index(fields=["priority", "-id"], name="need_wanting", condition=Q(state__in=WANTING_STATES)),
            models.Index(
                fields=["item", "priority", "-id"], name="need_of_item", condition=Q(state__in=WANTING_STATES)
            ),
        ]

    def __str__(self) -> str:
        return self.told_item

    def get_absolute_url(self) -> str:
        return reverse("needs:detail", args=[self.code])

    @property
    def told_item(self) -> str:
        """What is needed: the item, with more exact words in brackets where there are any."""
        if self.item is None:
            return self.words
        return f"{self.item} ({self.words})" if self.words else str(self.item)

    @cached_property
    def names_facility(self) -> bool:
        return policies.names_facility(self.facility)


class NeedEntry(AppendOnlyModel):
    """One line of a need's book. `uid` makes the same form sent twice one line."""

    uid = models.UUIDField(unique=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=10, choices=EntryKind)
    quantity = models.IntegerField(
        _("quantity"),
        validators=[MinValueValidator(-policies.QUANTITY_AT_MOST), MaxValueValidator(policies.QUANTITY_AT_MOST)],
    )
    pledge = models.ForeignKey("needs.Pledge", on_delete=models.PROTECT, null=True, related_name="entries")
    # The hand-over that it tells of: its code is the receipt.
    leg = models.ForeignKey("needs.Leg", on_delete=models.PROTECT, null=True, related_name="entries")
    why = models.CharField(_("reason"), max_length=300, blank=True, validators=[plain_line])
    entered_at = models.DateTimeField(_("when"))
    # None for a partner, who has no account.
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a need")
        verbose_name_plural = _("entries of needs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.CORRECTED) & ~Q(quantity=0)
                | Q(kind__in=[EntryKind.TAKEN_BACK, EntryKind.LAPSED], quantity__lt=0)
                | ~Q(kind__in=[EntryKind.CORRECTED, EntryKind.TAKEN_BACK, EntryKind.LAPSED]) & Q(quantity__gt=0),
                name="need_entry_has_its_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[EntryKind.ASKED, EntryKind.CORRECTED], pledge__isnull=True)
                | ~Q(kind__in=[EntryKind.ASKED, EntryKind.CORRECTED]) & Q(pledge__isnull=False),
                name="need_entry_has_its_party",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[EntryKind.SENT, EntryKind.RECEIVED]) | Q(leg__isnull=False),
                name="need_entry_has_its_receipt",
            ),
            models.UniqueConstraint(fields=["need"], condition=Q(kind=EntryKind.ASKED), name="need_is_asked_for_once"),
            models.UniqueConstraint(
                fields=["leg", "kind"], condition=Q(leg__isnull=False), name="need_entry_once_a_receipt"
            ),
        ]
        indexes = [
            models.Index(fields=["need", "kind", "quantity"], name="need_entry_sums"),
            models.Index(fields=["pledge", "kind", "quantity"], name="need_entry_of_pledge"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
