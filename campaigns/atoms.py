"""What may be told of one side's part of a campaign in one closing: the atoms of which every public figure of awareness is a sum. Pure.

As in outreach, each may be told by itself and none ever changes. What is too little to be told is not lost: it waits for the next closing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.enums import Subject
from network import disclosure


@dataclass(frozen=True, slots=True)
class Counted:
    """What a closing found of a side: people reached by sex and age, activities that reached somebody by municipality."""

    reached: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)


def cell(sex: str, age: str) -> str:
    """Return the key of people of one sex and age group."""
    return f"{sex} {age}"


def tellable(counted: Counted) -> Mapping[tuple[str, str], int]:
    """Return what may be told, by (subject, key); nothing of a few activities, for one of them would follow from the others."""
    if sum(counted.activities.values()) < disclosure.ENOUGH:
        return {}
    people = disclosure.whole_and_parts(Subject.PEOPLE.value, Subject.CELL.value, counted.reached)
    places = {(Subject.PLACE.value, place): number for place, number in counted.activities.items()}
    return people | places if people else {}
