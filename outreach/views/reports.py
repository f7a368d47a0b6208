"""Daily reports as a team types them, phone in hand: one page, sent once however often the network fails."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network.enums import DomainError
from network.paging import Page
from outreach import figures, services
from outreach.forms import CorrectReportForm, ReportForm
from outreach.models import DailyReport

SIZE = 20


@never_cache
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The units of which the reader reports, what is planned, and what they have entered; to anybody else it is not there."""
    units = list(figures.units_of(request.user))
    page = Page.of(figures.reports_by(request.user), request.GET.get("page"), SIZE)
    sides = figures.sides_of(request.user)
    trainings = list(figures.trainings_by(request.user)[:SIZE])
    if not units and not page.rows and not sides and not trainings:
        raise Http404
    numbers = figures.numbers_of(page.rows)
    own = {unit.pk for unit in units}
    context = {
        "units": units,
        "stops": figures.next_stops(units, timezone.localdate()),
        "rows": [
            {"report": row, "numbers": numbers[row.pk], "correctable": row.unit_id in own or row.side_id in sides}
            for row in page.rows
        ],
        "page_obj": page,
        "sides": sides,
        "trainings": [{"training": row, "correctable": row.side_id in sides} for row in trainings],
    }
    return render(request, "outreach/report_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_report(request: HttpRequest, code: str) -> HttpResponse:
    """Report what a unit did at one stop. The same form sent twice is one report."""
    unit, today = get_object_or_404(figures.units_of(request.user), code=code), timezone.localdate()
    given = {"unit": unit, "stops": figures.stops_to_report(unit, today), "today": today, "by": request.user}
    if request.method == "POST":
        form = ReportForm(request.POST, **given)
        if form.is_valid() and _entered(request, form):
            return redirect("outreach:reports")
    else:
        form = ReportForm(initial={"uid": uuid.uuid4(), "on": today}, **given)
    context = {"unit": unit, "form": form}
    return render(request, "outreach/report_new.html", context, status=400 if form.errors else 200)


def _entered(request: HttpRequest, form: ReportForm) -> bool:
    try:
        services.enter_report(report=form.report(), numbers=form.numbers(), by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("The report is entered."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_report(request: HttpRequest, number: int) -> HttpResponse:
    """Write what the numbers should have been; what was entered stays, the difference is added."""
    rows = DailyReport.objects.select_related("unit", "municipality")
    report = get_object_or_404(rows, pk=number)
    if not figures.may_correct_report(report, request.user):
        raise Http404
    stands = figures.numbers_of([report])[report.pk]
    if request.method == "POST":
        form = CorrectReportForm(request.POST, stands=stands)
        if form.is_valid() and _corrected(request, report, form):
            return redirect("outreach:reports")
    else:
        initial = {"uid": uuid.uuid4(), "seen": report.corrections.count()}
        form = CorrectReportForm(initial=initial, stands=stands)
    context = {"report": report, "form": form}
    return render(request, "outreach/report_correct.html", context, status=400 if form.errors else 200)


def _corrected(request: HttpRequest, report: DailyReport, form: CorrectReportForm) -> bool:
    data = form.cleaned_data
    try:
        services.correct_report(
            report=report, uid=data["uid"], seen=data["seen"], numbers=form.numbers(), why=data["why"], by=request.user
        )
    except DomainError as error:
        form.refuse(error, report.corrections.count())
        return False
    messages.success(request, gettext("Corrected. What was entered first stays in the record."))
    return True
