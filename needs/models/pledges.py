"""What is pledged to a need, by a partner without an account or from another facility's surplus, and how it gets there."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from needs import policies
from needs.enums import Cause, DeliveryMove, DeliveryState, LegKind, PledgeMove, PledgeState
from needs.models.needs import Need
from needs.models.surplus import Surplus
from needs.querysets import DeliveryQuerySet, OfNeedQuerySet, UseCheckQuerySet
from network.validators import plain_line
from notifications.outbox import Channel


def in_groups(code: str) -> str:
    """Return a code in groups of four, as it is read out and written down."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class Pledge(models.Model):
    """Somebody's word for a part of a need. Until the contact is proved it counts for nothing; how much of it counts stands in the book.

    `uid` is made by the form: the same form sent twice is one pledge. `code` is what its sender keeps.
    """

    uid = models.UUIDField(unique=True, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="pledges", editable=False)
    surplus = models.ForeignKey(Surplus, on_delete=models.PROTECT, null=True, related_name="pledges", editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=PledgeState, default=PledgeState.OFFERED, editable=False
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, editable=False)
    name = models.CharField(_("organisation"), max_length=120, blank=True, validators=[plain_line])
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    # As it was typed; what counts of it are the entries.
    offered = models.PositiveIntegerField(
        _("quantity"), validators=[MinValueValidator(1), MaxValueValidator(policies.QUANTITY_AT_MOST)]
    )
    ready_on = models.DateField(_("ready on"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), editable=False)
    confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, editable=False)
    # Since when nobody can tell any more who pledged it and who carried it.
    erased_at = models.DateTimeField(_("contact erased"), null=True, editable=False)

    moves = PledgeMove

    objects = OfNeedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to a need", "pledge")
        verbose_name_plural = pgettext_lazy("to a need", "pledges")
        constraints = [
            models.CheckConstraint(
                condition=Q(surplus__isnull=False)
                | Q(erased_at__isnull=False)
                | ~Q(name="") & (~Q(phone="") | ~Q(email="")),
                name="pledge_can_be_answered",
                violation_error_message=_("Please give a telephone number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(state__in=["delivered", "lost", "returned"], name="", phone="", email=""),
                name="pledge_erased_once_over",
            ),
            models.CheckConstraint(condition=Q(offered__gt=0), name="pledge_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "returned"]) | Q(confirmed_at__isnull=False),
                name="pledge_counts_only_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["need", "state", "id"], name="pledge_of_need"),
            models.Index(fields=["made_at"], name="pledge_unproved", condition=Q(confirmed_at__isnull=True)),
            models.Index(fields=["surplus"], name="pledge_of_surplus", condition=Q(surplus__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"pledge {self.pk}"

    @property
    def shown_code(self) -> str:
        return in_groups(self.code)


class ContactProof(models.Model):
    """The code that was sent to whoever pledged; typed back it proves the contact. Kept as a hash only."""

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="proof")
    channel = models.CharField(max_length=5, choices=Channel)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"proof {self.pk}"


class Delivery(models.Model):
    """A part of a pledge on its way: prepared by whoever gives, taken over by a carrier, received at the facility by somebody else."""

    uid = models.UUIDField(unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="deliveries", editable=False)
    # What stands on the slip; what was handed over and came are entries.
    quantity = models.PositiveIntegerField(_("quantity"), editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=DeliveryState, default=DeliveryState.PREPARED, editable=False
    )
    carrier = models.CharField(_("carrier"), max_length=120, blank=True, validators=[plain_line])
    prepared_at = models.DateTimeField(_("prepared"), editable=False)
    # None for a partner, who has no account.
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    received_at = models.DateTimeField(_("received"), null=True, editable=False)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    moves = DeliveryMove

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to a facility", "delivery")
        verbose_name_plural = pgettext_lazy("to a facility", "deliveries")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_of_something"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="delivery_received_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(prepared_by__isnull=True) | Q(received_by__isnull=True) | ~Q(received_by=F("prepared_by")),
                name="delivery_received_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", received_at__isnull=False)
                | ~Q(state="delivered") & Q(received_at__isnull=True),
                name="delivery_received_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["pledge", "state"], name="delivery_of_pledge")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Leg(models.Model):
    """One hand-over of a delivery. Whoever receives types `code`; afterwards it is the number of the receipt."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="legs")
    kind = models.CharField(max_length=8, choices=LegKind)
    code = models.CharField(_("code"), max_length=12, unique=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "kind"], name="leg_once_a_delivery")]

    def __str__(self) -> str:
        return f"leg {self.pk}"

    @property
    def shown_code(self) -> str:
        return in_groups(self.code)


class UseCheck(models.Model):
    """The question, thirty days after something came, whether it is in use."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="check_of_use")
    due_on = models.DateField(_("to be asked on"))
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    works = models.PositiveIntegerField(_("in use"), null=True)
    cause = models.CharField(_("why not all"), max_length=8, choices=Cause, blank=True)

    objects = UseCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="use_check_answered_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, works__isnull=True)
                | Q(answered_at__isnull=False, works__isnull=False),
                name="use_check_answered_with_a_number",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="use_check_due", condition=Q(asked_at__isnull=True, answered_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"
