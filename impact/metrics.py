"""What the map of districts can show besides the facilities themselves: what is needed, who reports, where mobile units come."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import monthly
from facilities.pictures import Figure, Metric
from needs import selectors as needs
from network.months import month_before
from outreach import figures as outreach


def open_needs() -> dict[int, Figure]:
    """Return how many verified needs wait in each district."""
    return {row.district.pk: Figure(row.needs) for row in needs.district_sums()}


def reporting() -> dict[int, Figure]:
    """Return how many facilities of each district have handed in the report of the last month that is due."""
    today = timezone.localdate()
    months = 1 if today.day > monthly.LATE_AFTER else 2
    rows = monthly.completeness(month_before(today, months))
    return {row.district.pk: Figure(row.reported, row.facilities) for row in rows}


def coverage() -> dict[int, Figure]:
    """Return in how many of a district's municipalities a mobile unit was in the month that was closed last; nothing before any was."""
    if outreach.told_until() is None:
        return {}
    rows = outreach.districts(timezone.localdate())
    return {row.district.pk: Figure(row.visited, row.municipalities) for row in rows if row.municipalities}


METRICS = (
    Metric("needs", _("Open needs"), _("How many needs of facilities are verified and not met yet."), open_needs),
    Metric(
        "reporting",
        _("Monthly reports handed in"),
        _("Share of facilities whose report of the last month that is due is there."),
        reporting,
        is_share=True,
    ),
    Metric(
        "coverage",
        _("Reached by mobile units"),
        _("Share of municipalities in which a mobile unit saw people in the last month that is closed."),
        coverage,
        is_share=True,
    ),
)
