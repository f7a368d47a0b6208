"""What a facility can give away, its book, and what is proposed of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from facilities.models import Facility
from needs.enums import ASKING_STATES, ProposalMove, ProposalState, SurplusKind
from needs.models.items import Item
from needs.models.needs import Need
from needs.querysets import AddedQuerySet, ProposalQuerySet, SurplusQuerySet
from network.models import AppendOnlyModel
from network.validators import plain_line, plain_text


class Surplus(models.Model):
    """What a facility has too much of. How much stands in its book alone."""

    uid = models.UUIDField(unique=True, editable=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="surpluses", editable=False, verbose_name=_("facility")
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", verbose_name=_("item"))
    note = models.CharField(_("note"), max_length=200, blank=True, validators=[plain_line])
    offered_at = models.DateTimeField(pgettext_lazy("a surplus", "offered"), editable=False)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = SurplusQuerySet.as_manager()

    class Meta:
        verbose_name = _("surplus")
        verbose_name_plural = _("surpluses")
        indexes = [models.Index(fields=["facility", "-id"], name="surplus_of_facility")]

    def __str__(self) -> str:
        return str(self.item)


class SurplusEntry(AppendOnlyModel):
    """One line of a surplus's book; the sum of all is what is still there for others."""

    uid = models.UUIDField(unique=True)
    surplus = models.ForeignKey(Surplus, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=10, choices=SurplusKind)
    quantity = models.IntegerField(_("quantity"))
    pledge = models.ForeignKey("needs.Pledge", on_delete=models.PROTECT, null=True, related_name="surplus_entries")
    why = models.CharField(_("reason"), max_length=300, blank=True, validators=[plain_line])
    entered_at = models.DateTimeField(_("when"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a surplus")
        verbose_name_plural = _("entries of surpluses")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[SurplusKind.OFFERED, SurplusKind.RELEASED], quantity__gt=0)
                | Q(kind=SurplusKind.PROMISED, quantity__lt=0)
                | Q(kind=SurplusKind.CORRECTED) & ~Q(quantity=0),
                name="surplus_entry_has_its_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[SurplusKind.PROMISED, SurplusKind.RELEASED], pledge__isnull=False)
                | Q(kind__in=[SurplusKind.OFFERED, SurplusKind.CORRECTED], pledge__isnull=True),
                name="surplus_entry_has_its_pledge",
            ),
        ]
        indexes = [models.Index(fields=["surplus", "quantity"], name="surplus_entry_sums")]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Proposal(models.Model):
    """A surplus proposed to a need: to the coordinators of both sides at once, in the same words."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="proposals", editable=False)
    surplus = models.ForeignKey(Surplus, on_delete=models.PROTECT, related_name="proposals", editable=False)
    quantity = models.PositiveIntegerField(_("quantity"), editable=False)
    score = models.FloatField(_("fit and nearness"), editable=False)
    # As the crow flies; None where the readers may not know both points.
    km = models.FloatField(_("kilometres"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=ProposalState, default=ProposalState.PROPOSED, editable=False
    )
    proposed_at = models.DateTimeField(_("proposed"), editable=False)
    need_agreed_at = models.DateTimeField(null=True, editable=False)
    need_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    surplus_agreed_at = models.DateTimeField(null=True, editable=False)
    surplus_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Both sides read why it was declined.
    reason = models.TextField(_("reason"), blank=True, editable=False, validators=[plain_text])

    moves = ProposalMove

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("surplus to need", "proposal")
        verbose_name_plural = pgettext_lazy("surplus to need", "proposals")
        constraints = [
            # A pair that was declined is not proposed again; one that lapsed may be.
            models.UniqueConstraint(
                fields=["need", "surplus"], condition=~Q(state__in=["lapsed", "accepted"]), name="proposal_once_a_pair"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="proposal_of_something"),
            models.CheckConstraint(
                condition=Q(need_agreed_at__isnull=True, need_agreed_by__isnull=True)
                | Q(need_agreed_at__isnull=False, need_agreed_by__isnull=False),
                name="proposal_need_agreed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(surplus_agreed_at__isnull=True, surplus_agreed_by__isnull=True)
                | Q(surplus_agreed_at__isnull=False, surplus_agreed_by__isnull=False),
                name="proposal_surplus_agreed_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(need_agreed_at__isnull=False, surplus_agreed_at__isnull=False),
                name="proposal_accepted_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="proposal_declined_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="proposal_by_state"),
            models.Index(fields=["surplus"], name="proposal_asking", condition=Q(state__in=ASKING_STATES)),
        ]

    def __str__(self) -> str:
        return gettext("proposal %(number)s") % {"number": self.pk}
