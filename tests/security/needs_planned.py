"""Needs of every side in the world of the matrix: shown and hidden ones, who pledged to them, surplus, proposals, equipment."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone

from needs.models import (
    Asset,
    ContactProof,
    Delivery,
    Item,
    ItemCategory,
    Leg,
    Need,
    NeedEntry,
    Pledge,
    Proposal,
    Surplus,
    SurplusEntry,
    UseCheck,
)
from needs.services import PHOTOS
from network import codes, files
from network.models import Transition, User
from notifications.models import Message
from tests.security.facilities_planned import HIDDEN, PUBLIC
from tests.security.sides import SIDES
from tests.security.upkeep_planned import NEXT, journal

if TYPE_CHECKING:
    from tests.security.canaries import Canary
    from tests.security.judge import Actor
    from tests.security.world import World

KEPT = (
    Need, NeedEntry, Pledge, ContactProof, Delivery, Leg, UseCheck, Surplus, SurplusEntry, Proposal, Asset,
)  # fmt: skip
JOINT, NOBODY = "joint", "nobody"
# Begins what is of the two sides of a proposal, before the one that has no part in it.
PROPOSAL = "joint:proposal-"
# Begins what the side after the next gives to the next one, before the one that has no part in it.
GIVEN = "joint:given-"
# Of a need of each facility one is reported, one is shown, and something of one has come with a slip of which the matrix knows the codes.
REPORTED, SHOWN, COMING = "reported-need", "shown-need", "coming-need"
NEVER_SHOWN = {"needs.contactproof.code_hash", "needs.pledge.code"}
# Who pledged and who carries is the affair of the need's side alone, none of those who read all.
CONTACTS = {"needs.pledge.name", "needs.pledge.phone", "needs.pledge.email", "needs.delivery.carrier"}
TOLD = {"needs.need.words", "needs.need.why", "needs.need.file"}
# Whoever has the code of a hand-over reads its slip and its receipt.
ON_SLIPS = {"needs.need.words", "needs.delivery.carrier"}


def plan(world: "World") -> None:
    category = ItemCategory.objects.create(code="one", name_ar="فئة", name_en="Category")
    item = Item.objects.create(code="one", name_ar="جهاز", name_en="Device", use="one", category=category)
    now = timezone.now()
    for side in SIDES:
        for name in (PUBLIC, HIDDEN):
            thing = f"{side}:{name}"
            asset = _asset(world, side, thing, item, now)
            for kind in (REPORTED, SHOWN, COMING):
                need = _need(world, side, f"{thing}:{kind}", asset, item, now)
                if kind != REPORTED:
                    _pledge(world, side, need, f"{thing}:{kind}", now)
            _surplus(world, side, thing, item, now)
    for side in SIDES:
        # The surplus of the next side: a proposal of both, with which the third has nothing to do.
        outsider = NEXT[NEXT[side]]
        need, surplus = world.needs[f"{side}:{PUBLIC}:{SHOWN}"], world.surpluses[f"{NEXT[side]}:{PUBLIC}"]
        world.proposals[outsider] = _proposal(world, JOINT, f"{PROPOSAL}{outsider}", need, surplus)
        world.given[outsider] = _given(world, f"{GIVEN}{outsider}", need, surplus)
        hidden = world.needs[f"{side}:{HIDDEN}:{SHOWN}"]
        # One that crosses sides is gone while a facility is hidden; one within a side isn't.
        _proposal(world, NOBODY, f"{NOBODY}:proposal", hidden, surplus)
        _proposal(world, side, f"{side}:proposal", hidden, world.surpluses[f"{side}:{HIDDEN}"])


def _asset(world: "World", side: str, thing: str, item: Item, now: datetime) -> Asset:
    asset = Asset(
        uid=uuid4(), facility=world.facilities[thing], item=item, state="failed", cause="part", registered_at=now,
        registered_by=world.people[f"{side}:leader"].user,
    )  # fmt: skip
    asset = world.add(asset, side, thing)
    journal(world, asset, side, f"{thing}:asset", "break")
    return asset


def _need(world: "World", side: str, thing: str, asset: Asset, item: Item, now: datetime) -> Need:
    by, verified = world.people[f"{side}:leader"].user, not thing.endswith(REPORTED)
    state = "reported" if not verified else "pledged"
    kept = files.keep(world.birds.new(side, thing, "needs.need.file").encode(), PHOTOS)
    need = Need(
        uid=uuid4(), facility=asset.facility, item=item, asset=asset, state=state, reported_at=now, reported_by=by,
        verified_at=now if verified else None, verified_by=world.staff[f"regional {side}"] if verified else None,
    )  # fmt: skip
    photo = {"webp": kept, "jpg": kept, "width": 720, "height": 540}
    need = world.needs[thing] = world.add(need, side, thing, code=codes.new()[:6], photo=photo)
    journal(world, need, side, f"{thing}:need", "report")
    _entry(world, side, thing, need, "asked", 12, now, by=by)
    return need


def _entry(
    world: "World", side: str, thing: str, need: Need, kind: str, quantity: int, now: datetime, *, by: User | None,
    **more: Any,
) -> None:  # fmt: skip
    row = NeedEntry(uid=uuid4(), need=need, kind=kind, quantity=quantity, entered_at=now, entered_by=by, **more)
    world.add(row, side, thing)


def _pledge(world: "World", side: str, need: Need, thing: str, now: datetime) -> None:
    """Let a partner have pledged, one more not have proved their contact, and a part be there, another on its way, a third prepared."""
    unproved = Pledge(uid=uuid4(), need=need, state="offered", language="ar", offered=2, made_at=now)
    unproved = world.add(unproved, side, thing)
    world.add(ContactProof(pledge=unproved, channel="sms", sent_at=now), side, thing)
    pledge = Pledge(
        uid=uuid4(), need=need, state="in_progress", language="ar", offered=9, made_at=now, confirmed_at=now
    )
    pledge = world.pledges[thing] = world.add(pledge, side, thing)
    journal(world, pledge, side, f"{thing}:pledge", "confirm")
    _entry(world, side, thing, need, "pledged", 9, now, by=None, pledge=pledge)
    for state in ("planned", "in_progress", "delivered"):
        _delivery(world, side, pledge, thing, state, now)


def _given(world: "World", thing: str, need: Need, surplus: Surplus) -> Pledge:
    """Let both sides have agreed on a part of a surplus, and its keepers have prepared it."""
    now = timezone.now()
    row = Pledge(
        uid=uuid4(), need=need, surplus=surplus, state="confirmed", language="ar", offered=1, made_at=now,
        confirmed_at=now,
    )  # fmt: skip
    row = world.add(row, JOINT, thing, name="", phone="", email="")
    journal(world, row, JOINT, f"{thing}:pledge", "arrange")
    _entry(world, JOINT, thing, need, "pledged", 1, now, by=None, pledge=row)
    delivery = Delivery(uid=uuid4(), pledge=row, quantity=1, state="planned", prepared_at=now)
    delivery = world.add(delivery, JOINT, thing)
    for kind in ("carrier", "facility"):
        world.add(Leg(delivery=delivery, kind=kind), JOINT, f"{thing}:open")
    return row


def _delivery(world: "World", side: str, pledge: Pledge, thing: str, state: str, now: datetime) -> None:
    delivery = Delivery(uid=uuid4(), pledge=pledge, quantity=3, state=state, prepared_at=now)
    if state == "delivered":
        delivery.received_at, delivery.received_by = now, world.people[f"{side}:leader"].user
    delivery = world.add(delivery, side, thing)
    journal(world, delivery, side, f"{thing}:delivery", "prepare")
    for kind in ("carrier", "facility"):
        done = state == "delivered" or (state == "in_progress" and kind == "carrier")
        leg = Leg(delivery=delivery, kind=kind, done_at=now if done else None)
        # Of the ones that are coming real codes, with which the matrix asks for slips and receipts.
        given = {"code": codes.new()} if thing.endswith(COMING) else {}
        leg = world.add(leg, side, f"{thing}:{'done' if done else 'open'}", **given)
        if given:
            world.legs.setdefault(thing, []).append(leg)
        if done:
            does = "sent" if kind == "carrier" else "received"
            _entry(world, side, thing, pledge.need, does, 3, now, by=None, pledge=pledge, leg=leg)
    if state == "delivered":
        check = UseCheck(delivery=delivery, due_on=timezone.localdate(), asked_at=now)
        world.checks[thing] = world.add(check, side, thing)


def _surplus(world: "World", side: str, thing: str, item: Item, now: datetime) -> None:
    by = world.people[f"{side}:leader"].user
    surplus = Surplus(uid=uuid4(), facility=world.facilities[thing], item=item, offered_at=now, offered_by=by)
    surplus = world.surpluses[thing] = world.add(surplus, side, thing)
    entry = SurplusEntry(
        uid=uuid4(), surplus=surplus, kind="offered", quantity=9, entered_at=now, entered_by=surplus.offered_by
    )
    world.add(entry, side, thing)


def _proposal(world: "World", owner: str, thing: str, need: Need, surplus: Surplus) -> Proposal:
    row = Proposal(need=need, surplus=surplus, quantity=1, score=1.0, km=None, proposed_at=timezone.now())
    row = world.add(row, owner, thing)
    journal(world, row, owner, thing, "propose")
    return row


def anybody_adds(model: type[Model], row: dict[str, Any]) -> bool:
    """Tell whether a row is of a pledge that somebody makes without an account: it, the code that proves it, and the step."""
    if model is Message:
        return row["kind"] == "pledge-received"
    if model is Transition:
        return row["subject_type"] == Pledge._meta.label_lower and row["move"] == "offer"
    return model is ContactProof or (model is Pledge and row["state"] == "offered" and row["confirmed_at"] is None)


def _sees_given(actor: "Actor", canary: "Canary", *, staff: bool, reads_all: bool) -> bool:
    """Tell whether somebody may read of what one side gives to another: both sides' coordinators, who keeps the facility that gives;
    what is entered for the need also who keeps the one that needs it.
    """
    outsider = canary.thing.removeprefix(GIVEN).split(":")[0]
    giver = next(side for side in SIDES if NEXT[side] == outsider)
    keeps = actor.role == "host" and (actor.side == giver or canary.field.startswith("needs.needentry"))
    party = actor.side != outsider and (staff or keeps)
    return party or (reads_all and canary.field not in CONTACTS and not canary.thing.endswith(":open"))


def may_see(actor: "Actor", canary: "Canary", *, staff: bool, reads_all: bool) -> bool:
    """Tell whether an answer to this actor may hold this word of needs."""
    if canary.field in NEVER_SHOWN:
        return False
    if canary.field in ON_SLIPS and canary.thing.endswith(COMING):
        return True
    if canary.thing.startswith(GIVEN):
        return _sees_given(actor, canary, staff=staff, reads_all=reads_all)
    own = canary.owner == actor.side
    if canary.field in CONTACTS or canary.thing.endswith(":open"):
        return staff and own
    if reads_all or (own and (staff or actor.role == "host")):
        return True
    if canary.thing.startswith(PROPOSAL):
        return staff and not canary.thing.endswith(actor.side)
    if canary.field == "needs.surplus.note":
        # Proposed to the side before.
        return staff and f":{PUBLIC}" in canary.thing and NEXT[actor.side] == canary.owner
    shown = f":{PUBLIC}" in canary.thing and not canary.thing.endswith(REPORTED)
    return shown and canary.field in TOLD
