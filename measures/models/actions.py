"""What is done about an adopted measure: by two owners of different sides, of whom one confirms what the other has done."""

import uuid

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from facilities.models import Facility
from measures.enums import ActionState
from measures.models.measures import Measure
from measures.querysets import ActionQuerySet
from network.models import Municipality, Practitioner, Region
from network.validators import plain_line, plain_text


class Action(models.Model):
    """One thing to do, where, until when, and what would prove it."""

    # The columns behind the translated texts, added by modeltranslation.
    title_ar: str
    title_en: str

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="actions", verbose_name=_("measure"))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=ActionState, default=ActionState.PLANNED, editable=False
    )
    title = models.CharField(_("what is to be done"), max_length=200, validators=[plain_line])
    wanted = models.TextField(_("what will prove it"), max_length=600, blank=True, validators=[plain_text])
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on which side")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    # One of the registry; what is in no registry is told in words.
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("facility")
    )
    place = models.CharField(_("place in words"), max_length=160, blank=True, validators=[plain_line])
    due = models.DateField(pgettext_lazy("of an action", "due"))
    first_owner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("first owner")
    )
    second_owner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("second owner")
    )
    # Their sides when they took it on; none is abroad, so that at most one of both is.
    first_side = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    second_side = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    claimed_at = models.DateTimeField(_("reported as done"), null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # How far the reminders have come: see `policies.reminders_due`.
    reminded = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_side__isnull=True, second_side__isnull=False)
                | Q(first_side__isnull=False, second_side__isnull=True)
                | Q(first_side__isnull=False, second_side__isnull=False) & ~Q(first_side=F("second_side")),
                name="action_owners_of_different_sides",
                violation_error_message=_("The two owners have to be of different sides."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_at__isnull": True, f"{what}_by__isnull": True})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                    name=f"action_{what}_at_and_by",
                )
                for what in ("claimed", "confirmed")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "confirmed"]) | Q(claimed_at__isnull=False),
                name="action_done_was_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False) & ~Q(claimed_by=F("confirmed_by"))
                | ~Q(state="confirmed") & Q(confirmed_at__isnull=True),
                name="action_confirmed_by_the_other_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["measure", "id"], name="action_of_measure"),
            models.Index(
                fields=["due", "id"],
                name="action_unfinished",
                condition=Q(state__in=["planned", "in_progress", "claimed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("measures:action", args=[self.measure.slug, self.pk])

    @property
    def shown_facility(self) -> Facility | None:
        """The facility, unless it is hidden or gone by now."""
        return self.facility if self.facility and self.facility.is_public else None


class Evidence(models.Model):
    """What proves that an action was done: words, a link, a file that was taken apart and rebuilt."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField(_("what was done"), max_length=2_000, validators=[plain_text])
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])])
    stored = models.CharField(max_length=40, blank=True, editable=False)
    filename = models.CharField(max_length=120, blank=True, editable=False)
    size = models.PositiveIntegerField(null=True, editable=False)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(stored="", filename="", size__isnull=True)
                | Q(size__isnull=False) & ~Q(stored="") & ~Q(filename=""),
                name="evidence_file_is_whole",
            ),
            models.UniqueConstraint(fields=["stored"], condition=~Q(stored=""), name="evidence_has_its_own_file"),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
