"""What is read of needs, for whom."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from facilities import policies as facility_policies
from facilities.enums import Audience, FacilityMove, FacilityState, Precision
from facilities.models import Facility
from needs import balances, policies
from needs.enums import (
    COUNTING_STATES,
    OVER_STATES,
    WANTING_STATES,
    DeliveryState,
    EntryKind,
    LegKind,
    NeedMove,
    NeedState,
    PledgeState,
    ProposalState,
)
from needs.models import Asset, Delivery, Leg, Need, NeedEntry, Pledge, Proposal, Surplus, UseCheck
from network import policies as network_policies
from network.disclosure import SMALLEST
from network.models import District, Practitioner, Transition

AT_ONCE = 200
# The steps that no entry of the book tells.
TOLD_STEPS = (NeedMove.REPORT, NeedMove.VERIFY, NeedMove.WITHDRAW, NeedMove.WORK)


# --- in public ----------------------------------------------------------------------------------------------------------


def _with_place(rows: QuerySet[Need]) -> QuerySet[Need]:
    return rows.select_related("item__category", "facility__district", "facility__municipality", "facility__side")


def open_needs() -> QuerySet[Need]:
    """Return the public needs of which something is still open, the most urgent first, then the newest."""
    rows = balances.with_open(_with_place(Need.objects.public().wanting()))
    return rows.filter(still_open__gt=0).order_by("priority", "-pk")


def joint_picture(facilities: Collection[int]) -> dict[str, int]:
    """Return how many public needs of these facilities are still open: what needs add to the picture of a local-region."""
    return {"count": open_needs().filter(facility__in=facilities).count()}


def open_needs_of(facility: Facility) -> QuerySet[Need]:
    """Return the open needs of a facility, as far as they may name it."""
    return open_needs().filter(facility=facility) if policies.names_facility(facility) else Need.objects.none()


def public_need(code: str) -> Need | None:
    """Return a need that everybody may know of."""
    return _with_place(Need.objects.public()).filter(code=code).first()


@dataclass(frozen=True, slots=True)
class DistrictSum:
    """How many needs are not met yet in a district, and of how many facilities."""

    district: Any
    needs: int
    facilities: int


def district_sums() -> list[DistrictSum]:
    """Return for each district how many verified needs wait, most first.

    Hidden facilities are counted where at least five of them ask in one district, else nowhere: whoever takes the public list away from
    a sum is left with no fewer than five.
    """
    rows = Need.objects.filter(state__in=WANTING_STATES, facility__state=FacilityState.OPEN)
    rows = rows.exclude(facility__public_precision=Precision.HIDDEN)
    sums = rows.order_by().values_list("facility__district", "facility__concern")
    counted: dict[int, tuple[int, int]] = {}
    for district, hidden, needs, facilities in sums.annotate(Count("pk"), Count("facility", distinct=True)):
        if not hidden or facilities >= SMALLEST:
            before = counted.get(district, (0, 0))
            counted[district] = (before[0] + needs, before[1] + facilities)
    names = District.objects.select_related("region").in_bulk(list(counted))
    found = [DistrictSum(names[pk], *numbers) for pk, numbers in counted.items()]
    return sorted(found, key=lambda each: (-each.needs, each.district.pk))


# --- a facility's own room ----------------------------------------------------------------------------------------------


def facilities_worked_by(user: Any) -> QuerySet[Facility]:
    """Return the facilities that this member keeps."""
    needs = Need.objects.filter(facility=OuterRef("pk")).exclude(state__in=[NeedState.WORKING, NeedState.WITHDRAWN])
    kept = _still_there([DeliveryState.ON_THE_WAY]).filter(pk__in=Facility.objects.kept_by(user).values("pk"))
    return kept.select_related("kind", "district").annotate(wants=Exists(needs)).order_by("pk")


def _still_there(states: Collection[str]) -> QuerySet[Facility]:
    """Return the open facilities, and the closed ones that have a delivery in one of these states."""
    coming = Delivery.objects.filter(pledge__need__facility=OuterRef("pk"), state__in=states)
    return Facility.objects.filter(Q(state=FacilityState.OPEN) | Q(Exists(coming), state=FacilityState.CLOSED))


def facility_to_work_on(code: str, user: Any) -> Facility | None:
    """Return a facility that this person keeps or coordinates, by its code."""
    return _reached(Facility.objects.filter(code=code, state=FacilityState.OPEN), user)


def facility_to_receive_at(code: str, user: Any) -> Facility | None:
    """Return such a facility also where it is closed and something was handed to a carrier: a receipt can be asked for again."""
    handed_over = [DeliveryState.ON_THE_WAY, DeliveryState.RECEIVED, DeliveryState.LOST]
    return _reached(_still_there(handed_over).filter(code=code), user)


def _reached(rows: QuerySet[Facility], user: Any) -> Facility | None:
    found = rows.select_related("kind", "district", "side").first()
    if found is None:
        return None
    kept = Facility.objects.kept_by(user).filter(pk=found.pk).exists()
    return found if kept or facility_policies.keeps(user, found.side_id) else None


@dataclass(frozen=True, slots=True)
class Room:
    """What waits at a facility, as its focal point sees it."""

    needs: list[dict[str, Any]]
    coming: list[Delivery]
    checks: list[UseCheck]
    to_raise: list[UseCheck]
    assets: list[Asset]
    surpluses: list[dict[str, Any]]


def room(facility: Facility) -> Room:
    """Return what is needed, what comes, what is asked, what is broken, and what is left over at a facility."""
    needs = list(Need.objects.filter(facility=facility).select_related("item").order_by("priority", "-pk")[:AT_ONCE])
    sums = balances.of_needs(needs)
    surpluses = list(Surplus.objects.filter(facility=facility).select_related("item").order_by("-pk")[:AT_ONCE])
    free = balances.free_of(surpluses)
    coming = Delivery.objects.coming_to(facility).filter(state=DeliveryState.ON_THE_WAY)
    return Room(
        needs=[{"need": need, "balance": sums[need.pk]} for need in needs],
        coming=list(coming.select_related("pledge__need__item").order_by("pk")[:AT_ONCE]),
        checks=open_checks(facility),
        to_raise=checks_to_raise(facility),
        assets=list(Asset.objects.filter(facility=facility).select_related("item").order_by("state", "-pk")[:AT_ONCE]),
        surpluses=[{"surplus": each, "free": free[each.pk]} for each in surpluses],
    )


def open_checks(facility: Facility) -> list[UseCheck]:
    """Return the questions after thirty days that wait for an answer."""
    rows = UseCheck.objects.unanswered().filter(delivery__pledge__need__facility=facility, asked_at__isnull=False)
    return list(rows.select_related("delivery__pledge__need__item").order_by("due_on", "pk")[:AT_ONCE])


def checks_to_raise(facility: Facility) -> list[UseCheck]:
    """Return the answered questions of which more came than is in use, and no piece of it is listed that could tell so by itself."""
    came = Sum("delivery__legs__entries__quantity", filter=Q(delivery__legs__entries__kind=EntryKind.RECEIVED))
    # A cause was given for what is not in use.
    rows = UseCheck.objects.filter(delivery__pledge__need__facility=facility).exclude(cause="")
    rows = rows.annotate(came=came).exclude(
        delivery__pledge__need__item__durable=True, came__lte=policies.LISTED_AT_MOST
    )
    return list(rows.select_related("delivery__pledge__need__item").order_by("pk")[:AT_ONCE])


def check_to_answer(pk: int, user: Any) -> UseCheck | None:
    """Return the question about something that came to a facility which this person keeps or coordinates."""
    rows = UseCheck.objects.select_related("delivery__pledge__need__facility", "delivery__pledge__need__item")
    check = rows.filter(pk=pk).first()
    if check is None:
        return None
    mine = facility_to_work_on(check.delivery.pledge.need.facility.code, user)
    return check if mine else None


def seal(need: Need) -> str:
    """Return what stands for all of a need that can change before it is verified: how much is asked, and its photo."""
    return hashlib.sha256(f"{balances.of_need(need).asked} {sorted(need.photo.items())}".encode()).hexdigest()


def said_of(need: Need) -> QuerySet[NeedEntry]:
    """Return the entries that say how much is needed: as it was reported, and each correction."""
    return NeedEntry.objects.filter(need=need, kind__in=[EntryKind.ASKED, EntryKind.CORRECTED])


def said_by(need: Need) -> set[int]:
    """Return whose word it is how much is needed: whoever reported it, and whoever corrected it."""
    return {need.reported_by_id, *said_of(need).values_list("entered_by", flat=True)}


# --- pledges ------------------------------------------------------------------------------------------------------------


def _deliveries() -> Prefetch:
    legs = Prefetch("legs", Leg.objects.order_by("pk"))
    return Prefetch("deliveries", Delivery.objects.order_by("pk").prefetch_related(legs))


def pledges_by_id(ids: list[int]) -> list[Pledge]:
    """Return pledges in this order reversed, the last one first, with what their page shows."""
    rows = Pledge.objects.filter(pk__in=ids).select_related(
        "need__item", "need__facility__district", "need__facility__municipality"
    )
    return sorted(rows.prefetch_related(_deliveries()), key=lambda pledge: -ids.index(pledge.pk))


def given_by(facility: Facility) -> QuerySet[Pledge]:
    """Return what is promised to others from a facility's surplus and has not all arrived, with its deliveries."""
    rows = (
        Pledge.objects.counting()
        .filter(surplus__facility=facility)
        .select_related("need__item", "need__facility__side")
    )
    return rows.prefetch_related(_deliveries()).order_by("pk")


