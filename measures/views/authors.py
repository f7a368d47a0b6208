"""Who writes a measure: ask colleagues, above all of other sides, answer when asked, stop."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from measures import policies, selectors, services
from measures.enums import WRITABLE_STATES, AuthorState, MeasureState
from measures.forms import SearchForm
from measures.models import Author, Measure
from measures.views.common import attempt, of_author, of_reader
from network import selectors as network_selectors
from network.models import Practitioner, Region

FOUND_AT_MOST = 10
ENDED_BY_THE_LAST = (MeasureState.DRAFT, MeasureState.REVIEW, MeasureState.PARITY)


def _rows(measure: Measure) -> list[Author]:
    rows = Author.objects.filter(measure=measure).exclude(state=AuthorState.LEFT)
    return list(rows.select_related("practitioner__region", "practitioner__profession").order_by("-lead", "pk"))


@of_author
def authors(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Who writes it and who was asked; ask a member whom the directory shows."""
    rows = _rows(measure)
    there = {row.practitioner_id for row in rows}
    open_now = measure.state in WRITABLE_STATES and len(rows) < policies.AUTHORS_AT_MOST
    if request.method == "POST":
        return _ask(request, practitioner, measure)
    form = SearchForm(request.GET if "q" in request.GET else None)
    query = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    found = []
    if query.strip() and open_now:
        found = list(network_selectors.directory(practitioner, query).exclude(pk__in=there)[:FOUND_AT_MOST])
    sides = {row.practitioner.region_id for row in rows}
    context = {
        "measure": measure,
        "rows": [{"row": row, "who": who} for row, who in zip(rows, _told(rows, practitioner), strict=True)],
        "open": open_now,
        "form": form,
        "query": query,
        "found": found,
        "missing_sides": [region for region in Region.objects.order_by("position", "pk") if region.pk not in sides],
        "last": sum(row.state == AuthorState.ACCEPTED for row in rows) == 1,
    }
    return render(request, "measures/authors.html", context)


def _told(rows: list[Author], practitioner: Practitioner) -> list[selectors.Known]:
    told = selectors.told_people(
        [row.practitioner for row in rows], practitioner, together=[row.practitioner_id for row in rows]
    )
    return [told[row.practitioner_id] for row in rows]


def _ask(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Ask somebody whom the directory shows to the person who asks; anybody else is unknown."""
    key = request.POST.get("person", "")
    found = (
        Practitioner.objects.listed_for(practitioner).filter(pk=int(key))
        if key.isdecimal() and len(key) < 12
        else Practitioner.objects.none()
    )
    person = found.select_related("user").first()
    if person is None:
        raise Http404
    attempt(
        request,
        gettext("Your colleague is asked to write too, and can answer on the page of the measure."),
        services.invite_author,
        measure=measure,
        practitioner=person,
        by=request.user,
    )
    return redirect("measures:authors", measure.slug)


@require_POST
@of_reader
def author_answer(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Become an author, or not; only for whoever was asked."""
    if not Author.objects.filter(measure=measure, practitioner=practitioner).exclude(state=AuthorState.LEFT).exists():
        raise Http404
    accept = request.POST.get("answer") == "accept"
    sentence = (
        gettext("You are an author of this measure now.")
        if accept
        else gettext("You have declined. Nobody else is told.")
    )
    done = attempt(
        request, sentence, services.answer_invitation, measure=measure, practitioner=practitioner, accept=accept
    )
    if done and not accept and measure.state == MeasureState.DRAFT:
        return redirect("measures:drafts")
    return redirect(measure)


@of_author
def author_stop(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Give up being an author, after one question; the last one withdraws the measure with it."""
    last = selectors.authors(measure).count() == 1
    if request.method == "POST":
        services.stop_writing(measure=measure, practitioner=practitioner, by=request.user)
        messages.success(request, gettext("You no longer write this measure."))
        return redirect("measures:drafts")
    context = {"measure": measure, "ends": last and measure.state in ENDED_BY_THE_LAST}
    return render(request, "measures/author_stop.html", context)
