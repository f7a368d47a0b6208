"""Who may do what in a campaign, and when: pure, but for the grants of the person."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.enums import (
    COUNTING_STATES,
    LATE_STATES,
    OUT_STATES,
    REPORTING_STATES,
    RESULT_STATES,
    SETTLED_STATES,
    TAKING_STATES,
    CampaignKind,
    CampaignState,
    ComplaintKind,
    EntryState,
    Via,
)
from network import policies as network_policies

# How many jurors an entry may need.
QUORUM_AT_LEAST, QUORUM_AT_MOST = 2, 15
# A code that proves a contact: six digits; so long valid, so often tried, so often sent.
PROOF_LASTS = timedelta(hours=2)
PROOF_TRIES = 5
PROOFS_SENT = 5
PROOF_PAUSE = timedelta(minutes=1)
# So many codes go to one contact in a day as long as none of them is typed: whoever enters for a whole school proves some meanwhile.
UNANSWERED_CODES = 10
UNANSWERED_FOR = timedelta(days=1)
# What everybody was told at the announcement, and cannot be edited from then on; the end alone is moved, to later.
FIXED_ONCE_ANNOUNCED = frozenset(
    {
        "slug",
        "kind",
        "region",
        "opens_at",
        "closes_at",
        "made_at_least",
        "handed_at_least",
        "answer_days",
        "told_hours",
        "complaint_days",
    }
)
UNFINISHED_LASTS = timedelta(days=30)
# In these its sender still corrects an entry, until the close: also one that is handed in, of which they have made more since.
CORRECTABLE_STATES = frozenset({EntryState.RECEIVED, *SETTLED_STATES})
# Photos of a form that was neither sent nor put aside are kept so long.
LOOSE_PHOTOS_LAST = timedelta(days=2)


def can_manage(user: Any, campaign: Any) -> bool:
    """A side's campaign is run by that side's coordinators, one of all sides by the national ones."""
    return network_policies.answers_for(user, campaign.region_id)


def takes_entries(campaign: Any, now: datetime) -> bool:
    """Tell whether entries are taken now; nobody enters an awareness campaign."""
    return campaign.state in TAKING_STATES and is_in_time(campaign, now)


def is_in_time(campaign: Any, at: datetime) -> bool:
    """Tell whether what began to arrive at this moment of the server's clock is taken, though entries have ended since."""
    taken = campaign.kind != CampaignKind.AWARENESS and campaign.state in (*TAKING_STATES, *LATE_STATES)
    return taken and campaign.opens_at <= at < campaign.closes_at


def takes_activities(campaign: Any) -> bool:
    return campaign.kind == CampaignKind.AWARENESS and campaign.state in REPORTING_STATES


def names_health_workers(user: Any, side_id: int | None) -> bool:
    """A side's coordinators name who enters the activities of their side."""
    return network_policies.answers_for(user, side_id)


def can_correct(entry: Any, campaign: Any, at: datetime) -> bool:
    return entry.state in CORRECTABLE_STATES and is_in_time(campaign, at)


def acts_for(user: Any, entry: Any) -> bool:
    """Who entered on paper may have nothing to which a code is sent: the coordinators of their side write for them."""
    return entry.via == Via.PAPER and network_policies.answers_for(user, entry.side_id)


def corrects_contact(user: Any, entry: Any) -> bool:
    """The coordinators of a side put right how its entrants are reached, as long as that is not proved, also of those who entered here."""
    return network_policies.answers_for(user, entry.side_id)


def takes_in(campaign: Any) -> bool:
    """Tell whether desks still take in for this campaign: also while the jury sits, no more once it has spoken."""
    return campaign.kind == CampaignKind.CONTEST and campaign.state in COUNTING_STATES


def needs_desk(campaign: Any) -> bool:
    """Tell whether entries of this contest are still to be handed in somewhere."""
    over = campaign.state in (*RESULT_STATES, CampaignState.CANCELLED)
    return campaign.kind == CampaignKind.CONTEST and bool(campaign.handed_at_least) and not over


def takes_complaints(campaign: Any, at: datetime) -> bool:
    """Tell whether what was received at this moment of the server's clock is a complaint in time."""
    if campaign.results_at is None or campaign.state not in RESULT_STATES:
        return False
    return campaign.results_at <= at < complaints_until(campaign, campaign.results_at)


def complaints_until(campaign: Any, since: datetime) -> datetime:
    return since + timedelta(days=campaign.complaint_days)


def takes_appeal(campaign: Any, entry: Any, disqualified_at: datetime | None, at: datetime) -> bool:
    """Tell whether a disqualified entrant may still appeal."""
    if entry.state != EntryState.DISQUALIFIED or disqualified_at is None:
        return False
    return at < complaints_until(campaign, disqualified_at)


def may_answer(kind: str, involved: Collection[int | None], account: int) -> bool:
    """An appeal is answered by somebody else than whoever disqualified the entry or wrote the appeal down for its sender."""
    return kind != ComplaintKind.APPEAL or account not in involved


def can_disqualify(entry: Any) -> bool:
    return entry.state not in OUT_STATES


def may_confirm(proposer: Any, confirmer: Any, sides: Mapping[int, int | None]) -> bool:
    """Tell whether a second person may confirm what the first proposed: of another side where anybody of another side could.

    `sides` are those of all who run the campaign, by their accounts; whoever has none counts as of a side of their own.
    """
    if proposer.pk == confirmer.pk or confirmer.pk not in sides:
        return False

    def other(account: int) -> bool:
        first, second = sides.get(proposer.pk), sides[account]
        return account != proposer.pk and (first is None or first != second)

    return other(confirmer.pk) or not any(other(account) for account in sides)


def keeps_desk(user: Any, side_id: int | None) -> bool:
    """A desk, its collectors and what it gives out are kept by the coordinators of the side on which it stands."""
    return network_policies.answers_for(user, side_id)


def decides_pair(user: Any, first: Any, second: Any) -> bool:
    """Whether two entries are one person's is decided by their side's coordinators, across sides by the national ones."""
    if first.side_id is not None and first.side_id == second.side_id:
        return network_policies.answers_for(user, first.side_id)
    return network_policies.is_national(user)


def keeps_media(user: Any) -> bool:
    """The media log is written by national coordinators alone: it speaks for all sides at once."""
    return network_policies.is_national(user)


def reads_drafts(user: Any) -> bool:
    """Whoever works at the desk, for whichever side, reads what is not public yet."""
    return network_policies.is_staff(user)


def names_jurors(user: Any, campaign: Any) -> bool:
    """Whoever runs a campaign names its jurors, and a national coordinator those of other sides."""
    return can_manage(user, campaign) or network_policies.is_national(user)


def can_export_entries(user: Any) -> bool:
    """Whoever reads entries at the desk may take along those that they read."""
    return network_policies.allows(user, "view", "campaigns.entry")


def can_be_juror(user: Any) -> bool:
    """Nobody who holds a role judges: at the desk the names of entrants are read."""
    return user.is_active and not network_policies.is_staff(user)


def judges(user: Any, juror: Any) -> bool:
    return juror.ended_at is None and juror.practitioner.user_id == user.pk and can_be_juror(user)
