"""Visits that assess a facility: planned, called off, begun, answered by each assessor alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import assessment_selectors as selectors, upkeep, upkeep_notices
from facilities.enums import FacilityState
from facilities.models import Answer, Assessment, Assessor, Edition, Facility
from facilities.models.assessments import COUNT_AT_MOST
from facilities.services.claims import ReasonMissing, lock
from facilities.services.registry import NotYourFacility
from facilities.services.upkeep import NoLongerListed
from facilities.upkeep_enums import ASSESSMENT_MOVES, AssessmentMove, AssessmentState, Finding
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import IllegalMove, record_edit, record_transition, require_move


class NoEdition(DomainError):
    message = _("No questionnaire is in force.")


class NobodyIsSentThere(DomainError):
    message = _("This facility is hidden because of a security concern: nobody is sent there.")


class AssessorNotInReach(DomainError):
    message = _(
        "Only an active member of your side can be named; a national coordinator names those of the other sides."
    )


class AssessorAlready(DomainError):
    message = _("This person is an assessor already.")


class AllDone(DomainError):
    message = _("All assessors are done: nobody else is named any more.")


class NotAnAssessor(DomainError):
    message = _("Only the assessors of this visit can do this.")


class TooFewAssessors(DomainError):
    message = _(
        "A visit needs at least two assessors of different sides, one of whom is there. Somebody has still to be named."
    )


class NotBeforeItsDay(DomainError):
    message = _("This visit is planned for a later day.")


class DoneAlready(DomainError):
    message = _("Who is done changes nothing any more.")


class NotAllAnswered(DomainError):
    message = _("Some items are not answered yet. What you could not see has an answer of its own.")


class NoFinding(DomainError):
    message = _("This is no answer to this questionnaire. Please open the page again.")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: what was found, how many work where somebody counted, and a note."""

    finding: str
    count: int | None = None
    note: str = ""


def lock_visit(assessment: Assessment) -> Assessment:
    """Lock a visit after its facility: always in this order."""
    lock(assessment.facility)
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("facility")
    return rows.get(pk=assessment.pk)


def _require_run(facility: Facility, by: User) -> None:
    """Raise NotYourFacility for who does not run visits there, NobodyIsSentThere while it is hidden: its name is told to other sides."""
    if not upkeep.may_run(by, facility.side_id):
        raise NotYourFacility
    if facility.concern:
        raise NobodyIsSentThere


def move_visit(
    assessment: Assessment, move: AssessmentMove, *, by: User, at: datetime, reason: str = "", **fields: Any
) -> None:
    before = assessment.state
    assessment.state = require_move(ASSESSMENT_MOVES, move, assessment)
    for name, value in fields.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=["state", *fields])
    record_transition(assessment, move, from_state=before, to_state=assessment.state, by=by, at=at, reason=reason)


# --- planning ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_assessment(*, facility: Facility, visit_on: date, tolerance: int, by: User) -> Assessment:
    """Plan a visit with the questionnaire in force. Raises NotYourFacility, NobodyIsSentThere, NoLongerListed, NoEdition."""
    facility, now = lock(facility), timezone.now()
    _require_run(facility, by)
    if facility.state != FacilityState.OPEN:
        raise NoLongerListed
    edition = Edition.objects.in_force().first()
    if edition is None:
        raise NoEdition
    row = Assessment.objects.create(
        facility=facility, edition=edition, visit_on=visit_on, tolerance=tolerance, planned_at=now, planned_by=by
    )
    record_transition(row, AssessmentMove.PLAN, from_state="", to_state=row.state, by=by, at=now)
    return row


