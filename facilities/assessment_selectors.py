"""What is read of visits that assess facilities; what an assessor found is theirs alone until all are done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from facilities.enums import FacilityState, Precision
from facilities.models import (
    Answer,
    Assessment,
    Assessor,
    Facility,
    Reconciled,
    ServiceDomain,
    TracerItem,
)
from facilities.readiness import FEWEST_OTHERS, Found, differ
from facilities.upkeep_enums import AssessmentState
from network.models import Practitioner

COMPARED = 10
# As many columns as can be read beside each other.
BESIDE_EACH_OTHER = 5


def assessments_of(user: Any) -> QuerySet[Assessment]:
    """Return the visits of which this member is an assessor, as far as they may read the facility; the newest first."""
    return (
        Assessment.objects.assessed_by(user)
        .filter(facility__in=Facility.objects.readable_by(user).values("pk"))
        .select_related("facility__kind", "facility__district", "facility__side", "edition")
        .order_by("-visit_on", "-pk")
    )


def assessment_for(number: int, user: Any) -> tuple[Assessment, Assessor] | None:
    """Return a visit and as whom this person assesses it; None for what is unknown, not theirs, or hidden from them."""
    found = assessments_of(user).filter(pk=number).first()
    if found is None:
        return None
    return found, Assessor.objects.select_related("side").get(assessment=found, practitioner__user_id=user.pk)


def assessors(assessment: Assessment) -> list[Assessor]:
    rows = Assessor.objects.filter(assessment=assessment)
    return list(rows.select_related("side", "practitioner__profession", "practitioner__region").order_by("pk"))


def active_assessors(assessment: Assessment) -> list[Assessor]:
    """Return the assessors of a visit who are active members still: nobody else reads it or closes it."""
    rows = Assessor.objects.filter(assessment=assessment, practitioner__user__is_active=True)
    rows = rows.filter(practitioner__in=Practitioner.objects.active())
    return list(rows.select_related("practitioner").order_by("pk"))


def questionnaire(assessment: Assessment) -> list[ServiceDomain]:
    """Return the domains of the visit's edition that have items, each with its `asked`."""
    items = TracerItem.objects.filter(edition=assessment.edition_id).order_by("code")
    return list(
        ServiceDomain.objects.filter(pk__in=items.order_by().values("domain"))
        .prefetch_related(Prefetch("items", items, to_attr="asked"))
        .order_by("code")
    )


def domain_of(assessment: Assessment) -> dict[int, int]:
    """Return the domain of every item of the visit's questionnaire."""
    rows = TracerItem.objects.filter(edition=assessment.edition_id, domain__isnull=False)
    return {item: domain for item, domain in rows.values_list("pk", "domain") if domain is not None}


def answers_of(assessor: Assessor) -> dict[int, Answer]:
    """Return what one assessor found so far, by item."""
    return {row.item_id: row for row in Answer.objects.filter(assessor=assessor).order_by("pk")}


def found(rows: Mapping[int, Answer]) -> dict[int, Found]:
    return {item: Found(row.finding, row.count) for item, row in rows.items()}


def all_answers(people: Sequence[Assessor]) -> list[dict[int, Answer]]:
    """Return what each assessor found, in their order; nothing of anybody before all of them are done."""
    if not people or not all(person.done_at for person in people):
        return [{} for _ in people]
    by_person: dict[int, dict[int, Answer]] = {person.pk: {} for person in people}
    for row in Answer.objects.filter(assessor__in=people).order_by("pk"):
        by_person[row.assessor_id][row.item_id] = row
    return [by_person[person.pk] for person in people]


