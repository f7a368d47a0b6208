"""A contest from the close of its last round to its results, for the tests of what comes of it."""

import uuid
from random import Random
from typing import Any

from django.utils import timezone

from campaigns import photos, services
from campaigns.models import Award, Campaign, Decision, Entry, GalleryItem, Photo, Prize
from network.models import User
from tests.campaigns.judges import give_all
from tests.factories import campaigns as make, photos as made
from tests.factories.network import coordinator


def judged(entries: int = 6, **fields: Any) -> Campaign:
    """Return a contest whose only round is closed: three prizes, the first of which is another one."""
    campaign = make.judged(entries, **{"told_hours": 0} | fields)
    Prize.objects.filter(campaign=campaign).update(position=2)
    Prize.objects.create(campaign=campaign, position=1, what_ar="الجائزة الأولى", what_en="The first prize", count=1)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    give_all(round_)
    services.close_round(round_=round_, by=manager(campaign))
    return Campaign.objects.get(pk=campaign.pk)


def manager(campaign: Campaign) -> User:
    return coordinator(campaign.region.code if campaign.region else None)


def proposed(campaign: Campaign | None = None, by: User | None = None) -> Decision:
    campaign = campaign or judged()
    return services.propose_results(campaign=campaign, by=by or manager(campaign))


def decided(campaign: Campaign | None = None) -> Campaign:
    """Return a contest that two people have decided."""
    decision = proposed(campaign)
    campaign = decision.campaign
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=manager(campaign))
    return campaign


def told(campaign: Campaign | None = None) -> Campaign:
    campaign = decided(campaign)
    services.tell_winners(campaign=campaign, by=manager(campaign))
    return campaign


def published(campaign: Campaign | None = None) -> Campaign:
    campaign = told(campaign)
    return services.publish_results(campaign=campaign, by=manager(campaign))


def standing(campaign: Campaign) -> list[tuple[int, str, str]]:
    """Return the prizes that somebody has: number, code, state."""
    rows = Award.objects.filter(campaign=campaign, state__in=["decided", "told", "accepted", "promised", "delivered"])
    return list(rows.order_by("number").values_list("number", "entry__public_code", "state"))


def line(campaign: Campaign) -> list[str]:
    """Return the codes in the order of the sheet."""
    decision = Decision.objects.exclude(state="refused").get(campaign=campaign)
    return [row[1] for row in decision.sheet.sheet["places"]]


def holder(campaign: Campaign, number: int = 1) -> Award:
    rows = Award.objects.filter(campaign=campaign, number=number).order_by("-pk")
    return rows.select_related("campaign", "entry__campaign").first()


def hang(entry: Entry, seed: int = 1, *, by: User | None = None) -> GalleryItem:
    """Put a photo of an entry into the gallery, made as a worker makes it."""
    rebuilt = photos.rebuilt(made.saved(made.scene(Random(f"{entry.pk}-{seed}"), (640, 480)), "JPEG"))
    now = timezone.now()
    photo = Photo.objects.create(
        campaign=entry.campaign, entry=entry, form=entry.uid, uid=uuid.uuid4(), position=entry.photos.count() + 1,
        state="ready", kept=photos.keep(rebuilt), width=rebuilt.width, height=rebuilt.height,
        fingerprint=rebuilt.fingerprint, received_at=now, settled_at=now,
    )  # fmt: skip
    Entry.objects.filter(pk=entry.pk).update(in_gallery=True)
    return services.show_photo(
        photo=photo, alt_ar="كمامة زرقاء", alt_en="A blue mask", by=by or manager(entry.campaign)
    )
