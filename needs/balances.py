"""The one place where quantities are added up. No balance is kept anywhere: it is the sum of entries, now.

    asked   = asked for + corrections            covered = pledged - lost
    pledged = pledged - taken back - lapsed      open    = asked - covered
    in transit = sent - received - lost

What holds whatever services are called in whatever order: 0 <= working <= received, received + lost <= sent <= pledged, covered <= asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from needs.enums import ASKING_STATES, DeliveryState, EntryKind, NeedState, PledgeState
from needs.models import Delivery, Need, NeedEntry, Pledge, Proposal, Surplus, SurplusEntry

# Each kind of entry → the sum to which it belongs.
SUMS: dict[str, str] = {
    EntryKind.ASKED: "asked",
    EntryKind.CORRECTED: "asked",
    EntryKind.PLEDGED: "pledged",
    EntryKind.TAKEN_BACK: "pledged",
    EntryKind.LAPSED: "pledged",
    EntryKind.SENT: "sent",
    EntryKind.RECEIVED: "received",
    EntryKind.LOST: "lost",
    EntryKind.WORKING: "working",
}


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of a need, or of one pledge to it, of which `asked` is 0."""

    asked: int = 0
    pledged: int = 0
    sent: int = 0
    received: int = 0
    lost: int = 0
    working: int = 0

    @property
    def covered(self) -> int:
        return self.pledged - self.lost

    @property
    def open(self) -> int:
        return self.asked - self.covered

    @property
    def in_transit(self) -> int:
        return self.sent - self.received - self.lost

    @property
    def unsent(self) -> int:
        return self.pledged - self.sent


def need_state(balance: Balance) -> NeedState:
    """Return the state of a verified need that follows from its sums."""
    if balance.working >= balance.asked:
        return NeedState.WORKING
    if balance.received >= balance.asked:
        return NeedState.RECEIVED
    if balance.in_transit:
        return NeedState.IN_TRANSIT
    return NeedState.PLEDGED if balance.covered else NeedState.VERIFIED


def pledge_state(balance: Balance) -> PledgeState:
    """Return the state of a confirmed pledge that follows from its sums."""
    if not balance.pledged:
        return PledgeState.TAKEN_BACK
    if balance.received + balance.lost >= balance.pledged:
        return PledgeState.DELIVERED if balance.received else PledgeState.LOST
    return PledgeState.UNDER_WAY if balance.sent else PledgeState.CONFIRMED


def of_needs(needs: Iterable[Need]) -> dict[int, Balance]:
    """Return the balance of each need, from one question."""
    return _sums("need", [need.pk for need in needs])


def of_need(need: Need) -> Balance:
    return of_needs([need])[need.pk]


def of_pledges(pledges: Iterable[Pledge]) -> dict[int, Balance]:
    """Return the balance of each pledge, from one question."""
    return _sums("pledge", [pledge.pk for pledge in pledges])


def of_pledge(pledge: Pledge) -> Balance:
    return of_pledges([pledge])[pledge.pk]


def _sums(name: str, numbers: list[int]) -> dict[int, Balance]:
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    rows = NeedEntry.objects.filter(**{f"{name}__in": numbers}).order_by()
    for number, kind, total in rows.values_list(name, "kind").annotate(Sum("quantity")):
        sums = found[number]
        sums[SUMS[kind]] = sums.get(SUMS[kind], 0) + total
    return {number: Balance(**sums) for number, sums in found.items()}


def prepared(pledge: Pledge) -> int:
    """Return how much of a pledge waits for its carrier."""
    rows = Delivery.objects.filter(pledge=pledge, state=DeliveryState.PREPARED)
    return rows.aggregate(total=Sum("quantity"))["total"] or 0


def with_open(rows: QuerySet[Need]) -> Any:
    """Annotate needs with `still_open`: what is asked for and covered by nobody."""
    adds = [EntryKind.ASKED, EntryKind.CORRECTED, EntryKind.LOST]
    takes = [EntryKind.PLEDGED, EntryKind.TAKEN_BACK, EntryKind.LAPSED]
    signed = Case(
        When(kind__in=adds, then=F("quantity")),
        When(kind__in=takes, then=-F("quantity")),
        default=0,
        output_field=IntegerField(),
    )
    total = NeedEntry.objects.filter(need=OuterRef("pk")).order_by().values("need").annotate(t=Sum(signed)).values("t")
    return rows.annotate(still_open=Coalesce(Subquery(total), 0, output_field=IntegerField()))


# --- surplus ------------------------------------------------------------------------------------------------------------


def free_of(surpluses: Iterable[Surplus]) -> dict[int, int]:
    """Return for each surplus what is promised to nobody."""
    numbers = [surplus.pk for surplus in surpluses]
    rows = SurplusEntry.objects.filter(surplus__in=numbers).order_by().values_list("surplus").annotate(Sum("quantity"))
    return dict.fromkeys(numbers, 0) | dict(rows)


def free(surplus: Surplus) -> int:
    return free_of([surplus])[surplus.pk]


def with_free(rows: QuerySet[Surplus]) -> Any:
    """Annotate surpluses with `free`, and with `proposed`: what of it is proposed to somebody."""

    def total(model: Any, on: str, **only: Any) -> Any:
        sums = model.objects.filter(**{on: OuterRef("pk")}, **only).order_by().values(on).annotate(t=Sum("quantity"))
        return Coalesce(Subquery(sums.values("t")), 0, output_field=IntegerField())

    return rows.annotate(
        free=total(SurplusEntry, "surplus"), proposed=total(Proposal, "surplus", state__in=ASKING_STATES)
    )


def still_to_be_matched(rows: Any) -> Any:
    """Return the wanting needs of a listed item of which something is open, and which no proposal asks about."""
    asked = Proposal.objects.filter(state__in=ASKING_STATES).values("need")
    return with_open(rows.wanting().filter(item__isnull=False).exclude(pk__in=asked)).filter(still_open__gt=0)


def received_of(delivery: Delivery) -> int:
    """Return how many of a delivery came whole."""
    rows = NeedEntry.objects.filter(leg__delivery=delivery, kind=EntryKind.RECEIVED)
    return rows.aggregate(total=Sum("quantity"))["total"] or 0
