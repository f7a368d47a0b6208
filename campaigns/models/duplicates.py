"""Entries that may be of one person, for a person to decide."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import PairMove, PairState
from campaigns.models.campaigns import Campaign
from campaigns.models.entries import Entry
from campaigns.querysets import PairQuerySet


class DuplicatePair(models.Model):
    """Two entries of one campaign that have something in common: "name", "phone", "photo". Nothing follows from it by itself."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="pairs", verbose_name=_("campaign"), editable=False
    )
    first = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", editable=False)
    second = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", editable=False)
    reasons = models.JSONField(_("in common"), default=list, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=PairState, default=PairState.OPEN, editable=False)
    found_at = models.DateTimeField(_("found"), editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    note = models.TextField(_("note"), max_length=1_000, blank=True, editable=False)

    moves = PairMove

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="pair_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="pair_open_until_decided",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state", "-id"], name="pair_of_campaign")]

    def __str__(self) -> str:
        return gettext("pair %(number)s") % {"number": self.pk}