def pledges_of(need: Need, reader: Any) -> list[dict[str, Any]]:
    """Return the pledges of a need with their balances and deliveries, for its coordinators."""
    found = need.pledges.select_related("surplus__facility__side").prefetch_related(_deliveries())
    rows = list(found.order_by("pk")[:AT_ONCE])
    sums = balances.of_pledges(rows)
    return [
        {
            "pledge": row,
            "giver": told_facility(row.surplus.facility, reader) if row.surplus else row.name,
            "balance": sums[row.pk],
            "counts": row.state in COUNTING_STATES,
            "offered": row.state == PledgeState.OFFERED,
        }
        for row in rows
    ]


def told_facility(facility: Facility, reader: Any) -> Facility | Any:
    """Return a facility, of one that is hidden its side alone, but for those who coordinate it."""
    hidden = facility.concern and not policies.coordinates(reader, facility.side_id)
    return facility.side if hidden else facility


def pledges_to_closed() -> QuerySet[Pledge]:
    """Return the pledges to facilities that are closed by now, of which something may not have been sent."""
    rows = Pledge.objects.filter(state__in=[PledgeState.OFFERED, *COUNTING_STATES])
    return rows.filter(need__facility__state=FacilityState.CLOSED).order_by("pk")


def why_closed(facility: Facility) -> str:
    """Return the reason for which a facility was closed the last time."""
    moves = Transition.objects.of(facility).filter(move=FacilityMove.CLOSE).order_by("-pk")
    return moves.values_list("reason", flat=True).first() or ""


