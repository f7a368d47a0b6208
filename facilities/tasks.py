from collections import Counter

from celery import shared_task
from django.utils import timezone

from facilities import monthly, services, upkeep_selectors
from network.models import Region
from network.months import month_before

# Long work may take long. The broker hands the task out again before it ends; whoever gets it finds the list in hand, and does nothing.
HOUR = 3_600


@shared_task(soft_time_limit=HOUR, time_limit=HOUR + 60)
def run_imports() -> None:
    """Read and take over the lists that wait, one after the other."""
    while batch := services.claim_import(now=timezone.now()):
        services.run_import(batch=batch)


@shared_task
def clear_lost_lists() -> None:
    """Remove the files of lists that a crash left without a row."""
    services.clear_lost_lists(now=timezone.now())


@shared_task
def remind_of_upkeep() -> None:
    """Wake who sleeps: over changes that wait, and over pages that nobody has confirmed; each once, however often this runs."""
    now = timezone.now()
    for request in upkeep_selectors.requests_to_remind_of(now):
        services.remind_of_request(request=request, now=now)
    for facility in upkeep_selectors.facilities_to_ask_about(now):
        services.ask_whether_right(facility=facility, now=now)


@shared_task
def remind_of_reports() -> None:
    """Remind of late monthly reports: focal points after the 10th, coordinators after the 15th; each once, however often this runs."""
    today = timezone.localdate()
    if today.day <= monthly.LATE_AFTER:
        return
    month = month_before(today)
    missing: Counter[int] = Counter()
    for facility in monthly.late(month, today):
        services.remind_of_report(facility=facility, month=month, today=today)
        missing[facility.side_id] += 1
    if today.day > monthly.COORDINATORS_AFTER:
        for side in Region.objects.filter(pk__in=missing).order_by("pk"):
            services.tell_missing(side=side, month=month, missing=missing[side.pk], today=today)


@shared_task
def close_months() -> None:
    """Close the months of reports that are due; each once, however often this runs."""
    today = timezone.localdate()
    for month in monthly.months_to_close(today):
        services.close_reports(month=month, today=today)
