"""Entries that may be of one person: pure. Pairs with reasons, for a person to decide; nothing is refused for them.

Three things are compared: the name as it is searched (`network.search`) within one municipality, the telephone number, and the photo by
its difference hash (N. Krawetz, "Kind of Like That", hackerfactor.com, 2013), of which photos saved again or made smaller change few bits.

What differs is not compared. Equal keys meet in a table. Of two fingerprints of 64 bits with at most d that differ, cut into three bands,
one band at least has no more than d/3 that differ: whoever looks in the table of that band for all that is so near meets the other
(M. Norouzi, A. Punjani and D. Fleet, "Fast exact search in Hamming space with multi-index hashing", 2014). Bands of 21 bits leave a bucket
to each of two million fingerprints: up to there the work for each is the same. What is common to more than `MOST` entries (a school's
telephone, a blank photo) pairs each of them with one alone, or a crowd would be as many pairs as its square.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice, product

from django.core.exceptions import ValidationError

from campaigns.lots import Id
from network import search, validators

BITS = 64
# So many bits may differ. Of 225 copies (saved anew, smaller, larger, brighter) none differs in more than 2, and other photos in 18 at
# least; in 10 differ by chance a thousand pairs of 420,000 photos. One bit more than 5 would be ten times the work.
FARTHEST = 5
BANDS = 3
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


# Two entries, the smaller id first, with all that they have in common.
Pairs = dict[tuple[Id, Id], frozenset[Reason]]


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


def in_common(one: Traits, other: Traits, *, within: int = FARTHEST) -> frozenset[Reason]:
    """Return all that two entries have in common."""
    name, phone = name_key(one.name), phone_key(one.phone)
    same = {
        Reason.NAME: name and (name, one.municipality) == (name_key(other.name), other.municipality),
        Reason.PHONE: phone and phone == phone_key(other.phone),
        Reason.PHOTO: any(distance(mine, theirs) <= within for mine, theirs in product(one.photos, other.photos)),
    }
    return frozenset(reason for reason, found in same.items() if found)


def find(entries: Iterable[Traits], *, within: int = FARTHEST, most: int = MOST) -> Pairs:
    """Return what may be one person's, by name, telephone number, or photos that differ in at most `within` bits.

    Of what more than `most` have in common each is paired with the first alone. Raises ValueError for a distance that is not from 0 to 5.
    """
    entries = sorted(entries, key=lambda entry: (str(type(entry.id)), entry.id))
    place = {entry.id: number for number, entry in enumerate(entries)}
    names: dict[tuple[str, Id | None], list[Id]] = defaultdict(list)
    phones: dict[str, list[Id]] = defaultdict(list)
    photos: dict[int, list[Id]] = defaultdict(list)
    for entry in entries:
        if name := name_key(entry.name):
            names[name, entry.municipality].append(entry.id)
        if phone := phone_key(entry.phone):
            phones[phone].append(entry.id)
        for photo in sorted(set(entry.photos)):
            photos[photo].append(entry.id)
    pairs: set[tuple[int, int]] = set()
    for same in (*names.values(), *phones.values(), *photos.values()):
        met = combinations(same, 2) if len(same) <= most else product(same[:1], same[1:])
        pairs.update((place[one], place[other]) for one, other in met)
    first = {photo: same if len(same) <= most else same[:1] for photo, same in photos.items()}
    for one, other in near(photos, within, most):
        met = product(map(place.__getitem__, first[one]), map(place.__getitem__, first[other]))
        pairs.update((min(pair), max(pair)) for pair in met if pair[0] != pair[1])
    both = ((entries[one], entries[other]) for one, other in sorted(pairs))
    return {(one.id, other.id): in_common(one, other, within=within) for one, other in both}


def near(fingerprints: Iterable[int], within: int, most: int = MOST) -> Iterator[tuple[int, int]]:
    """Yield each two of different fingerprints, the smaller first, that differ in at most `within` bits.

    Whatever comes to `most` or more gives one pair with one of them. Raises ValueError for a distance that is not from 0 to 5.
    """
    if not 0 <= within <= FARTHEST:
        raise ValueError("Fingerprints are compared to within 0 to 5 bits.")
    tables: list[dict[int, list[int]]] = [{} for _ in range(BANDS)]
    looks = [_probes(len(range(band, BITS, BANDS)), within // BANDS) for band in range(BANDS)]
    for one in fingerprints:
        keys, met = _keys(one), dict[int, None]()
        for key, probes, table in zip(keys, looks, tables, strict=True):
            there = table.get
            alike = (o for probe in probes for o in there(key ^ probe, ()) if (one ^ o).bit_count() <= within)
            # To look on in a crowd would be to compare each of it with each.
            met |= dict.fromkeys(islice(alike, most))
            if len(met) >= most:
                break
        for other in islice(met, 1 if len(met) >= most else None):
            yield min(one, other), max(one, other)
        for key, table in zip(keys, tables, strict=True):
            table.setdefault(key, []).append(one)


def _keys(fingerprint: int) -> list[int]:
    """Return the bands of a fingerprint, of every third bit each.

    A white edge or sky is a few bits of each so; in a band of neighbours it would be all, and fill one bucket.
    """
    bits = f"{fingerprint:0{BITS}b}"
    return [int(bits[band::BANDS], 2) for band in range(BANDS)]


def _probes(bits: int, radius: int) -> list[int]:
    """Return what changes at most `radius` bits of a band of so many, the fewest first."""
    return [sum(1 << bit for bit in some) for size in range(radius + 1) for some in combinations(range(bits), size)]
