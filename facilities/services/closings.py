"""Months of reports are closed: from then on the sums that everybody is told of them stand."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from facilities import atoms, monthly
from facilities.models import MonthClosing, ToldSum


@transaction.atomic
def close_reports(*, month: date, today: date) -> MonthClosing | None:
    """Keep the sums of a month that may be told; None where it can't be closed, or is already.

    What is handed in, corrected or hidden later changes none of them: two readings of a page would differ by one facility's figures.
    """
    if month not in monthly.months_to_close(today):
        return None
    closing: MonthClosing | None = MonthClosing.objects.close(month, timezone.now())
    if closing is None:
        return None
    indicators = {row.family: row for row in monthly.asked(month)}
    wholes = {family: row.part_of for family, row in indicators.items() if row.part_of}
    stands = monthly.sums_as_they_stand(month)
    rows = []
    for district, found in sorted(stands.items()):
        sums = {family: found[row.pk] for family, row in indicators.items() if row.pk in found}
        for family, total in atoms.tellable(sums, wholes).items():
            rows.append(ToldSum(closing=closing, district_id=district, indicator=indicators[family], total=total))
    ToldSum.objects.bulk_create(rows)
    return closing
