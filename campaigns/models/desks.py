"""Where entries are handed in, who counts them, and where they go: rows of numbers that are added and never changed."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import Why
from campaigns.models.campaigns import Campaign
from campaigns.models.entries import Entry
from campaigns.querysets import CollectorQuerySet, CountQuerySet, DeskQuerySet
from network.models import AppendOnlyModel, Municipality, Practitioner, Region, Tenure
from network.validators import plain_line

PIECES_AT_MOST = 100_000
RECEIPT_DIGITS = 4


class Desk(models.Model):
    """A place where entries of a campaign are handed in."""

    # The columns behind the translated texts, added by modeltranslation.
    name_ar: str
    name_en: str

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="desks", verbose_name=_("campaign"))
    name = models.CharField(_("name"), max_length=80, validators=[plain_line])
    place = models.CharField(
        _("place"), max_length=200, validators=[plain_line], help_text=_("Street, building, room: how people find it.")
    )
    hours = models.CharField(_("opening hours"), max_length=120, blank=True, validators=[plain_line])
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    # The side of the municipality.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    prefix = models.CharField(
        _("letters of its receipts"),
        max_length=5,
        validators=[RegexValidator(r"^[A-Z]{2,5}\Z", _("Two to five capital Latin letters."))],
        help_text=_("“TRP” makes receipts TRP-0001, TRP-0002 and so on."),
    )
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open until"))
    # The number of the last receipt: the next one is given out under the lock of this row, so that none is left out.
    last_number = models.PositiveIntegerField(default=0, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-in desk")
        verbose_name_plural = _("hand-in desks")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "prefix"],
                name="desk_letters_once_a_campaign",
                violation_error_message=_("Another desk of this campaign has these letters already."),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="desk_closes_after_it_opens",
                violation_error_message=_("The end has to be after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeskCollector(Tenure):
    """Who counts at a desk, from a day to a day; ended and never deleted."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="collectors", verbose_name=_("hand-in desk"))
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("collector")
    )
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = CollectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("collector")
        verbose_name_plural = _("collectors")
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "practitioner"],
                condition=Q(ended_at__isnull=True),
                name="collector_once_a_desk",
                violation_error_message=_("This person is a collector of this desk already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("collector %(number)s") % {"number": self.pk}


class HandIn(AppendOnlyModel):
    """What one entry handed in at one desk at one time: what its sender said they bring, and what the collector counted.

    A correction is another row: `corrects` says of which, and its numbers are what is to be added, below 0 too. What was counted is
    always a sum over rows.
    """

    # Comes with the form: the same form sent twice is one row.
    uid = models.UUIDField(unique=True)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="hand_ins")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="hand_ins")
    number = models.PositiveIntegerField()
    brought = models.IntegerField(_("said to be brought"))
    pieces = models.IntegerField(_("counted"))
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    why = models.CharField(_("reason"), max_length=10, choices=Why, blank=True)
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-in")
        verbose_name_plural = _("hand-ins")
        constraints = [
            models.UniqueConstraint(fields=["desk", "number"], name="hand_in_once_a_number"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, why="", brought__gte=0, pieces__gte=0)
                | (Q(corrects__isnull=False) & ~Q(why="")),
                name="hand_in_below_nothing_only_as_a_correction",
            ),
        ]
        indexes = [
            models.Index(fields=["entry", "id"], name="hand_in_of_entry"),
            models.Index(fields=["desk", "counted_at", "id"], name="hand_in_by_day"),
        ]

    def __str__(self) -> str:
        return f"hand-in {self.pk}"

    @property
    def receipt(self) -> str:
        """The number on the receipt, as in TRP-0017."""
        return f"{self.desk.prefix}-{self.number:0{RECEIPT_DIGITS}}"


class Distribution(AppendOnlyModel):
    """What of a desk's pieces went where and to which group, never to a person by name; corrected by another row."""

    uid = models.UUIDField(unique=True, editable=False)
    desk = models.ForeignKey(
        Desk, on_delete=models.PROTECT, related_name="distributions", verbose_name=_("hand-in desk")
    )
    pieces = models.IntegerField(
        _("pieces"),
        validators=[MinValueValidator(1), MaxValueValidator(PIECES_AT_MOST)],
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    to_whom = models.CharField(
        _("to whom, as a group"),
        max_length=160,
        validators=[plain_line],
        help_text=_("A hospital, a school, families of a camp: never a person by name."),
    )
    given_on = models.DateField(_("given out on"))
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="corrections"
    )
    why = models.CharField(_("reason"), max_length=10, choices=Why, blank=True, editable=False)
    entered_at = models.DateTimeField(_("entered"), editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, why="", pieces__gt=0) | (Q(corrects__isnull=False) & ~Q(why="")),
                name="distribution_below_nothing_only_as_a_correction",
                violation_error_message=_("At least one piece is given out."),
            ),
        ]
        indexes = [models.Index(fields=["desk", "-given_on", "-id"], name="distribution_of_desk")]

    def __str__(self) -> str:
        return gettext("distribution %(number)s") % {"number": self.pk}