def overdue_pledges(now: datetime) -> QuerySet[Pledge]:
    """Return the pledges that count and should have been handed over by now."""
    latest = now - policies.HANDED_OVER_WITHIN
    rows = Pledge.objects.counting().filter(confirmed_at__lt=latest)
    return rows.exclude(ready_on__gte=timezone.localdate(latest)).order_by("pk")


def contacts_to_erase(now: datetime) -> QuerySet[Pledge]:
    """Return the pledges that are over for so long that nobody has to reach their givers and carriers any more."""
    before = now - policies.CONTACT_KEPT
    later = NeedEntry.objects.filter(pledge=OuterRef("pk"), entered_at__gte=before)
    rows = Pledge.objects.filter(state__in=OVER_STATES, erased_at__isnull=True, confirmed_at__lt=before)
    return rows.exclude(Exists(later)).order_by("pk")


def receipt(code: str) -> Leg | None:
    """Return a hand-over that is done, by its code."""
    rows = Leg.objects.select_related("delivery__pledge__need__item", "delivery__pledge__need__facility")
    return rows.filter(code=code, done_at__isnull=False).first()


def slip(code: str) -> Leg | None:
    """Return the hand-over to the facility by its code, before and after it is done: the slip that goes with the goods."""
    rows = Leg.objects.select_related(
        "delivery__pledge__need__item",
        "delivery__pledge__need__facility__district",
        "delivery__pledge__need__facility__municipality",
    )
    return rows.filter(code=code, kind=LegKind.FACILITY).exclude(delivery__state=DeliveryState.CALLED_OFF).first()


