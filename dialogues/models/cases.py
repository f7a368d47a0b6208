import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from dialogues.enums import CaseMove, CaseState, PatientConsent
from dialogues.models.sessions import Session
from dialogues.querysets import CaseStudyQuerySet
from facilities.models import FacilityType
from network.models import Condition, District, Practitioner, Specialty
from network.validators import plain_line, plain_text

TEXT_LENGTH = 4000


def _in_both(field: str) -> dict[str, object]:
    return {
        f"{field}_{code}__{rule}": value for code in ("ar", "en") for rule, value in (("isnull", False), ("gt", ""))
    }


class CaseStudy(models.Model):
    """What a practitioner learnt from something that they did, told so that no patient can be recognised."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    # Comes with the empty form, so that the same form sent twice makes one case.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="cases", editable=False, verbose_name=_("author")
    )
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.DRAFT, editable=False)
    # Raised with every change of the text: a page that was opened before it can't overwrite what it has not seen.
    version = models.PositiveIntegerField(default=1, editable=False)
    language = models.CharField(
        _("the language in which I write"), max_length=2, choices=settings.LANGUAGES, default="ar"
    )
    title = models.CharField(_("title"), max_length=160, blank=True, validators=[plain_line])
    setting = models.TextField(_("setting"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    done = models.TextField(_("what was done"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    result = models.TextField(_("result"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    lesson = models.TextField(_("lesson"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    conditions = models.ManyToManyField(
        Condition, blank=True, related_name="cases", verbose_name=_("conditions and topics")
    )
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("specialty")
    )
    facility_type = models.ForeignKey(
        FacilityType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kind of facility"),
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("district")
    )
    credited = models.BooleanField(_("published with my name"), default=False)
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="cases",
        verbose_name=_("session"),
    )
    created_at = models.DateTimeField(_("begun"), editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    presented_at = models.DateTimeField(_("presented"), null=True, editable=False)
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # The words by which it is found, in both languages; kept by the services.
    search = models.TextField(blank=True, editable=False)

    moves = CaseMove

    objects = CaseStudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_at__isnull": True, f"{what}_by__isnull": True})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                    name=f"case_{what}_at_and_by",
                )
                for what in ("decided", "presented", "published")
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | ~Q(state="published") & Q(published_at__isnull=True),
                name="case_published_with_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned"]) | Q(submitted_at__isnull=False),
                name="case_reviewed_only_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "presented"]) | Q(session__isnull=False),
                name="case_on_an_agenda_has_a_session",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draft", "submitted", "returned", "accepted"]) | Q(session__isnull=True),
                name="case_before_an_agenda_has_no_session",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(**_in_both("title")) & Q(**_in_both("lesson")),
                name="case_published_in_both_languages",
                violation_error_message=_("A published case study has its texts in both languages."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-published_at", "-id"], name="case_public_list"),
            models.Index(fields=["author", "-id"], name="case_of_author"),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Case study without a title")

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.slug])


class CaseSubmission(models.Model):
    """What the author declared when they submitted exactly this text: the points, the patient's consent, what the check had found."""

    case = models.ForeignKey(CaseStudy, on_delete=models.CASCADE, related_name="submissions")
    version = models.PositiveIntegerField()
    submitted_at = models.DateTimeField(_("submitted"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    text_sha256 = models.CharField(_("hash of the text"), max_length=64)
    points = models.JSONField(_("declared"), default=list)
    patient_consent = models.CharField(_("the patient’s consent"), max_length=10, choices=PatientConsent)
    confirmed = models.JSONField(_("found, and said to identify no patient"), default=list)

    class Meta:
        verbose_name = _("submission of a case study")
        verbose_name_plural = _("submissions of case studies")
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="case_submitted_once_a_version")]

    def __str__(self) -> str:
        return f"submission {self.pk}"
