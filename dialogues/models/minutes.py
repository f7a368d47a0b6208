"""What was said and decided in a session. No row here leads to a person but those of `Attribution`, which can be erased."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from dialogues.enums import MinutesMove, MinutesState, Readers, Responsible
from dialogues.models.sessions import Session
from dialogues.querysets import DecisionQuerySet, MinutesQuerySet, RevisionQuerySet, StatementQuerySet
from network.models import Practitioner, Region
from network.validators import plain_text

TEXT_LENGTH, DECISION_LENGTH, STATEMENT_LENGTH = 20_000, 1_000, 2_000


class Minutes(models.Model):
    """The minutes of one session: its revisions, and which of them readers see."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="minutes", verbose_name=_("session"))
    state = models.CharField(
        _("state"), max_length=10, choices=MinutesState, default=MinutesState.DRAFT, editable=False
    )
    audience = models.CharField(
        _("who reads them"), max_length=10, choices=Readers, default=Readers.INVITED, editable=False
    )
    # Stays once it is set: whoever spoke under the Rule is protected by it, whatever becomes of the session's own tick.
    chatham_house = models.BooleanField(_("Chatham House Rule"), default=False, editable=False)
    published_revision = models.ForeignKey(
        "MinutesRevision", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Days, here and below, and not times: a time of the journal or of a log would tell whose hand it was.
    published_on = models.DateField(_("published"), null=True, editable=False)
    withdrawn_on = models.DateField(pgettext_lazy("state of minutes", "withdrawn"), null=True, editable=False)
    # How many were there, as it is shown: {"groups": [[P-code of the side or "", "12"], …], "total": "12"}. Kept, so that two
    # counts of different days can't be subtracted from each other.
    presence = models.JSONField(default=dict, editable=False)

    moves = MinutesMove

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of one session", "minutes")
        verbose_name_plural = pgettext_lazy("of several sessions", "minutes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_revision__isnull=False, published_on__isnull=False),
                name="minutes_published_with_revision_and_day",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_on__isnull=True),
                name="minutes_withdrawn_with_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(published_revision__isnull=True, published_on__isnull=True),
                name="minutes_draft_is_not_published",
            ),
        ]

    def __str__(self) -> str:
        return f"minutes {self.pk}"


class MinutesRevision(models.Model):
    """One saved version of minutes. The database refuses every change."""

    # The columns behind the translated text, added by modeltranslation.
    text_ar: str
    text_en: str

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    # The revision from which its writer started, 0 for an empty page; and the one that it brings back.
    base = models.PositiveIntegerField(default=0)
    restores = models.PositiveIntegerField(null=True)
    text = models.TextField(_("text"), max_length=TEXT_LENGTH, blank=True, validators=[plain_text])
    written_on = models.DateField(_("written"))

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="minutes_revision_number_once"),
            models.CheckConstraint(
                condition=Q(number__gt=F("base")) & (Q(restores__isnull=True) | Q(number__gt=F("restores"))),
                name="minutes_revision_follows_its_base",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of minutes {self.minutes_id}"


class Decision(models.Model):
    """One thing that a session decided, as a revision of its minutes has it; `key` is the same through all revisions."""

    # The columns behind the translated text, added by modeltranslation.
    text_ar: str
    text_en: str

    revision = models.ForeignKey(MinutesRevision, on_delete=models.PROTECT, related_name="decisions")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.TextField(_("decision"), max_length=DECISION_LENGTH, blank=True, validators=[plain_text])
    responsible = models.CharField(_("who sees to it"), max_length=12, choices=Responsible, blank=True)
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    due = models.DateField(_("by when"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="decision_position_once"),
            models.UniqueConstraint(fields=["revision", "key"], name="decision_key_once"),
            models.CheckConstraint(
                condition=Q(text_ar__isnull=False) & ~Q(text_ar="") | Q(text_en__isnull=False) & ~Q(text_en=""),
                name="decision_has_words",
            ),
            models.CheckConstraint(
                condition=Q(side__isnull=True) | ~Q(responsible=""),
                name="decision_side_of_somebody_responsible",
                violation_error_message=_("Please choose who sees to it, or no side."),
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Statement(models.Model):
    """A note of what was said, taken during the session for writing the minutes; never published."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField(_("note"), max_length=STATEMENT_LENGTH, validators=[plain_text])
    # Emptied on schedule where fewer than five of the side were there.
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    noted_on = models.DateField(_("noted"))

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return f"statement {self.pk}"


class Attribution(models.Model):
    """Who wrote a revision or a note and when, and who said what was noted: the only way from minutes to a person.

    Under the Chatham House Rule it is for clearing up only, and erased on schedule.
    """

    revision = models.OneToOneField(MinutesRevision, on_delete=models.CASCADE, null=True, related_name="attribution")
    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, null=True, related_name="attribution")
    written_at = models.DateTimeField(editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    speaker = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who said it")
    )

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        constraints = [
            models.CheckConstraint(
                condition=Q(revision__isnull=False, statement__isnull=True, speaker__isnull=True)
                | Q(revision__isnull=True, statement__isnull=False),
                name="attribution_of_a_revision_or_a_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"attribution {self.pk}"
