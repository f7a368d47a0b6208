"""What is read to match surplus with needs: what is left over, what is wanted of it, and which pairs are not proposed (again)."""

from collections.abc import Collection, Iterator

from django.db.models import F, Q

from facilities import policies as facility_policies
from facilities.enums import Audience, FacilityState
from facilities.models import Facility
from needs import balances, matching
from needs.enums import WANTING_STATES, ProposalState
from needs.models import Need, Proposal, Surplus

# How many needs are read at once.
PORTION = 200
PLACED = ("item", "facility__district", "facility__municipality")


def _where(facility: Facility) -> matching.Where:
    """Return a facility's place as members are told of it: both sides read the proposal."""
    place = facility_policies.place_for(facility, Audience.MEMBERS)
    point = (float(place.point[0]), float(place.point[1])) if place.point else None
    return matching.Where(
        facility=facility.pk,
        side=facility.side_id,
        district=place.district.pk if place.district else None,
        municipality=place.municipality.pk if place.municipality else None,
        point=point,
    )


def left_over() -> list[matching.Spare]:
    """Return what is left over somewhere, promised to nobody and proposed to nobody."""
    rows = Surplus.objects.filter(facility__state=FacilityState.OPEN).select_related(*PLACED)
    return [
        matching.Spare(
            id=each.pk,
            item=each.item_id,
            use=each.item.use,
            free=each.free - each.proposed,
            where=_where(each.facility),
            confined=each.facility.concern,
        )
        for each in balances.with_free(rows).filter(free__gt=F("proposed")).order_by("pk")
    ]


def wanted_of(spare: Collection[matching.Spare]) -> Iterator[matching.Wanted]:
    """Yield what is wanted of this, the most urgent first, a portion at a time: whoever has enough asks for no more.

    A hidden facility is matched within its own side alone, and its place is told to nobody.
    """
    items, uses = {each.item for each in spare}, {each.use for each in spare if each.use}
    rows = Need.objects.filter(Q(item__in=items) | Q(item__use__in=uses), facility__state=FacilityState.OPEN)
    rows = balances.still_to_be_matched(rows.select_related(*PLACED)).order_by("priority", "pk")
    portion = list(rows[:PORTION])
    while portion:
        for need in portion:
            yield matching.Wanted(
                id=need.pk,
                item=need.item_id,
                use=need.item.use,
                open=need.still_open,
                priority=need.priority,
                where=_where(need.facility),
                confined=need.facility.concern,
            )
        after = Q(priority__gt=need.priority) | Q(priority=need.priority, pk__gt=need.pk)
        portion = list(rows.filter(after)[:PORTION])


def not_to_propose() -> frozenset[tuple[int, int]]:
    """Return the pairs of need and surplus that were declined, or are asked already."""
    asked = Proposal.objects.exclude(state__in=[ProposalState.LAPSED, ProposalState.ACCEPTED])
    return frozenset(asked.filter(need__state__in=WANTING_STATES).values_list("need", "surplus"))
