"""Reads of what campaigns keep."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from campaigns.models import Appearance, Campaign, Entry, Faq, Prize, Question, Speaker
from campaigns.querysets import AppearanceQuerySet
from network import search
from network.models import Region

NAME_LENGTH = 240


def folded(name: str) -> str:
    """Return a name as it is compared: its folded words in the order of the alphabet, so that "Ali Salem" is "Salem, Ali"."""
    return " ".join(sorted(search.fold(name).split()))[:NAME_LENGTH]


def listed(now: datetime) -> list[Campaign]:
    """Return what everybody may read: first what takes entries now, then what is to come, then what is over."""
    rows = list(Campaign.objects.public().order_by("-closes_at", "-pk")[:100])

    def order(campaign: Campaign) -> int:
        if campaign.state in ("announced", "open") and campaign.closes_at and campaign.closes_at > now:
            return 0 if campaign.opens_at and campaign.opens_at <= now else 1
        return 2

    return sorted(rows, key=order)


def shown(slug: str, user: Any) -> Campaign | None:
    """Return a campaign as its page shows it: to everybody once announced, to those who run it before."""
    rows = (Campaign.objects.public() | Campaign.objects.visible_to(user)).filter(slug=slug)
    return rows.prefetch_related(
        Prefetch("prizes", Prize.objects.order_by("position", "pk")),
        Prefetch("faqs", Faq.objects.order_by("position", "pk")),
    ).first()


def questions(campaign: Campaign) -> list[Question]:
    return list(Question.objects.filter(campaign=campaign).order_by("position", "pk"))


def entries_of(campaign: Campaign) -> QuerySet[Entry]:
    return Entry.objects.filter(campaign=campaign).order_by("pk")


def alike(entry: Entry) -> QuerySet[Entry]:
    """Return the other entries of the same campaign by the same telephone, address or name."""
    rows = Entry.objects.running().filter(campaign_id=entry.campaign_id).exclude(pk=entry.pk)
    return rows.alike(folded=entry.folded, phone=entry.phone, email=entry.email).order_by("pk")


# --- the media log ------------------------------------------------------------------------------------------------------


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
