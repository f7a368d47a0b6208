"""Who may do what in a campaign, and when: pure, but for the grants of the person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.enums import TAKING_STATES, EntryState
from network import policies as network_policies

# A code that proves a contact: six digits; so long valid, so often tried, so often sent.
PROOF_LASTS = timedelta(hours=2)
PROOF_TRIES = 5
PROOFS_SENT = 5
PROOF_PAUSE = timedelta(minutes=1)
UNFINISHED_LASTS = timedelta(days=30)
# In these its sender still corrects an entry, until the close.
CORRECTABLE_STATES = frozenset({EntryState.RECEIVED, EntryState.CONFIRMED})


def can_manage(user: Any, campaign: Any) -> bool:
    """A side's campaign is run by that side's coordinators, one of all sides by the national ones."""
    return network_policies.answers_for(user, campaign.region_id)


def takes_entries(campaign: Any, at: datetime) -> bool:
    """Tell whether what was received at this moment of the server's clock is in time."""
    return campaign.state in TAKING_STATES and campaign.opens_at <= at < campaign.closes_at


def can_correct(entry: Any, campaign: Any, at: datetime) -> bool:
    return entry.state in CORRECTABLE_STATES and takes_entries(campaign, at)


def missing(campaign: Any, *, made: int | None, handed: int | None) -> Mapping[str, int]:
    """Return what an entry lacks to be eligible, {"made" or "handed": how many more}; empty where it lacks nothing (rule 7)."""
    needed = {"made": (campaign.made_at_least, made), "handed": (campaign.handed_at_least, handed)}
    return {name: least - (found or 0) for name, (least, found) in needed.items() if least and (found or 0) < least}


def keeps_media(user: Any) -> bool:
    """The media log is written by national coordinators alone: it speaks for all sides at once."""
    return network_policies.is_national(user)


def reads_drafts(user: Any) -> bool:
    """Whoever works at the desk, for whichever side, reads what is not public yet."""
    return network_policies.is_staff(user)
