"""The registry: facilities, their names, what sources say of them, and who works there."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from facilities import naming, policies
from facilities.enums import (
    Barrier,
    Contested,
    FacilityMove,
    FacilityState,
    Functionality,
    Level,
    NameKind,
    Owner,
    Position,
    Precision,
)
from facilities.models.vocabularies import FacilityType
from facilities.querysets import AddedQuerySet, FacilityQuerySet, OfFacilityQuerySet, PostingQuerySet
from network.models import AppendOnlyModel, District, Municipality, Practitioner, Region, Tenure
from network.querysets import ReferenceQuerySet
from network.validators import plain_line, plain_text

LONGEST_NAME = 160
LONGEST_EVIDENCE = 300
BEDS_AT_MOST = 5_000


class Source(models.Model):
    """Where values come from: a ministry's list, a survey, an open map; with its licence."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    licence = models.CharField(_("licence"), max_length=60, blank=True, validators=[plain_line])
    credit = models.CharField(_("credit, as the licence wants it"), max_length=200, blank=True, validators=[plain_line])
    url = models.URLField(_("address"), blank=True)
    is_open = models.BooleanField(
        _("kept apart in open data"), default=False, help_text=_("For lists whose licence asks for the same licence.")
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Let no list stand among the network's own data whose licence does not allow that."""
        if policies.shares_alike(self.licence) and not self.is_open:
            raise ValidationError({"is_open": _("This licence asks for the same licence: keep it apart in open data.")})


class Facility(models.Model):
    """A health facility. What sides may contest (`Contested`) follows from its claims and is kept here by the services alone."""

    # The columns behind the translated texts, added by modeltranslation.
    name_ar: str
    name_en: str
    # There may be some, until `selectors.facility_for` has found in its one query that there are none.
    has_merged = True
    has_open_lists = True

    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=FacilityState, default=FacilityState.OPEN, editable=False
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True, validators=[plain_line])
    kind = models.ForeignKey(
        FacilityType, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind of facility")
    )
    owner = models.CharField(_("owner"), max_length=10, choices=Owner, default=Owner.UNKNOWN)
    level = models.CharField(_("level of care"), max_length=10, choices=Level, default=Level.UNKNOWN)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    # Chosen by a person, never computed: lists from elsewhere often tell the district alone.
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
    )
    # The side of the district.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("side"))
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    public_precision = models.CharField(
        _("what everybody is told of its place"), max_length=12, choices=Precision, default=Precision.MUNICIPALITY
    )
    member_precision = models.CharField(
        _("what members are told of its place"), max_length=12, choices=Precision, default=Precision.MUNICIPALITY
    )
    # On: it is on no page, list, map or file outside the desk of its side.
    concern = models.BooleanField(_("security concern"), default=False, editable=False)
    beds = models.PositiveIntegerField(_("beds"), null=True, blank=True, validators=[MaxValueValidator(BEDS_AT_MOST)])
    catchment = models.PositiveIntegerField(_("people in its catchment area"), null=True, blank=True)
    phones = models.CharField(
        _("telephones"),
        max_length=120,
        blank=True,
        validators=[plain_line],
        help_text=_("Of the facility, not of a person. Everybody sees them."),
    )
    hours = models.CharField(_("opening hours"), max_length=160, blank=True, validators=[plain_line])
    head = models.CharField(
        pgettext_lazy("of a facility", "head"),
        max_length=120,
        blank=True,
        validators=[plain_line],
        help_text=_("Members see it; the public does not."),
    )
    functionality = models.CharField(
        _("functionality"), max_length=8, choices=Functionality, default=Functionality.UNKNOWN
    )
    functionality_on = models.DateField(_("functionality as of"), null=True, editable=False)
    barriers = models.JSONField(_("what it lacks"), default=list, blank=True, editable=False)
    # The `Contested` of which sides say different things.
    disputed = models.JSONField(default=list, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged_here"
    )
    # When somebody who keeps it last said that all of it is right.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    created_at = models.DateTimeField(_("listed"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    # By what it stands in lists (`naming`): its name in that language, else in the other, else what it is.
    sort_ar = models.CharField(max_length=LONGEST_NAME, blank=True, editable=False)
    sort_en = models.CharField(max_length=LONGEST_NAME, blank=True, editable=False)
    # The words by which it is found: every name that anybody gives it, in any spelling; kept by the services.
    search = models.TextField(blank=True, editable=False)

    moves = FacilityMove

    objects = FacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="facility_has_a_whole_point",
                violation_error_message=_("Latitude and longitude belong together."),
            ),
            models.CheckConstraint(
                condition=Q(state=FacilityState.MERGED, merged_into__isnull=False)
                | ~Q(state=FacilityState.MERGED) & Q(merged_into__isnull=True),
                name="facility_merged_into_another",
            ),
        ]
        indexes = [
            *(
                models.Index(
                    fields=[f"sort_{code}", "id"],
                    condition=Q(state=FacilityState.OPEN, concern=False),
                    name=f"facility_by_name_{code}",
                )
                for code in ("ar", "en")
            ),
            models.Index(fields=["district", "state", "concern", "functionality"], name="facility_of_district"),
            models.Index(fields=["side", "-id"], name="facility_of_side"),
            models.Index(fields=["changed_at", "id"], name="facility_by_change"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("facilities:detail", args=[self.code])

    @property
    def shown_name(self) -> str:
        """The name in the reader's language, else in the other, else what it is and its code."""
        return self.name or self.name_ar or self.name_en or f"{self.kind} {self.code}"

    @property
    def names(self) -> dict[str, str]:
        """By what it is called in each language."""
        names = {"ar": self.name_ar or self.name_en, "en": self.name_en or self.name_ar}
        kinds = {"ar": self.kind.name_ar, "en": self.kind.name_en}
        return {code: (names[code] or f"{kinds[code]} {self.code}")[:LONGEST_NAME] for code in ("ar", "en")}

    @property
    def sort_keys(self) -> dict[str, str]:
        """By what it stands in the lists of each language."""
        return {f"sort_{code}": naming.distinctive(name) for code, name in self.names.items()}

    @cached_property
    def told_barriers(self) -> list[str]:
        labels = dict(Barrier.choices)
        return [str(labels[code]) for code in self.barriers if code in labels]

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it, as in `FacilityQuerySet.public`."""
        return self.state == FacilityState.OPEN and not self.concern

    def name_in(self, language: str) -> str:
        """Return by what notices in a language name it."""
        return self.names[language]

    @property
    def disputed_in_public(self) -> list[str]:
        """Return of which fields everybody is told that sides say different things: of its head none but members know."""
        return [field for field in self.disputed if field != Contested.HEAD]

    def is_disputed(self, field: str) -> bool:
        return field in self.disputed


class OtherName(models.Model):
    """Another name by which a facility is known, and found."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(_("name"), max_length=LONGEST_NAME, validators=[plain_line])
    kind = models.CharField(_("what kind of name"), max_length=8, choices=NameKind, default=NameKind.FORMER)

    objects = OfFacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "name"],
                name="other_name_once_a_facility",
                violation_error_message=_("This facility has this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Record(models.Model):
    """The row of a source that tells of a facility: by its number there it is known again when the list is read anew."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="records")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="records", verbose_name=_("source"))
    external_id = models.CharField(_("number there"), max_length=80)
    # The row as it was read last, by column.
    row = models.JSONField(default=dict)
    read_at = models.DateTimeField(_("read"))

    objects = OfFacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a source")
        verbose_name_plural = _("rows of sources")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="record_once_a_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.external_id}"


class Claim(AppendOnlyModel):
    """What a source of a side, or of none, says of a facility on a day. Stays for good; a newer one of the same side takes its place."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="claims")
    field = models.CharField(_("of what"), max_length=15, choices=Contested)
    value = models.CharField(_("value"), max_length=LONGEST_NAME, blank=True)
    # Why it does not fully work, of a claim about functionality: codes of `Barrier`.
    barriers = models.JSONField(default=list)
    side = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("side"))
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("source"))
    evidence = models.CharField(_("how this is known"), max_length=LONGEST_EVIDENCE, blank=True)
    said_on = models.DateField(_("as of"))
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["facility", "field", "id"], name="claim_of_facility")]

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def told_value(self) -> str:
        if self.field == Contested.FUNCTIONALITY:
            return str(dict(Functionality.choices).get(self.value, self.value))
        return self.value or gettext("none")


