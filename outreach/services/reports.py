"""What units report day by day, and how numbers are put right. Numbers are added, never changed."""

import uuid
from collections.abc import Mapping
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.enums import DomainError
from network.models import User
from network.services import require_seen
from outreach import figures, policies
from outreach.enums import Why
from outreach.figures import Numbers
from outreach.models import DailyReport, Referred, ReportCorrection, Seen, Stop

Key = TypeVar("Key")


class NotAReporter(DomainError):
    message = _("Only the team of this unit and the coordinators of its side can enter this.")


class NotInItsTime(DomainError):
    message = _("The day can't be still to come, nor lie more than a year back.")


class OnAnotherSide(DomainError):
    message = _("Please choose a municipality of the unit's side, or one of its planned stops.")


class NobodySeen(DomainError):
    message = _("Please write how many people came, at least in one box.")


class MoreReferredThanSeen(DomainError):
    message = _("More people were referred than were seen. Please look at the numbers again.")


class StopReported(DomainError):
    message = _("This stop is reported already. If its numbers are wrong, they are corrected in that report.")


class NothingChanges(DomainError):
    message = _("These are the numbers that stand already.")


class FormUsed(DomainError):
    message = _("This form was used for something else. Please open it again.")


class NoReason(DomainError):
    message = _("Please choose why it is corrected.")


def difference(wanted: Mapping[Key, int], stands: Mapping[Key, int]) -> dict[Key, int]:
    """Return what is to be added to what stands, below 0 too."""
    found = {key: wanted.get(key, 0) - stands.get(key, 0) for key in [*wanted, *(stands.keys() - wanted.keys())]}
    return {key: more for key, more in found.items() if more}


def _require_possible(numbers: Numbers) -> None:
    if sum(numbers.referred.values()) > numbers.people:
        raise MoreReferredThanSeen


@transaction.atomic
def enter_report(*, report: DailyReport, numbers: Numbers, by: User) -> DailyReport:
    """Keep what a unit did at one stop on one day; the same `uid` again is the report that is there, whatever came with it.

    A planned stop gives its place and its day, and is reported once. Raises NotAReporter, NotInItsTime, OnAnotherSide, NobodySeen,
    MoreReferredThanSeen, FormUsed, StopReported.
    """
    # Two of a team may report the same stop at once; without a stop, what is added here depends on no other row.
    now, stop = timezone.now(), report.stop
    if not figures.units_of(by).filter(pk=report.unit_id).exists():
        raise NotAReporter
    if stop is not None:
        Stop.objects.select_for_update(of=("self",)).get(pk=stop.pk)
    known = _entered_before(report, by)
    if known:
        return known
    if stop is not None and figures.reported([stop]):
        raise StopReported
    report.side = report.unit.side
    if stop is not None:
        if stop.plan.unit_id != report.unit_id:
            raise OnAnotherSide
        report.on, report.municipality, report.site, report.place = stop.day, stop.municipality, stop.site, stop.place
    if report.municipality.district.region_id != report.side_id:
        raise OnAnotherSide
    if not policies.in_its_time(report.on, timezone.localdate(now)):
        raise NotInItsTime
    if not numbers.people:
        raise NobodySeen
    _require_possible(numbers)
    report.entered_at, report.entered_by = now, by
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        # The same form from another tab, or the browser's second try.
        report.pk = None
        if known := _entered_before(report, by):
            return known
        raise
    _add(report, numbers.seen, numbers.referred, None)
    return report


def _entered_before(report: DailyReport, by: User) -> DailyReport | None:
    known = DailyReport.objects.filter(uid=report.uid).first()
    if known and (known.unit_id, known.entered_by_id) != (report.unit_id, by.pk):
        raise FormUsed
    return known


def _add(
    report: DailyReport,
    seen: Mapping[tuple[str, str], int],
    referred: Mapping[str, int],
    correction: ReportCorrection | None,
) -> None:
    Seen.objects.bulk_create(
        Seen(report=report, sex=sex, age=age, people=people, correction=correction)
        for (sex, age), people in seen.items()
        if people
    )
    Referred.objects.bulk_create(
        Referred(report=report, level=level, people=people, correction=correction)
        for level, people in referred.items()
        if people
    )


@transaction.atomic
def correct_report(
    *, report: DailyReport, uid: uuid.UUID, seen: int, numbers: Numbers, why: str, by: User
) -> ReportCorrection:
    """Say what the numbers of a report should have been: rows of the difference. All at 0 strikes the report out.

    The same `uid` again is the correction that is there; `seen` is how many corrections its writer knew of. Raises NotAReporter,
    FormUsed, NoReason, MoreReferredThanSeen, CorrectedMeanwhile, NothingChanges.
    """
    # Corrections of one report follow each other, for each is a difference from what stands.
    report = DailyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    now = timezone.now()
    if not figures.may_correct_report(report, by):
        raise NotAReporter
    known = ReportCorrection.objects.filter(uid=uid).first()
    if known:
        if (known.report_id, known.entered_by_id) != (report.pk, by.pk):
            raise FormUsed
        return known
    if why not in Why.values:
        raise NoReason
    _require_possible(numbers)
    require_seen(report.corrections.all(), seen)
    stands = figures.numbers_of([report])[report.pk]
    people, referred = difference(numbers.seen, stands.seen), difference(numbers.referred, stands.referred)
    if not people and not referred:
        raise NothingChanges
    made = ReportCorrection.objects.create(uid=uid, report=report, why=why, entered_at=now, entered_by=by)
    _add(report, people, referred, made)
    return made
