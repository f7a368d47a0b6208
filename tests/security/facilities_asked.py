"""The requests to the pages of upkeep, outreach and needs: buttons with rows of others, and values for their addresses."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from facilities import monthly
from facilities.models import Assessment, Assessor, ChangeRequest
from needs.models import Asset, Delivery, Need, Pledge, Proposal, Surplus
from outreach.models import DailyReport, MobileUnit, TeamMember, Training
from tests.security.facilities_planned import HIDDEN, PUBLIC
from tests.security.needs_planned import COMING, REPORTED, SHOWN
from tests.security.requests import Request
from tests.security.upkeep_planned import LOCAL

# The buttons of a row that name another one, which may be of somebody else.
POINTING: dict[type[Model], tuple[tuple[str, ...], dict[str, type[Model]]]] = {
    Assessment: (("drop-assessor",), {"assessor": Assessor}),
    MobileUnit: (("end-member",), {"member": TeamMember}),
    Need: (("take-back", "prepare", "call-off", "lose"), {"pledge": Pledge, "delivery": Delivery}),
}


def pages(desk: Any, model: type[Model], pk: Any, *, hidden: bool) -> Iterator[Request]:
    """Press the buttons of a row with what is of others."""
    if model is Proposal and desk._has("needs_proposal_agree"):
        yield Request(desk.url(model, "agree", pk), {}, hidden=hidden)
    moves, names = POINTING.get(model, ((), {}))
    label = f"{model._meta.app_label}_{model._meta.model_name}"
    for move in moves:
        if not desk._has(f"{label}_{move}"):
            return
        for turn in (0, -1):
            forged = {name: desk.others(kind)[turn] for name, kind in names.items()}
            typed = {"uid": str(uuid4()), "quantity": "1", "reason": "because"}
            yield Request(desk.url(model, move, pk), {**forged, **typed}, hidden=hidden)


def pledges(world: Any, side: str, other: str) -> Iterator[Request]:
    """Pledge as a partner does, without an account: to what everybody may know of, and to what looks as if it were not there."""
    given = {"quantity": "1", "name": "Partner", "phone": "0912345678", "email": "", "ready_on": ""}
    for owner in (side, other):
        for name, kind in ((PUBLIC, SHOWN), (HIDDEN, SHOWN), (PUBLIC, REPORTED)):
            shown = (name, kind) == (PUBLIC, SHOWN)
            url = reverse("needs:pledge", args=[world.needs[f"{owner}:{name}:{kind}"].code])
            yield Request(url, {**given, "uid": str(uuid4())}, accepted=shown, hidden=not shown)


def values(world: Any, side: str, other: str, unknown: int) -> dict[str, list[Any]]:
    """Return values for the parameters of the addresses; of addresses with more than one the first of each are asked for."""
    needs = [
        world.needs[f"{owner}:{name}:{kind}"].code
        for kind in (REPORTED, SHOWN, COMING)
        for name in (HIDDEN, PUBLIC)
        for owner in (other, side)
    ]
    visits = [
        world.assessments[f"{owner}:{name}:{stage}-visit"].pk
        for stage in ("alone", "talking", "published")
        for name in (PUBLIC, HIDDEN)
        for owner in world.regions
    ]

    def both(model: type[Model]) -> list[int]:
        return [*world.of(model, side)[:1], *world.of(model, other)[:1]]

    # Real codes of hand-overs: whoever has one needs no account, and reads no more than the slip.
    legs = [leg.code for name in (HIDDEN, PUBLIC) for leg in world.legs[f"{other}:{name}:{COMING}"]]
    months = [f"{month:%Y-%m}" for month in monthly.months_to_report(timezone.localdate())[:2]]
    return {
        "facilities:number": [*both(ChangeRequest), *visits, unknown],
        "facilities:slug": ["two", "no-such-service"],
        "month": [*months, "no-such-month"],
        "local_regions:slug": [
            *(world.local_regions[owner].slug for owner in (other, side)),
            f"no-such-{LOCAL}",
        ],
        "needs:need": [*needs, "NOSUCH"],
        "needs:facility": [
            *(
                world.facilities[f"{owner}:{name}"].code
                for owner, name in ((other, PUBLIC), (side, HIDDEN), (other, HIDDEN), (side, PUBLIC))
            ),
            "NOSUCH",
        ],
        "needs:pledge": [world.given[side].pk, world.given[other].pk, unknown],
        "needs:delivery": [*both(Delivery), unknown],
        "needs:size": ["720.jpg", "no-such-size"],
        "needs:pk": [
            *both(Asset),
            *both(Surplus),
            *(world.checks[f"{owner}:{PUBLIC}:{COMING}"].pk for owner in (side, other)),
            unknown,
        ],
        "needs:step": ["break", "repair", "no-such-step"],
        "pledges:code": [world.pledges[f"{other}:{PUBLIC}:{SHOWN}"].code, "NOSUCHCODE"],
        "pledges:delivery": [*both(Delivery), unknown],
        "handovers:code": [*legs, "NOSUCHCODE"],
        "outreach:code": [*(world.units[owner].code for owner in (other, side)), "no-such-unit"],
        "outreach:number": [*both(DailyReport), *both(Training), unknown],
    }
