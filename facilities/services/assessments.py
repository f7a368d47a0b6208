"""Visits that assess a facility: planned, begun, answered by each assessor alone, reconciled, published."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import assessment_selectors as selectors, readiness, upkeep, upkeep_notices
from facilities.enums import FacilityState
from facilities.models import Answer, Assessment, Assessor, Edition, Facility, Reconciled
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


class OthersNotDone(DomainError):
    message = _("The others are not done yet: nobody sees what anybody found before all are.")


class NothingDiffers(DomainError):
    message = _("On this item the assessors do not differ.")


class StillDiffering(DomainError):
    message = _("On some items there is no agreed answer yet.")


class OwnReconciliation(DomainError):
    message = _(
        "An agreed answer that you wrote yourself is confirmed by another assessor: one of you writes, another one closes."
    )


class NoFinding(DomainError):
    message = _("This is no answer to this questionnaire. Please open the page again.")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: what was found, how many work where somebody counted, and a note."""

    finding: str
    count: int | None = None
    note: str = ""


def _locked(assessment: Assessment) -> Assessment:
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


def _move(
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
def replan_assessment(*, assessment: Assessment, visit_on: date, tolerance: int, by: User) -> Assessment:
    """Change day and tolerance of a visit that has not begun, and tell its assessors of another day.

    Raises NotYourFacility, NobodyIsSentThere, IllegalMove.
    """
    assessment, now = _locked(assessment), timezone.now()
    _require_run(assessment.facility, by)
    require_move(ASSESSMENT_MOVES, AssessmentMove.START, assessment)
    wanted: dict[str, Any] = {"visit_on": visit_on, "tolerance": tolerance}
    changed = [name for name, value in wanted.items() if getattr(assessment, name) != value]
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
    assessment, now = _locked(assessment), timezone.now()
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    require_move(ASSESSMENT_MOVES, AssessmentMove.CALL_OFF, assessment)
    if not reason.strip():
        raise ReasonMissing
    _move(assessment, AssessmentMove.CALL_OFF, by=by, at=now, reason=reason)
    # Of one that is hidden they have been told already, without its name, that nobody goes there.
    if not assessment.facility.concern:
        accounts = list(assessment.assessors.values_list("practitioner__user_id", flat=True))
        upkeep_notices.tell_assessors(assessment, "assessment-called-off", recipients=accounts, at=now, reason=reason)
    return assessment


@transaction.atomic
def name_assessor(*, assessment: Assessment, practitioner: Practitioner, remote: bool, by: User) -> Assessor:
    """Name an assessor of a visit, as long as not all are done, and tell them.

    Raises NotYourFacility, NobodyIsSentThere, IllegalMove, AllDone, AssessorNotInReach, AssessorAlready.
    """
    assessment, now = _locked(assessment), timezone.now()
    _require_run(assessment.facility, by)
    _require_open(assessment)
    people = selectors.assessors(assessment)
    if people and all(person.done_at for person in people):
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
    """Take somebody off a visit who is not done, with what they found; once it has begun, if those who stay are enough.

    Raises NotYourFacility, IllegalMove, DoneAlready, TooFewAssessors.
    """
    assessment = _locked(assessor.assessment)
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    _require_open(assessment)
    assessor = Assessor.objects.select_for_update(of=("self",)).get(pk=assessor.pk)
    if assessor.done_at:
        raise DoneAlready
    staying = [person for person in selectors.assessors(assessment) if person.pk != assessor.pk]
    if assessment.state == AssessmentState.FIELD and not upkeep.may_begin(staying):
        raise TooFewAssessors
    number = assessor.pk
    assessor.delete()
    record_edit(assessment, changed={"assessor_gone": number}, by=by, at=timezone.now())


@transaction.atomic
def give_up_visits(*, practitioner: Practitioner, by: User) -> None:
    """Take somebody who leaves or is suspended off the visits at which they are not done; the coordinators name others."""
    for row in Assessor.objects.filter(practitioner=practitioner, done_at__isnull=True).order_by("pk"):
        assessment = _locked(row.assessment)
        if selectors.is_open(assessment):
            number = row.pk
            row.delete()
            record_edit(assessment, changed={"assessor_gone": number}, by=by, at=timezone.now())


def _require_open(assessment: Assessment) -> None:
    if not selectors.is_open(assessment):
        raise IllegalMove(state=assessment.get_state_display())


# --- in the field -----------------------------------------------------------------------------------------------------


def _as_assessor(assessment: Assessment, by: User) -> Assessor:
    """Lock the row of an assessor who may still read the facility. Raises NotAnAssessor."""
    if not selectors.assessments_of(by).filter(pk=assessment.pk).exists():
        raise NotAnAssessor
    return Assessor.objects.select_for_update(of=("self",)).get(assessment=assessment, practitioner__user_id=by.pk)


@transaction.atomic
def keep_answers(*, assessment: Assessment, given: Mapping[int, Given], by: User) -> Assessor:
    """Keep what one assessor found, by item, as a draft; the first answer of anybody begins the visit.

    Raises NotAnAssessor, TooFewAssessors, NotBeforeItsDay, IllegalMove, DoneAlready, NoFinding.
    """
    assessment, now = _locked(assessment), timezone.now()
    assessor = _as_assessor(assessment, by)
    if assessment.state == AssessmentState.PLANNED:
        if not upkeep.may_begin(assessment.assessors.all()):
            raise TooFewAssessors
        if assessment.visit_on > timezone.localdate(now):
            raise NotBeforeItsDay
        _move(assessment, AssessmentMove.START, by=by, at=now)
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    if assessor.done_at:
        raise DoneAlready
    items = selectors.domain_of(assessment)
    for item, answer in given.items():
        if item not in items:
            raise NoFinding
        _require_finding(answer)
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


def _require_finding(answer: Given) -> None:
    if answer.finding not in Finding.values or not 0 <= (answer.count or 0) <= COUNT_AT_MOST:
        raise NoFinding


@transaction.atomic
def finish_answers(*, assessment: Assessment, by: User) -> Assessor:
    """Close one assessor's answers for good; twice is the same as once. When all are done they are told that they can compare.

    Raises NotAnAssessor, IllegalMove, NotAllAnswered.
    """
    assessment, now = _locked(assessment), timezone.now()
    assessor = _as_assessor(assessment, by)
    if assessor.done_at:
        return assessor
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    if set(selectors.domain_of(assessment)) - set(selectors.answers_of(assessor)):
        raise NotAllAnswered
    assessor.done_at = now
    assessor.save(update_fields=["done_at"])
    record_edit(assessment, changed={"done": assessor.pk}, by=by, at=now)
    people = selectors.assessors(assessment)
    if all(person.done_at for person in people):
        accounts = [person.practitioner.user_id for person in people]
        upkeep_notices.tell_assessors(assessment, "assessment-compare", recipients=accounts, at=now)
    return assessor


# --- reconciling ------------------------------------------------------------------------------------------------------


def _compared(assessment: Assessment) -> tuple[list[Assessor], list[dict[int, Answer]]]:
    people = selectors.assessors(assessment)
    if not people or not all(person.done_at for person in people):
        raise OthersNotDone
    return people, selectors.all_answers(people)


@transaction.atomic
def reconcile_item(*, assessment: Assessment, item: int, agreed: Given, by: User) -> Reconciled:
    """Write what the assessors agree on about an item on which they differ, and why; a newer word takes its place.

    Raises NotAnAssessor, IllegalMove, OthersNotDone, NothingDiffers, NoFinding, ReasonMissing.
    """
    assessment, now = _locked(assessment), timezone.now()
    _as_assessor(assessment, by)
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    people, answers = _compared(assessment)
    if item not in {row.item.pk for row in selectors.differences(assessment, people, answers)}:
        raise NothingDiffers
    _require_finding(agreed)
    if not agreed.note.strip():
        raise ReasonMissing
    return Reconciled.objects.create(
        assessment=assessment,
        item_id=item,
        finding=agreed.finding,
        count=agreed.count if agreed.finding == Finding.PRESENT else None,
        note=agreed.note.strip(),
        written_at=now,
        written_by=by,
    )


@transaction.atomic
def reconcile_assessment(*, assessment: Assessment, by: User) -> Assessment:
    """Close a visit on which nothing differs any more, and work out its figures (`readiness`).

    Closed by an assessor who wrote none of the agreed answers. Raises NotAnAssessor, IllegalMove, OthersNotDone, TooFewAssessors,
    StillDiffering, OwnReconciliation.
    """
    assessment, now = _locked(assessment), timezone.now()
    _as_assessor(assessment, by)
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    people, answers = _compared(assessment)
    if not upkeep.may_begin(people):
        raise TooFewAssessors
    rows = selectors.differences(assessment, people, answers)
    if any(row.agreed is None for row in rows):
        raise StillDiffering
    agreed = {row.item.pk: row.agreed for row in rows if row.agreed}
    if by.pk in {row.written_by_id for row in agreed.values()}:
        raise OwnReconciliation
    _move(
        assessment,
        AssessmentMove.RECONCILE,
        by=by,
        at=now,
        reconciled_at=now,
        reconciled_by=by,
        **_figures(assessment, answers, agreed),
    )
    return assessment


def _figures(
    assessment: Assessment, answers: Collection[Mapping[int, Answer]], agreed: Mapping[int, Reconciled]
) -> dict[str, Any]:
    domain_of = selectors.domain_of(assessment)
    told = [selectors.found(given) for given in answers]
    stands: dict[int, str] = {}
    for item in domain_of:
        word = agreed.get(item)
        found = readiness.standing(
            [given[item] for given in told if item in given],
            readiness.Found(word.finding, word.count) if word else None,
            assessment.tolerance,
        )
        stands[item] = found.finding if found else Finding.UNSEEN
    scores = readiness.domain_scores(stands, domain_of)
    findings = [{item: each.finding for item, each in given.items()} for given in told]
    return {
        "scores": [
            {"domain": domain, "present": score.present, "items": score.items}
            for domain, score in sorted(scores.items())
        ],
        "index": readiness.rounded(readiness.readiness_index(scores), 1, 100),
        "agreement": readiness.rounded(readiness.agreement(findings), 1, 100),
        "kappa": readiness.rounded(readiness.kappa(findings), 2),
    }


@transaction.atomic
def publish_assessment(*, assessment: Assessment, by: User) -> Assessment:
    """Show the scores of a reconciled visit on the facility's page, without who assessed. Raises NotYourFacility, IllegalMove."""
    assessment, now = _locked(assessment), timezone.now()
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    _move(assessment, AssessmentMove.PUBLISH, by=by, at=now, published_at=now, published_by=by)
    return assessment
