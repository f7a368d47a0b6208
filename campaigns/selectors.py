"""Reads of what campaigns keep."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from campaigns import duplicates, photos
from campaigns.enums import PUBLIC_STATES, CampaignMove, CampaignState, PhotoState, QuestionKind
from campaigns.models import Appearance, Campaign, Entry, Faq, Photo, Prize, Question, Speaker
from campaigns.querysets import AppearanceQuerySet
from network.models import Region, Transition


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
    return (
        rows.select_related("lot")
        .prefetch_related(
            Prefetch("prizes", Prize.objects.order_by("position", "pk")),
            Prefetch("faqs", Faq.objects.order_by("position", "pk")),
        )
        .first()
    )


def questions(campaign: Campaign) -> list[Question]:
    return list(Question.objects.filter(campaign=campaign).order_by("position", "pk"))


def options(question: Question) -> dict[str, str]:
    """Return the answers to choose from, in the reader's language, by the number under which they are kept."""
    lines = [line.strip() for line in question.choices.splitlines() if line.strip()]
    return {str(number): line for number, line in enumerate(lines, 1)}


def told_answer(question: Question, given: Any, options: Mapping[str, str]) -> str:
    """Return an answer in words, "" for none; `options` are those of the question."""
    if given in (None, ""):
        return ""
    if question.kind == QuestionKind.CONSENT:
        return gettext("yes") if given else ""
    return options.get(str(given), str(given)) if question.kind == QuestionKind.CHOICE else str(given)


def told_answers(entry: Entry) -> list[tuple[Question, str]]:
    """Return what was answered to which question, in their order."""
    told = [(row, told_answer(row, entry.answers.get(row.key), options(row))) for row in questions(entry.campaign)]
    return [(row, text) for row, text in told if text]


def entries_of(campaign: Campaign) -> QuerySet[Entry]:
    return Entry.objects.filter(campaign=campaign).order_by("pk")


def sent_before(campaign: Campaign, form: UUID) -> Entry | None:
    """Return the entry that a form has become already."""
    return Entry.objects.filter(uid=form, campaign=campaign).first()


def alike(entry: Entry) -> QuerySet[Entry]:
    """Return the other entries of the same campaign by the same telephone, address or name."""
    rows = Entry.objects.running().filter(campaign_id=entry.campaign_id).exclude(pk=entry.pk)
    return rows.alike(folded=entry.folded, phone=entry.phone, email=entry.email).order_by("pk")


# --- photos and possible duplicates ---------------------------------------------------------------------------------------

# How long a row may take from its time to its commit, and so be seen only by the next look.
COMMITTED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as a page shows it: addresses with their widths for <source>, one for <img>, and the size of the largest."""

    photo: Photo
    webp: str
    jpeg: str
    src: str
    whole: str
    width: int
    height: int
    # What it shows, where somebody has written it.
    alt: str = ""


def pictures(rows: Iterable[Photo], address: Callable[[Photo, str], str]) -> list[Picture]:
    """Return the photos that are ready, in their places; `address` says where a page of this reader finds "800.webp" of one."""
    ready = sorted((row for row in rows if row.state == PhotoState.READY), key=lambda row: (row.position, row.pk))
    return [_picture(row, address) for row in ready]


def _picture(row: Photo, address: Callable[[Photo, str], str]) -> Picture:
    width, height = row.width or 0, row.height or 0
    widths = {edge: photos.shrunk((width, height), edge)[0] for edge in photos.EDGES}

    def widest(extension: str) -> str:
        return ", ".join(f"{address(row, f'{edge}.{extension}')} {wide}w" for edge, wide in widths.items())

    small, large = photos.EDGES[-1], photos.EDGES[0]
    return Picture(
        row, widest("webp"), widest("jpg"), address(row, f"{small}.jpg"), address(row, f"{large}.jpg"), width, height
    )


def photos_of(form: UUID, campaign: Campaign) -> list[Photo]:
    """Return what came with a form, in its place."""
    return list(Photo.objects.filter(form=form, campaign=campaign).order_by("position", "pk"))


def traits(campaign: Campaign) -> list[duplicates.Traits]:
    """Return what is compared of each running entry of a campaign."""
    prints: dict[int, list[int]] = defaultdict(list)
    rows = Photo.objects.filter(campaign=campaign, state=PhotoState.READY, entry__isnull=False)
    for entry, found in rows.values_list("entry_id", "fingerprint").iterator():
        prints[entry].append(int(found, 16))
    entries = Entry.objects.running().filter(campaign=campaign)
    return [
        duplicates.Traits(pk, name, place, phone, tuple(prints.get(pk, ())))
        for pk, name, place, phone in entries.values_list("pk", "name", "municipality_id", "phone").iterator()
    ]


def to_compare() -> list[Campaign]:
    """Return the campaigns to which an entry or a photo was added, or in which a contact was corrected, since the last look."""
    return [
        campaign
        for campaign in Campaign.objects.filter(state__in=PUBLIC_STATES).order_by("pk")
        if _added(campaign, campaign.compared_at and campaign.compared_at - COMMITTED_WITHIN)
    ]


def _added(campaign: Campaign, since: datetime | None) -> bool:
    entries = Entry.objects.filter(campaign=campaign)
    if since is None:
        return entries.exists()
    made = Photo.objects.filter(campaign=campaign, settled_at__gt=since)
    # Whoever corrects a contact has a new code sent.
    new = entries.filter(Q(received_at__gt=since) | Q(proofs__sent_at__gt=since))
    return new.exists() or made.exists()


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


def why_called_off(campaigns: Iterable[Campaign]) -> dict[int, str]:
    """Return the reasons, which everybody reads, for which campaigns were called off, by their ids."""
    ids = {campaign.pk for campaign in campaigns if campaign.state == CampaignState.CANCELLED}
    steps = Transition.objects.filter(subject_type=Campaign._meta.label_lower, subject_id__in=ids)
    return {row.subject_id: row.reason for row in steps.filter(move=CampaignMove.CANCEL)} if ids else {}
