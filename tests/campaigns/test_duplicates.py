"""Entries that may be one person's: all that a comparison of each with each would find, and no quadratic work."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from campaigns import duplicates
from campaigns.duplicates import Reason, Traits

names = st.sampled_from(["", "محمد علي", "مُحمّد  على", "Mohamed Ali", "mohamed ali", "عبد الله سالم", "عبدالله سالم"])
phones = st.sampled_from(
    ["", "0912345678", "+218912345678", "00218 91 234 5678", "٠٩١٢٣٤٥٦٧٨", "0923456789", "nothing"]
)
base = st.sampled_from([0, 2**64 - 1, 0x0F0F_0F0F_0F0F_0F0F, 0x1234_5678_9ABC_DEF0])


@st.composite
def photos(draw: st.DrawFn) -> int:
    """Draw a fingerprint near one of a few, so that some are near each other."""
    photo = draw(base)
    for bit in draw(st.sets(st.integers(0, 63), max_size=7)):
        photo ^= 1 << bit
    return photo


traits = st.lists(
    st.builds(Traits, st.integers(1, 60), names, st.sampled_from([None, 1, 2]), phones, st.lists(photos(), max_size=2)),
    unique_by=lambda entry: entry.id,
    max_size=14,
)


def naive(entries: list[Traits], within: int) -> dict:
    """Compare each with each."""
    found = {}
    for one, other in combinations(sorted(entries, key=lambda entry: entry.id), 2):
        reasons = set()
        if duplicates.name_key(one.name) and one.municipality == other.municipality:
            reasons |= {Reason.NAME} if duplicates.name_key(one.name) == duplicates.name_key(other.name) else set()
        if duplicates.phone_key(one.phone) and duplicates.phone_key(one.phone) == duplicates.phone_key(other.phone):
            reasons.add(Reason.PHONE)
        if any(duplicates.distance(mine, theirs) <= within for mine in one.photos for theirs in other.photos):
            reasons.add(Reason.PHOTO)
        if reasons:
            found[one.id, other.id] = reasons
    return found


@given(traits, st.integers(0, duplicates.FARTHEST))
def test_all_that_a_comparison_of_each_with_each_finds_is_found(entries: list, within: int) -> None:
    assert duplicates.find(entries, within=within) == naive(entries, within)


@given(traits, st.integers(0, duplicates.FARTHEST), st.integers(1, 14))
def test_of_crowds_nothing_is_found_that_is_not_there(entries: list, within: int, most: int) -> None:
    all_of_it = naive(entries, within)

    found = duplicates.find(entries, within=within, most=most)

    assert found == {pair: reasons for pair, reasons in all_of_it.items() if pair in found}


@given(traits, st.integers(0, duplicates.FARTHEST), st.data())
def test_the_order_of_what_comes_in_changes_nothing(entries: list, within: int, data: st.DataObject) -> None:
    one, other = (duplicates.find(found, within=within) for found in (entries, data.draw(st.permutations(entries))))

    assert list(one.items()) == list(other.items())


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=12), st.integers(0, duplicates.FARTHEST))
def test_two_photos_meet_exactly_when_they_are_near(photo: int, bits: set, within: int) -> None:
    other = photo ^ sum(1 << bit for bit in bits)

    met = list(duplicates.near([photo, other] if bits else [photo], within))

    assert met == ([(min(photo, other), max(photo, other))] if 0 < len(bits) <= within else [])


@pytest.mark.parametrize("within", [-1, duplicates.FARTHEST + 1])
def test_photos_farther_apart_are_not_looked_for(within: int) -> None:
    with pytest.raises(ValueError):
        list(duplicates.near([], within))


def test_of_what_many_have_in_common_each_is_a_pair_with_the_first() -> None:
    school = [Traits(n, phone="0912345678", photos=(0,)) for n in range(1, 101)]

    assert duplicates.find(school) == {(1, n): {Reason.PHONE, Reason.PHOTO} for n in range(2, 101)}


def test_of_many_photos_that_are_alike_each_is_a_pair_with_another_and_not_with_all() -> None:
    blank = [Traits(n, photos=(1 << n % 64 | 1 << n // 64,)) for n in range(1, 1001)]

    found = duplicates.find(blank)

    assert {entry for pair in found for entry in pair} == set(range(1, 1001))
    assert len(found) < 3 * len(blank)


def test_one_name_in_two_municipalities_is_two_people() -> None:
    found = duplicates.find([Traits(1, "محمد علي", 1), Traits(2, "محمد علي", 2), Traits(3, "محمّد على", 1)])

    assert found == {(1, 3): {Reason.NAME}}


class Counted(int):
    """A fingerprint that counts with how many it is compared."""

    steps = 0

    def __xor__(self, other: int) -> int:
        Counted.steps += 1
        return int(self) ^ int(other)


class CountedProbes(list):
    """Places that are looked at, counted."""

    def __iter__(self) -> Iterator[int]:
        for probe in list.__iter__(self):
            Counted.steps += 1
            yield probe


def test_the_search_takes_as_many_steps_for_each_entry_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it runs: three photos an entry; of ten entries one has a photo like that of a crowd, and one that of another."""
    probes = duplicates._probes
    monkeypatch.setattr(duplicates, "_probes", lambda *given: CountedProbes(probes(*given)))

    def steps(number: int) -> int:
        prints = [int.from_bytes(sha256(str(n).encode()).digest()[:8], "big") for n in range(3 * number)]
        for n in range(0, len(prints), 30):
            prints[n], prints[n + 1] = prints[0] ^ 1 << n % 64 ^ 1 << n // 64, prints[n // 2 + 2] ^ 1 << n % 64
        Counted.steps = 0
        duplicates.find(Traits(n, photos=tuple(map(Counted, prints[3 * n : 3 * n + 3]))) for n in range(number))
        return Counted.steps

    assert steps(1200) < 2.2 * steps(600)


def test_each_of_several_photos_may_tell_and_an_entry_is_not_a_pair_with_itself() -> None:
    found = duplicates.find(
        [Traits(1, photos=(0, 3)), Traits(2, photos=(2**40 - 1, 1)), Traits(3, photos=(2**64 - 1,))]
    )

    assert found == {(1, 2): {Reason.PHOTO}}


def test_the_order_of_the_words_of_a_name_says_nothing() -> None:
    assert duplicates.name_key("سالم، عبد الله") == duplicates.name_key("عبدالله سالم")
