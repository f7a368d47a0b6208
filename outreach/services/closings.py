"""Months are closed: from then on what everybody is told of them stands."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from outreach import atoms, policies
from outreach.atoms import Counted
from outreach.models import Closing, DailyReport, Referred, Seen, ToldFigure, Trained, Training


@transaction.atomic
def close_month(*, today: date) -> Closing | None:
    """Close the latest month that can be, and keep what may be told of it; None where it is closed already.

    What was entered too late for the month in which it was done is told with this one. What is put right after it was told changes nothing
    that everybody reads: two readings of a page would differ by the one whom it is about.
    """
    month, now = policies.month_to_close(today), timezone.now()
    before = Closing.objects.order_by("-month").first()
    if before and before.month >= month:
        return None
    # Of two that close at once the second finds the first's row.
    closing, is_new = Closing.objects.get_or_create(month=month, defaults={"closed_at": now})
    if not is_new:
        return None
    ToldFigure.objects.bulk_create(
        ToldFigure(closing=closing, district_id=district, subject=subject, key=key, people=people)
        for district, counted in sorted(_counted(month, now, before).items())
        for (subject, key), people in atoms.tellable(counted).items()
    )
    return closing


def _counted(month: date, now: datetime, before: Closing | None) -> dict[int, Counted]:
    """Return what is new up to the end of the month, by the id of the district, with the corrections that are there."""
    found: dict[int, Counted] = defaultdict(Counted)
    place = "municipality__district"
    reports, trainings = (
        _new(rows, month, now, before) for rows in (DailyReport.objects.all(), Training.objects.all())
    )
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


def _new(rows: QuerySet[Any], month: date, now: datetime, before: Closing | None) -> QuerySet[Any]:
    """Return the ids of what was done up to the end of the month, without what an earlier closing counted."""
    rows = rows.filter(on__lte=policies.last_day(month), entered_at__lte=now)
    if before:
        rows = rows.exclude(on__lte=policies.last_day(before.month), entered_at__lte=before.closed_at)
    return rows.order_by().values("pk")


def _standing(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.filter(Q(correction__isnull=True) | Q(correction__entered_at__lte=now)).order_by()
