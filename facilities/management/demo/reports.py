"""Invented monthly reports of the facilities that are there, made through the services: the last six months, the newest of some missing."""

from typing import Protocol

from django.utils import timezone

from facilities import monthly, services
from facilities.models import Facility
from facilities.services import Figure
from network.models import User

USUAL = {
    "consultations": 420,
    "admissions": 60,
    "deliveries": 22,
    "immunisations": 130,
    "referrals": 14,
    "staff_trained": 6,
}


class Cast(Protocol):
    """The demo's people by their logins."""

    def user(self, login: str) -> User: ...


def load(cast: Cast, *, most: int = 12) -> int:
    """Let up to so many listed facilities report, close what is due, and return how many reports that is.

    Needs the reference data and facilities.
    """
    made = 0
    months = list(reversed(monthly.months_to_report(timezone.localdate())[:6]))
    for number, facility in enumerate(Facility.objects.public().select_related("side").order_by("pk")[:most]):
        by = cast.user(f"coordinator.{facility.side.code}")
        for place, month in enumerate(months):
            if month == months[-1] and number % 3 == 2:
                continue
            # Within a factor of three from month to month, so that none is doubtful.
            figures = {code: Figure(usual + 3 * place + number % 5) for code, usual in USUAL.items()}
            figures["stockout_days"] = Figure(2 + number % 4)
            services.keep_report(facility=facility, month=month, figures=figures, by=by)
            services.submit_report(facility=facility, month=month, by=by)
            made += 1
    today = timezone.localdate()
    for month in monthly.months_to_close(today):
        services.close_reports(month=month, today=today)
    return made