class Settlement(AppendOnlyModel):
    """Which value stands where sides said different things; a newer claim of another value opens it again."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="settlements")
    field = models.CharField(_("of what"), max_length=15, choices=Contested)
    value = models.CharField(_("value"), max_length=LONGEST_NAME, blank=True)
    # The newest claim that was seen.
    upto = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), validators=[plain_text])
    settled_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        indexes = [models.Index(fields=["facility", "field", "id"], name="settlement_of_facility")]

    def __str__(self) -> str:
        return f"settlement {self.pk}"


class Posting(Tenure):
    """A practitioner at a facility, from a day to a day; a focal point keeps its page right."""

    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="postings", verbose_name=_("facility")
    )
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="postings", verbose_name=_("member")
    )
    position = models.CharField(
        pgettext_lazy("at a facility", "position"), max_length=8, choices=Position, default=Position.FOCAL
    )
    named_at = models.DateTimeField(_("named"), editable=False)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("by")
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "practitioner", "position"],
                condition=Q(ended_at__isnull=True),
                name="posting_once_a_facility",
                violation_error_message=_("This person is posted there already."),
            ),
            *Tenure.Meta.constraints,
        ]

    def __str__(self) -> str:
        return gettext("posting %(number)s") % {"number": self.pk}


def columns(facility: Facility) -> dict[str, Any]:
    """Return what a facility's contested columns hold, as claims spell it."""
    return {
        "name_ar": facility.name_ar or "",
        "name_en": facility.name_en or "",
        "functionality": facility.functionality,
        "beds": "" if facility.beds is None else str(facility.beds),
        "head": facility.head,
    }
