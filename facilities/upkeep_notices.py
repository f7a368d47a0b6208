"""What people are told of the upkeep of facilities and of visits."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from facilities import upkeep_selectors
from facilities.models import Assessment, ChangeRequest, Claim, Facility
from network import selectors as network_selectors
from notifications import outbox

NEWS_LAST = timedelta(days=30)
# At any hour a day is that day.
NOON = time(12)


def _named(facility: Facility) -> dict[str, Any]:
    return {"facility": {code: facility.name_in(code) for code in ("ar", "en")}, "facility_code": facility.code}


def _tell(
    kind: str,
    subject: Any,
    facility: Facility,
    *,
    recipients: Iterable[int],
    at: datetime,
    again: str = "",
    **more: Any,
) -> None:
    outbox.enqueue(
        kind,
        recipients=sorted(recipients),
        context=_named(facility) | more,
        subject_ref=network_selectors.reference(subject),
        dedup=f"{subject.pk}:{again}",
        at=at,
        expires_at=at + NEWS_LAST,
    )


def tell_who_asked(request: ChangeRequest, kind: str, *, at: datetime) -> None:
    """Tell whoever asked for a change what became of it; in the answer the coordinator's own words."""
    _tell(kind, request, request.facility, recipients=[request.asked_by_id], at=at, reason=request.answer)


def tell_coordinators(request: ChangeRequest, kind: str, *, at: datetime) -> None:
    """Remind the side's coordinators of a change that waits; with "late" in its name the notice goes to the national ones."""
    late = kind == "facility-change-late"
    side = None if late else request.facility.side_id
    days = (at - request.asked_at).days
    recipients = upkeep_selectors.coordinators_of(side)
    _tell(kind, request, request.facility, recipients=recipients, at=at, days=days, number=request.pk)


def tell_disputed(claim: Claim, *, at: datetime) -> None:
    """Tell the coordinators of a facility's side that another side says something else of it; who said so is not told."""
    facility = claim.facility
    recipients = upkeep_selectors.coordinators_of(facility.side_id) - {claim.entered_by_id}
    _tell(
        "facility-disputed",
        facility,
        facility,
        recipients=recipients,
        at=at,
        again=str(claim.pk),
        number=facility.pk,
    )


def ask_focal_points(facility: Facility, *, again: str, at: datetime) -> None:
    recipients = upkeep_selectors.focal_accounts(facility)
    _tell("facility-still-right", facility, facility, recipients=recipients, at=at, again=again)


def halt_visits(facility: Facility, *, at: datetime) -> None:
    """Tell the assessors who have still to go there, by the day alone, that nobody does: it is hidden, name and all."""
    for visit in upkeep_selectors.open_visits(facility):
        outbox.enqueue(
            "assessment-halted",
            recipients=sorted(_still_to_go(visit)),
            context={"visit_on": _noon(visit)},
            subject_ref=network_selectors.reference(visit),
            dedup=f"{visit.pk}:{visit.visit_on.isoformat()}:{at.isoformat()}",
            at=at,
            expires_at=at + NEWS_LAST,
        )


def resume_visits(facility: Facility, *, at: datetime) -> None:
    """Tell the assessors who have still to go there that a visit is on again: the facility is shown again."""
    for visit in upkeep_selectors.open_visits(facility):
        tell_assessors(visit, "assessment-planned", recipients=_still_to_go(visit), at=at)


def _still_to_go(visit: Assessment) -> list[int]:
    return list(visit.assessors.filter(done_at__isnull=True).values_list("practitioner__user_id", flat=True))


def _noon(visit: Assessment) -> Any:
    return outbox.stamp(timezone.make_aware(datetime.combine(visit.visit_on, NOON)))


def tell_assessors(assessment: Assessment, kind: str, *, recipients: Iterable[int], at: datetime, **more: str) -> None:
    """Tell assessors of their visit: each time anew, whatever they were told before, for a plan may change back."""
    _tell(
        kind,
        assessment,
        assessment.facility,
        recipients=recipients,
        at=at,
        number=assessment.pk,
        again=f"{assessment.visit_on.isoformat()}:{at.isoformat()}",
        visit_on=_noon(assessment),
        **more,
    )
