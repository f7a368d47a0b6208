"""The map of the districts, and each district by itself: drawn on the server, complete without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from facilities import pictures, selectors
from facilities.enums import Functionality
from impact import outlines, points
from network.decorators import live_page
from network.models import District

CLASSES = 5


@live_page
def country_map(request: HttpRequest) -> HttpResponse:
    """All districts by one measure, as a picture and as a table."""
    metrics = pictures.metrics()
    metric = next((one for one in metrics if one.code == request.GET.get("by")), metrics[0])
    figures = pictures.kept(f"map:{metric.code}", metric.per_district)
    scale = _Scale(metric, figures)
    rows = {
        district.pcode: _row(district, metric, figures.get(district.pk), scale)
        for district in District.objects.select_related("region").order_by("region__position", "name", "pk")
    }
    sheet = outlines.country()
    context = {
        "metrics": metrics,
        "metric": metric,
        "rows": list(rows.values()),
        "sheet": sheet,
        "drawn": [{"outline": one, **rows[one.pcode]} for one in sheet.outlines if one.pcode in rows],
        "legend": scale.legend(),
        "untold": sum(figure.untold for figure in figures.values()),
        "credits": selectors.credits_asked(),
    }
    return render(request, "impact/map.html", context)


class _Scale:
    """Which of five classes a figure falls into: fifths of a hundred, or of the largest number."""

    def __init__(self, metric: pictures.Metric, figures: Mapping[int, pictures.Figure]) -> None:
        self.is_share = metric.is_share
        largest = 100 if metric.is_share else max((figure.part for figure in figures.values()), default=0)
        self.step = max(-(-largest // CLASSES), 1)

    def of(self, figure: pictures.Figure | None) -> int:
        """Return 1 to 5, 0 for nothing to tell."""
        value = None if figure is None else figure.share if self.is_share else figure.part
        if value is None or (value == 0 and not self.is_share):
            return 0
        # Numbers begin at one, shares at nought.
        return min((value if self.is_share else value - 1) // self.step + 1, CLASSES)

    def legend(self) -> list[dict[str, Any]]:
        nothing = gettext("no information") if self.is_share else gettext("none listed")
        rows = [{"tone": 0, "text": nothing}]
        for tone in range(1, CLASSES + 1):
            low = (tone - 1) * self.step + (0 if self.is_share else 1)
            high = tone * self.step - (1 if self.is_share and tone < CLASSES else 0)
            span = f"{low}–{high}" if low != high else f"{low}"
            rows.append({"tone": tone, "text": f"{span}%" if self.is_share else span})
        return rows


def _row(district: District, metric: pictures.Metric, figure: pictures.Figure | None, scale: _Scale) -> dict[str, Any]:
    if figure is None or (metric.is_share and figure.share is None):
        short, words = "–", gettext("no information") if metric.is_share else gettext("none listed")
    elif metric.is_share:
        short = f"{figure.share}%"
        words = gettext("%(share)s%%: %(part)s of %(whole)s") % {
            "share": figure.share, "part": figure.part, "whole": figure.whole,
        }  # fmt: skip
    else:
        short = words = str(figure.part)
    return {
        "district": district,
        "figure": figure,
        "short": short,
        "told": gettext("%(district)s: %(figure)s") % {"district": district, "figure": words},
        "tone": scale.of(figure),
        "list": f"{reverse('facilities:list')}?district={district.pcode}",
    }


@live_page
def district_map(request: HttpRequest, slug: str) -> HttpResponse:
    """One district with the facilities whose exact place is public, as points and as a table."""
    district = District.objects.select_related("region").filter(pcode__iexact=slug).first()
    if district is None:
        raise Http404
    if district.pcode != slug:
        return redirect("map:district", district.pcode)
    frame = outlines.district(district.pcode)
    found = points.located(district)
    crowded = len(found) > points.MOST_POINTS
    found = found[: points.MOST_POINTS]
    groups: list[points.Group] = []
    if frame and crowded:
        groups = pictures.kept(f"groups:{district.pk}", lambda: points.grouped(district, frame.bounds))
    listed = pictures.kept(f"told:{district.pk}", points.told(district).count)
    pointed = sum(group.count for group in groups) if groups else len(found)
    context = {
        "district": district,
        "frame": frame,
        "marks": [] if crowded or frame is None else _marks(frame, found),
        "groups": _groups(frame, groups) if frame else [],
        "rows": found,
        "crowded": crowded,
        "listed": listed,
        "pointed": pointed,
        "rest": _rest(listed - pointed),
        "list": f"{reverse('facilities:list')}?district={district.pcode}",
        "looks": [(works, works.label) for works in Functionality],
        "credits": selectors.credits_asked(),
    }
    return render(request, "impact/map_district.html", context)


def _rest(number: int) -> str:
    if number <= 0:
        return ""
    return ngettext(
        "%(number)s more facility of this district is not shown as a point: its exact place is not public.",
        "%(number)s more facilities of this district are not shown as points: their exact place is not public.",
        number,
    ) % {"number": number}


def _marks(frame: outlines.Frame, found: Sequence[points.Located]) -> list[dict[str, Any]]:
    marks = []
    for one in found:
        x, y = frame.projection.at(one.longitude, one.latitude)
        told = gettext("%(name)s: %(works)s") % {
            "name": one.facility.shown_name, "works": one.facility.get_functionality_display(),
        }  # fmt: skip
        marks.append({"x": round(x), "y": round(y), "facility": one.facility, "told": told})
    return marks


def _groups(frame: outlines.Frame, groups: Sequence[points.Group]) -> list[dict[str, Any]]:
    found = []
    for group in groups:
        x, y = frame.projection.at(group.longitude, group.latitude)
        radius = 15 + 5 * len(str(group.count))
        found.append({"x": round(x), "y": round(y), "count": group.count, "radius": radius})
    return found
