"""A campaign: nothing in the code knows of masks. Its texts, dates, questions, conditions and prizes are data."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext

from campaigns.enums import RESULT_STATES, CampaignKind, CampaignState, Counts, QuestionKind
from campaigns.querysets import CampaignQuerySet, PartQuerySet
from network.models import Region
from network.validators import plain_line, plain_text

TITLE_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH = 160, 300, 12_000


class Campaign(models.Model):
    """What the public is called to: a contest, an awareness campaign, a pledge."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    slug = models.SlugField(_("address of the page"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CampaignKind, default=CampaignKind.CONTEST)
    state = models.CharField(
        _("state"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    # The side that runs it; none for one of all sides.
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side that runs it")
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, validators=[plain_line])
    summary = models.CharField(_("in one sentence"), max_length=SUMMARY_LENGTH, validators=[plain_line])
    text = models.TextField(_("what it is about"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    rules = models.TextField(_("rules"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    sponsor = models.CharField(_("sponsor"), max_length=160, blank=True, validators=[plain_line])
    opens_at = models.DateTimeField(_("entries from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("entries until"), null=True, blank=True)
    results_on = models.DateField(_("results on"), null=True, blank=True)
    # The rule of eligibility: so many declared, so many counted when they were handed in.
    made_at_least = models.PositiveIntegerField(_("to be made at least"), null=True, blank=True)
    handed_at_least = models.PositiveIntegerField(_("to be handed in at least"), null=True, blank=True)
    photos_at_most = models.PositiveSmallIntegerField(
        _("photos at most"), default=3, validators=[MaxValueValidator(6)], help_text=_("0: no photos are asked for.")
    )
    # A picture as our own encoder wrote it: {"webp": random name, "jpg": random name, "width": pixels, "height": pixels}.
    picture = models.JSONField(default=dict, editable=False)
    picture_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True, validators=[plain_line])
    answer_days = models.PositiveSmallIntegerField(
        _("days in which a winner answers"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    told_hours = models.PositiveSmallIntegerField(
        _("hours from the last winner told to the publication"), default=24, validators=[MaxValueValidator(720)]
    )
    complaint_days = models.PositiveSmallIntegerField(
        _("days for complaints and appeals"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("From the publication, and for an appeal from the disqualification on."),
    )
    results_at = models.DateTimeField(_("results published"), null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    # When its entries were last looked through for possible duplicates.
    compared_at = models.DateTimeField(null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="campaign_closes_after_it_opens",
                violation_error_message=_("The end has to be after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="campaign_announced_with_its_dates",
                violation_error_message=_("What is announced has a beginning and an end."),
            ),
        ]
        indexes = [models.Index(fields=["-closes_at", "-id"], name="campaign_by_its_end")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.slug])

    @property
    def told_state(self) -> str:
        """The state in the reader's language; nobody enters an awareness campaign, so that it is open for nothing."""
        if self.is_awareness and self.state == CampaignState.OPEN:
            return pgettext("state of a campaign", "running")
        return self.get_state_display()

    @property
    def is_contest(self) -> bool:
        return self.kind == CampaignKind.CONTEST

    @property
    def is_awareness(self) -> bool:
        return self.kind == CampaignKind.AWARENESS

    @property
    def is_pledge(self) -> bool:
        return self.kind == CampaignKind.PLEDGE

    @property
    def expected_on(self) -> date | None:
        """The day on which results are expected, as long as they are neither out nor never to come."""
        over = self.results_at or self.state in (*RESULT_STATES, CampaignState.CANCELLED)
        return None if over else self.results_on


class Question(models.Model):
    """One question of the entry form, in its place."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=40, help_text=_("Under this the answers are kept and exported."))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    kind = models.CharField(_("kind of answer"), max_length=8, choices=QuestionKind, default=QuestionKind.LINE)
    label = models.CharField(_("question"), max_length=200, validators=[plain_line])
    help = models.CharField(_("explanation"), max_length=300, blank=True, validators=[plain_line])
    required = models.BooleanField(_("has to be answered"), default=True)
    minimum = models.PositiveIntegerField(_("at least"), null=True, blank=True)
    maximum = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    choices = models.TextField(
        _("answers to choose from"),
        max_length=2_000,
        blank=True,
        validators=[plain_text],
        help_text=_("One on each line; as many in both languages, in the same order."),
    )
    counts_as = models.CharField(_("is also"), max_length=8, choices=Counts, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "key"],
                name="question_once_a_campaign",
                violation_error_message=_("Another question has this key already."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "counts_as"],
                condition=~Q(counts_as=""),
                name="question_counts_once",
                violation_error_message=_("Another question counts this already."),
            ),
            models.CheckConstraint(
                condition=Q(counts_as="") | Q(counts_as="made", kind="number") | Q(counts_as="works_at", kind="line"),
                name="question_that_counts_is_a_number",
                violation_error_message=_("How many were made is a number; where somebody works is one line."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")),
                name="question_bounds_in_order",
                violation_error_message=_("“At most” has to be as much as “at least”, or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Prize(models.Model):
    """What is to be won, how many of it, and from whom."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="prizes")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    what = models.CharField(_("prize"), max_length=160, validators=[plain_line])
    count = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])
    donor = models.CharField(_("given by"), max_length=160, blank=True, validators=[plain_line])

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes")

    def __str__(self) -> str:
        return self.what


class Faq(models.Model):
    """A question that people ask, with its answer."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="faqs")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    question = models.CharField(_("question"), max_length=200, validators=[plain_line])
    answer = models.TextField(_("answer"), max_length=2_000, validators=[plain_text])

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")

    def __str__(self) -> str:
        return self.question


class EntrantNotice(models.Model):
    """What all who have entered have to be told, in their order as far as `told_upto`: a later end, or without one the call-off."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="entrant_notices")
    closes_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField()
    told_upto = models.PositiveBigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="entrant_notice_to_tell", condition=Q(told_at__isnull=True))]

    def __str__(self) -> str:
        return f"notice to entrants {self.pk}"
