"""Reads of what campaigns keep."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch

from campaigns.models import Appearance, Speaker
from campaigns.querysets import AppearanceQuerySet
from network.models import Region


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a list one side's outlets have; `region` is None for outlets of no side, and for what names no outlet."""

    region: Region | None
    outlets: int
    appearances: int


def for_pages(rows: AppearanceQuerySet) -> AppearanceQuerySet:
    """Return the rows with what a page says of each."""
    speakers = Prefetch("speakers", Speaker.objects.order_by("pk"))
    return rows.select_related("outlet__region").prefetch_related(speakers)


def balance(rows: AppearanceQuerySet) -> list[Share]:
    """Return the share of every side, also of one with nothing, in the order of the sides; what is of no side comes last."""
    counted = (
        rows.order_by()
        .values("outlet__region")
        .annotate(appearances=Count("pk"), outlets=Count("outlet", distinct=True))
    )
    found = {row["outlet__region"]: (row["outlets"], row["appearances"]) for row in counted}
    sides: list[Region | None] = [*Region.objects.order_by("position", "pk"), None]
    return [Share(side, *found.get(side.pk if side else None, (0, 0))) for side in sides]


def offered(rows: AppearanceQuerySet) -> tuple[set[str], set[int]]:
    """Return the languages and the years of which something is there."""
    found = list(rows.order_by().values_list("language", "day__year").distinct())
    return {language for language, _year in found if language}, {year for _language, year in found if year}


def latest(count: int) -> list[Appearance]:
    """Return what was published last."""
    return list(for_pages(Appearance.objects.published()).order_by("-published_at", "-pk")[:count])
