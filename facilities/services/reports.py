"""Monthly reports: kept as drafts, handed in, corrected by another revision; and who is reminded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import monthly
from facilities.enums import REPORT_MOVES, ReportMove, ReportState
from facilities.models import Facility, Indicator, MonthlyReport, ReportValue
from facilities.models.reports import HIGHEST
from facilities.services.claims import lock
from facilities.services.registry import NotYourFacility
from network import policies as network_policies
from network.enums import DomainError
from network.models import Region, User
from network.selectors import names, reference as named
from network.services import NotYours, record_edit, record_transition, reference, require_move, take_changes
from notifications import outbox


class NotReportedNow(DomainError):
    message = _("Only months that are over, and no more than a year ago, can be reported.")


class NothingReported(DomainError):
    message = _("Please give at least one figure. Write 0 where there was none.")


class NoDraft(DomainError):
    message = _("This month is handed in already. Change a figure to correct it.")


class NotPossible(DomainError):
    message = _("%(indicator)s: this can't be more than %(highest)s.")


class Doubtful(DomainError):
    message = _(
        "Some figures are far from what is usual. Please put them right, or write a word on why they are right."
    )


class IndicatorUsed(DomainError):
    message = _("Facilities have reported this. End it, and add the next version.")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is typed: None was not given; the word says why a doubtful one is right."""

    value: int | None
    word: str = ""


def _locked(facility: Facility, month: date, by: User) -> Facility:
    """Lock the facility: reports of one follow each other."""
    facility = lock(facility)
    if not monthly.reports_for(facility, by):
        raise NotYourFacility
    if month not in monthly.months_to_report(timezone.localdate()):
        raise NotReportedNow
    return facility


def _begin(facility: Facility, month: date, by: User, at: datetime) -> MonthlyReport:
    """Return the draft, a new revision where there is none."""
    newest = facility.reports.filter(month=month).order_by("-revision").first()
    if newest and newest.state == ReportState.DRAFT:
        return newest
    report = MonthlyReport.objects.create(
        facility=facility, month=month, revision=newest.revision + 1 if newest else 1, begun_at=at, begun_by=by
    )
    record_transition(report, ReportMove.BEGIN, from_state="", to_state=report.state, by=by, at=at)
    return report


@transaction.atomic
def keep_report(*, facility: Facility, month: date, figures: Mapping[str, Figure], by: User) -> MonthlyReport | None:
    """Keep what was typed as a draft; None where nothing differs from what was handed in.

    `figures` are by family of the indicator; those that are not asked are left out, and what is not among them stays as it is.
    Raises NotYourFacility, NotReportedNow, NotPossible.
    """
    facility, now = _locked(facility, month, by), timezone.now()
    indicators = {row.family: row for row in monthly.asked(month)}
    wanted = {family: figure for family, figure in figures.items() if family in indicators}
    for family, figure in wanted.items():
        if figure.value is not None and not 0 <= figure.value <= indicators[family].highest:
            raise NotPossible(indicator=indicators[family].name, highest=indicators[family].highest)
    known = monthly.open_report(facility, month)
    if known and known.state == ReportState.SUBMITTED:
        stands = {family: Figure(row.value, row.word) for family, row in monthly.values_of(known).items()}
        if all(stands.get(family, Figure(None)) == figure for family, figure in wanted.items()):
            return None
        wanted = {family: figure for family, figure in stands.items() if family in indicators} | wanted
    report = _begin(facility, month, by, now)
    kept = monthly.values_of(report)
    for family, figure in wanted.items():
        row = kept.get(family) or ReportValue(report=report, indicator=indicators[family])
        row.indicator, row.value, row.word = indicators[family], figure.value, figure.word
        row.save()
    return report


@transaction.atomic
def submit_report(*, facility: Facility, month: date, by: User) -> MonthlyReport:
    """Hand in the draft of a month; what was handed in before is replaced by it, and stays.

    Raises NotYourFacility, NotReportedNow, NoDraft, NothingReported, and Doubtful where a doubtful figure has no word.
    """
    facility, now = _locked(facility, month, by), timezone.now()
    report = monthly.open_report(facility, month)
    if report is None or report.state != ReportState.DRAFT:
        raise NoDraft
    target = require_move(REPORT_MOVES, ReportMove.SUBMIT, report)
    rows = monthly.values_of(report)
    values = {family: row.value for family, row in rows.items()}
    if all(value is None for value in values.values()):
        raise NothingReported
    if any(not rows[doubt.code].word.strip() for doubt in monthly.doubts_about(facility, month, values)):
        raise Doubtful
    before = facility.reports.filter(month=month, state=ReportState.SUBMITTED).first()
    if before:
        replaced = require_move(REPORT_MOVES, ReportMove.REPLACE, before)
        MonthlyReport.objects.filter(pk=before.pk).update(state=replaced)
        record_transition(
            before, ReportMove.REPLACE, from_state=ReportState.SUBMITTED, to_state=replaced, by=by, at=now
        )
    report.state, report.submitted_at, report.submitted_by = ReportState(target), now, by
    report.save(update_fields=["state", "submitted_at", "submitted_by"])
    record_transition(report, ReportMove.SUBMIT, from_state=ReportState.DRAFT, to_state=target, by=by, at=now)
    return report


@transaction.atomic
def remind_of_report(*, facility: Facility, month: date, today: date) -> None:
    """Remind a facility's focal points, once a month, that its report is late."""
    outbox.enqueue(
        "report-late",
        recipients=monthly.focal_users(facility, today),
        context={"facility": names_of(facility), "code": facility.code, "month": f"{month:%Y-%m}"},
        subject_ref=named(facility),
        dedup=f"facility:{facility.pk}:{month:%Y-%m}",
    )


def names_of(facility: Facility) -> dict[str, str]:
    """Return what a facility is called in each language."""
    return facility.names


@transaction.atomic
def tell_missing(*, side: Region, month: date, missing: int, today: date) -> None:
    """Tell the coordinators of a side, once a month, how many reports are still missing."""
    outbox.enqueue(
        "reports-missing",
        recipients=monthly.coordinators_of(side.pk, today),
        context={"side": names(side), "month": f"{month:%Y-%m}", "missing": missing},
        subject_ref=named(side),
        dedup=f"side:{side.pk}:{month:%Y-%m}",
    )


@transaction.atomic
def save_indicator(*, indicator: Indicator, changed: Any, by: User) -> Indicator:
    """Keep what is asked. Once it was reported only its end can be set. Raises NotYours, IndicatorUsed."""
    if not network_policies.is_national(by):
        raise NotYours
    if indicator.pk is None:
        indicator.code = f"{indicator.family}-{indicator.version}"
        indicator.save()
    else:
        stands: Indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)  # type: ignore[assignment]
        if set(changed) - {"valid_to"} and ReportValue.objects.filter(indicator=stands).exists():
            raise IndicatorUsed
        columns = take_changes(stands, indicator, changed)
        indicator = stands
        indicator.save(update_fields=columns)
    record_edit(indicator, changed={"fields": sorted(changed)} if changed else {}, by=by, at=timezone.now())
    return indicator


def load_indicators(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load the first versions of what monthly reports ask."""
    yield reference.keep_rows(
        Indicator,
        "code",
        (
            {
                "code": f"{row['family']}-1",
                "family": row["family"],
                "version": 1,
                "position": place,
                "highest": int(row["highest"] or HIGHEST),
                "part_of": row["part_of"],
                "factor": 3,
                "valid_from": date(2020, 1, 1),
                **reference.names(row),
            }
            for place, row in enumerate(reference.read(directory / "vocabularies" / "indicators.csv"), 1)
        ),
    )
