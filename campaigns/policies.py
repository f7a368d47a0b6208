"""Pure rules of campaigns: who may do what with what they keep."""

from typing import Any

from network import policies as network_policies


def keeps_media(user: Any) -> bool:
    """The media log is written by national coordinators alone: it speaks for all sides at once."""
    return network_policies.is_national(user)


def reads_drafts(user: Any) -> bool:
    """Whoever works at the desk, for whichever side, reads what is not public yet."""
    return network_policies.is_staff(user)
