"""The requests of the region matrix for every address outside of the admin, made from the URLconf."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.models import (
    Activity,
    Entry,
    GalleryItem,
    Photo,
)
from dialogues import tokens
from dialogues.models import (
    Certificate,
    Material,
    Registration,
    Site,
)
from dialogues.services import codes
from measures.models import Comment, Evidence
from tests.security import facilities_asked
from tests.security.judge import Actor
from tests.security.requests import UNKNOWN_PK, Request
from tests.security.sides import JOINT, SIDES
from tests.security.urls_walked import Address, walk
from tests.security.world import World

FIRST_OF_SEVERAL = 3


def website(world: World, actor: Actor) -> Iterator[Request]:
    """Yield requests for every address outside of the admin, for each value that its parameters take."""
    side = actor.side if actor.side in SIDES else SIDES[0]
    other = SIDES[(SIDES.index(side) + 1) % len(SIDES)]
    named = [f"{owner}:{name}" for owner in (side, other) for name in ("draft", "coming", "running", "closed")]
    named += ["joint:draft", "joint:two", "joint:coming", "joint:running"]
    cases = [f"{owner}:{name}-case" for owner in (side, other) for name in ("draft", "published", "waiting")]
    offered = Registration.objects.filter(offered_at__isnull=False).exclude(practitioner__region__code=side)
    passes = [codes.pass_token(row) for row in Registration.objects.order_by("pk")]
    values: dict[str, list[Any]] = {
        "slug": [*(world.sessions[name].slug for name in named), "no-such-session"],
        "cases:slug": [*(world.cases[name].slug for name in cases), "no-such-case"],
        # Where an address has more parameters than one, the first of each are asked for.
        "measures:slug": [
            *(
                world.measures[f"joint:{name}-measure"].slug
                for name in ("adopted", "review", "members-only", "open", "parity")
            ),
            *(world.measures[f"{owner}:draft-measure"].slug for owner in (other, side)),
            "no-such-measure",
        ],
        "campaigns:slug": [
            world.campaigns["joint:results-campaign"].slug,
            *(
                world.campaigns[f"{owner}:{name}-campaign"].slug
                for owner, name in ((side, "draft"), (other, "draft"), (other, "open"), ("joint", "open"))
            ),
            "no-such-campaign",
        ],
        "campaigns:size": ["no-such-size"],
        "activities:slug": [world.campaigns["joint:aware:open-campaign"].slug, "no-such-campaign"],
        "activities:number": [*world.of(Activity, side), *world.of(Activity, other), UNKNOWN_PK],
        "entries:code": [*Entry.objects.order_by("pk").values_list("code", flat=True)[:4], "no-such-code"],
        "judging:number": [
            *(
                world.rounds[f"{owner}:{state}-round"].pk
                for owner, state in (("joint", "open"), (other, "open"), (side, "draft"))
            ),
            UNKNOWN_PK,
        ],
        "turn": [1, 2],
        "place": [1],
        "judging:size": ["320.jpg"],
        "desks:desk": [*(desk.pk for desk in world.desks.values()), UNKNOWN_PK],
        "desks:number": [1, 7],
        "desks:code": [*Entry.objects.order_by("pk").values_list("code", flat=True)[:4], "no-such-code"],
        "item": [*GalleryItem.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "entries:pk": [*Photo.objects.order_by("pk").values_list("pk", flat=True)[:2], UNKNOWN_PK],
        "entries:size": ["320.jpg", "no-such-size"],
        "media:slug": [*(row.slug for row in world.appearances.values()), "no-such-entry"],
        "action": [world.actions[side].pk, world.actions[other].pk, UNKNOWN_PK],
        "evidence": [*Evidence.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "comment": [*Comment.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "facilities:code": [
            *(
                world.facilities[f"{owner}:{name}-facility"].code
                for owner in (other, side)
                for name in ("hidden", "public")
            ),
            "NOSUCH",
        ],
        "facilities:field": ["head", "functionality", "no-such-field"],
        **facilities_asked.values(world, side, other, UNKNOWN_PK),
        "first": [1, 7],
        "second": [1, 7],
        "material": [*world.of(Material, side), *world.of(Material, other), *world.of(Material, JOINT), UNKNOWN_PK],
        "code": [*Certificate.objects.order_by("pk").values_list("code", flat=True)[:3], "no-such-code"],
        # The signature is not theirs: the number alone opens nothing.
        "token": [
            *(f"{pk}-{'a' * tokens.SIGNATURE}" for pk in offered.values_list("pk", flat=True)[:2]),
            *passes,
            "1.x",
            "7",
            "x-y",
        ],
    }
    others = Registration.objects.exclude(practitioner__region__code=side)
    forged = {
        "codes": "\n".join(others.values_list("code", flat=True)),
        "row": list(others.values_list("pk", flat=True)),
        "present": list(others.values_list("pk", flat=True)),
        "site": world.of(Site, other)[0],
        "practitioner": world.people[f"{other}:found"].pk,
        "next": "https://elsewhere.example/",
    }
    # What the pages outside of the admin are told to do; to each its own is what it understands.
    steps = {"dialogues:door": "codes"}
    # First, while this address has not tried too often.
    yield from facilities_asked.pledges(world, side, other)
    # Below no type of resource.
    yield Request("/fhir/no/such/address")
    for address in walk():
        if address.in_admin:
            continue
        for url in _urls(address, values):
            yield Request(url)
            if address.name != "account_logout":
                yield Request(url, {**forged, "do": steps.get(address.name, "make")})
            if address.name == "dialogues:door":
                yield Request(url, {**forged, "do": "mark"}, fetch=True)
    words = [canary.word[:-1] for canary in world.birds.known.values() if canary.owner != side]
    for word in words[:: max(len(words) // 6, 1)]:
        yield Request(f"{reverse('network:people')}?{urlencode({'q': word})}")
        yield Request(f"{reverse('outreach:referrals')}?{urlencode({'q': word})}")


def _urls(address: Address, values: dict[str, list[Any]]) -> list[str]:
    if not address.parameters:
        return [reverse(address.name)]
    space = address.name.rpartition(":")[0]
    asked = [values.get(f"{space}:{parameter}") or values[parameter] for parameter in address.parameters]
    if len(asked) > 1:
        asked = [some[:FIRST_OF_SEVERAL] for some in asked]
    return [reverse(address.name, args=each) for each in product(*asked)]
