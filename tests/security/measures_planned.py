"""The measures of the world: a draft of each side, and what is all sides' alike, with canaries in every word."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from facilities.models import ServiceDomain
from measures.models import (
    Action,
    Author,
    Ballot,
    Comment,
    Evidence,
    Following,
    LeaningVote,
    Measure,
    ParityReading,
    RollEntry,
    SideRule,
    Version,
    Vote,
    VoteClosing,
    VoteKey,
)
from measures.services.actions import EVIDENCE_FOLDER
from network import files
from network.models import Practitioner, Transition

if TYPE_CHECKING:
    from tests.security.world import World

# The measure of all sides, by its name in the world. A voter's own side is told on ballots that nobody reads.
JOINT = "joint"
SHARED = ("review", "parity", "open", "adopted", "members-only")


def plan(world: "World") -> None:
    """Plan a draft of each side and, of all sides, one in each state in which others read it."""
    for side in ("west", "east", "south"):
        _measure(world, side, f"{side}:draft-measure", "draft", world.people[f"{side}:leader"])
    for number, name in enumerate(SHARED):
        lead = world.people[("west:leader", "east:leader", "south:leader")[number % 3]]
        state = "adopted" if name == "members-only" else name
        measure = _measure(world, JOINT, f"{JOINT}:{name}-measure", state, lead)
        if name == "review":
            _talked_about(world, measure)
        if state in ("open", "adopted"):
            _voted(world, measure, closed=state == "adopted")
        if name == "adopted":
            _acted(world, measure)


def _measure(world: "World", owner: str, thing: str, state: str, lead: Practitioner) -> Measure:
    now, by = timezone.now(), lead.user
    adopted = state == "adopted"
    measure = Measure(
        state="draft", topic=ServiceDomain.objects.first(), created_at=now,
        audience="members" if "members-only" in thing else "everybody",
    )  # fmt: skip
    measure = world.measures[thing] = world.add(
        measure, owner, thing, slug=world.birds.new(owner, thing, "measures.measure.slug")
    )
    version = world.add(Version(measure=measure, number=1, written_at=now, written_by=by), owner, thing)
    Author.objects.create(measure=measure, practitioner=lead, state="accepted", lead=True, added_at=now, added_by=by)
    step = Transition(subject_type="measures.measure", subject_id=measure.pk, by=by, at=now)
    world.add(step, owner, thing, subject_type="measures.measure", move="create", from_state="", to_state="draft")
    measure.current = version
    if state not in ("draft", "review"):
        reader = world.people["abroad:member"]
        reading = ParityReading(version=version, read_at=now, read_by=reader)
        measure.parity = world.add(reading, owner, thing)
    if adopted:
        number = Measure.objects.filter(number__isnull=False).count() + 1
        measure.year, measure.number, measure.adopted_at = now.year, number, now
    measure.state = state
    measure.save()
    return measure


def _talked_about(world: "World", measure: Measure) -> None:
    """Let each side say something, lean, follow, and be asked to write."""
    for side in ("west", "east", "south"):
        person, now = world.people[f"{side}:found"], timezone.now()
        comment = Comment(measure=measure, version=measure.current, author=person, created_at=now)
        world.add(comment, JOINT, f"{JOINT}:review-measure", part="text", language="en", anchor="")
        world.owners[LeaningVote, LeaningVote.objects.create(
            measure=measure, practitioner=person, region=person.region, value="agree"
        ).pk] = side  # fmt: skip
        Following.objects.create(practitioner=person, measure=measure)
        Following.objects.create(practitioner=person, region=person.region, kind="vote")
        Author.objects.create(
            measure=measure, practitioner=world.people[f"{side}:member"], state="invited", added_at=now,
            added_by=person.user,
        )  # fmt: skip


def _voted(world: "World", measure: Measure, *, closed: bool) -> None:
    """Put everybody on the roll, and let each side have voted; one objects."""
    thing, now = f"{JOINT}:{measure.state}-vote", timezone.now()
    vote = Vote(
        measure=measure, number=1, version=measure.current, parity=measure.parity, method="consensus", secrecy="secret",
        electorate="members", opened_at=now - timedelta(days=9), opened_by=world.staff["national"],
        closes_at=now + timedelta(days=-1 if closed else 5),
    )  # fmt: skip
    vote = world.add(vote, JOINT, thing)
    world.add(VoteKey(vote=vote), JOINT, thing)
    for side, region in world.regions.items():
        people = [
            person for name, person in world.people.items() if name.startswith(f"{side}:") and person.is_active_member
        ]
        SideRule.objects.create(vote=vote, region=region, roll=len(people), quorum=1, threshold=60)
        for person in people:
            RollEntry.objects.create(vote=vote, practitioner=person, region=region)
        number = Ballot.objects.filter(vote=vote).count() + 1
        blocks = side == "south" and not closed
        ballot = Ballot(
            vote=vote, number=number, region=region, choice="block" if blocks else "agree", receipt=uuid4().hex,
        )  # fmt: skip
        world.add(ballot, JOINT, thing, **({} if blocks else {"reason": ""}))
    if closed:
        side = {"tally": {"agree": 1, "abstain": 0, "stand_aside": 0, "disagree": 0, "block": 0}, "quorum_reached": True,
                "threshold_reached": True}  # fmt: skip
        outcome = {"adopted": True, "blocks": 0, "sides": [{"region": r.pk} | side for r in world.regions.values()]}
        closing = VoteClosing(vote=vote, number=1, closed_at=now, ballots=3)
        world.add(closing, JOINT, thing, outcome=outcome)
        VoteKey.objects.filter(vote=vote).delete()


def _acted(world: "World", measure: Measure) -> None:
    """Let two sides answer for one action each: west and east, east and south, south and west."""
    sides = ("west", "east", "south")
    for first, second in zip(sides, (*sides[1:], sides[0]), strict=True):
        owners = [world.people[f"{side}:found"] for side in (first, second)]
        now = timezone.now()
        action = Action(
            measure=measure, due=timezone.localdate() - timedelta(days=40), first_owner=owners[0], second_owner=owners[1],
            first_side=owners[0].region, second_side=owners[1].region, region=owners[0].region, created_at=now,
        )  # fmt: skip
        thing = f"{JOINT}:action-{first}"
        # Owned by the one side that has no part in it, so that the matrix asks its coordinator for what is not theirs.
        outsider = next(side for side in sides if side not in (first, second))
        action = world.add(action, JOINT, thing)
        world.actions[outsider] = action
        evidence = Evidence(action=action, size=9, added_at=now, added_by=owners[0].user)
        stored = uuid4().hex
        world.add(evidence, JOINT, thing, stored=stored)
        path = files.path_of(stored, EVIDENCE_FOLDER)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(world.birds.new(JOINT, thing, "measures.evidence.file"))
        step = Transition(subject_type="measures.action", subject_id=action.pk, by=owners[0].user, at=now)
        world.add(step, JOINT, thing, subject_type="measures.action", move="plan", from_state="", to_state="planned")
