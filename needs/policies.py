"""Who may do what with needs, pledges, deliveries, surplus and equipment: pure, but for the grants of the person."""

from datetime import timedelta
from typing import Any

from facilities import policies as facility_policies
from facilities.enums import Precision
from network import policies as network_policies

# After so much use the focal point is asked whether it still works.
USED_FOR = timedelta(days=30)
PROOF_LASTS = timedelta(hours=2)
PROOF_TRIES = 5
PROOFS_SENT = 5
PROOF_PAUSE = timedelta(minutes=1)
# A contact has at most so many pledges waiting for its proof, so that nobody is flooded with codes by a stranger.
UNPROVED_AT_MOST = 3
# A pledge whose contact was never proved is erased, and with it the contact.
UNPROVED_KEPT = timedelta(days=7)
# So many pledges of one contact count at once before they have arrived: enough for a partner with a lorry on the road, too few to take
# every open need off the public list.
COUNTING_AT_MOST = 5
# A pledge covers its need, so nobody else gives meanwhile: it is ready within a season, and handed over three weeks later, or it ends.
READY_WITHIN = timedelta(days=90)
HANDED_OVER_WITHIN = timedelta(days=21)
# How a partner and a carrier are called is kept for half a year after the last of a pledge: long enough to ask after what came.
CONTACT_KEPT = timedelta(days=182)
QUANTITY_AT_MOST = 1_000_000
# Of more than these no list of single pieces is made.
LISTED_AT_MOST = 20
# How many proposals a matching makes at once.
PROPOSALS_AT_ONCE = 50


def coordinates(user: Any, side_id: int | None) -> bool:
    """The coordinators of its side verify a facility's needs and look after what is pledged to them."""
    return facility_policies.keeps(user, side_id)


def names_facility(facility: Any) -> bool:
    """Tell whether a public page of a need may name the facility: only where its place is told as exactly as a name tells it."""
    exact = facility.public_precision in (Precision.EXACT, Precision.MUNICIPALITY)
    return exact and not facility.concern


def may_answer_proposal(user: Any, need_side: int, surplus_side: int) -> frozenset[int]:
    """Return for which of both sides this person answers."""
    return frozenset(side for side in (need_side, surplus_side) if network_policies.answers_for(user, side))


def lists_pieces(item: Any, came: int) -> bool:
    """Tell whether what came is listed piece by piece, so that each piece tells by itself whether it works."""
    return bool(item and item.durable and came <= LISTED_AT_MOST)