def reconciled(assessment: Assessment) -> dict[int, Reconciled]:
    """Return what was agreed on last, by item."""
    rows = Reconciled.objects.filter(assessment=assessment).order_by("pk")
    return {row.item_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which assessors differ: what each found, and what they agreed on."""

    item: TracerItem
    found: list[tuple[Assessor, Answer]]
    agreed: Reconciled | None


def differences(
    assessment: Assessment, people: Sequence[Assessor], answers: Sequence[Mapping[int, Answer]]
) -> list[Difference]:
    """Return the items about which assessors have to talk, in the order of the questionnaire."""
    agreed = reconciled(assessment)
    rows = []
    for item in TracerItem.objects.filter(edition=assessment.edition_id, domain__isnull=False).order_by("code"):
        given = [(person, told[item.pk]) for person, told in zip(people, answers, strict=True) if item.pk in told]
        if differ([Found(row.finding, row.count) for _person, row in given], assessment.tolerance):
            rows.append(Difference(item, given, agreed.get(item.pk)))
    return rows


# --- published --------------------------------------------------------------------------------------------------------


def published(facility: Facility) -> list[Assessment]:
    """Return the newest published visits to a facility, newest first."""
    rows = Assessment.objects.published().filter(facility=facility)
    return list(rows.order_by("-visit_on", "-pk")[:COMPARED])


def newest_published(facility: Facility) -> Assessment | None:
    return Assessment.objects.published().filter(facility=facility).order_by("-visit_on", "-pk").first()


def told_scores(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the domain scores of a visit with the names of the domains, in the order of the questionnaire."""
    names = ServiceDomain.objects.in_bulk([each["domain"] for each in assessment.scores])
    return [{**each, "name": names[each["domain"]]} for each in _percents(assessment)]


def _percents(assessment: Assessment) -> list[dict[str, Any]]:
    return [{**each, "percent": round(100 * each["present"] / each["items"])} for each in assessment.scores]


@dataclass(frozen=True, slots=True)
class Means:
    """Of the other facilities of a district, in percent: the mean readiness index, and the mean score of each domain."""

    index: Decimal | None
    domains: Mapping[int, Decimal]


def district_means(facility: Facility) -> Means:
    """Return the means of the other public facilities of the district, each by its newest published visit.

    Each mean is of five others at least, those asked by another questionnaire left out of a domain's: of fewer it would tell about single
    ones. Where a facility lies of which nobody is told the district, a mean would tell it: it has none, and is in that of no other.
    """
    if facility.public_precision == Precision.HIDDEN:
        return Means(None, {})
    newest = Assessment.objects.published().filter(facility=OuterRef("pk"), index__isnull=False)
    others = (
        Facility.objects.public()
        .filter(district=facility.district_id)
        .exclude(pk=facility.pk)
        .exclude(public_precision=Precision.HIDDEN)
        .annotate(newest=Subquery(newest.order_by("-visit_on", "-pk").values("pk")[:1]))
    )
    rows = list(Assessment.objects.filter(pk__in=others.values("newest")).values_list("index", "scores"))
    shares: dict[int, list[Decimal]] = {}
    for _index, scores in rows:
        for each in scores:
            shares.setdefault(each["domain"], []).append(Decimal(100 * each["present"]) / each["items"])
    means = {domain: _mean(values) for domain, values in shares.items()}
    return Means(
        _mean([index for index, _scores in rows if index is not None]),
        {domain: mean for domain, mean in means.items() if mean is not None},
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if len(values) >= FEWEST_OTHERS else None


def over_time(visits: Sequence[Assessment]) -> list[Assessment]:
    """Return of the published visits, newest first, those whose domains are compared: the newest few by the questionnaire of the last."""
    return [visit for visit in visits if visit.edition_id == visits[0].edition_id][:BESIDE_EACH_OTHER]


def domain_lines(visits: Sequence[Assessment], means: Means) -> list[dict[str, Any]]:
    """Return by domain, in the order of the questionnaire, what each visit came to and the mean of the district, in percent or None."""
    told = [{each["domain"]: each["percent"] for each in scores} for scores in map(_percents, visits)]
    numbers = list(dict.fromkeys(domain for scores in told for domain in scores))
    names = ServiceDomain.objects.in_bulk(numbers)
    return [
        {"name": names[number], "percents": [scores.get(number) for scores in told], "mean": means.domains.get(number)}
        for number in numbers
    ]


def compared(facility: Facility) -> bool:
    """Tell whether a facility's page may be read with scores at all: a listed one without a concern."""
    return facility.state == FacilityState.OPEN and not facility.concern


def plannable(user: Any) -> QuerySet[Practitioner]:
    """Return the active members whom this person may name as assessors."""
    return Practitioner.objects.visible_to(user).active()


def others_waiting(people: Iterable[Assessor]) -> int:
    return sum(person.done_at is None for person in people)


def is_open(assessment: Assessment) -> bool:
    return assessment.state in (AssessmentState.PLANNED, AssessmentState.FIELD)
