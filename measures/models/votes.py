"""A vote: its rules, who may vote, the ballots, and what came of it. All of it only ever grows.

A ballot knows no person and no time: `voter` is a keyed hash of the person, and the key is thrown away with the close. Only in a vote that
was announced as open (`Secrecy.NAMED`) does a ballot name its voter.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from measures.enums import Choice, Electorate, Method, Secrecy
from measures.models.measures import Measure, ParityReading, Version
from network.models import AppendOnlyModel, Practitioner, Region
from network.querysets import AppendOnlyQuerySet
from network.validators import plain_text

REASON_LENGTH = 1_000


class Vote(AppendOnlyModel):
    """One round of voting on one version of a measure: what was chosen when it was opened, and is frozen since."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="votes")
    number = models.PositiveSmallIntegerField(_("round"))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    parity = models.ForeignKey(ParityReading, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(_("how we decide"), max_length=10, choices=Method)
    secrecy = models.CharField(_("secrecy"), max_length=8, choices=Secrecy)
    electorate = models.CharField(_("who may vote"), max_length=10, choices=Electorate)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closes_at = models.DateTimeField(_("closes"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="vote_round_once"),
            # A version is voted on once; another vote needs another text.
            models.UniqueConstraint(fields=["version"], name="vote_version_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="vote_closes_after_opening"),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class SideRule(AppendOnlyModel):
    """What one side has to reach, and how many of it may vote. `region` is none for members abroad."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="rules")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("side"))
    roll = models.PositiveIntegerField(_("may vote"))
    quorum = models.PositiveIntegerField(_("quorum: votes at least"))
    threshold = models.PositiveSmallIntegerField(_("threshold: of 100 deciding votes"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a side")
        verbose_name_plural = _("rules of the sides")
        constraints = [
            models.UniqueConstraint(fields=["vote", "region"], name="vote_rule_once_a_side"),
            models.UniqueConstraint(fields=["vote"], condition=Q(region__isnull=True), name="vote_rule_once_abroad"),
            models.CheckConstraint(
                condition=Q(quorum__gte=1, quorum__lte=F("roll")), name="vote_quorum_can_be_reached"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=1, threshold__lte=100), name="vote_threshold_of_hundred"),
        ]

    def __str__(self) -> str:
        return f"rule {self.pk}"


class RollEntry(AppendOnlyModel):
    """Somebody who may vote, and for which side; whether they did is not kept."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="roll")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry on the roll")
        verbose_name_plural = _("roll")
        constraints = [models.UniqueConstraint(fields=["vote", "practitioner"], name="vote_roll_once")]
        indexes = [models.Index(fields=["practitioner", "vote"], name="vote_roll_of_member")]

    def __str__(self) -> str:
        return f"roll entry {self.pk}"


class VoteKey(models.Model):
    """The key under which the voters of one vote are hashed. Deleting it is what makes a secret vote secret for good."""

    vote = models.OneToOneField(Vote, on_delete=models.CASCADE, related_name="key")
    secret = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("key of a vote")
        verbose_name_plural = _("keys of votes")

    def __str__(self) -> str:
        return f"key {self.pk}"


class Ballot(AppendOnlyModel):
    """One vote that was cast; of several with the same `voter` the last one counts. `digest` seals it and all before it."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    number = models.PositiveIntegerField()
    voter = models.CharField(max_length=64)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    choice = models.CharField(max_length=12, choices=Choice)
    reason = models.TextField(max_length=REASON_LENGTH, blank=True, validators=[plain_text])
    # The hash of the receipt that the voter holds.
    receipt = models.CharField(max_length=64)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["vote", "number"], name="ballot_number_once"),
            models.UniqueConstraint(fields=["vote", "receipt"], name="ballot_receipt_once"),
            models.CheckConstraint(condition=~Q(choice="block") | ~Q(reason=""), name="ballot_objection_has_a_reason"),
        ]
        indexes = [models.Index(fields=["vote", "voter", "-number"], name="ballot_of_voter")]

    def __str__(self) -> str:
        return f"ballot {self.pk}"


class VoteClosing(AppendOnlyModel):
    """What a vote came to: once at its close, and once more when a mediation ends with all objections withdrawn.

    `outcome` is {"adopted": bool, "blocks": n, "sides": [{"region": id or null, "tally": {…}, "quorum_reached": bool, …}]}, `head` the
    digest of the last ballot, `seal` binds all of it to the chain of ballots.
    """

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="closings")
    number = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(_("closed"))
    ballots = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    outcome = models.JSONField()
    seal = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("close of a vote")
        verbose_name_plural = _("closes of votes")
        constraints = [models.UniqueConstraint(fields=["vote", "number"], name="vote_closing_once")]

    def __str__(self) -> str:
        return f"closing {self.pk}"
