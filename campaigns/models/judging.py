"""Judging: rounds, criteria, jurors, what is before whom, what they said, and the sheets that came of it (rule 8).

What was said and found only ever grows: marks, conflicts, sheets, and the seeds that everything is drawn from.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import ConflictKind, JurorMove, RoundKind, RoundMove, RoundState
from campaigns.models.campaigns import Campaign
from campaigns.models.entries import Entry
from campaigns.policies import QUORUM_AT_LEAST, QUORUM_AT_MOST
from campaigns.querysets import (
    AssignmentQuerySet,
    CriterionQuerySet,
    JurorQuerySet,
    PartQuerySet,
)
from network.models import AppendOnlyModel, Municipality, Practitioner, Region
from network.querysets import AppendOnlyQuerySet
from network.validators import plain_line

MARK_AT_MOST = 100


class Lot(AppendOnlyModel):
    """What a contest draws from, made when it is announced.

    `seed` breaks ties: its hash, the `commitment`, is public from the announcement on, itself only with the results. `secret` shares out
    and gives jurors their letters; it is never told.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="lot")
    seed = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    committed_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"lot {self.pk}"


class Round(models.Model):
    """One round of judging. Its rules stand once it is open; the quorum alone is changed then, and that is recorded."""

    # The columns behind the translated name, added by modeltranslation.
    name_ar: str
    name_en: str

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("campaign"))
    position = models.PositiveSmallIntegerField(_("position"), default=1, validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=80, validators=[plain_line])
    kind = models.CharField(_("how it is judged"), max_length=9, choices=RoundKind, default=RoundKind.SCORES)
    state = models.CharField(_("state"), max_length=6, choices=RoundState, default=RoundState.DRAFT, editable=False)
    quorum = models.PositiveSmallIntegerField(
        _("jurors for each entry"),
        default=3,
        validators=[MinValueValidator(QUORUM_AT_LEAST), MaxValueValidator(QUORUM_AT_MOST)],
        help_text=_("Each entry gets as many scores, from more than one side: two at least."),
    )
    threshold = models.PositiveSmallIntegerField(
        _("passes with so many yes of a hundred"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("For yes or no alone."),
    )
    go_on = models.PositiveIntegerField(
        _("go on at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The best go on to the next round or are the shortlist. Empty: all who pass."),
    )
    opened_at = models.DateTimeField(_("opened"), null=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    # The ids of entries for which nobody more could be found when the round was shared out last.
    short = models.JSONField(default=list, editable=False)

    moves = RoundMove

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of judging")
        verbose_name_plural = _("rounds of judging")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "position"],
                name="round_once_in_its_place",
                violation_error_message=_("Another round has this place already."),
            ),
            models.CheckConstraint(
                condition=Q(quorum__gte=QUORUM_AT_LEAST),
                name="round_quorum_from_two_sides",
                violation_error_message=_("Each entry needs two jurors at least, one of another side."),
            ),
            models.CheckConstraint(
                condition=Q(kind="screening", threshold__gte=1, threshold__lte=100)
                | ~Q(kind="screening") & Q(threshold__isnull=True),
                name="round_threshold_for_yes_or_no",
                violation_error_message=_("Yes or no needs a threshold from 1 to 100; the others have none."),
            ),
            models.CheckConstraint(
                condition=Q(go_on__isnull=True) | Q(go_on__gte=1),
                name="round_one_goes_on",
                violation_error_message=_("One goes on at least."),
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="round_opened_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="round_closed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at__isnull=True)
                | Q(state__in=["open", "paused"], opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="round_state_follows_its_times",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """What is marked in a round, from `minimum` to `maximum`, and how much it weighs."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    label = models.CharField(_("criterion"), max_length=120, validators=[plain_line])
    help = models.CharField(_("explanation"), max_length=300, blank=True, validators=[plain_line])
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    minimum = models.PositiveSmallIntegerField(
        _("lowest mark"), default=1, validators=[MaxValueValidator(MARK_AT_MOST)]
    )
    maximum = models.PositiveSmallIntegerField(
        _("highest mark"), default=5, validators=[MaxValueValidator(MARK_AT_MOST)]
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.CheckConstraint(
                condition=Q(maximum__gt=F("minimum")),
                name="criterion_goes_up",
                violation_error_message=_("The highest mark has to be above the lowest."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1),
                name="criterion_weighs_something",
                violation_error_message=_("A criterion weighs one at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """What stands for it in marks and on the sheet."""
        return str(self.pk)


class Juror(models.Model):
    """A member who judges in a campaign. Side and municipality are those of the day on which they were named."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="jurors", verbose_name=_("campaign"))
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("side")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    paused_at = models.DateTimeField(_("pauses since"), null=True, editable=False)
    ended_at = models.DateTimeField(_("taken off"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("in their place")
    )

    moves = JurorMove

    objects = JurorQuerySet.as_manager()

    class Meta:
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "practitioner"],
                name="juror_once_a_campaign",
                violation_error_message=_("This member is or was a juror of this campaign already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="juror_ended_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["practitioner", "campaign"], name="juror_of_member")]

    def __str__(self) -> str:
        return gettext("juror %(number)s") % {"number": self.pk}


class RoundEntry(AppendOnlyModel):
    """An entry that is judged in a round: from its opening on, or since it met the conditions later."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="taken")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "entry"], name="round_entry_once")]

    def __str__(self) -> str:
        return f"entry {self.entry_id} in round {self.round_id}"


class Assignment(models.Model):
    """One entry before one juror. `turn` is its number for that juror alone: it tells nothing of the entry."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="assignments")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    turn = models.PositiveIntegerField()
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "juror", "entry"], name="assignment_once"),
            models.UniqueConstraint(fields=["round", "juror", "turn"], name="assignment_in_turn"),
            # What is scored is kept, whatever changes.
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True), name="assignment_done_is_never_dropped"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "juror"], condition=Q(dropped_at__isnull=False), name="assignment_dropped")
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Mark(AppendOnlyModel):
    """What a juror said of an entry: true or false, {criterion: mark}, or a rank. The last row counts; null takes back what was said.

    Undoing adds a row with what was said before, which names the row that it undoes.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="marks")
    number = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    given_at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "number"], name="mark_number_once")]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Conflict(AppendOnlyModel):
    """Why a juror does not judge an entry; found where `declared_by` is none."""

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="conflicts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=ConflictKind)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "entry", "kind"], name="conflict_once")]

    def __str__(self) -> str:
        return f"conflict {self.pk}"


class ResultSheet(AppendOnlyModel):
    """What a round came to, as `judging.sheet` writes it. It holds the seed: it is shown with the results, not before."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    sheet = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="result_sheet_once")]

    def __str__(self) -> str:
        return f"sheet {self.pk}"