@transaction.atomic
def replan_assessment(
    *, assessment: Assessment, visit_on: date | None = None, tolerance: int | None = None, by: User
) -> Assessment:
    """Change day or tolerance of a visit that has not begun, and tell its assessors of another day; what is None stays.

    Raises NotYourFacility, NobodyIsSentThere, IllegalMove.
    """
    assessment, now = lock_visit(assessment), timezone.now()
    _require_run(assessment.facility, by)
    require_move(ASSESSMENT_MOVES, AssessmentMove.START, assessment)
    wanted: dict[str, Any] = {"visit_on": visit_on, "tolerance": tolerance}
    changed = [name for name, value in wanted.items() if value not in (None, getattr(assessment, name))]
    if not changed:
        return assessment
    for name in changed:
        setattr(assessment, name, wanted[name])
    assessment.save(update_fields=changed)
    record_edit(assessment, changed={"fields": changed}, by=by, at=now)
    if "visit_on" in changed:
        accounts = list(assessment.assessors.values_list("practitioner__user_id", flat=True))
        upkeep_notices.tell_assessors(assessment, "assessment-planned", recipients=accounts, at=now)
    return assessment


@transaction.atomic
def call_off_assessment(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Call a visit off that is not reconciled, and tell its assessors why; what they found stays with it, and is told to nobody.

    Raises NotYourFacility, IllegalMove, ReasonMissing.
    """
    assessment, now = lock_visit(assessment), timezone.now()
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    require_move(ASSESSMENT_MOVES, AssessmentMove.CALL_OFF, assessment)
    if not reason.strip():
        raise ReasonMissing
    move_visit(assessment, AssessmentMove.CALL_OFF, by=by, at=now, reason=reason)
    # Of one that is hidden they have been told already, without its name, that nobody goes there.
    if not assessment.facility.concern:
        accounts = list(assessment.assessors.values_list("practitioner__user_id", flat=True))
        upkeep_notices.tell_assessors(assessment, "assessment-called-off", recipients=accounts, at=now, reason=reason)
    return assessment


@transaction.atomic
def name_assessor(*, assessment: Assessment, practitioner: Practitioner, remote: bool, by: User) -> Assessor:
    """Name an assessor of a visit, as long as not all are done or those who are left are too few, and tell them.

    Whoever was done and is no active member any more talks over and closes nothing: another one may be named to do it.
    Raises NotYourFacility, NobodyIsSentThere, IllegalMove, AllDone, AssessorNotInReach, AssessorAlready.
    """
    assessment, now = lock_visit(assessment), timezone.now()
    _require_run(assessment.facility, by)
    _require_open(assessment)
    if _is_complete(selectors.active_assessors(assessment)):
        raise AllDone
    if not selectors.plannable(by).filter(pk=practitioner.pk).exists():
        raise AssessorNotInReach
    if assessment.assessors.filter(practitioner=practitioner).exists():
        raise AssessorAlready
    row = Assessor.objects.create(
        assessment=assessment,
        practitioner=practitioner,
        side_id=practitioner.region_id,
        remote=remote,
        named_at=now,
        named_by=by,
    )
    record_edit(assessment, changed={"assessor": row.pk}, by=by, at=now)
    upkeep_notices.tell_assessors(assessment, "assessment-planned", recipients=[practitioner.user_id], at=now)
    return row


@transaction.atomic
def drop_assessor(*, assessor: Assessor, by: User) -> None:
    """Take somebody off a visit who is not done, with what they found, and tell them; once it has begun, if those who stay are enough.

    Raises NotYourFacility, IllegalMove, DoneAlready, TooFewAssessors.
    """
    assessment = lock_visit(assessor.assessment)
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    _require_open(assessment)
    assessor = Assessor.objects.select_for_update(of=("self",)).get(pk=assessor.pk)
    if assessor.done_at:
        raise DoneAlready
    staying = [person for person in selectors.assessors(assessment) if person.pk != assessor.pk]
    if assessment.state == AssessmentState.FIELD and not upkeep.may_begin(staying):
        raise TooFewAssessors
    _take_off(assessor, assessment, by=by)


def _take_off(assessor: Assessor, assessment: Assessment, *, by: User) -> None:
    number, account, now = assessor.pk, assessor.practitioner.user_id, timezone.now()
    assessor.delete()
    record_edit(assessment, changed={"assessor_gone": number}, by=by, at=now)
    # Of one that is hidden they have been told already, without its name, that nobody goes there.
    if not assessment.facility.concern:
        upkeep_notices.tell_assessors(assessment, "assessment-dropped", recipients=[account], at=now)
    # For this one alone the others may have waited.
    _tell_if_complete(assessment, at=now)


def _is_complete(people: Collection[Assessor]) -> bool:
    """Tell whether all are done, and they are enough to compare what they found."""
    return all(person.done_at for person in people) and upkeep.may_begin(people)


def _tell_if_complete(assessment: Assessment, *, at: datetime) -> None:
    """Tell the assessors that they can compare, once they can; of a facility that is hidden nobody is told."""
    people = selectors.assessors(assessment)
    if _is_complete(people) and not assessment.facility.concern:
        accounts = [person.practitioner.user_id for person in selectors.active_assessors(assessment)]
        upkeep_notices.tell_assessors(assessment, "assessment-compare", recipients=accounts, at=at)


@transaction.atomic
def give_up_visits(*, practitioner: Practitioner, by: User) -> None:
    """Take somebody who leaves or is suspended off the visits at which they are not done, and tell them; the coordinators name others.

    Where those who stay are done and enough, they are told that they can compare.
    """
    for row in Assessor.objects.filter(practitioner=practitioner, done_at__isnull=True).order_by("pk"):
        assessment = lock_visit(row.assessment)
        if selectors.is_open(assessment):
            _take_off(row, assessment, by=by)


def _require_open(assessment: Assessment) -> None:
    if not selectors.is_open(assessment):
        raise IllegalMove(state=assessment.get_state_display())


# --- in the field -----------------------------------------------------------------------------------------------------


def as_assessor(assessment: Assessment, by: User) -> Assessor:
    """Lock the row of an assessor who may still read the facility. Raises NotAnAssessor."""
    if not selectors.assessments_of(by).filter(pk=assessment.pk).exists():
        raise NotAnAssessor
    return Assessor.objects.select_for_update(of=("self",)).get(assessment=assessment, practitioner__user_id=by.pk)


@transaction.atomic
def keep_answers(*, assessment: Assessment, given: Mapping[int, Given], by: User) -> Assessor:
    """Keep what one assessor found, by item, as a draft; the first answer of anybody begins the visit.

    Raises NotAnAssessor, TooFewAssessors, NotBeforeItsDay, IllegalMove, DoneAlready, NoFinding.
    """
    assessment, now = lock_visit(assessment), timezone.now()
    assessor = as_assessor(assessment, by)
    if assessment.state == AssessmentState.PLANNED:
        if not upkeep.may_begin(assessment.assessors.all()):
            raise TooFewAssessors
        if assessment.visit_on > timezone.localdate(now):
            raise NotBeforeItsDay
        move_visit(assessment, AssessmentMove.START, by=by, at=now)
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    if assessor.done_at:
        raise DoneAlready
    items = selectors.domain_of(assessment)
    for item, answer in given.items():
        if item not in items:
            raise NoFinding
        require_finding(answer)
        Answer.objects.update_or_create(
            assessor=assessor,
            item_id=item,
            defaults={
                "finding": answer.finding,
                "count": answer.count if answer.finding == Finding.PRESENT else None,
                "note": answer.note,
                "answered_at": now,
            },
        )
    return assessor


def require_finding(answer: Given) -> None:
    if answer.finding not in Finding.values or not 0 <= (answer.count or 0) <= COUNT_AT_MOST:
        raise NoFinding


@transaction.atomic
def finish_answers(*, assessment: Assessment, by: User) -> Assessor:
    """Close one assessor's answers for good; twice is the same as once. When all are done they are told that they can compare.

    Raises NotAnAssessor, IllegalMove, NotAllAnswered.
    """
    assessment, now = lock_visit(assessment), timezone.now()
    assessor = as_assessor(assessment, by)
    if assessor.done_at:
        return assessor
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    if set(selectors.domain_of(assessment)) - set(selectors.answers_of(assessor)):
        raise NotAllAnswered
    assessor.done_at = now
    assessor.save(update_fields=["done_at"])
    record_edit(assessment, changed={"done": assessor.pk}, by=by, at=now)
    _tell_if_complete(assessment, at=now)
    return assessor
