"""What assessors found differently is talked over, and the figures of a visit are worked out and published."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import assessment_selectors as selectors, readiness, upkeep
from facilities.models import Answer, Assessment, Assessor, Reconciled
from facilities.services.assessments import Given, TooFewAssessors, as_assessor, lock_visit, move_visit, require_finding
from facilities.services.claims import ReasonMissing
from facilities.services.registry import NotYourFacility
from facilities.upkeep_enums import ASSESSMENT_MOVES, AssessmentMove, Finding
from network.enums import DomainError
from network.models import User
from network.services import require_move


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
    assessment, now = lock_visit(assessment), timezone.now()
    as_assessor(assessment, by)
    require_move(ASSESSMENT_MOVES, AssessmentMove.RECONCILE, assessment)
    people, answers = _compared(assessment)
    if item not in {row.item.pk for row in selectors.differences(assessment, people, answers)}:
        raise NothingDiffers
    require_finding(agreed)
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
    assessment, now = lock_visit(assessment), timezone.now()
    as_assessor(assessment, by)
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
    move_visit(
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
    assessment, now = lock_visit(assessment), timezone.now()
    if not upkeep.may_run(by, assessment.facility.side_id):
        raise NotYourFacility
    move_visit(assessment, AssessmentMove.PUBLISH, by=by, at=now, published_at=now, published_by=by)
    return assessment
