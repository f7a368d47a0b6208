"""Reads of case studies."""

from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils import timezone

from dialogues.enums import CaseState, SessionKind, SessionState
from dialogues.models import CaseStudy, CaseSubmission, Session
from dialogues.policies import CASE_TEXTS
from network import selectors as network_selectors
from network.models import Condition, Practitioner

RELATED_SHOWN = 3
MY_CASES_SHOWN = 5


def with_what_is_shown(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """Return cases with all that a list of them shows, in two queries however many there are."""
    conditions = Prefetch("conditions", Condition.objects.order_by("name", "pk"))
    return cases.select_related("specialty", "facility_type", "district").prefetch_related(conditions)


def published_cases() -> QuerySet[CaseStudy]:
    """Return the cases that are best practice for everybody, latest first."""
    return with_what_is_shown(CaseStudy.objects.published()).order_by("-published_at", "-pk")


def case_for(slug: str, reader: Any) -> CaseStudy | None:
    """Return a case whose page this reader may see: a published one, or their own; else None."""
    mine = Q(author__user_id=reader.pk) if reader.is_authenticated else Q(pk__in=[])
    cases = CaseStudy.objects.filter(Q(state=CaseState.PUBLISHED) | mine, slug=slug)
    return with_what_is_shown(cases).select_related("author__profession", "session").first()


def own_case(slug: str, author: Practitioner) -> CaseStudy | None:
    """Return a case of this author, in whatever state."""
    found = with_what_is_shown(CaseStudy.objects.filter(slug=slug, author=author)).select_related("session").first()
    if found:
        found.author = author
    return found


def related_cases(case: CaseStudy) -> list[CaseStudy]:
    """Return a few other published cases of the same condition, latest first."""
    shared = CaseStudy.conditions.through.objects.filter(condition__in=[c.pk for c in case.conditions.all()])
    rows = CaseStudy.objects.published().filter(pk__in=shared.values("casestudy_id")).exclude(pk=case.pk)
    return list(rows.select_related("facility_type").order_by("-published_at", "-pk")[:RELATED_SHOWN])


def case_choices(model: type[Model], path: str) -> list[tuple[str, str]]:
    """Return code and name of the rows of a vocabulary by which a published case can be found."""
    used = CaseStudy.objects.published().filter(**{f"{path}__isnull": False}).values(path)
    rows = model._default_manager.filter(pk__in=used).order_by("name", "pk")
    return [(row.code, row.name) for row in rows]  # type: ignore[attr-defined]


def cases_waiting(user: Any) -> QuerySet[CaseStudy]:
    """Return the cases on which this coordinator has to decide, longest waiting first."""
    rows = CaseStudy.objects.reviewable_by(user).filter(state=CaseState.SUBMITTED)
    return rows.order_by("submitted_at", "pk")


def sessions_for_cases(user: Any) -> QuerySet[Session]:
    """Return the coming case-study sessions that this coordinator runs, next one first."""
    rows = Session.objects.editable_by(user).filter(
        kind=SessionKind.CASE_STUDY,
        state__in=[SessionState.DRAFT, SessionState.PUBLISHED],
        starts_at__gt=timezone.now(),
    )
    return rows.order_by("starts_at", "pk")


def cases_on_agenda(session: Session) -> list[CaseStudy]:
    """Return the cases on a session's agenda. Nothing tells whose they are."""
    return list(session.cases.order_by("pk"))


def all_of(practitioner: Practitioner) -> QuerySet[CaseStudy]:
    """Return a member's own cases, the newest first."""
    return CaseStudy.objects.filter(author=practitioner).order_by("-pk")


def my_cases(practitioner: Practitioner) -> dict[str, Any]:
    """Return what a member's own page shows of their cases."""
    cases = list(all_of(practitioner)[: MY_CASES_SHOWN + 1])
    return {"cases": cases[:MY_CASES_SHOWN], "more": len(cases) > MY_CASES_SHOWN}


def my_cases_copy(practitioner: Practitioner) -> list[Any]:
    """Return all case studies of a person, with what they declared of them, as the copy of their data holds them."""
    cases = CaseStudy.objects.filter(author=practitioner).order_by("pk")
    declared: dict[int, list[dict[str, Any]]] = {}
    for row in CaseSubmission.objects.filter(case__in=cases).order_by("pk").values():
        declared.setdefault(row["case_id"], []).append(
            {key: row[key] for key in ("version", "submitted_at", "language", "points", "patient_consent", "confirmed")}
        )
    return [
        {
            **{
                f"{field}_{code}": getattr(case, f"{field}_{code}") or ""
                for field in CASE_TEXTS
                for code in ("ar", "en")
            },
            "state": case.state,
            "written_in": case.language,
            "conditions": [network_selectors.names(condition) for condition in case.conditions.all()],
            "specialty": network_selectors.names(case.specialty) if case.specialty else None,
            "kind_of_facility": network_selectors.names(case.facility_type) if case.facility_type else None,
            "district": network_selectors.names(case.district) if case.district else None,
            "published_with_my_name": case.credited,
            "begun": case.created_at,
            "submitted": case.submitted_at,
            "published": case.published_at,
            "declared": declared.get(case.pk, []),
        }
        for case in with_what_is_shown(cases)
    ]


def last_reason(case: CaseStudy) -> str:
    """Return why a case was returned, or taken off the public pages, last."""
    steps = network_selectors.steps(case).filter(to_state=CaseState.RETURNED).order_by("-pk")
    return steps.values_list("reason", flat=True).first() or ""
