"""What is read of the upkeep of facilities: what was asked for, confirmed, and which services are there."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from facilities import policies, selectors, upkeep
from facilities.enums import Barrier, Contested, FacilityState, Functionality, Position
from facilities.models import (
    Assessment,
    ChangeRequest,
    Claim,
    Confirmation,
    Edition,
    Facility,
    FacilityType,
    Posting,
    ServiceDomain,
    ServiceStatus,
    StillRightAsked,
)
from facilities.models.registry import columns
from facilities.upkeep_enums import AssessmentState, RequestState
from network import policies as network_policies
from network.enums import Role
from network.models import District, Municipality, RoleGrant

# Of what a focal point can ask a change; what they lack goes with functionality.
ASKABLE = (
    "name_ar",
    "name_en",
    "kind",
    "owner",
    "level",
    "district",
    "municipality",
    "latitude",
    "longitude",
    "public_precision",
    "member_precision",
    "functionality",
    "beds",
    "head",
    "catchment",
    "phones",
    "hours_ar",
    "hours_en",
)
# The group of the domains that a facility gives to patients; the others are about the building and what is in it.
SERVICES = "service"
HISTORY_SHOWN = 20


def primitive(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal("0.000001")), "f")
    return value


def own_words(facility: Facility) -> dict[str, Any]:
    """Return what the facility's own side says, by askable field; of what no side contests, or it has not said, what its columns hold."""
    held = {name: primitive(getattr(facility, Facility._meta.get_field(name).attname)) for name in ASKABLE}  # type: ignore[union-attr]
    said = columns(facility)
    own = selectors.own_claims(facility)
    for field in Contested.values:
        held[field] = own[field].value if field in own else said[field]
    if held[Contested.FUNCTIONALITY] == Functionality.DISPUTED:
        # Others differ, and this side has said nothing: a form that offers no such value would take its first one for their word.
        held[Contested.FUNCTIONALITY] = Functionality.UNKNOWN
    works = own.get(Contested.FUNCTIONALITY)
    held["barriers"] = list(works.barriers) if works else list(facility.barriers)
    return held


def districts_of(facility: Facility) -> QuerySet[District]:
    """Return the districts of the facility's side."""
    return District.objects.filter(region_id=facility.side_id).order_by("name", "pk")


def municipalities_of(facility: Facility) -> QuerySet[Municipality]:
    """Return the municipalities of today on the facility's side."""
    today = Municipality.objects.valid_on(timezone.localdate())
    return today.filter(district__region_id=facility.side_id).select_related("district").order_by("name", "pk")


def coordinators_of(side: int | None) -> set[int]:
    """Return the accounts of those who coordinate a side today; for None those of the national coordinators."""
    role = Role.NATIONAL_COORDINATOR if side is None else Role.REGIONAL_COORDINATOR
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(role=role, user__is_active=True)
    return set((grants if side is None else grants.filter(region=side)).values_list("user_id", flat=True))


def focal_accounts(facility: Facility) -> set[int]:
    """Return the accounts of a facility's focal points of today."""
    rows = Posting.objects.in_force(timezone.localdate()).filter(facility=facility, position=Position.FOCAL)
    return set(rows.values_list("practitioner__user_id", flat=True))


def to_settle(user: Any) -> list[Facility]:
    """Return the listed facilities of which the person may settle what sides say differently, what waits longest first.

    Who has ever said something of a disputed value, or coordinates a side that has, leaves it to somebody else.
    """
    if not policies.may_settle(user):
        return []
    rows = Facility.objects.disputed().filter(state=FacilityState.OPEN)
    said = Claim.objects.filter(facility__in=rows.values("pk"))
    involved = said.filter(Q(entered_by=user.pk) | Q(side__in=network_policies.regions(user)))
    theirs = set(involved.order_by().values_list("facility", "field"))
    found = rows.select_related("kind").defer("search").order_by("changed_at", "pk")
    return [row for row in found if any((row.pk, field) not in theirs for field in row.disputed)]


# --- changes ----------------------------------------------------------------------------------------------------------


def told_changes(request: ChangeRequest, facility: Facility) -> list[dict[str, Any]]:
    """Return what a request asks for in words: the field, what stood there, what stands there now, what is asked for."""
    now = own_words(facility)
    words = _Words([request])
    return [
        {
            "label": words.label(name),
            "before": words.told(name, request.before.get(name)),
            "now": words.told(name, now[name]),
            "moved": now[name] != request.before.get(name),
            "proposed": words.told(name, value),
        }
        for name, value in sorted(request.proposed.items(), key=lambda pair: (*ASKABLE, "barriers").index(pair[0]))
    ]


def labels(request: ChangeRequest) -> list[str]:
    """Return the names of the fields that a request is about."""
    return [_Words.label(name) for name in request.proposed]


