"""Monthly reports: filled in by whoever keeps a facility's page, read as sums by everybody."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from facilities import monthly, services
from facilities.enums import ReportState
from facilities.forms import MonthlyReportForm
from facilities.models import Facility
from network.decorators import live_page
from network.enums import DomainError
from network.months import month_before


def _facility(request: HttpRequest, code: str) -> Facility:
    facility = monthly.facility_to_report(code, request.user)
    if facility is None:
        raise Http404
    return facility


@live_page
def report_picture(request: HttpRequest) -> HttpResponse:
    """How complete a month is, and its sums, by district."""
    today = timezone.localdate()
    month = monthly.month_of(request.GET.get("month", ""), today) or month_before(today)
    context = {"picture": monthly.picture(month), "month": month, "months": monthly.months_to_report(today)}
    context["closes_on"] = monthly.closes_on(month)
    return render(request, "facilities/report_picture.html", context)


@never_cache
@require_safe
def report_months(request: HttpRequest, code: str) -> HttpResponse:
    """The months of a facility: handed in, begun, or missing."""
    facility = _facility(request, code)
    context = {"facility": facility, "rows": monthly.months_of(facility, timezone.localdate())}
    return render(request, "facilities/report_months.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_month(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """Fill in one month: kept as a draft at every step, handed in when nothing doubtful is left without a word."""
    facility, day = _facility(request, code), monthly.month_of(month, timezone.localdate())
    if day is None:
        raise Http404
    known = monthly.open_report(facility, day)
    given = {
        "indicators": monthly.asked(day),
        "before": monthly.last_month(facility, day),
        "stands": monthly.values_of(known),
    }
    form = MonthlyReportForm(request.POST if request.method == "POST" else None, **given)
    if request.method == "POST" and form.is_valid() and _kept(request, facility, day, form):
        return redirect("facilities:reports", facility.code)
    if form.errors:
        # What was refused was kept as a draft before it was.
        known = monthly.open_report(facility, day)
    context = {
        "facility": facility,
        "month": day,
        "form": form,
        "standing": known if known and known.state == ReportState.SUBMITTED else None,
        "draft": known if known and known.state == ReportState.DRAFT else None,
    }
    return render(request, "facilities/report_month.html", context, status=400 if form.errors else 200)


def _kept(request: HttpRequest, facility: Facility, month: date, form: MonthlyReportForm) -> bool:
    """Keep the draft, and hand it in if that was asked; what is typed stays though handing it in is refused."""
    try:
        draft = services.keep_report(facility=facility, month=month, figures=form.figures(), by=request.user)
        if draft is None:
            messages.success(request, gettext("Nothing was changed: the report is handed in as it stands."))
            return True
        if "submit" not in request.POST:
            messages.success(request, gettext("Kept as a draft. It is not handed in yet."))
            return True
        services.submit_report(facility=facility, month=month, by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        if isinstance(error, services.Doubtful):
            rows = monthly.values_of(monthly.open_report(facility, month))
            values = {family: row.value for family, row in rows.items()}
            form.doubt(monthly.doubts_about(facility, month, values))
        return False
    messages.success(request, gettext("Handed in. Thank you."))
    return True