# --- proposals ----------------------------------------------------------------------------------------------------------


def proposals_waiting(user: Any) -> QuerySet[Proposal]:
    """Return the proposals that wait for this coordinator's side."""
    regions = network_policies.regions(user)
    rows = Proposal.objects.editable_by(user).select_related("need__item", "surplus__item")
    mine = rows.filter(state=ProposalState.PROPOSED) | rows.filter(
        state=ProposalState.HALF, need__facility__side__in=regions, need_agreed_at__isnull=True
    )
    mine |= rows.filter(state=ProposalState.HALF, surplus__facility__side__in=regions, surplus_agreed_at__isnull=True)
    return mine.order_by("-pk")


# --- the thread of a piece ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a thread: when, what, and of which need or piece."""

    at: datetime
    order: int
    what: str
    about: Any
    quantity: int | None = None
    state: str = ""
    why: str = ""


def thread(asset: Asset) -> list[Told]:
    """Return all that happened with a piece, with the needs that came of it and that with which it came, in the order of time."""
    needs = list(Need.objects.filter(asset=asset).select_related("item"))
    if asset.came_with_id:
        needs += list(Need.objects.filter(pk=asset.came_with_id).select_related("item"))
    by_number = {need.pk: need for need in needs}
    lines = [
        Told(row.at, row.pk, row.told_move, asset, state=row.to_state, why=row.reason)
        for row in Transition.objects.of(asset)
    ]
    steps = Transition.objects.filter(subject_type=Need._meta.label_lower, subject_id__in=list(by_number))
    lines += [
        Told(row.at, row.pk, row.told_move, by_number[row.subject_id], state=row.to_state, why=row.reason)
        for row in steps.filter(move__in=TOLD_STEPS)
    ]
    entries = NeedEntry.objects.filter(need__in=list(by_number))
    lines += [
        Told(row.entered_at, row.pk, row.get_kind_display(), by_number[row.need_id], quantity=row.quantity, why=row.why)
        for row in entries
    ]
    return sorted(lines, key=lambda line: (line.at, line.order))


def asset_to_work_on(pk: int, user: Any) -> Asset | None:
    rows = Asset.objects.worked_by(user).select_related("item", "facility__side", "came_with__item")
    return rows.filter(pk=pk).first()


def told_quantities(rows: Iterable[Need]) -> list[dict[str, Any]]:
    """Return needs as a public list tells them: what, where as far as everybody may know, how much is open."""
    return [
        {"need": need, "place": facility_policies.place_for(need.facility, Audience.PUBLIC), "open": need.still_open}  # type: ignore[attr-defined]
        for need in rows
    ]


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what a member reported, for the copy of their data."""
    rows = Need.objects.filter(reported_by=practitioner.user_id).select_related("item", "facility").order_by("pk")
    return [
        {
            "need": row.code,
            "facility": row.facility.code,
            "item": row.item.code if row.item else None,
            "words": row.words,
            "why": row.why,
            "state": row.state,
            "reported_at": row.reported_at.isoformat(),
        }
        for row in rows
    ]
