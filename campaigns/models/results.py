"""What a contest comes to: decided by two people, told to each winner, delivered with proof; complaints, the gallery, the prize-giving."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import LIVE_AWARDS, AwardState, ComplaintKind, ComplaintState, DecisionState
from campaigns.models.campaigns import Campaign, Prize
from campaigns.models.entries import Entry
from campaigns.models.judging import ResultSheet
from campaigns.models.media import Appearance
from campaigns.models.photos import Photo
from campaigns.querysets import GalleryQuerySet, OfEntryQuerySet, PartQuerySet
from network.validators import plain_line, plain_text

COMPLAINT_LENGTH, ANSWER_LENGTH = 2_000, 2_000


class Decision(models.Model):
    """The results as two people decide them: a sheet with its hash, proposed by one and confirmed by another."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="decisions")
    sheet = models.ForeignKey(ResultSheet, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("state"), max_length=9, choices=DecisionState, default=DecisionState.PROPOSED, editable=False
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=~Q(state="refused"), name="decision_one_stands_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="decision_of_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="decision_confirmed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True, refused_by__isnull=True)
                | Q(refused_at__isnull=False, refused_by__isnull=False),
                name="decision_refused_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", confirmed_at__isnull=True, refused_at__isnull=True)
                | Q(state="confirmed", confirmed_at__isnull=False, refused_at__isnull=True)
                | Q(state="refused", refused_at__isnull=False, confirmed_at__isnull=True),
                name="decision_state_follows_its_times",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Award(models.Model):
    """A prize of a campaign, counted from 1 over all of its prizes, and whose it is. Whose it was before stands in the journal.

    `moved_up_from` is the award that came free. Name and place are shown only where the winner has said so when they accepted.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="awards")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="awards")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="awards")
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    by_lot = models.BooleanField(default=False)
    moved_up_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=AwardState, default=AwardState.DECIDED, editable=False)
    decided_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    answer_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    name_shown = models.BooleanField(default=False)
    place_shown = models.BooleanField(default=False)
    promised_for = models.DateField(null=True)
    proof = models.CharField(max_length=300, blank=True, validators=[plain_line])
    stored = models.CharField(max_length=40, blank=True)
    filename = models.CharField(max_length=120, blank=True)
    size = models.PositiveIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state__in=LIVE_AWARDS), name="award_one_an_entry_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["campaign", "number"], condition=Q(state__in=LIVE_AWARDS), name="award_one_a_prize_at_a_time"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="award_counted_from_one"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, answer_until__isnull=True)
                | Q(told_at__isnull=False, answer_until__isnull=False),
                name="award_told_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(name_shown=False, place_shown=False) | Q(answered_at__isnull=False),
                name="award_shown_only_once_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["decided", "lost"]) | Q(told_at__isnull=False), name="award_told_before_all_else"
            ),
            models.CheckConstraint(
                condition=~Q(state="promised") | Q(promised_for__isnull=False), name="award_promised_for_a_day"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True, delivered_by__isnull=True)
                | Q(delivered_at__isnull=False, delivered_by__isnull=False),
                name="award_delivered_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", size__isnull=False, delivered_at__isnull=False)
                & ~Q(stored="")
                & ~Q(filename="")
                | ~Q(state="delivered") & Q(stored="", filename="", size__isnull=True, delivered_at__isnull=True),
                name="award_delivered_with_proof",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "number", "id"], name="award_of_campaign")]

    def __str__(self) -> str:
        return f"award {self.pk}"


class Complaint(models.Model):
    """What an entrant complains of: of the results, or, as an appeal, of their own disqualification. Answered by who runs the campaign."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="complaints")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="complaints")
    kind = models.CharField(max_length=9, choices=ComplaintKind)
    state = models.CharField(
        _("state"), max_length=8, choices=ComplaintState, default=ComplaintState.RECEIVED, editable=False
    )
    # In which it was written, and is answered.
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    text = models.TextField(max_length=COMPLAINT_LENGTH, validators=[plain_text])
    received_at = models.DateTimeField()
    answer = models.TextField(max_length=ANSWER_LENGTH, blank=True, validators=[plain_text])
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind"], condition=Q(state="received"), name="complaint_one_waits_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="complaint_answered_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="received", answer="", answered_at__isnull=True)
                | ~Q(state="received") & ~Q(answer="") & Q(answered_at__isnull=False),
                name="complaint_answered_in_words",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "-id"], name="complaint_of_campaign")]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class GalleryItem(models.Model):
    """A photo of an entry in the gallery of its campaign, with the words for those who do not see it."""

    # The columns behind the translated words, added by modeltranslation.
    alt_ar: str
    alt_en: str

    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, related_name="gallery_item")
    alt = models.CharField(_("what it shows"), max_length=200, validators=[plain_line])
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = GalleryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(alt_ar__isnull=False, alt_ar__gt="", alt_en__isnull=False, alt_en__gt=""),
                name="gallery_item_with_words_in_both",
                violation_error_message=_("Please say in both languages what the photo shows."),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="gallery_item_published_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"photo in the gallery {self.pk}"


class PrizeGiving(models.Model):
    """The day on which the prizes are handed over, and what the media told of it."""

    # The columns behind the translated texts, added by modeltranslation.
    place_ar: str
    place_en: str

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="prize_giving")
    held_at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=200, validators=[plain_line])
    text = models.TextField(_("what it is about"), max_length=4_000, blank=True, validators=[plain_text])
    appearances = models.ManyToManyField(
        Appearance, blank=True, related_name="+", verbose_name=_("in the media"), help_text=_("From the media log.")
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("prize-giving")
        verbose_name_plural = _("prize-givings")

    def __str__(self) -> str:
        return self.place
