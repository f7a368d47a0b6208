"""Visits that assess facilities: each assessor answers alone, then all of them talk about what they found differently."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilities import assessment_selectors as selectors, policies, selectors as registry, services
from facilities.enums import Audience
from facilities.forms import AgreedForm, AnswersForm
from facilities.models import Assessment, Assessor
from facilities.upkeep_enums import AssessmentState, Finding
from network.decorators import live_page, member_page
from network.enums import DomainError
from network.models import Practitioner

View = Callable[..., HttpResponse]
LISTED = 50


@member_page
@require_safe
def assessments(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """The visits of which this member is an assessor."""
    rows = [
        {"visit": visit, "place": policies.place_for(visit.facility, Audience.MEMBERS)}
        for visit in selectors.assessments_of(request.user)[:LISTED]
    ]
    return render(request, "facilities/assessment_list.html", {"rows": rows})


def of_assessor(view: View) -> View:
    """Give the view a visit and as whom this member assesses it; unknown and forbidden are both 404."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, number: int, *args: Any, **kwargs: Any) -> HttpResponse:
        pair = selectors.assessment_for(number, request.user)
        if pair is None:
            raise Http404
        return view(request, *pair, *args, **kwargs)

    return member_page(found)


@of_assessor
@require_safe
def assessment(request: HttpRequest, visit: Assessment, me: Assessor) -> HttpResponse:
    """One visit: what is answered, and what comes next."""
    people = selectors.assessors(visit)
    mine = selectors.answers_of(me)
    domains = [
        {"domain": domain, "answered": sum(item.pk in mine for item in domain.asked), "items": len(domain.asked)}  # type: ignore[attr-defined]
        for domain in selectors.questionnaire(visit)
    ]
    context = {
        "visit": visit,
        "me": me,
        "people": people,
        "domains": domains,
        "complete": all(row["answered"] == row["items"] for row in domains),
        "open": selectors.is_open(visit),
        "all_done": bool(people) and all(person.done_at for person in people),
        "closed": visit.state in (AssessmentState.RECONCILED, AssessmentState.PUBLISHED),
        "scores": selectors.told_scores(visit),
    }
    return render(request, "facilities/assessment.html", context)


@of_assessor
@require_safe
def paper(request: HttpRequest, visit: Assessment, me: Assessor) -> HttpResponse:
    """The questionnaire to print, for where there is no network."""
    context = {"visit": visit, "me": me, "domains": selectors.questionnaire(visit), "findings": Finding}
    return render(request, "facilities/assessment_paper.html", context)


@of_assessor
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, visit: Assessment, me: Assessor, slug: str) -> HttpResponse:
    """The items of one domain, as this assessor finds them."""
    domains = selectors.questionnaire(visit)
    place = next((number for number, domain in enumerate(domains) if domain.code == slug), None)
    if place is None:
        raise Http404
    if me.done_at or not selectors.is_open(visit):
        messages.info(request, str(services.DoneAlready()))
        return redirect(visit)
    domain = domains[place]
    items: Any = domain.asked  # type: ignore[attr-defined]
    form = AnswersForm(request.POST or None, items=items, known=selectors.answers_of(me))
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_answers(assessment=visit, given=form.given(), by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Kept. Nobody else sees it before all are done."), extra_tags="kept")
            if "next" in request.POST and place + 1 < len(domains):
                return redirect("facilities:answers", visit.pk, domains[place + 1].code)
            return redirect(visit)
    context = {
        "visit": visit,
        "domain": domain,
        "form": form,
        "place": place + 1,
        "pages": len(domains),
    }
    return render(request, "facilities/assessment_answers.html", context, status=400 if form.errors else 200)


@of_assessor
@require_POST
def finish(request: HttpRequest, visit: Assessment, me: Assessor) -> HttpResponse:
    return _done(request, visit, services.finish_answers, gettext("Done. When all are, you compare what you found."))


@of_assessor
@require_POST
def close(request: HttpRequest, visit: Assessment, me: Assessor) -> HttpResponse:
    return _done(request, visit, services.reconcile_assessment, gettext("Reconciled. The coordinators can publish it."))


def _done(request: HttpRequest, visit: Assessment, call: Callable[..., object], words: str) -> HttpResponse:
    try:
        call(assessment=visit, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect(visit)


@of_assessor
@require_http_methods(["GET", "HEAD", "POST"])
def reconcile(request: HttpRequest, visit: Assessment, me: Assessor) -> HttpResponse:
    """What the assessors found differently, item by item, and what they agree on."""
    people = selectors.assessors(visit)
    if not all(person.done_at for person in people) or not selectors.is_open(visit):
        messages.info(request, str(services.OthersNotDone()) if selectors.is_open(visit) else visit.get_state_display())
        return redirect(visit)
    rows = selectors.differences(visit, people, selectors.all_answers(people))
    typed = request.POST.get("item", "")
    wrong: dict[int, AgreedForm] = {}
    for row in rows:
        if request.method != "POST" or typed != str(row.item.pk):
            continue
        form = AgreedForm(request.POST, prefix=f"item-{row.item.pk}")
        if form.is_valid():
            try:
                services.reconcile_item(assessment=visit, item=row.item.pk, agreed=form.agreed(), by=request.user)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("Kept. Another assessor closes when all is agreed."))
                return redirect("facilities:reconcile", visit.pk)
        wrong[row.item.pk] = form
    context = {
        "visit": visit,
        "me": me,
        "rows": [{"row": row, "form": wrong.get(row.item.pk) or _begun(row)} for row in rows],
        "left": sum(row.agreed is None for row in rows),
    }
    return render(request, "facilities/assessment_reconcile.html", context, status=400 if wrong else 200)


def _begun(row: selectors.Difference) -> AgreedForm:
    known = row.agreed
    initial = {"finding": known.finding, "count": known.count, "note": known.note} if known else {}
    return AgreedForm(prefix=f"item-{row.item.pk}", initial=initial)


@live_page
def readiness(request: HttpRequest, code: str) -> HttpResponse:
    """How ready a facility was at each published visit, beside its district: scores, never who assessed."""
    facility = registry.facility_for(code.upper(), request.user)
    if facility is None or not selectors.compared(facility):
        raise Http404
    rows = selectors.published(facility)
    if not rows:
        raise Http404
    means, visits = selectors.district_means(facility), selectors.over_time(rows)
    context = {
        "facility": facility,
        "newest": rows[0],
        "scores": selectors.told_scores(rows[0]),
        "rows": rows,
        "mean": means.index,
        "visits": visits,
        "lines": selectors.domain_lines(visits, means) if len(visits) > 1 or means.domains else [],
    }
    return render(request, "facilities/readiness.html", context)
