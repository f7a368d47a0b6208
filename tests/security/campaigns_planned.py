"""The campaigns of the world: a draft and an open one of each side, one of all sides, and entries of each side in both."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from campaigns.models import Campaign, ContactProof, Entry, Faq, Prize, Question, Unfinished
from network.models import Transition

if TYPE_CHECKING:
    from tests.security.world import World

JOINT = "joint"


def plan(world: "World") -> None:
    """Plan what everybody reads, what its side alone does, and who has entered."""
    for side in ("west", "east", "south"):
        own = _campaign(world, side, f"{side}:open-campaign", "open")
        _campaign(world, side, f"{side}:draft-campaign", "draft")
        _entry(world, side, own)
    joint = _campaign(world, JOINT, f"{JOINT}:open-campaign", "open")
    for side in ("west", "east", "south"):
        _entry(world, side, joint)


def _campaign(world: "World", owner: str, thing: str, state: str) -> Campaign:
    now = timezone.now()
    campaign = Campaign(
        kind="contest", state=state, region=world.regions.get(owner), opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9), made_at_least=20, handed_at_least=5, created_at=now,
    )  # fmt: skip
    campaign = world.campaigns[thing] = world.add(
        campaign, owner, thing, slug=world.birds.new(owner, thing, "campaigns.campaign.slug")
    )
    question = Question(campaign=campaign, kind="line", required=False)
    world.add(question, owner, thing, key="words", counts_as="")
    world.add(Prize(campaign=campaign), owner, thing)
    world.add(Faq(campaign=campaign), owner, thing)
    typed = {"name": world.birds.new(owner, f"{thing}:unfinished", "campaigns.unfinished.typed")}
    world.add(Unfinished(campaign=campaign, uid=uuid4(), kept_at=now), owner, f"{thing}:unfinished", typed=typed)
    step = Transition(subject_type="campaigns.campaign", subject_id=campaign.pk, at=now)
    world.add(step, owner, thing, subject_type="campaigns.campaign", move="create", from_state="", to_state="draft")
    return campaign


def _entry(world: "World", side: str, campaign: Campaign) -> None:
    now, thing = timezone.now(), f"{side}:entry"
    entry = Entry(
        uid=uuid4(), campaign=campaign, state="received", via="web", language="ar", side=world.regions[side],
        municipality=world.municipalities[side], made=24, received_at=now, answers={},
    )  # fmt: skip
    entry = world.add(entry, side, thing, answers={"words": world.birds.new(side, thing, "campaigns.entry.answers")})
    world.add(ContactProof(entry=entry, channel="sms", sent_at=now), side, thing)
    step = Transition(subject_type="campaigns.entry", subject_id=entry.pk, at=now)
    world.add(step, side, thing, subject_type="campaigns.entry", move="receive", from_state="", to_state="received")
