"""What somebody entered: without an account, known by its code and a proved contact."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import EntryState, Via
from campaigns.models.campaigns import Campaign
from campaigns.querysets import EntryQuerySet
from network import codes
from network.models import Municipality, Region
from network.validators import plain_line
from notifications.outbox import Channel

CODE_LENGTH = 12
MADE_AT_MOST = 1_000_000


class Entry(models.Model):
    """One entry of one person or group in a campaign.

    `uid` is made by the form and comes back with it: the same form sent twice is one entry. `code` is what its sender keeps: with
    the contact it opens the entry, so that it is told to nobody else. Results name an entry by its `public_code`, which opens nothing.
    """

    uid = models.UUIDField(unique=True, editable=False)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, editable=False)
    public_code = models.CharField(
        _("code in the results"), max_length=codes.PUBLIC_LENGTH, default=codes.public, editable=False
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="entries", verbose_name=_("campaign"), editable=False
    )
    state = models.CharField(_("state"), max_length=12, choices=EntryState, default=EntryState.RECEIVED, editable=False)
    via = models.CharField(_("came"), max_length=5, choices=Via, default=Via.WEB, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, editable=False)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    # The words of the name as they are compared, in the order of the alphabet.
    folded = models.CharField(max_length=240, editable=False)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    # The side of the municipality on the day of the entry; none for one from abroad.
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("side")
    )
    made = models.PositiveIntegerField(
        _("how many were made"), null=True, blank=True, validators=[MaxValueValidator(MADE_AT_MOST)]
    )
    answers = models.JSONField(_("answers"), default=dict)
    in_gallery = models.BooleanField(_("may be shown in the gallery"), default=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    # The day of it in Tripoli.
    received_on = models.DateField(editable=False)
    confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, editable=False)
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "public_code"], name="entry_public_code_once_a_campaign"),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email="") | Q(via="paper"),
                name="entry_can_be_answered",
                violation_error_message=_("Please give a telephone number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(via="paper", clerk__isnull=False) | Q(via="web", clerk__isnull=True),
                name="entry_on_paper_has_its_hand",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-id"], name="entry_of_campaign"),
            models.Index(fields=["campaign", "state", "id"], name="entry_by_state"),
            # What the managers' page counts, read from these alone.
            models.Index(fields=["campaign", "received_on", "side", "state"], name="entry_by_day"),
            models.Index(fields=["campaign", "state", "side", "made", "received_on"], name="entry_by_progress"),
            models.Index(fields=["campaign", "phone"], name="entry_by_phone", condition=~Q(phone="")),
            models.Index(fields=["campaign", "email"], name="entry_by_email", condition=~Q(email="")),
            models.Index(fields=["campaign", "folded"], name="entry_by_name"),
            models.Index(fields=["campaign", "side", "-id"], name="entry_by_side"),
        ]

    def __str__(self) -> str:
        return gettext("entry %(number)s") % {"number": self.pk}

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as it is read out and written down."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    @property
    def shown_public_code(self) -> str:
        return codes.spelled(self.public_code)


class ContactProof(models.Model):
    """A code that was sent to an entrant; typed back it proves the contact. Kept as a hash only."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="proofs")
    channel = models.CharField(max_length=5, choices=Channel)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "channel"], name="proof_once_a_channel")]

    def __str__(self) -> str:
        return f"proof {self.pk}"


class Unfinished(models.Model):
    """A form that somebody put aside: gone on with by its code, from any phone, until it runs out."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    typed = models.JSONField(default=dict)
    kept_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"unfinished {self.pk}"
