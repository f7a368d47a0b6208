from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from dialogues.enums import AgendaKind, CertificateMove, CertificateState, MaterialAudience, MaterialTime
from dialogues.models.registrations import Registration
from dialogues.models.sessions import LONGEST, Session
from dialogues.querysets import AgendaItemQuerySet, CertificateQuerySet, MaterialQuerySet
from network.models import Practitioner
from network.validators import plain_line, plain_text

DAY = 24 * 60


class AgendaItem(models.Model):
    """One item of a session's agenda. Its time is counted from the session's start, so that it moves with it."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="agenda_items", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AgendaKind, default=AgendaKind.TALK)
    offset = models.PositiveIntegerField(
        _("minutes after the start"), validators=[MaxValueValidator(LONGEST.days * DAY)], editable=False
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=30, validators=[MinValueValidator(1), MaxValueValidator(DAY)]
    )
    title = models.CharField(pgettext_lazy("of a paper", "title"), max_length=160, validators=[plain_line])
    note = models.TextField(_("note"), max_length=1000, blank=True, validators=[plain_text])
    speakers = models.ManyToManyField(
        Practitioner,
        blank=True,
        related_name="+",
        verbose_name=_("speakers"),
        help_text=_("Readers see those whom they find in the directory. Under the Chatham House Rule nobody is shown."),
    )
    guest = models.CharField(
        _("guest speaker"),
        max_length=120,
        blank=True,
        validators=[plain_line],
        help_text=_("Somebody who is no member, as the page shall name them."),
    )
    # The key of the suggestion that it was made from, so that each is taken once.
    origin = models.CharField(max_length=40, blank=True, editable=False)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=DAY),
                name="agenda_item_lasts_a_day_at_most",
                violation_error_message=_("An item of the agenda lasts between a minute and a day."),
            ),
            models.UniqueConstraint(
                fields=["session", "origin"],
                condition=~Q(origin=""),
                name="agenda_item_suggestion_once",
                violation_error_message=_("This suggestion is on the agenda already."),
            ),
        ]
        indexes = [models.Index(fields=["session", "offset", "id"], name="agenda_item_of_session")]

    def __str__(self) -> str:
        return self.title

    @property
    def starts_at(self) -> datetime:
        return self.session.starts_at + timedelta(minutes=self.offset)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Material(models.Model):
    """A file or a link that belongs to a session. The file lies under a random name where no address serves it."""

    # The columns behind the translated title, added by modeltranslation.
    title_ar: str
    title_en: str

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="materials", verbose_name=_("session"))
    item = models.ForeignKey(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("agenda item"),
    )
    title = models.CharField(pgettext_lazy("of a paper", "title"), max_length=160, validators=[plain_line])
    language = models.CharField(
        _("language of the document"),
        max_length=2,
        choices=[*settings.LANGUAGES, ("", _("both or neither"))],
        blank=True,
    )
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])])
    stored = models.CharField(max_length=40, blank=True, editable=False)
    filename = models.CharField(max_length=120, blank=True, editable=False)
    size = models.PositiveIntegerField(null=True, editable=False)
    shown = models.CharField(_("when it is shown"), max_length=6, choices=MaterialTime, default=MaterialTime.BEFORE)
    audience = models.CharField(_("for whom"), max_length=7, choices=MaterialAudience, default=MaterialAudience.ALL)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.CheckConstraint(
                condition=(Q(link="", size__isnull=False) & ~Q(stored="") & ~Q(filename=""))
                | (Q(stored="", filename="", size__isnull=True) & ~Q(link="")),
                name="material_is_a_file_or_a_link",
                violation_error_message=_("Give a file or a link, and not both."),
            ),
            models.CheckConstraint(
                condition=~Q(audience="present") | Q(shown="after"),
                name="material_for_those_present_comes_after",
                violation_error_message=_("Who was present is known after the session: choose “After the session”."),
            ),
            models.UniqueConstraint(fields=["stored"], condition=~Q(stored=""), name="material_has_its_own_file"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.link or reverse("dialogues:material", args=[self.pk])

    @property
    def kind(self) -> str:
        """The type of the file as people call it, "PDF"; "" for a link."""
        return self.filename.rpartition(".")[2].upper()


class Certificate(models.Model):
    """That somebody was present at a session, as it was when it was issued: what changes later does not change it."""

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="certificate")
    state = models.CharField(_("state"), max_length=10, choices=CertificateState, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    name_ar = models.CharField(max_length=120, blank=True, editable=False)
    name_latin = models.CharField(max_length=120, blank=True, editable=False)
    # Of a confidential session: it says "a session of the network", and the month alone.
    confidential = models.BooleanField(default=False, editable=False)
    session_title_ar = models.CharField(max_length=160, blank=True, editable=False)
    session_title_en = models.CharField(max_length=160, blank=True, editable=False)
    held_on = models.DateField(_("date"), editable=False)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2, editable=False)
    issued_at = models.DateTimeField(_("issued"), editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True, editable=False)

    moves = CertificateMove

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="certificate_revoked_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", revoked_at__isnull=True)
                | Q(state__in=["suspended", "revoked"], revoked_at__isnull=False),
                name="certificate_not_valid_with_time",
            ),
            models.CheckConstraint(
                condition=Q(confidential=False) | Q(session_title_ar="", session_title_en=""),
                name="certificate_of_a_confidential_session_names_none",
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="certificate_hours_are_some"),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    @property
    def is_valid(self) -> bool:
        return self.state == CertificateState.ISSUED

    @property
    def spelled_code(self) -> str:
        """The code as people read and type it."""
        return "-".join(self.code[start : start + 4] for start in (0, 4, 8))
