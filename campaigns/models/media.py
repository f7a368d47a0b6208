"""The media log: which outlet told of the network, when, and who spoke."""

import uuid

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from campaigns.media_enums import DatePrecision, MediaKind, MediaMove, MediaState, Medium, SpeakerRole
from campaigns.querysets import AppearanceQuerySet, SpeakerQuerySet
from network.enums import SpokenLanguage
from network.models import Region
from network.querysets import ReferenceQuerySet
from network.validators import plain_line, plain_text

NAME_LENGTH, TITLE_LENGTH, NOTE_LENGTH = 120, 160, 600
# How a date is written, by how much of it is known.
FORMATS = {DatePrecision.DAY: "DATE_FORMAT", DatePrecision.MONTH: "YEAR_MONTH_FORMAT", DatePrecision.YEAR: "Y"}


def _in_both(field: str) -> dict[str, object]:
    return {
        f"{field}_{code}__{rule}": value for code in ("ar", "en") for rule, value in (("isnull", False), ("gt", ""))
    }


class Outlet(models.Model):
    """A channel, newspaper or website, with the side to which a published source counts it, if any does."""

    # How the row is known in the files of reference data; none for what a coordinator added.
    code = models.SlugField(_("code"), max_length=60, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, validators=[plain_line])
    medium = models.CharField(_("medium"), max_length=10, choices=Medium)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("side"),
        help_text=_("Empty where no published source names one: a name alone tells nothing."),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("media outlet")
        verbose_name_plural = _("media outlets")

    def __str__(self) -> str:
        return self.name


class Appearance(models.Model):
    """One interview, report, article or televised event, as far as it is known."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    slug = models.SlugField(_("address"), max_length=60, unique=True, editable=False)
    # By which programs that read the feed know it.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MediaState, default=MediaState.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=MediaKind, default=MediaKind.INTERVIEW)
    outlet = models.ForeignKey(
        Outlet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appearances",
        verbose_name=_("media outlet"),
        help_text=_("Empty while it is not known."),
    )
    day = models.DateField(
        _("date"), null=True, blank=True, help_text=_("Of a month or a year, any day of it; empty while not known.")
    )
    precision = models.CharField(
        _("how much of the date is known"), max_length=7, choices=DatePrecision, default=DatePrecision.DAY
    )
    language = models.CharField(
        _("language"),
        max_length=3,
        choices=SpokenLanguage,
        blank=True,
        help_text=_("Empty while it is not known."),
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, validators=[plain_line])
    programme = models.CharField(
        pgettext_lazy("of a channel", "programme"), max_length=TITLE_LENGTH, blank=True, validators=[plain_line]
    )
    note = models.TextField(
        _("note"),
        max_length=NOTE_LENGTH,
        blank=True,
        validators=[plain_text],
        help_text=_("What everybody should know, such as what is not known. No judgement."),
    )
    link = models.URLField(
        _("link"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("To the outlet’s own page; it begins with https."),
    )
    created_at = models.DateTimeField(pgettext_lazy("move of an entry of the media log", "added"), editable=False)
    changed_at = models.DateTimeField(_("last changed"), editable=False)
    published_at = models.DateTimeField(
        pgettext_lazy("move of an entry of the media log", "published"), null=True, editable=False
    )
    # The words by which it is found, in both languages, with its outlet and speakers; kept by the services.
    search = models.TextField(blank=True, editable=False)

    moves = MediaMove

    objects = AppearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the media log")
        verbose_name_plural = _("media log")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | ~Q(state="published") & Q(published_at__isnull=True),
                name="appearance_published_with_time",
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", day__isnull=True) | ~Q(precision="unknown") & Q(day__isnull=False),
                name="appearance_date_as_far_as_known",
                violation_error_message=_("Please give the date, or say that it is not known; not both."),
            ),
            models.CheckConstraint(
                condition=Q(**_in_both("title")),
                name="appearance_title_in_both_languages",
                violation_error_message=_("Please give the title in Arabic and in English."),
            ),
        ]
        indexes = [models.Index(fields=["state", "-day", "-id"], name="appearance_public_list")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("media:detail", args=[self.slug])

    @property
    def when(self) -> str:
        """The date as far as it is known, in words."""
        if self.day is None:
            return gettext("date not known")
        return date_format(self.day, FORMATS[DatePrecision(self.precision)])


class Speaker(models.Model):
    """Somebody who is heard or named as the author; as the outlet named them."""

    # The columns behind the translated name, added by modeltranslation.
    name_ar: str
    name_en: str

    appearance = models.ForeignKey(
        Appearance, on_delete=models.CASCADE, related_name="speakers", verbose_name=_("entry of the media log")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, validators=[plain_line])
    role = models.CharField(_("role"), max_length=10, choices=SpeakerRole, default=SpeakerRole.SPEAKER)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("in the media", "speaker")
        verbose_name_plural = pgettext_lazy("in the media", "speakers")

    def __str__(self) -> str:
        return self.name
