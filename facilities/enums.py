from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class FacilityState(TextChoices):
    OPEN = "open", pgettext_lazy("a facility", "listed")
    CLOSED = "closed", pgettext_lazy("a facility", "closed for good")
    MERGED = "merged", _("merged with another")


class FacilityMove(TextChoices):
    """The steps of a facility."""

    CREATE = "create", pgettext_lazy("a facility", "listed")
    IMPORT = "import", _("read from a list")
    EDIT = "edit", _("changed")
    CLOSE = "close", pgettext_lazy("a facility", "closed for good")
    REOPEN = "reopen", _("opened again")
    MERGE = "merge", _("merged with another")
    HIDE = "hide", _("hidden: security concern")
    SHOW = "show", _("shown again: concern settled")
    SETTLE = "settle", _("contested value settled")


FACILITY_MOVES: dict[FacilityMove, Move] = {
    FacilityMove.CREATE: Move(frozenset({""}), FacilityState.OPEN),
    FacilityMove.IMPORT: Move(frozenset({""}), FacilityState.OPEN),
    FacilityMove.CLOSE: Move(frozenset({FacilityState.OPEN}), FacilityState.CLOSED),
    FacilityMove.REOPEN: Move(frozenset({FacilityState.CLOSED}), FacilityState.OPEN),
    FacilityMove.MERGE: Move(frozenset({FacilityState.OPEN, FacilityState.CLOSED}), FacilityState.MERGED),
}


class Owner(TextChoices):
    PUBLIC = "public", _("public")
    SOCIAL = "social", _("social security")
    MILITARY = "military", _("military or police")
    PRIVATE = "private", pgettext_lazy("owner of a facility", "private")
    CHARITY = "charity", _("charity or civil society")
    FOREIGN = "foreign", _("international organisation")
    UNKNOWN = "unknown", pgettext_lazy("owner of a facility", "not known")


class Level(TextChoices):
    """Level of care."""

    PRIMARY = "primary", _("primary care")
    SECONDARY = "secondary", _("secondary care: general hospital")
    TERTIARY = "tertiary", _("tertiary care: specialised or teaching hospital")
    UNKNOWN = "unknown", pgettext_lazy("level of care", "not known")


class Functionality(TextChoices):
    """Whether a facility works, in the terms of WHO's HeRAMS; disputed where sides differ, which nobody chooses."""

    FULL = "full", _("fully working")
    PARTIAL = "partial", _("partly working")
    NONE = "none", _("not working")
    UNKNOWN = "unknown", _("no information")
    DISPUTED = "disputed", _("disputed")


class Barrier(TextChoices):
    """Why a facility or a service works in part or not at all (HeRAMS)."""

    STAFF = "staff", _("staff")
    SUPPLIES = "supplies", _("medicines and supplies")
    EQUIPMENT = "equipment", _("equipment")
    POWER = "power", _("electricity or fuel")
    SECURITY = "security", pgettext_lazy("barrier", "security")
    FINANCES = "finances", _("money")


class Precision(TextChoices):
    """How exactly somebody is told where a facility is."""

    EXACT = "exact", _("exact point")
    MUNICIPALITY = "municipality", _("municipality")
    DISTRICT = "district", _("district")
    HIDDEN = "hidden", _("side only")


class Audience(TextChoices):
    PUBLIC = "public", _("everybody")
    MEMBERS = "members", _("members")
    KEEPERS = "keepers", _("whoever keeps it")


class Contested(TextChoices):
    """What sources of two sides may say differently: each claim stands, none overwrites the other."""

    NAME_AR = "name_ar", _("name in Arabic")
    NAME_EN = "name_en", _("name in English")
    FUNCTIONALITY = "functionality", _("functionality")
    BEDS = "beds", _("beds")
    HEAD = "head", _("head of the facility")


class NameKind(TextChoices):
    FORMER = "former", _("former name")
    RIVAL = "rival", _("name used by another side")
    SHORT = "short", _("short or spoken name")
    SOURCE = "source", _("as a source writes it")


class Position(TextChoices):
    """What somebody is at a facility."""

    FOCAL = "focal", _("focal point: keeps its page right")
    STAFF = "posted", _("works there")


class ReportState(TextChoices):
    """How far a monthly report has come."""

    DRAFT = "draft", pgettext_lazy("a monthly report", "draft")
    SUBMITTED = "submitted", pgettext_lazy("a monthly report", "handed in")
    CORRECTED = "corrected", pgettext_lazy("a monthly report", "replaced by a correction")


class ReportMove(TextChoices):
    BEGIN = "begin", pgettext_lazy("a monthly report", "begun")
    SUBMIT = "submit", pgettext_lazy("a monthly report", "handed in")
    REPLACE = "replace", pgettext_lazy("a monthly report", "replaced by a correction")


REPORT_MOVES: dict[ReportMove, Move] = {
    ReportMove.BEGIN: Move(frozenset({""}), ReportState.DRAFT),
    ReportMove.SUBMIT: Move(frozenset({ReportState.DRAFT}), ReportState.SUBMITTED),
    ReportMove.REPLACE: Move(frozenset({ReportState.SUBMITTED}), ReportState.CORRECTED),
}
