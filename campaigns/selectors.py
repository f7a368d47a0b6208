"""Reads of campaigns and their entries."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from campaigns.models import Campaign, Entry, Faq, Prize, Question
from network import search

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
