"""What coordinators look at before they fix a date: the dates of a rule, holidays, clashes, the other sessions of a series."""

from dialogues.planning.clashes import Clash, clashes, clashes_among, clashes_at
from dialogues.planning.dates import (
    LARGEST,
    Do,
    Proposal,
    WorkingDays,
    clock,
    dates_of,
    moment,
    proposals,
    working_days,
)
from dialogues.planning.series import Linked, following, linked, of_series, place_in_series

__all__ = [
    "LARGEST",
    "Clash",
    "Do",
    "Linked",
    "Proposal",
    "WorkingDays",
    "clashes",
    "clashes_among",
    "clashes_at",
    "clock",
    "dates_of",
    "following",
    "linked",
    "moment",
    "of_series",
    "place_in_series",
    "proposals",
    "working_days",
]
