"""Monthly reports as they are read: what is asked, what stood before, who is late, and what of it everybody is told."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from facilities import atoms, policies
from facilities.enums import FacilityState, Position, Precision, ReportState
from facilities.models import Facility, Indicator, MonthClosing, MonthlyReport, Posting, ReportValue, ToldSum
from facilities.plausibility import MONTHS_COMPARED, Doubt, Rule, doubts
from network.enums import Role
from network.models import District, RoleGrant
from network.months import month_before

# So many months back can be reported, and are listed.
MONTHS_BACK = 12
# Focal points are reminded once after this day of the month, coordinators after that one; then the month is closed.
LATE_AFTER = 10
COORDINATORS_AFTER = 15


# --- months -------------------------------------------------------------------------------------------------------------


def months_to_report(today: date) -> list[date]:
    """Return the months that can be reported, the newest first: those that are over."""
    return [month_before(today, back) for back in range(1, MONTHS_BACK + 1)]


def month_of(text: str, today: date) -> date | None:
    """Return the month that an address names as 2026-10 if it can be reported, else None."""
    return {f"{month:%Y-%m}": month for month in months_to_report(today)}.get(text)


# --- one facility -------------------------------------------------------------------------------------------------------


def facility_to_report(code: str, user: Any) -> Facility | None:
    """Return a listed facility of which this person reports: a focal point, or a coordinator of its side; else None."""
    rows = Facility.objects.filter(code=code, state=FacilityState.OPEN).select_related("kind", "district", "side")
    theirs = Q(pk__in=Facility.objects.kept_by(user).values("pk"))
    theirs |= Q(pk__in=Facility.objects.editable_by(user).values("pk"))
    return rows.filter(theirs).first()


def reports_for(facility: Facility, user: Any) -> bool:
    """Tell whether this person reports of the facility."""
    kept = Facility.objects.kept_by(user).filter(pk=facility.pk)
    return facility.state == FacilityState.OPEN and (policies.keeps(user, facility.side_id) or kept.exists())


def asked(month: date) -> list[Indicator]:
    """Return what is asked of that month, in order."""
    rows: Any = Indicator.objects.all()
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=month), valid_from__lte=month)
    return list(rows.order_by("position", "pk"))


def values_of(report: MonthlyReport | None) -> dict[str, ReportValue]:
    """Return the figures of a report by what they count."""
    if report is None:
        return {}
    return {row.indicator.family: row for row in report.values.select_related("indicator").order_by("pk")}


def open_report(facility: Facility, month: date) -> MonthlyReport | None:
    """Return what is to be gone on with: the draft, else what stands."""
    rows = facility.reports.filter(month=month, state__in=(ReportState.DRAFT, ReportState.SUBMITTED))
    return rows.order_by("-revision").first()


def history(facility: Facility, month: date) -> dict[str, list[int]]:
    """Return the figures that stand of the year before, by what they count, the newest first."""
    rows = ReportValue.objects.filter(
        report__facility=facility,
        report__state=ReportState.SUBMITTED,
        report__month__lt=month,
        report__month__gte=month_before(month, 2 * MONTHS_COMPARED),
        value__isnull=False,
    )
    found: dict[str, list[int]] = defaultdict(list)
    told: Any = rows.order_by("-report__month", "pk").values_list("indicator__family", "value")
    for family, value in told:
        found[family].append(value)
    return found


def last_month(facility: Facility, month: date) -> dict[str, int]:
    """Return the figures that stand of the month before, by what they count."""
    rows = ReportValue.objects.filter(
        report__facility=facility,
        report__state=ReportState.SUBMITTED,
        report__month=month_before(month),
        value__isnull=False,
    )
    told: Any = rows.order_by("pk").values_list("indicator__family", "value")
    return dict(told)


def doubts_about(facility: Facility, month: date, values: dict[str, int | None]) -> list[Doubt]:
    """Return what of these figures is to be confirmed."""
    rules = [Rule(row.family, row.factor, row.part_of) for row in asked(month)]
    return doubts(rules, values, history(facility, month))


def months_of(facility: Facility, today: date) -> list[tuple[date, MonthlyReport | None, bool]]:
    """Return for each month what was handed in last, and whether a draft waits."""
    months = months_to_report(today)
    rows = facility.reports.filter(month__gte=months[-1]).exclude(state=ReportState.CORRECTED)
    standing: dict[date, MonthlyReport] = {}
    drafted = set()
    for row in rows.order_by("pk"):
        if row.state == ReportState.DRAFT:
            drafted.add(row.month)
        else:
            standing[row.month] = row
    return [(month, standing.get(month), month in drafted) for month in months]


# --- who is late --------------------------------------------------------------------------------------------------------


def late(month: date, today: date) -> QuerySet[Facility]:
    """Return the facilities that have a focal point and have not handed in that month."""
    handed_in = MonthlyReport.objects.filter(facility=OuterRef("pk"), month=month, state=ReportState.SUBMITTED)
    focal = Posting.objects.in_force(today).filter(facility=OuterRef("pk"), position=Position.FOCAL)
    rows = Facility.objects.filter(Exists(focal), ~Exists(handed_in), state=FacilityState.OPEN)
    return rows.select_related("kind").order_by("pk")


def focal_users(facility: Facility, today: date) -> list[int]:
    """Return the accounts of a facility's focal points."""
    rows = Posting.objects.in_force(today).filter(facility=facility, position=Position.FOCAL)
    return sorted(set(rows.values_list("practitioner__user_id", flat=True)))


