"""What waits at the desk for one coordinator: complaints to answer, results to confirm, possible duplicates to decide."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from campaigns import outcomes, policies
from campaigns.enums import CampaignState, ComplaintState, DecisionState, PairState
from campaigns.models import Campaign, Complaint, Decision, DuplicatePair
from network.models import User

# What two entries have in common matters no more once a campaign is in one of these.
OVER_STATES = (CampaignState.CLOSED, CampaignState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody in one campaign; `proposed` counts the results that they may confirm as the second person."""

    campaign: Campaign
    complaints: int
    proposed: int
    pairs: int

    @property
    def whole(self) -> int:
        return self.complaints + self.proposed + self.pairs


def answerers(complaint: Complaint) -> set[int]:
    """Return the accounts of those who may answer a complaint today."""
    involved = outcomes.involved([complaint])[complaint.pk]
    accounts = outcomes.managers(complaint.campaign)
    return {account for account in accounts if policies.may_answer(complaint.kind, involved, account)}


def for_the_desk(user: User) -> list[Waiting]:
    """Return what this person may answer, confirm or decide, by campaign, the newest first; no campaign in which nothing waits."""
    run = Campaign.objects.editable_by(user)
    complaints = Counter(_complaints(run, user))
    proposed = Counter(_proposed(run, user))
    pairs = _pairs(user)
    rows = Campaign.objects.filter(pk__in={*complaints, *proposed, *pairs}).order_by("-closes_at", "-pk")
    return [Waiting(row, complaints[row.pk], proposed[row.pk], pairs[row.pk]) for row in rows]


def _complaints(run: QuerySet[Campaign], user: User) -> Iterator[int]:
    """Yield the campaign of each complaint that the person may answer."""
    rows = list(Complaint.objects.filter(campaign__in=run, state=ComplaintState.RECEIVED).defer("text").order_by("pk"))
    involved = outcomes.involved(rows)
    return (row.campaign_id for row in rows if policies.may_answer(row.kind, involved[row.pk], user.pk))


def _proposed(run: QuerySet[Campaign], user: User) -> Iterator[int]:
    rows = Decision.objects.filter(campaign__in=run.filter(state=CampaignState.JUDGING), state=DecisionState.PROPOSED)
    decisions = rows.select_related("campaign", "proposed_by").order_by("pk")
    return (row.campaign_id for row in decisions if outcomes.may_confirm(user, row))


def _pairs(user: User) -> Counter[int]:
    rows = DuplicatePair.objects.editable_by(user).filter(~Q(campaign__state__in=OVER_STATES), state=PairState.OPEN)
    return Counter(dict(rows.order_by().values_list("campaign").annotate(n=Count("pk"))))
