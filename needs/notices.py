"""Who is told what of needs. To partners it goes to the contact that they gave; no notice names a facility, in whatever mode it is read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from facilities.models import Facility
from needs import parties
from needs.models import Delivery, Need, Pledge, Proposal, Surplus, UseCheck
from network import selectors as network_selectors
from network.models import User
from notifications import outbox
from notifications.outbox import Channel


def item_names(need: Need) -> dict[str, str]:
    """Return what is needed in both languages, for the context of a notice."""
    if need.item is None:
        return {"ar": need.words, "en": need.words}
    return network_selectors.names(need.item)


def _to_giver(pledge: Pledge, kind: str, *, again: str, expires_at: datetime | None = None, **more: Any) -> None:
    """Write to the contact of a pledge, in the language in which it was made; a surplus has none."""
    if not (pledge.phone or pledge.email):
        return
    with translation.override(pledge.language):
        outbox.enqueue_to_address(
            kind,
            address=pledge.phone or pledge.email,
            channel=Channel.SMS if pledge.phone else Channel.EMAIL,
            context={"pledge": pledge.shown_code, **more},
            dedup=f"pledge:{pledge.pk}:{again}",
            expires_at=expires_at,
        )


def _to_people(
    kind: str, people: set[int], *, need: Need, dedup: str, at: datetime, room: Facility | None = None, **more: Any
) -> None:
    """Write to accounts; `room` is the facility whose page of needs they are sent to, and which they must be able to open."""
    where = {"room": room.code} if room else {}
    outbox.enqueue(
        kind,
        recipients=sorted(people),
        context={"item": item_names(need), **where, **more},
        subject_ref=network_selectors.reference(need),
        dedup=dedup,
        at=at,
    )


def tell_proof(pledge: Pledge, *, code: str, again: int, expires_at: datetime) -> None:
    _to_giver(pledge, "pledge-received", again=f"proof:{again}", expires_at=expires_at, code=code)


def tell_reported(need: Need, *, by: User, at: datetime) -> None:
    """Tell the coordinators of its side, but for whoever reported it, that a need waits for them."""
    people = parties.coordinators_of(need.facility.side_id) - {by.pk}
    _to_people("need-reported", people, need=need, dedup=f"need:{need.pk}", at=at, number=need.pk)


def _of_need(need: Need) -> set[int]:
    return parties.coordinators_of(need.facility.side_id) | parties.focal_points_of(need.facility_id)


def _keepers(surplus: Surplus) -> set[int]:
    facility = surplus.facility
    return parties.focal_points_of(facility.pk) | parties.coordinators_of(facility.side_id)


def _to_keepers(pledge: Pledge, kind: str, *, dedup: str, quantity: int, at: datetime) -> None:
    """Write to those who keep the surplus of which a pledge is; a partner has `_to_giver`."""
    if pledge.surplus is None:
        return
    room = pledge.surplus.facility
    _to_people(kind, _keepers(pledge.surplus), need=pledge.need, dedup=dedup, at=at, room=room, quantity=quantity)


def _to_both(kind: str, people: set[int], pledge: Pledge, *, dedup: str, quantity: int, at: datetime) -> None:
    """Write to those of a need and to those who keep the surplus that is pledged to it, to each of their own room."""
    need, surplus = pledge.need, pledge.surplus
    if surplus:
        keepers = people & _keepers(surplus) - _of_need(need)
        _to_people(kind, keepers, need=need, dedup=dedup, at=at, room=surplus.facility, quantity=quantity)
        people = people - keepers
    _to_people(kind, people, need=need, dedup=dedup, at=at, room=need.facility, quantity=quantity)


def tell_pledged(pledge: Pledge, *, at: datetime) -> None:
    """Tell the facility and its side's coordinators that something was pledged, and of a surplus those who are to send it."""
    need, dedup, quantity = pledge.need, f"pledge:{pledge.pk}", pledge.offered
    _to_people("need-pledged", _of_need(need), need=need, dedup=dedup, at=at, room=need.facility, quantity=quantity)
    _to_keepers(pledge, "surplus-pledged", dedup=f"pledge:{pledge.pk}", quantity=pledge.offered, at=at)


