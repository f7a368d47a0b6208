"""What everybody reads of measures: the list of those adopted, each as a document in both languages, and what is done about them."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language, gettext, pgettext

from measures import accountability, filters, policies, texts
from measures.accountability import Reader
from measures.enums import MeasureState, Method
from measures.models import Measure, SideRule, Vote, VoteClosing
from measures.models.measures import PARTS
from measures.views import actions, paper
from network.decorators import public_page
from network.disclosure import SMALLEST
from network.paging import Page

PAGE_SIZE = 12
ACTIONS_SHOWN = 25
NARROWING = ("topic", "year", "side", "actions")


@public_page
def measure_list(request: HttpRequest) -> HttpResponse:
    """The adopted measures, latest first; those that were ended are marked."""
    reader = Reader.of(request.user)
    found = filters.MeasureFilter(request.GET, queryset=reader.adopted(), line=reader.late_line)
    listed = found.qs.select_related("current", "topic").order_by("-adopted_at", "-pk")
    page = Page.of(listed, request.GET.get("page"), PAGE_SIZE)
    progress = accountability.progress(page.rows)
    context = {
        "page_obj": page,
        "rows": [{"measure": row, "line": _line(row), "progress": progress[row.pk]} for row in page.rows],
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "narrowed": any(request.GET.get(name) for name in NARROWING),
        "inside": reader.inside,
        "reader": reader,
    }
    return render(request, "measures/measure_list.html", context)


def _line(measure: Measure) -> str:
    """Return the first words of a measure in the language of the page."""
    said = measure.current.text if measure.current else ""
    return texts.shortened(next((block.html for block in texts.blocks(said)), ""), 160)


@public_page
def accountability_table(request: HttpRequest) -> HttpResponse:
    """What is to be done, for which measure, where, until when, who answers for it, and how far it is."""
    reader = Reader.of(request.user)
    found = filters.ActionFilter(
        request.GET,
        queryset=accountability.of_reader(reader),
        line=reader.late_line,
        measures=reader.adopted(),
    )
    page = Page.of(found.qs, request.GET.get("page"), ACTIONS_SHOWN)
    context = {
        "page_obj": page,
        "rows": accountability.rows(page.rows, reader),
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "picture": _picture(accountability.shares(found.of_all_states, reader.late_line)),
        "inside": reader.inside,
        "reader": reader,
        "shown_late": policies.SHOWN_LATE,
    }
    return render(request, "measures/accountability.html", context)


def _picture(counts: dict[str, int]) -> dict[str, Any] | None:
    """Return one bar of all actions with where each part begins, and the same in words."""
    whole = sum(counts.values())
    if not whole:
        return None
    names = {
        "confirmed": gettext("Done and confirmed"),
        "claimed": gettext("Reported as done"),
        "under_way": gettext("Planned or in progress"),
        "late": gettext("Late"),
    }
    colours = {"confirmed": 3, "claimed": 2, "under_way": 1, "late": 5}
    parts, begin = [], 0.0
    for key, name in names.items():
        share = 100 * counts[key] / whole
        parts.append(
            {
                "number": colours[key],
                "name": name,
                "count": counts[key],
                "begin": f"{begin:.2f}",
                "width": f"{share:.2f}",
            }
        )
        begin += share
    words = [f"{part['name']}: {part['count']}" for part in parts]
    return {"parts": parts, "whole": whole, "words": pgettext("between the items of a list", ", ").join(words)}


# --- one measure --------------------------------------------------------------------------------------------------------


def measure_document(request: HttpRequest, measure: Measure) -> HttpResponse:
    """Show an adopted measure to somebody who is no member. One that is for members is unknown to them."""
    return render(request, "measures/measure_document.html", document(Reader.of(request.user), measure))


@public_page
def measure_print(request: HttpRequest, slug: str) -> HttpResponse:
    """The same document for whoever reads the measure, to be printed."""
    context = document(*_found(request, slug))
    return render(request, "measures/measure_document.html", context | {"to_print": True})


@public_page
def measure_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same document as a PDF: both texts side by side, with their hashes on every page."""
    reader, measure = _found(request, slug)
    name = f"measure-{measure.reference.replace('/', '-')}.pdf"
    response = HttpResponse(paper.drawn(document(reader, measure)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _found(request: HttpRequest, slug: str) -> tuple[Reader, Measure]:
    reader = Reader.of(request.user)
    measure = reader.adopted().filter(slug=slug).first()
    if measure is None:
        raise Http404
    return reader, measure


def document(reader: Reader, measure: Measure) -> dict[str, Any]:
    """Return all that the document of an adopted measure says. Raises Http404 for one that this reader may not read."""
    row = reader.adopted().select_related("current", "topic").filter(pk=measure.pk).first()
    if row is None or row.current is None:
        raise Http404
    here = (get_language() or "ar")[:2]
    parts = PARTS if reader.inside else policies.PUBLIC_PARTS
    return {
        "measure": row,
        "version": row.current,
        "columns": [_column(row, language, parts) for language in sorted(("ar", "en"), key=lambda code: code != here)],
        "adoption": _adoption(row),
        "in_force": row.state == MeasureState.ADOPTED,
        "successors": list(
            reader.adopted().filter(about=row, adopted_at__isnull=False).select_related("current").order_by("pk")
        ),
        "actions": actions.listed(reader, row),
        "evidence_told": not reader.inside and any((row.current.evidence_ar, row.current.evidence_en)),
        "printed_on": timezone.now(),
    }


def _column(measure: Measure, language: str, parts: Iterable[str]) -> dict[str, Any]:
    """Return one of the two texts: its words by part, and its hash."""
    version: Any = measure.current
    raw = {part: getattr(version, f"{part}_{language}") or "" for part in parts}
    shown = {
        part: format_html_join("\n", "{}", ((block,) for block in texts.blocks(said)))
        for part, said in raw.items()
        if part != "title"
    }
    return {
        "language": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "title": raw["title"],
        "html": shown,
        "raw": raw,
        "sha256": getattr(version, f"hash_{language}"),
    }


def _adoption(measure: Measure) -> dict[str, Any] | None:
    """Return when and by what rule a measure was adopted, and that each side reached what it had to; no tally of anybody."""
    closings = VoteClosing.objects.filter(vote__measure=measure).select_related("vote__parity")
    closing = closings.order_by("-vote__number", "-number").first()
    if closing is None:
        return None
    vote: Vote = closing.vote
    rules = SideRule.objects.filter(vote=vote).select_related("region").order_by("region__position", "pk")
    standings = {side["region"]: side for side in closing.outcome["sides"]}
    return {
        "method": Method(vote.method).label,
        "opened_at": vote.opened_at,
        # Not when it was counted: after a mediation that is days later.
        "closed_at": vote.closes_at,
        "compared_at": vote.parity.read_at,
        "consent": vote.method == Method.CONSENT,
        "sides": [
            {
                "region": rule.region,
                # A quorum can be as large as the side: what tells of fewer than five people is not told.
                "quorum": rule.quorum if rule.quorum >= SMALLEST else None,
                "threshold": rule.threshold,
                "quorum_reached": standings[rule.region_id]["quorum_reached"],
                "threshold_reached": standings[rule.region_id]["threshold_reached"],
            }
            for rule in sorted(rules, key=lambda rule: rule.region is None)
        ],
        "seal": closing.seal,
    }