def coordinators_of(side_id: int, today: date) -> list[int]:
    """Return the accounts of those who coordinate a side."""
    grants = RoleGrant.objects.in_force(today).filter(role=Role.REGIONAL_COORDINATOR, region=side_id)
    return sorted(set(grants.filter(user__is_active=True).values_list("user_id", flat=True)))


# --- what everybody is told ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of a district's facilities have reported: of facilities, so that it is told at any time."""

    district: District
    reported: int
    facilities: int

    @property
    def width(self) -> float:
        return 100 * self.reported / self.facilities


@dataclass(frozen=True, slots=True)
class SumsRow:
    """The sums of a district in the order of the indicators; None where none may be told."""

    district: District
    sums: list[int | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A month as everybody reads it: who has reported as of now, and the sums that were kept when the month was closed.

    A total is the sum of what is told above it.
    """

    indicators: list[Indicator]
    rows: list[Completeness]
    reported: int
    facilities: int
    is_closed: bool
    sums: list[SumsRow]
    totals: list[int | None]


def _public() -> QuerySet[Facility]:
    """Return the facilities that count: one whose district nobody is told is in no row, not even by its absence from one."""
    return Facility.objects.public().exclude(public_precision=Precision.HIDDEN)


def _standing(month: date) -> QuerySet[MonthlyReport]:
    rows = MonthlyReport.objects.filter(month=month, state=ReportState.SUBMITTED, facility__in=_public().values("pk"))
    return rows.order_by()


def completeness(month: date) -> list[Completeness]:
    """Return how many facilities have reported a month, by district."""
    listed = Counter(dict(_public().order_by().values_list("district").annotate(n=Count("pk"))))
    reported = Counter(dict(_standing(month).values_list("facility__district").annotate(n=Count("pk"))))
    rows = District.objects.select_related("region").order_by("region__position", "name", "pk")
    return [Completeness(row, reported[row.pk], listed[row.pk]) for row in rows if listed[row.pk]]


def picture(month: date) -> Picture:
    """Return completeness and sums of a month by district."""
    rows, indicators = completeness(month), asked(month)
    told: dict[int, dict[int, int]] = defaultdict(dict)
    kept = ToldSum.objects.filter(closing__month=month).order_by()
    for district, indicator, total in kept.values_list("district", "indicator", "total"):
        told[district][indicator] = total
    districts = District.objects.filter(pk__in=told).select_related("region")
    sums = [
        SumsRow(row, [told[row.pk].get(indicator.pk) for indicator in indicators])
        for row in districts.order_by("region__position", "name", "pk")
    ]
    columns = ([row.sums[place] for row in sums] for place in range(len(indicators)))
    return Picture(
        indicators,
        rows,
        sum(row.reported for row in rows),
        sum(row.facilities for row in rows),
        MonthClosing.objects.filter(month=month).exists(),
        sums,
        [_total(column) for column in columns],
    )


def _total(sums: list[int | None]) -> int | None:
    told = [each for each in sums if each is not None]
    return sum(told) if told else None


# --- what is kept of it when the month is closed ---------------------------------------------------------------------------


def months_to_close(today: date) -> list[date]:
    """Return the months that are due, reported by somebody, and not closed."""
    due = [month for month in months_to_report(today) if today > closes_on(month)]
    reported = MonthlyReport.objects.filter(month__in=due, state=ReportState.SUBMITTED)
    closed = MonthClosing.objects.filter(month__in=due).values("month")
    return sorted(set(reported.exclude(month__in=closed).order_by().values_list("month", flat=True)))


def closes_on(month: date) -> date:
    """Return the last day on which what is handed in still counts into the sums of a month."""
    return month_before(month, -1).replace(day=COORDINATORS_AFTER)


def sums_as_they_stand(month: date) -> dict[int, dict[int, atoms.Sum]]:
    """Return the sums of the public facilities of each district: its id → id of the indicator → sum."""
    found: dict[int, dict[int, atoms.Sum]] = defaultdict(dict)
    values = ReportValue.objects.filter(report__in=_standing(month).values("pk"), value__isnull=False).order_by()
    rows = values.values_list("report__facility__district", "indicator")
    for district, indicator, facilities, total in rows.annotate(n=Count("pk"), total=Sum("value")):
        found[district][indicator] = atoms.Sum(facilities, total)
    return found
