"""Lists of facilities from elsewhere: read without changing anything, looked at, then taken over in one piece."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy

from facilities.lists.enums import Decision, ImportMove, ImportState, Outcome, Wanted
from facilities.models.registry import Facility, Source
from network.models import Region
from network.querysets import RegionScopedQuerySet


class FacilityImportQuerySet(RegionScopedQuerySet):
    """Lists stand on the desk of a side; those that were read for all sides are seen by who reads all."""

    region_path = "side_id"


class ImportRowQuerySet(RegionScopedQuerySet):
    region_path = "batch__side_id"


class FacilityImport(models.Model):
    """A list, from its file to the registry. `side` is whose facilities it may touch, all for none.

    An `official` list is that side's own word; any other says what its source says, which no side is overruled by.
    """

    moves = ImportMove

    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED, editable=False
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports", verbose_name=_("source"))
    side = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    official = models.BooleanField(
        _("this side's own list"),
        default=False,
        help_text=_("What it says is then said by this side. Otherwise it only fills in what no side has said."),
    )
    # The random name of its file, its own, and what it is: csv or xlsx.
    stored = models.CharField(max_length=40, blank=True, editable=False)
    filename = models.CharField(_("file"), max_length=120, editable=False)
    kind = models.CharField(max_length=4, editable=False)
    headings = models.JSONField(default=list, editable=False)
    # The code of a column by heading.
    mapping = models.JSONField(_("columns"), default=dict, editable=False)
    # How many rows there are of each `Outcome`.
    counts = models.JSONField(default=dict, editable=False)
    # Why it could not be done, by language.
    failure = models.JSONField(default=dict, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        editable=False,
    )
    wanted = models.CharField(max_length=5, choices=Wanted, default=Wanted.NOTHING, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = FacilityImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of facilities")
        verbose_name_plural = _("lists of facilities")
        constraints = [
            models.CheckConstraint(
                condition=Q(official=False) | Q(side__isnull=False),
                name="import_official_has_a_side",
                violation_error_message=_("Only the list of one side can be its own word."),
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(asked_at__isnull=False), name="import_asked_with_its_time"
            ),
        ]
        indexes = [models.Index(fields=["tries", "id"], name="import_wanted", condition=~Q(wanted=""))]

    def __str__(self) -> str:
        return self.filename

    @property
    def progress_key(self) -> str:
        return f"facility-import:{self.pk}"

    @property
    def bar(self) -> dict[str, int] | None:
        """How far it is, for a progress bar; None before anything is known.

        Taking over is one transaction, which tells nobody anything before its end: its progress is in the cache.
        """
        done, total = self.done, self.total
        if self.wanted == Wanted.APPLY:
            done, total = cache.get(self.progress_key, (0, 0))
        return {"done": min(done, total), "total": total} if total else None

    @property
    def told_failure(self) -> str:
        return str(self.failure.get((get_language() or "ar")[:2], ""))

    def count_of(self, outcome: str) -> int:
        return int(self.counts.get(outcome, 0))

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return [{"outcome": each, "count": self.count_of(each)} for each in Outcome]


class ImportRow(models.Model):
    """One row of a list as it was read last. Rows that change nothing are kept without what they say."""

    batch = models.ForeignKey(FacilityImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    external_id = models.CharField(_("number in the list"), max_length=80, blank=True)
    outcome = models.CharField(pgettext_lazy("a row of a list", "what becomes of it"), max_length=9, choices=Outcome)
    # {"columns": {code of a column: text}, "more": {heading: text}}
    values = models.JSONField(default=dict)
    # {code of a column: [as it is, as the list has it]}
    difference = models.JSONField(default=dict)
    # As `faults.sentences` reads them.
    errors = models.JSONField(default=list)
    # The facility of which it tells, or of which a possible duplicate may tell too.
    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, null=True, related_name="+")
    # The line of the same list of which a possible duplicate may be a repetition.
    twin_line = models.PositiveIntegerField(null=True)
    decision = models.CharField(_("decision"), max_length=5, choices=Decision, default=Decision.OPEN, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of lists")
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_row_once_a_line")]
        indexes = [
            models.Index(fields=["batch", "outcome", "line"], name="import_row_by_outcome"),
            models.Index(fields=["batch", "external_id"], name="import_row_by_number"),
        ]

    def __str__(self) -> str:
        return f"row {self.line} of list {self.batch_id}"
