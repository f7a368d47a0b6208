from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from dialogues import selectors as dialogues
from dialogues.enums import SessionKind
from impact import selectors
from network.decorators import public_page
from network.models import Region

COMING_SHOWN = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """What the network is, and what is happening."""
    return render(
        request, "impact/home.html", {"coming": dialogues.coming_public(COMING_SHOWN), "figures": selectors.figures()}
    )


@public_page
def held(request: HttpRequest) -> HttpResponse:
    """What has been held in a year: kinds, months, people, share of sides, in pictures and a table."""
    years = selectors.years_held()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else 0
    year = year if year in years else (years or [timezone.localdate().year])[0]
    rows = selectors.rows_of(selectors.held_in(year))
    regions = list(Region.objects.order_by("position", "pk"))
    order = [*(region.pk for region in regions), None]
    names = [*(region.name for region in regions), gettext("abroad")]
    total = selectors.Row(None, "", False)
    for row in rows:
        total.sessions += row.sessions
        total.people += row.people
        total.sides.update(row.sides)
    context = {
        "year": year,
        "years": years,
        "sides": names,
        "table": [_told(row, order) for row in rows],
        "total": _told(total, order),
        "untold": any(row.untold for row in rows),
        "kinds": _bars((SessionKind(row.kind).label, row.sessions) for row in rows),
        "months": _bars((row.month, row.people) for row in reversed(rows)),
        "shares": _stacked(names, total.shares(order)),
    }
    return render(request, "impact/held.html", context)


def _told(row: selectors.Row, order: list[int | None]) -> dict[str, Any]:
    return {
        "row": row,
        "kind": SessionKind(row.kind).label if row.kind else "",
        "people": row.people or "",
        "shares": row.shares(order) or [None] * len(order),
    }


def _bars(counted: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Return a bar for each name in the order in which it comes first, as long as its number is of the largest."""
    sums: dict[Any, int] = {}
    for name, count in counted:
        sums[name] = sums.get(name, 0) + count
    largest = max(sums.values(), default=0) or 1
    return [{"name": name, "count": n, "width": max(round(100 * n / largest), 1)} for name, n in sums.items() if n]


def _stacked(names: list[str], shares: list[int] | None) -> dict[str, Any] | None:
    """Return one bar of all sides, each with where it begins, and the same in words."""
    if shares is None:
        return None
    parts, begin = [], 0
    for number, (name, share) in enumerate(zip(names, shares, strict=True), 1):
        parts.append({"number": number, "name": name, "share": share, "begin": begin})
        begin += share
    words = [gettext("%(side)s %(share)s%%") % {"side": part["name"], "share": part["share"]} for part in parts]
    return {"parts": parts, "words": pgettext("between the items of a list", ", ").join(words)}