def tell_released(pledge: Pledge, *, at: datetime) -> None:
    """Tell a giver that what they pledged is no longer needed."""
    _to_giver(pledge, "pledge-released", again="released")
    _to_keepers(pledge, "surplus-released", dedup=f"pledge:{pledge.pk}", quantity=pledge.offered, at=at)


def tell_taken_back(pledge: Pledge, quantity: int, *, uid: UUID, by: User | None, at: datetime) -> None:
    """Tell those who counted on it, and those who were to give it, that a pledge counts for less; but not whoever took it back."""
    people = _of_need(pledge.need)
    if pledge.surplus:
        people |= _keepers(pledge.surplus)
    # None is the partner.
    if by:
        people -= {by.pk}
        _to_giver(pledge, "pledge-taken-back", again=f"taken-back:{uid}", quantity=quantity)
    # A pledge can be taken back in parts, each of which is news.
    _to_both("need-pledge-taken-back", people, pledge, dedup=f"pledge:{pledge.pk}:{uid}", quantity=quantity, at=at)


def tell_overdue(pledge: Pledge, quantity: int, *, at: datetime) -> None:
    """Tell a giver that what they have not handed over in time counts no more, and the coordinators of the sides that it concerns."""
    _to_giver(pledge, "pledge-overdue", again="overdue", quantity=quantity)
    people = parties.coordinators_of(pledge.need.facility.side_id)
    if pledge.surplus:
        people |= _keepers(pledge.surplus)
    _to_both("need-pledge-overdue", people, pledge, dedup=f"pledge:{pledge.pk}", quantity=quantity, at=at)


def tell_on_the_way(delivery: Delivery, *, at: datetime) -> None:
    """Tell the facility that something comes, and that its code has to be typed there; where nobody can, its side's coordinators."""
    need, dedup, quantity = delivery.pledge.need, f"delivery:{delivery.pk}", delivery.quantity
    if people := parties.receivers_of(delivery):
        _to_people("need-on-the-way", people, need=need, dedup=dedup, at=at, room=need.facility, quantity=quantity)
        return
    people = parties.coordinators_of(need.facility.side_id)
    _to_people("need-to-receive", people, need=need, dedup=dedup, at=at, quantity=quantity, number=need.pk)


def tell_arrived(delivery: Delivery, quantity: int, *, at: datetime) -> None:
    """Tell a giver how much of what they sent came."""
    _to_giver(delivery.pledge, "pledge-arrived", again=f"arrived:{delivery.pk}", quantity=quantity)
    _to_keepers(delivery.pledge, "surplus-arrived", dedup=f"delivery:{delivery.pk}", quantity=quantity, at=at)


def tell_still_working(check: UseCheck, *, at: datetime) -> None:
    """Ask the focal points, or where there is none the coordinators of the side, whether what came is in use."""
    need = check.delivery.pledge.need
    people = parties.focal_points_of(need.facility_id) or parties.coordinators_of(need.facility.side_id)
    _to_people("need-still-working", people, need=need, dedup=f"check:{check.pk}", at=at, check=check.pk)


def _both_sides(proposal: Proposal) -> set[int]:
    need_side, surplus_side = proposal.need.facility.side_id, proposal.surplus.facility.side_id
    return parties.coordinators_of(need_side) | parties.coordinators_of(surplus_side)


def tell_proposed(proposal: Proposal, *, at: datetime) -> None:
    """Tell the coordinators of both sides, at once and in the same words."""
    people, need = _both_sides(proposal), proposal.need
    dedup = f"proposal:{proposal.pk}"
    _to_people("need-proposal", people, need=need, dedup=dedup, at=at, quantity=proposal.quantity, number=proposal.pk)


def tell_declined(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Tell the others of both sides that a proposal was declined; why stands on its page."""
    people, need = _both_sides(proposal) - {by.pk}, proposal.need
    _to_people("need-proposal-declined", people, need=need, dedup=f"proposal:{proposal.pk}", at=at, number=proposal.pk)
