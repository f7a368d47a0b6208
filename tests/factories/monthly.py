"""Invented monthly reports, kept and handed in by the services."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from facilities import monthly, services
from facilities.models import Facility, MonthClosing, MonthlyReport
from facilities.services import Figure
from network.models import User
from network.months import month_before
from tests.factories.network import coordinator


def indicators() -> None:
    """Load what is asked."""
    list(services.load_indicators())


def last_month(back: int = 1) -> date:
    return month_before(timezone.localdate(), back)


def report(
    facility: Facility, month: date | None = None, by: User | None = None, word: str = "", **figures: Any
) -> MonthlyReport:
    """Hand in a month of a facility."""
    by, month = by or coordinator(facility.side.code), month or last_month()
    services.keep_report(
        facility=facility, month=month, figures={code: Figure(n, word) for code, n in figures.items()}, by=by
    )
    return services.submit_report(facility=facility, month=month, by=by)


def close(month: date | None = None) -> MonthClosing | None:
    """Close the sums of a month, as if it had been over for long enough."""
    month = month or last_month()
    return services.close_reports(month=month, today=monthly.closes_on(month) + timedelta(days=1))
