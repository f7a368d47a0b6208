"""What may be told of a district in one closing: the atoms of which every public figure of outreach is a sum. Pure.

Each may be told by itself and beside the others of its district and closing, and none ever changes. So no two public figures differ by
anything that may not be told: not a total and its parts, and not the figures of today and of yesterday either.
"""

from dataclasses import dataclass, field

from network import disclosure
from outreach.enums import Subject

Atoms = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a closing found of a district: people seen by sex and age, people referred by level, staff trained by topic."""

    seen: dict[str, int] = field(default_factory=dict)
    referred: dict[str, int] = field(default_factory=dict)
    trained: dict[str, int] = field(default_factory=dict)


def cell(sex: str, age: str) -> str:
    """Return the key of people of one sex and age group."""
    return f"{sex} {age}"


def tellable(counted: Counted) -> Atoms:
    """Return what may be told, by (subject, key)."""
    seen, referred = sum(counted.seen.values()), sum(counted.referred.values())
    told = disclosure.whole_and_parts(Subject.PEOPLE, Subject.CELL, counted.seen)
    # Those who were seen and not referred are people too.
    if Subject.REFERRED in disclosure.tell({Subject.REFERRED: referred, Subject.PEOPLE: seen - referred}).groups:
        told |= disclosure.whole_and_parts(Subject.REFERRED, Subject.LEVEL, counted.referred)
    return told | disclosure.whole_and_parts(Subject.TRAINED, Subject.TOPIC, counted.trained)
