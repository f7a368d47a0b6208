"""Months are closed: from then on what everybody is told of them stands."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from outreach import atoms
from outreach.atoms import Counted
from outreach.models import Closing, DailyReport, Referred, Seen, ToldFigure, Trained, Training


@transaction.atomic
def close_month(*, today: date) -> Closing | None:
    """Close the latest month that can be, and keep what may be told of it; None where it is closed already.

    What was entered too late for the month in which it was done is told with this one. What is put right after it was told changes nothing
    that everybody reads: two readings of a page would differ by the one whom it is about.
    """
    closing: Closing | None = Closing.objects.close_latest(today, timezone.now())
    if closing is None:
        return None
    ToldFigure.objects.bulk_create(
        ToldFigure(closing=closing, district_id=district, subject=subject, key=key, people=people)
        for district, counted in sorted(_counted(closing).items())
        for (subject, key), people in atoms.tellable(counted).items()
    )
    return closing


def _counted(closing: Closing) -> dict[int, Counted]:
    """Return what is new up to the end of the month, by the id of the district, with the corrections that are there."""
    found: dict[int, Counted] = defaultdict(Counted)
    place = "municipality__district"
    reports, trainings = (
        Closing.objects.not_counted(rows, closing) for rows in (DailyReport.objects.all(), Training.objects.all())
    )
    now = closing.closed_at
    seen = _standing(Seen.objects.filter(report__in=reports), now)
    for district, sex, age, people in seen.values_list(f"report__{place}", "sex", "age").annotate(n=Sum("people")):
        found[district].seen[atoms.cell(sex, age)] = people
    referred = _standing(Referred.objects.filter(report__in=reports), now)
    for district, level, people in referred.values_list(f"report__{place}", "level").annotate(n=Sum("people")):
        found[district].referred[level] = people
    trained = _standing(Trained.objects.filter(training__in=trainings), now)
    by_topic = trained.values_list(f"training__{place}", "training__topic__code").annotate(n=Sum("people"))
    for district, topic, people in by_topic:
        found[district].trained[topic] = people
    return found


def _standing(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.filter(Q(correction__isnull=True) | Q(correction__entered_at__lte=now)).order_by()
