"""A month of sessions, as those who plan them look at it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from dialogues import planning, policies, selectors
from dialogues.models import Session
from dialogues.views import months

# A month in which there is more than this is looked at in the list, with its filters.
SHOWN = 300


@dataclass(frozen=True)
class Entry:
    """One session in the month: what it takes, and what it clashes with."""

    session: Session
    clashes: list[planning.Clash]
    own: bool

    @cached_property
    def taken(self) -> int:
        return sum(site.taken for site in self.session.sites.all())

    @cached_property
    def seats(self) -> int:
        return sum(site.seats for site in self.session.sites.all())


def month(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the sessions in reach that begin in a month, with states, places, seats, clashes and holidays."""
    if not model_admin.has_view_permission(request):
        raise Http404
    asked = request.GET.get("month")
    first = months.parse(asked) or timezone.localdate().replace(day=1)
    reach = Session.objects.visible_to(request.user)
    rows = list(selectors.with_sites(selectors.in_month(reach, first)).order_by("starts_at", "pk")[: SHOWN + 1])
    found = planning.clashes_among(rows, request.user)
    entries = [Entry(row, found.get(row.pk, []), policies.can_manage(request.user, row)) for row in rows[:SHOWN]]
    days = months.days(first, entries)  # type: ignore[arg-type]
    special = planning.working_days(days[0].date, days[-1].date)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Month"),
        "opts": model_admin.opts,
        "first": first,
        "bad_month": bool(asked) and months.parse(asked) is None,
        "weekdays": months.weekdays(first),
        "days": [(day, special.on(day.date) if day.inside else []) for day in days],
        "nothing": not entries,
        "clashing": sum(bool(entry.clashes) for entry in entries),
        "cut_off": len(rows) > SHOWN,
        "before": months.before(first),
        "after": months.after(first),
        "can_add": model_admin.has_add_permission(request),
    }
    return TemplateResponse(request, "admin/dialogues/session/month.html", context)
