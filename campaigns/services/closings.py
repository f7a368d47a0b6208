"""Months of awareness campaigns are closed: from then on what everybody is told of them stands."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Sum
from django.utils import timezone

from campaigns import atoms
from campaigns.atoms import Counted
from campaigns.models import Activity, ActivityClosing, Reached, ToldFigure


@transaction.atomic
def close_month(*, today: date) -> ActivityClosing | None:
    """Close the latest month that can be, and keep what may be told of it; None where it is closed already.

    What was entered too late for its month is told with this one, and so is what a side did that was too little to be told. What is put
    right after it was told changes nothing that everybody reads: two readings of a page would differ by the one whom it is about.
    """
    closing: ActivityClosing | None = ActivityClosing.objects.close_latest(today, timezone.now())
    if closing is None:
        return None
    ToldFigure.objects.bulk_create(
        ToldFigure(closing=closing, campaign_id=campaign, side_id=side, subject=subject, key=key, number=number)
        for (campaign, side), counted in sorted(_counted(closing).items())
        for (subject, key), number in atoms.tellable(counted).items()
    )
    return closing


def _counted(closing: ActivityClosing) -> dict[tuple[int, int], Counted]:
    """Return what was told with no closing yet, by the ids of campaign and side, with the corrections that are there."""
    found: dict[tuple[int, int], Counted] = defaultdict(Counted)
    telling = ActivityClosing.objects.filter(figures__campaign=OuterRef("campaign"), figures__side=OuterRef("side"))
    new = telling.not_counted(Activity.objects.all(), closing)
    reached = Reached.objects.filter(activity__in=new).order_by()
    cells = reached.values_list("activity__campaign", "activity__side", "sex", "age")
    for campaign, side, sex, age, people in cells.annotate(n=Sum("people")):
        found[campaign, side].reached[atoms.cell(sex, age)] = people
    held: Any = Activity.objects.filter(pk__in=new)
    held = held.with_people().filter(people__gt=0).order_by()
    places = held.values_list("campaign", "side", "municipality")
    for campaign, side, place, number in places.annotate(n=Count("pk")):
        found[campaign, side].activities[str(place)] = number
    return found
