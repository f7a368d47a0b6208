"""The campaigns of the world: a draft and an open one of each side, one of all sides, entries of each side in both, and judging."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from campaigns import judging
from campaigns.models import (
    Activity,
    ActivityCorrection,
    Appearance,
    Assignment,
    Award,
    Campaign,
    Complaint,
    Conflict,
    ContactProof,
    Criterion,
    Decision,
    Desk,
    DeskCollector,
    Distribution,
    DuplicatePair,
    Entry,
    Faq,
    GalleryItem,
    HandIn,
    Handout,
    HealthWorker,
    Juror,
    Lot,
    Mark,
    Photo,
    Prize,
    PrizeGiving,
    Question,
    Reached,
    ResultSheet,
    Round,
    RoundEntry,
    Topic,
    Unfinished,
)
from campaigns.scoring import Screening
from network import files
from network.models import Job, Transition
from network.services import JOBS

if TYPE_CHECKING:
    from tests.security.world import World

JOINT = "joint"


def plan(world: "World") -> None:
    """Plan what everybody reads, what its side alone does, and who has entered."""
    entries = {}
    for side in ("west", "east", "south"):
        own = _campaign(world, side, f"{side}:open-campaign", "open")
        _campaign(world, side, f"{side}:draft-campaign", "draft")
        entries[side] = _entry(world, side, own)
        _desk(world, side, own, entries[side], f"{side}:open-campaign")
    joint = _campaign(world, JOINT, f"{JOINT}:open-campaign", "open")
    for side in ("west", "east", "south"):
        entry = _entry(world, side, joint)
        _desk(world, side, joint, entry, f"{JOINT}:open-campaign")
        _pair(world, side, joint, entries[side], entry)
    for side in ("west", "east", "south"):
        _judged(world, side, world.campaigns[f"{side}:open-campaign"], ("found",))
        _round(world, side, world.campaigns[f"{side}:draft-campaign"], "draft")
    _judged(world, JOINT, joint, ("member",))
    _aware(world)
    _published(world)
    for side in ("west", "east", "south"):
        _jobs(world, side)


def _aware(world: "World") -> None:
    """Let a leader of each side enter what a group did there; they put it right once."""
    now, today = timezone.now(), timezone.localdate()
    thing = f"{JOINT}:aware:open-campaign"
    campaign = _campaign(world, JOINT, thing, "open", kind="awareness")
    topic = world.add(Topic(campaign=campaign), JOINT, thing)
    for side in ("west", "east", "south"):
        leader, region = world.people[f"{side}:leader"], world.regions[side]
        worker = HealthWorker(
            campaign=campaign, practitioner=leader, side=region, starts_on=today, named_at=now, named_by=leader.user
        )
        world.add(worker, side, f"{side}:health-worker")
        activity = Activity(
            uid=uuid4(), campaign=campaign, topic=topic, municipality=world.municipalities[side], side=region, on=today,
            entered_at=now, entered_by=leader.user,
        )  # fmt: skip
        activity = world.add(activity, side, f"{side}:activity")
        correction = ActivityCorrection(
            uid=uuid4(), activity=activity, why="miscounted", entered_at=now, entered_by=leader.user
        )
        world.add(correction, side, f"{side}:activity")
        for people, put_right in ((40, None), (-3, correction)):
            row = Reached(activity=activity, sex="female", age="15-24", people=people, correction=put_right)
            world.add(row, side, f"{side}:activity")
        world.add(Handout(activity=activity, pieces=40), side, f"{side}:activity")


def _campaign(world: "World", owner: str, thing: str, state: str, kind: str = "contest") -> Campaign:
    now = timezone.now()
    campaign = Campaign(
        kind=kind, state=state, region=world.regions.get(owner), opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9), made_at_least=20, handed_at_least=5, created_at=now,
    )  # fmt: skip
    campaign = world.campaigns[thing] = world.add(
        campaign, owner, thing, slug=world.birds.new(owner, thing, "campaigns.campaign.slug"), picture={}
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


def _desk(world: "World", side: str, campaign: Campaign, entry: Entry, thing: str) -> None:
    """Open a desk of a side, at which its leader collects: where it is everybody reads, who got what the side alone."""
    now, today = timezone.now(), timezone.localdate()
    desk = Desk(
        campaign=campaign, side=world.regions[side], municipality=world.municipalities[side], opens_on=today,
        closes_on=today + timedelta(days=9), last_number=1,
    )  # fmt: skip
    # Its letters stand on every receipt.
    desk = world.desks[f"{thing}:{side}"] = world.add(desk, side, thing, prefix=side[:2].upper())
    leader = world.people[f"{side}:leader"]
    by = leader.user
    row = DeskCollector(desk=desk, practitioner=leader, starts_on=today, named_at=now, named_by=by)
    world.add(row, side, thing)
    counted = {"uid": uuid4(), "desk": desk, "entry": entry, "number": 1, "brought": 5, "pieces": 5}
    world.add(HandIn(**counted, counted_at=now, counted_by=by), side, thing)
    given = Distribution(
        uid=uuid4(), desk=desk, pieces=2, municipality=desk.municipality, given_on=today, entered_at=now, entered_by=by
    )
    world.add(given, side, f"{side}:given")


def _entry(world: "World", side: str, campaign: Campaign) -> Entry:
    now, today, thing = timezone.now(), timezone.localdate(), f"{side}:entry"
    entry = Entry(
        uid=uuid4(), campaign=campaign, state="received", via="web", language="ar", side=world.regions[side],
        municipality=world.municipalities[side], made=24, received_at=now, received_on=today, answers={},
    )  # fmt: skip
    answers = {"words": world.birds.new(side, thing, "campaigns.entry.answers")}
    # The public code is for everybody, once there are results.
    entry = world.add(entry, side, thing, answers=answers, public_code=entry.public_code)
    world.add(ContactProof(entry=entry, channel="sms", sent_at=now), side, thing)
    step = Transition(subject_type="campaigns.entry", subject_id=entry.pk, at=now)
    world.add(step, side, thing, subject_type="campaigns.entry", move="receive", from_state="", to_state="received")
    photo = Photo(
        campaign=campaign, entry=entry, form=entry.uid, uid=uuid4(), state="ready", kept={"320.jpg": "f" * 32}, width=800,
        height=600, received_at=now, settled_at=now,
    )  # fmt: skip
    world.add(photo, side, thing, refusal="", quarantined="", kept=photo.kept, fingerprint="0" * 16)
    return entry


def _round(world: "World", owner: str, campaign: Campaign, state: str) -> Round:
    now, thing = timezone.now(), f"{owner}:{state}-round"
    opened = {} if state == "draft" else {"opened_at": now, "opened_by": world.staff["national"]}
    round_ = world.rounds[thing] = world.add(Round(campaign=campaign, state=state, **opened), owner, thing)
    world.add(Criterion(round=round_), owner, thing)
    step = Transition(subject_type="campaigns.round", subject_id=round_.pk, at=now)
    world.add(step, owner, thing, subject_type="campaigns.round", move="create", from_state="", to_state="draft")
    return round_


def _judged(world: "World", owner: str, campaign: Campaign, names: tuple[str, ...]) -> None:
    """Let members of each side, or of this one, judge what is not of theirs, and have said something of it."""
    now, thing = timezone.now(), f"{owner}:open-round"
    # Its hash is public with the campaign; its seeds are never shown.
    world.add(Lot(campaign=campaign, committed_at=now), owner, f"{owner}:open-campaign")
    round_ = _round(world, owner, campaign, "open")
    for entry in Entry.objects.filter(campaign=campaign).order_by("pk"):
        Entry.objects.filter(pk=entry.pk).update(state="eligible")
        RoundEntry.objects.create(round=round_, entry=entry, taken_at=now)
    for side in ("west", "east", "south") if owner == JOINT else (owner,):
        for name in names:
            person = world.people[f"{side}:{name}"]
            juror = Juror(
                campaign=campaign, practitioner=person, side=world.regions[side], municipality=person.municipality,
                named_at=now, named_by=world.staff["national"],
            )  # fmt: skip
            juror = world.add(juror, side, f"{side}:juror")
            others = Entry.objects.filter(campaign=campaign).exclude(side=world.regions[side])
            for turn, entry in enumerate(others.order_by("pk"), 1):
                if turn > 1:
                    Conflict.objects.create(juror=juror, entry=entry, kind="other", declared_at=now)
                row = Assignment.objects.create(
                    round=round_, juror=juror, entry=entry, turn=turn, given_at=now, done_at=now
                )
                world.add(Mark(assignment=row, number=1, given_at=now), owner, f"{side}:{name}")
    sheet = ResultSheet(round=round_, number=1, made_at=now, made_by=world.staff["national"])
    world.add(sheet, owner, thing)


def _published(world: "World") -> None:
    """Publish the results of a contest of all sides: each has a winner shown by code alone, a photo, and a complaint."""
    now = timezone.now()
    campaign = _campaign(world, JOINT, f"{JOINT}:results-campaign", "results")
    Campaign.objects.filter(pk=campaign.pk).update(results_at=now)
    lot = world.add(Lot(campaign=campaign, committed_at=now), JOINT, f"{JOINT}:results-campaign")
    by, second = world.staff["national"], world.staff["regional west"]
    prize = Prize.objects.get(campaign=campaign)
    round_ = Round(
        campaign=campaign, state="closed", opened_at=now, opened_by=by, closed_at=now, closed_by=by, quorum=2
    )
    round_ = world.add(round_, JOINT, f"{JOINT}:closed-round")
    found = judging.Contest(
        code=campaign.slug, round=Screening(quorum=2, threshold=50), seed=lot.seed, commitment=lot.commitment, shortlist=3, prizes=3,
        scores=(), eligible=frozenset(),
    )  # fmt: skip
    sheet = judging.sheet(found, {})
    kept = ResultSheet(round=round_, number=1, made_at=now, made_by=by)
    kept = world.add(kept, JOINT, f"{JOINT}:closed-round", sheet=sheet)
    decision = Decision(campaign=campaign, sheet=kept, state="confirmed", proposed_at=now, proposed_by=by)
    decision.confirmed_at, decision.confirmed_by = now, second
    decision = world.add(decision, JOINT, f"{JOINT}:results-campaign")
    giving = world.add(PrizeGiving(campaign=campaign, held_at=now), JOINT, f"{JOINT}:results-campaign")
    giving.appearances.set(Appearance.objects.order_by("pk"))
    for number, side in enumerate(("west", "east", "south"), 1):
        entry = _entry(world, side, campaign)
        Entry.objects.filter(pk=entry.pk).update(state="winner", in_gallery=True)
        award = Award(
            campaign=campaign, decision=decision, entry=entry, prize=prize, number=number, state="delivered", decided_at=now,
            told_at=now, answer_until=now, answered_at=now, promised_for=timezone.localdate(), size=1, delivered_at=now,
            delivered_by=by,
        )  # fmt: skip
        world.add(award, side, f"{side}:entry")
        complaint = Complaint(campaign=campaign, entry=entry, kind="complaint", language="ar", received_at=now)
        world.add(complaint, side, f"{side}:entry", answer="")
        item = GalleryItem(photo=entry.photos.get(), published_at=now, published_by=by)
        world.add(item, side, f"{JOINT}:results-campaign")


def _pair(world: "World", side: str, campaign: Campaign, first: Entry, second: Entry) -> None:
    now, thing = timezone.now(), f"{side}:pair"
    pair = DuplicatePair(campaign=campaign, first=first, second=second, reasons=["name"], state="same", found_at=now)
    pair.decided_at, pair.decided_by = now, world.staff[f"regional {side}"]
    world.add(pair, side, thing, reasons=["name"])
    step = Transition(subject_type="campaigns.duplicatepair", subject_id=pair.pk, at=now)
    world.add(step, side, thing, subject_type="campaigns.duplicatepair", move="find", from_state="", to_state="open")


def _jobs(world: "World", side: str) -> None:
    """Let a coordinator of each side have a long list made: one waits, of one the file is there."""
    now, by, thing = timezone.now(), world.staff[f"regional {side}"], f"{side}:job"
    campaign = world.campaigns[f"{side}:open-campaign"]
    given = {"campaign": campaign.pk, "what": "entries", "kind": "csv", "reach": [False, world.regions[side].pk]}
    asked = {"given": given, "language": "ar", "asked_at": now, "asked_by": by}
    world.add(Job(**asked), side, thing, kind="campaign-list", given=given, stored="")
    stored = files.keep(world.birds.new(side, thing, "network.job.file").encode(), JOBS)
    done = Job(**asked, state="done", ended_at=now, size=1)
    filename = world.birds.new(side, thing, "network.job.filename") + ".csv"
    done = world.add(done, side, thing, kind="campaign-list", given=given, stored=stored, filename=filename)
    step = Transition(subject_type="network.job", subject_id=done.pk, at=now)
    world.add(step, side, thing, subject_type="network.job", move="ask", from_state="", to_state="waiting")
