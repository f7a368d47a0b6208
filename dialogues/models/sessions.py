import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dialogues.enums import Listing, SessionKind, SessionMove, SessionState, SiteKind
from dialogues.models.series import Series
from dialogues.querysets import SessionQuerySet, SiteQuerySet
from network.models import Municipality, Practitioner, Profession, Region
from network.validators import plain_line, plain_text

# Lets a list of coming sessions begin in the index instead of at the first session ever held.
LONGEST = timedelta(days=31)


class Session(models.Model):
    """A meeting of practitioners in one or more places at one time."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str
    summary_ar: str
    summary_en: str

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # RFC 5545 SEQUENCE: raised with every change that reaches calendars.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=SessionState, default=SessionState.DRAFT, editable=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SessionKind, default=SessionKind.DIALOGUE)
    title = models.CharField(_("title"), max_length=160, validators=[plain_line])
    summary = models.TextField(_("summary"), max_length=2000, blank=True, validators=[plain_text])
    agenda = models.TextField(
        _("agenda"),
        max_length=6000,
        blank=True,
        validators=[plain_text],
        help_text=_("An introduction. Items with their times stand below."),
    )
    host_region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hosting side"),
        help_text=_("Empty: a joint session of the sides."),
    )
    invited_regions = models.ManyToManyField(
        Region, blank=True, related_name="+", verbose_name=_("invited sides"), help_text=_("None: all sides.")
    )
    abroad_invited = models.BooleanField(_("members abroad are invited"), default=True)
    invited_professions = models.ManyToManyField(
        Profession,
        blank=True,
        related_name="+",
        verbose_name=_("invited professions"),
        help_text=_("None: all professions."),
    )
    facilitators = models.ManyToManyField(Practitioner, blank=True, related_name="+", verbose_name=_("facilitators"))
    listing = models.CharField(_("who learns of it"), max_length=8, choices=Listing, default=Listing.MEMBERS)
    chatham_house = models.BooleanField(
        _("Chatham House Rule"),
        default=False,
        help_text=_("Nothing that is published, mailed or put in a calendar tells who was there or who said what."),
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    registration_opens_at = models.DateTimeField(
        _("registration opens"), null=True, blank=True, help_text=_("Empty: when it is published.")
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, help_text=_("Empty: at the start.")
    )
    floors_until = models.DateTimeField(
        _("seats are kept until"),
        null=True,
        blank=True,
        help_text=_(
            "Until then the seats kept for a side or profession wait for it. Empty: two days before the start."
        ),
    )
    join_link = models.URLField(
        _("link to join online"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Shown only to those with a confirmed seat, shortly before the start."),
    )
    join_link_minutes = models.PositiveSmallIntegerField(
        _("link shown this many minutes before the start"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    minimum_minutes = models.PositiveSmallIntegerField(
        _("minutes online that make somebody present"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_(
            "Whoever has joined online for as long is marked present when the attendance is closed. Empty: by hand only."
        ),
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, editable=False, related_name="sessions", verbose_name=_("series")
    )
    series_position = models.PositiveSmallIntegerField(null=True, editable=False)
    # When the rule of the series would have it: where it starts at another time, it was moved.
    planned_at = models.DateTimeField(_("planned"), null=True, editable=False)
    # What is changed in this and the following sessions passes by one that was changed on its own.
    changed_alone = models.BooleanField(default=False, editable=False)
    follows = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="followed_by",
        verbose_name=_("follow-up to"),
    )
    # Made with the page that asked for a copy: asking twice makes one.
    copy_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(_("attendance closed"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    moves = SessionMove

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST),
                name="session_lasts_a_month_at_most",
                violation_error_message=_("A session lasts a month at most."),
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="session_registration_closes_after_it_opens",
                violation_error_message=_("Registration must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True) | Q(registration_opens_at__lt=F("starts_at")),
                name="session_registration_opens_before_the_start",
                violation_error_message=_("Registration must open before the start."),
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_position__isnull=True, planned_at__isnull=True)
                | Q(series__isnull=False, series_position__isnull=False, planned_at__isnull=False),
                name="session_in_series_has_its_place",
            ),
            models.UniqueConstraint(fields=["series", "series_position"], name="session_one_at_each_place_of_series"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")),
                name="session_follows_another",
                violation_error_message=_("A session can't be its own follow-up."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_at__isnull": True, f"{what}_by__isnull": True})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                    name=f"session_{what}_at_and_by",
                )
                for what in ("published", "closed", "cancelled")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "held", "closed"]) | Q(published_at__isnull=False),
                name="session_is_shown_only_published",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="session_closed_with_time",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | ~Q(state="cancelled") & Q(cancelled_at__isnull=True),
                name="session_cancelled_with_time",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="session_by_time"),
            models.Index(fields=["listing", "state", "starts_at"], name="session_public_list"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dialogues:session_detail", args=[self.slug])

    @property
    def was_moved(self) -> bool:
        """Whether it starts at another time than the rule of its series says."""
        return self.planned_at is not None and self.planned_at != self.starts_at


class Site(models.Model):
    """One of the places of a session: a room with seats, or the online room."""

    # The columns behind the translated name, added by modeltranslation.
    name_ar: str
    name_en: str

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="sites", verbose_name=_("session"))
    kind = models.CharField(_("kind"), max_length=6, choices=SiteKind, default=SiteKind.ROOM)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    address = models.CharField(
        _("address"),
        max_length=240,
        blank=True,
        validators=[plain_line],
        help_text=_("Shown only to those with a confirmed seat."),
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    local_host = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("local host")
    )
    seats = models.PositiveIntegerField(_("seats"), validators=[MinValueValidator(1), MaxValueValidator(100_000)])
    # The same in all sessions of a series: what is changed here is changed there.
    series_key = models.UUIDField(null=True, editable=False)
    # How many seats are held; kept under the lock of the session, so that the database itself refuses one too many.
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("seats")),
                name="site_never_over_capacity",
                violation_error_message=_("More seats are taken than that."),
            ),
            models.UniqueConstraint(
                fields=["session", "series_key"],
                name="site_one_of_its_kind_in_series",
                violation_error_message=_("This place is part of the session already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="online") | Q(municipality__isnull=False),
                name="site_room_is_in_a_municipality",
                violation_error_message=_("A room needs its municipality."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        return self.seats - self.taken