class _Words:
    """The labels and values of what is asked for, with the names of the rows to which it points."""

    _MODELS: dict[str, Any] = {"kind": FacilityType, "district": District, "municipality": Municipality}

    def __init__(self, requests: Iterable[ChangeRequest]) -> None:
        rows = list(requests)
        self._names: dict[str, dict[int, str]] = {}
        for name, model in self._MODELS.items():
            if any(name in row.proposed for row in rows):
                self._names[name] = {row.pk: str(row) for row in model.objects.all()}

    @staticmethod
    def label(name: str) -> str:
        if name == "barriers":
            return gettext("What it lacks")
        return str(getattr(Facility._meta.get_field(name), "verbose_name", name))

    def told(self, name: str, value: Any) -> str:
        if name == "barriers":
            labels = dict(Barrier.choices)
            return gettext(", ").join(str(labels.get(code, code)) for code in value or ()) or gettext("nothing")
        if value in (None, ""):
            return gettext("nothing")
        if name in self._names:
            return self._names[name].get(value, str(value))
        choices = dict(getattr(Facility._meta.get_field(name), "flatchoices", ()))
        return str(choices.get(value, value))


def history(facility: Facility) -> list[dict[str, Any]]:
    """Return the newest changes asked for of a facility, with what they ask for in words."""
    rows = list(ChangeRequest.objects.filter(facility=facility).order_by("-pk")[:HISTORY_SHOWN])
    words = _Words(rows)
    return [
        {
            "request": row,
            "changes": [(words.label(name), words.told(name, value)) for name, value in row.proposed.items()],
        }
        for row in rows
    ]


def confirmations(facility: Facility) -> list[Confirmation]:
    return list(Confirmation.objects.filter(facility=facility).order_by("-pk")[:HISTORY_SHOWN])


def requests_to_remind_of(now: datetime) -> QuerySet[ChangeRequest]:
    """Return the waiting changes of which somebody is to be reminded or told."""
    late = Q(asked_at__lte=now - upkeep.REMIND_AFTER, reminded_at__isnull=True)
    late |= Q(asked_at__lte=now - upkeep.ESCALATE_AFTER, escalated_at__isnull=True)
    return ChangeRequest.objects.filter(late, state=RequestState.WAITING).select_related("facility").order_by("pk")


def facilities_to_ask_about(now: datetime) -> QuerySet[Facility]:
    """Return the listed facilities that nobody has confirmed for a quarter and whose focal points were not asked since."""
    since = now - policies.STILL_RIGHT_LASTS
    focal = Posting.objects.in_force(timezone.localdate(now)).filter(facility=OuterRef("pk"), position=Position.FOCAL)
    asked = StillRightAsked.objects.filter(facility=OuterRef("pk"), asked_at__gt=since)
    return (
        Facility.objects.annotate(right_on=Coalesce("confirmed_at", "changed_at"))
        .filter(Exists(focal), ~Exists(asked), state=FacilityState.OPEN, right_on__lt=since)
        .order_by("pk")
    )


def kept_with_standing(user: Any) -> list[dict[str, Any]]:
    """Return the facilities that this member keeps, each with whether it is stale."""
    now = timezone.now()
    return [
        {"facility": row, "stale": policies.is_stale(row, now), "open": row.state == FacilityState.OPEN}
        for row in selectors.kept_facilities(user)
    ]


# --- services ---------------------------------------------------------------------------------------------------------


def services_asked() -> list[ServiceDomain]:
    """Return the services of the edition in force."""
    return list(
        ServiceDomain.objects.filter(edition__in=Edition.objects.in_force().values("pk"), group=SERVICES).order_by(
            "code"
        )
    )


def standing_services(facility: Facility) -> dict[int, ServiceStatus]:
    """Return the newest word about each service of a facility, of whatever edition, by the service's id."""
    rows = ServiceStatus.objects.filter(facility=facility).standing().select_related("domain__edition")
    return {row.domain_id: row for row in rows}


def shown_services(facility: Facility) -> list[ServiceStatus]:
    """Return what is known of a facility's services, by the newest edition of which anything is known."""
    rows = list(standing_services(facility).values())
    newest = max((row.domain.edition.in_force_from for row in rows if row.domain.edition), default=None)
    return sorted(
        (row for row in rows if row.domain.edition and row.domain.edition.in_force_from == newest),
        key=lambda row: row.domain.code,
    )


def services_history(facility: Facility) -> list[ServiceStatus]:
    """Return the newest words about a facility's services, of all editions."""
    rows = ServiceStatus.objects.filter(facility=facility).select_related("domain")
    return list(rows.order_by("-pk")[:HISTORY_SHOWN])


def open_visits(facility: Facility) -> list[Assessment]:
    """Return the visits to a facility that are planned or begun."""
    rows = Assessment.objects.filter(facility=facility, state__in=(AssessmentState.PLANNED, AssessmentState.FIELD))
    return list(rows.order_by("pk"))
