"""Equipment of a facility, from its first day to its last."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from facilities.models import Facility
from needs.enums import AssetMove, AssetState, Cause
from needs.models.items import Item
from needs.querysets import AssetQuerySet
from network.validators import plain_line


class Asset(models.Model):
    """One piece of equipment. `uid` is made by the form: the same form sent twice is one piece."""

    uid = models.UUIDField(unique=True, editable=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="assets", editable=False, verbose_name=_("facility")
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", verbose_name=_("item"))
    label = models.CharField(
        _("where it stands, or what you call it"), max_length=120, blank=True, validators=[plain_line]
    )
    serial = models.CharField(_("serial number"), max_length=80, blank=True, validators=[plain_line])
    state = models.CharField(_("state"), max_length=8, choices=AssetState, default=AssetState.WORKING, editable=False)
    # Of what is broken now; of the times before the journal tells.
    cause = models.CharField(_("why it does not work"), max_length=8, choices=Cause, blank=True, editable=False)
    # The need with which it came.
    came_with = models.ForeignKey(
        "needs.Need",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="brought",
        verbose_name=_("came with"),
    )
    registered_at = models.DateTimeField(pgettext_lazy("equipment", "listed"), editable=False)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+"
    )

    moves = AssetMove

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AssetState.BROKEN) & ~Q(cause="") | ~Q(state=AssetState.BROKEN) & Q(cause=""),
                name="asset_broken_for_a_cause",
            )
        ]
        indexes = [models.Index(fields=["facility", "state", "-id"], name="asset_of_facility")]

    def __str__(self) -> str:
        return f"{self.item} · {self.label}" if self.label else str(self.item)
