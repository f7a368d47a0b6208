"""A collective measure, its versions, who writes it, and who says that both its texts are equal."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from dialogues.models import Session
from facilities.models import ServiceDomain
from measures.enums import COMPARED_STATES, Audience, AuthorState, Effect, MeasureState
from measures.querysets import AuthorQuerySet, MeasureQuerySet
from network.models import AppendOnlyModel, Practitioner
from network.querysets import AppendOnlyQuerySet
from network.validators import plain_line, plain_text

TITLE_LENGTH, TEXT_LENGTH, PART_LENGTH, COMMENT_LENGTH = 160, 20_000, 8_000, 2_000
PARTS = ("title", "text", "reasons", "evidence")
COLUMNS = tuple(f"{part}_{language}" for part in PARTS for language in ("ar", "en"))


class Measure(models.Model):
    """Something that the sides agree to do. What it says stands in its versions."""

    slug = models.SlugField(_("address"), max_length=40, unique=True, editable=False)
    # Comes with the empty form, so that the same form sent twice makes one measure.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The number under which it was adopted: "3" of 2020 is 2020/3.
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    number = models.PositiveSmallIntegerField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=MeasureState, default=MeasureState.DRAFT, editable=False
    )
    current = models.ForeignKey(
        "Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("version")
    )
    parity = models.OneToOneField(
        "ParityReading", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    topic = models.ForeignKey(
        ServiceDomain, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    audience = models.CharField(
        _("who reads it once adopted"), max_length=10, choices=Audience, default=Audience.EVERYBODY
    )
    # Where it came from: a session, and which of its decisions.
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    decision = models.UUIDField(null=True, editable=False)
    about = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("the measure that it changes"),
    )
    effect = models.CharField(_("what becomes of it"), max_length=10, choices=Effect, blank=True)
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("move of a measure", "begun"), editable=False)
    adopted_at = models.DateTimeField(pgettext_lazy("move of a measure", "adopted"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    # When a mediation ends without an agreement.
    mediation_until = models.DateTimeField(_("mediation until"), null=True, editable=False)
    # The words by which it is found, in both languages; kept by the services.
    search = models.TextField(blank=True, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("collective measure")
        verbose_name_plural = _("collective measures")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[str(state) for state in COMPARED_STATES]) | Q(parity__isnull=False),
                name="measure_voted_on_only_when_compared",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draft", "review"]) | Q(parity__isnull=True),
                name="measure_edited_is_not_compared",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["superseded", "withdrawn"], ended_at__isnull=False)
                | ~Q(state__in=["superseded", "withdrawn"]) & Q(ended_at__isnull=True),
                name="measure_ended_with_time",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True, year__isnull=True, number__isnull=True)
                | Q(adopted_at__isnull=False, year__isnull=False, number__isnull=False),
                name="measure_adopted_with_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="adopted") | Q(adopted_at__isnull=False),
                name="measure_in_force_was_adopted",
            ),
            models.CheckConstraint(
                condition=Q(state="mediation", mediation_until__isnull=False)
                | ~Q(state="mediation") & Q(mediation_until__isnull=True),
                name="measure_mediation_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(about__isnull=True, effect="") | Q(about__isnull=False) & ~Q(effect=""),
                name="measure_effect_on_another",
                violation_error_message=_("Please say what becomes of the other measure."),
            ),
            models.CheckConstraint(
                condition=Q(about__isnull=True) | ~Q(about=F("id")),
                name="measure_not_about_itself",
                violation_error_message=_("A measure can’t change itself."),
            ),
            models.UniqueConstraint(fields=["year", "number"], name="measure_number_once_a_year"),
        ]
        indexes = [
            models.Index(fields=["state", "-adopted_at", "-id"], name="measure_list"),
            models.Index(fields=["review_on"], name="measure_reviews", condition=Q(state="adopted")),
        ]

    def __str__(self) -> str:
        return (self.current.title if self.current else "") or gettext("Measure without a title")

    def get_absolute_url(self) -> str:
        return reverse("measures:detail", args=[self.slug])

    @property
    def reference(self) -> str:
        """The number by which an adopted measure is cited, "" before."""
        return f"{self.year}/{self.number}" if self.year else ""


class Version(AppendOnlyModel):
    """One saved text of a measure in both languages; `hash_ar` and `hash_en` are of exactly these words."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    # The version from which its writer started, 0 for an empty page.
    base = models.PositiveIntegerField(default=0)
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True, validators=[plain_line])
    text = models.TextField(_("text"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    reasons = models.TextField(_("reasons"), max_length=PART_LENGTH, blank=True, validators=[plain_text])
    evidence = models.TextField(_("evidence"), max_length=PART_LENGTH, blank=True, validators=[plain_text])
    note = models.CharField(_("what was changed and why"), max_length=200, blank=True, validators=[plain_line])
    hash_ar = models.CharField(max_length=64, editable=False)
    hash_en = models.CharField(max_length=64, editable=False)
    written_at = models.DateTimeField(_("written"), editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a measure")
        verbose_name_plural = _("versions of measures")
        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="measure_version_number_once"),
            models.CheckConstraint(condition=Q(number__gt=F("base")), name="measure_version_follows_its_base"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of measure {self.measure_id}"


class Author(models.Model):
    """Somebody who writes a measure, or is asked to."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="authors")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=AuthorState)
    # Who began it; hands it over when leaving.
    lead = models.BooleanField(_("leads"), default=False)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("author of a measure")
        verbose_name_plural = _("authors of measures")
        constraints = [
            models.UniqueConstraint(fields=["measure", "practitioner"], name="measure_author_once"),
            models.UniqueConstraint(fields=["measure"], condition=Q(lead=True), name="measure_one_lead"),
            models.CheckConstraint(condition=Q(lead=False) | Q(state="accepted"), name="measure_lead_is_author"),
        ]

    def __str__(self) -> str:
        return f"author {self.pk}"


class ParityReading(AppendOnlyModel):
    """Somebody who wrote none of it read both texts of exactly this version and says that they say the same.

    The hashes are those of the version then; `Measure.parity` names the reading that holds, none once anything was edited.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="readings")
    hash_ar = models.CharField(max_length=64, editable=False)
    hash_en = models.CharField(max_length=64, editable=False)
    read_at = models.DateTimeField(_("compared"), editable=False)
    read_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison of both texts")
        verbose_name_plural = _("comparisons of both texts")

    def __str__(self) -> str:
        return f"comparison {self.pk}"


class Comment(models.Model):
    """What a member says about a paragraph of a version, or about all of it; an answer is a comment on a comment."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="comments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, blank=True)
    # Which part, which block of it (0: all of it), the block's hash and its first words.
    part = models.CharField(max_length=10, blank=True)
    block = models.PositiveSmallIntegerField(default=0)
    anchor = models.CharField(max_length=16, blank=True)
    quote = models.CharField(max_length=160, blank=True)
    text = models.TextField(_("comment"), max_length=COMMENT_LENGTH, validators=[plain_text])
    # Empty once the person has left and was erased; what they said stays.
    author = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"), editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("comment on a measure")
        verbose_name_plural = _("comments on measures")
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="measure_comment_resolved_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["measure", "id"], name="measure_comments")]

    def __str__(self) -> str:
        return f"comment {self.pk}"
