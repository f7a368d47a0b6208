"""Entries that may be of one person: pure. Pairs with reasons, for a person to decide; nothing is refused for them.

Three things are compared: the name as it is searched (`network.search`) within one municipality, the telephone number, and the photo by
its difference hash (N. Krawetz, "Kind of Like That", hackerfactor.com, 2013), of which photos saved again or made smaller change few bits.

It is never quadratic in what differs. Equal keys meet in a table. Of two fingerprints of 64 bits with at most d that differ, cut into d + 2
bands, two bands at least are equal: they meet in the table of these two (the pigeonhole principle of G. Manku, A. Jain and A. Das Sarma,
"Detecting near-duplicates for web crawling", 2007). What is common to more than `MOST` entries (a school's telephone, a blank photo) says
nothing of a pair: it is told once, as a crowd.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise, product

from django.core.exceptions import ValidationError

from campaigns.lots import Id
from network import search, validators

BITS = 64
# Up to so many bits that differ are looked for; tables grow with the square of it.
FARTHEST = 10
DISTANCE = 4
MOST = 30
NAME_LENGTH = 240
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class Reason(StrEnum):
    """What two entries have in common."""

    NAME = "name"
    PHONE = "phone"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of an entry; "" and None say nothing. `photos` are fingerprints of 64 bits."""

    id: Id
    name: str = ""
    municipality: Id | None = None
    phone: str = ""
    photos: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Crowd:
    """What too many entries have in common for it to mean one person."""

    reason: Reason
    entries: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs that may be one person's, each with its reasons, and crowds."""

    pairs: Mapping[tuple[Id, Id], frozenset[Reason]]
    crowds: Sequence[Crowd]


def name_key(name: str) -> str:
    """Return a name as it is compared, "" for none: its folded words in the order of the alphabet, those written in one or two as one.

    So "Ali Salem" is "Salem, Ali".
    """
    return " ".join(sorted(search.words(name)))[:NAME_LENGTH]


def phone_key(phone: str) -> str:
    """Return a telephone number as E.164, "" for what is none."""
    if _E164.fullmatch(phone):
        return phone
    try:
        return validators.phone_number(phone)
    except ValidationError:
        return ""


def contact_keys(typed: str) -> tuple[str, str]:
    """Return a contact as it was typed as (telephone, e-mail) as they are kept, of which one is ""."""
    return ("", typed.strip().lower()) if "@" in typed else (phone_key(typed), "")


def distance(one: int, other: int) -> int:
    """Return in how many bits two fingerprints differ."""
    return (one ^ other).bit_count()


def find(entries: Iterable[Traits], *, within: int = DISTANCE, most: int = MOST) -> Found:
    """Return what may be one person's, by name, telephone number, or photos that differ in at most `within` bits.

    Each pair has the smaller id first. Raises ValueError for a distance that is not from 0 to 10.
    """
    entries = sorted(entries, key=lambda entry: (str(type(entry.id)), entry.id))
    place = {entry.id: number for number, entry in enumerate(entries)}
    reasons: dict[tuple[Id, Id], set[Reason]] = defaultdict(set)
    crowds: list[Crowd] = []
    names: dict[tuple[str, Id | None], list[Id]] = defaultdict(list)
    phones: dict[str, list[Id]] = defaultdict(list)
    photos: dict[int, list[Id]] = defaultdict(list)
    for entry in entries:
        if name := name_key(entry.name):
            names[name, entry.municipality].append(entry.id)
        if phone := phone_key(entry.phone):
            phones[phone].append(entry.id)
        for photo in set(entry.photos):
            photos[photo].append(entry.id)
    tables = {Reason.NAME: names.values(), Reason.PHONE: phones.values(), Reason.PHOTO: photos.values()}
    for reason, table in tables.items():
        for same in table:
            if len(same) > most:
                crowds.append(Crowd(reason, tuple(same)))
                continue
            for pair in combinations(same, 2):
                reasons[pair].add(reason)
    for one, other in near([photo for photo, same in photos.items() if len(same) <= most], within):
        for a, b in product(photos[one], photos[other]):
            if a == b:
                continue
            reasons[(a, b) if place[a] < place[b] else (b, a)].add(Reason.PHOTO)
    ordered = sorted(reasons, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return Found({pair: frozenset(reasons[pair]) for pair in ordered}, crowds)


def near(fingerprints: Collection[int], within: int) -> Iterator[tuple[int, int]]:
    """Yield each two different fingerprints, the smaller first, that differ in at most `within` bits. Raises ValueError."""
    if not 0 <= within <= FARTHEST:
        raise ValueError("Fingerprints are compared to within 0 to 10 bits.")
    if within:
        for table in range(len(_masks(within))):
            yield from _near_by_table(fingerprints, within, table)


def _masks(within: int) -> list[int]:
    """Return for each two of `within` + 2 bands the bits that they have together."""
    cuts = [BITS * number // (within + 2) for number in range(within + 3)]
    bands = [(1 << high) - (1 << low) for low, high in pairwise(cuts)]
    return [one | other for one, other in combinations(bands, 2)]


def _near_by_table(fingerprints: Collection[int], within: int, table: int) -> Iterator[tuple[int, int]]:
    """Yield those that meet in one table, and in none before it."""
    masks = _masks(within)
    mask, before = masks[table], masks[:table]
    buckets: dict[int, list[int]] = defaultdict(list)
    for found in fingerprints:
        buckets[found & mask].append(found)
    for bucket in buckets.values():
        for one, other in combinations(bucket, 2):
            differ = one ^ other
            if differ.bit_count() <= within and all(differ & earlier for earlier in before):
                yield min(one, other), max(one, other)
