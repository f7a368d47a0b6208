from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.enums import FloorKind
from dialogues.models.sessions import Site
from dialogues.querysets import SeatFloorQuerySet
from network.models import Profession, Region


class SeatFloor(models.Model):
    """So many seats of a site are kept for one side (none: members abroad), or for one profession, until the session releases them."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="floors", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=10, choices=FloorKind)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("profession")
    )
    seats = models.PositiveIntegerField(_("seats"), validators=[MinValueValidator(1)])

    objects = SeatFloorQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept seats")
        verbose_name_plural = _("kept seats")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="side", profession__isnull=True)
                | Q(kind="profession", profession__isnull=False, region__isnull=True),
                name="floor_is_of_a_side_or_a_profession",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="floor_keeps_a_seat"),
            models.UniqueConstraint(
                fields=["site", "region"],
                condition=Q(kind="side", region__isnull=False),
                name="floor_one_a_side",
            ),
            models.UniqueConstraint(
                fields=["site"], condition=Q(kind="side", region__isnull=True), name="floor_one_for_abroad"
            ),
            models.UniqueConstraint(
                fields=["site", "profession"], condition=Q(kind="profession"), name="floor_one_a_profession"
            ),
        ]

    def __str__(self) -> str:
        return f"floor {self.pk}"

    @property
    def key(self) -> int | None:
        return self.region_id if self.kind == FloorKind.SIDE else self.profession_id
