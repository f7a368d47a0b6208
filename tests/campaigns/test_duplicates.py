"""Entries that may be one person's: all that a comparison of each with each would find, and no quadratic work."""

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


def naive(entries: list[Traits], within: int, most: int) -> dict:
    """Compare each with each."""
    found: dict = {}

    def crowded(key: object, all_keys: list) -> bool:
        return all_keys.count(key) > most

    named = [(duplicates.name_key(entry.name), entry.municipality) for entry in entries]
    called = [duplicates.phone_key(entry.phone) for entry in entries]
    shown = [photo for entry in entries for photo in set(entry.photos)]
    for (i, one), (j, other) in combinations(enumerate(entries), 2):
        reasons = set()
        if named[i][0] and named[i] == named[j] and not crowded(named[i], named):
            reasons.add(Reason.NAME)
        if called[i] and called[i] == called[j] and not crowded(called[i], called):
            reasons.add(Reason.PHONE)
        if any(
            duplicates.distance(mine, theirs) <= within
            for mine in one.photos
            for theirs in other.photos
            if not crowded(mine, shown) and not crowded(theirs, shown)
        ):
            reasons.add(Reason.PHOTO)
        if reasons:
            found[min(one.id, other.id), max(one.id, other.id)] = reasons
    return found


@given(traits, st.integers(0, 10), st.integers(2, 14))
def test_all_that_a_comparison_of_each_with_each_finds_is_found(entries: list, within: int, most: int) -> None:
    assert duplicates.find(entries, within=within, most=most).pairs == naive(entries, within, most)


@given(traits, st.integers(0, 10), st.data())
def test_the_order_of_what_comes_in_changes_nothing(entries: list, within: int, data: st.DataObject) -> None:
    one, other = (duplicates.find(found, within=within) for found in (entries, data.draw(st.permutations(entries))))

    assert (list(one.pairs.items()), one.crowds) == (list(other.pairs.items()), other.crowds)


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=12), st.integers(0, 10))
def test_two_photos_meet_exactly_when_they_are_near(photo: int, bits: set, within: int) -> None:
    other = photo ^ sum(1 << bit for bit in bits)

    met = list(duplicates.near([photo, other] if bits else [photo], within))

    assert met == ([(min(photo, other), max(photo, other))] if 0 < len(bits) <= within else [])


@pytest.mark.parametrize("within", [-1, 11])
def test_photos_farther_apart_are_not_looked_for(within: int) -> None:
    with pytest.raises(ValueError):
        list(duplicates.near([], within))


def test_what_many_have_in_common_is_told_once() -> None:
    school = [Traits(n, phone="0912345678", photos=(0,)) for n in range(1, 101)]

    found = duplicates.find(school)

    assert not found.pairs
    assert [(crowd.reason, len(crowd.entries)) for crowd in found.crowds] == [(Reason.PHONE, 100), (Reason.PHOTO, 100)]


def test_one_name_in_two_municipalities_is_two_people() -> None:
    found = duplicates.find([Traits(1, "محمد علي", 1), Traits(2, "محمد علي", 2), Traits(3, "محمّد على", 1)])

    assert found.pairs == {(1, 3): {Reason.NAME}}


def test_photos_are_compared_in_far_fewer_steps_than_each_with_each() -> None:
    """With 2,000 unlike photos a comparison of each with each takes two million steps."""
    photos = [int.from_bytes(sha256(str(number).encode()).digest()[:8], "big") for number in range(2000)]
    steps = 0
    for mask in duplicates._masks(4):
        buckets: dict[int, int] = {}
        for photo in photos:
            steps += buckets.get(photo & mask, 0)
            buckets[photo & mask] = buckets.get(photo & mask, 0) + 1

    assert steps < 2000


def test_each_of_several_photos_may_tell_and_an_entry_is_not_a_pair_with_itself() -> None:
    found = duplicates.find(
        [Traits(1, photos=(0, 3)), Traits(2, photos=(2**40 - 1, 1)), Traits(3, photos=(2**64 - 1,))]
    )

    assert found.pairs == {(1, 2): {Reason.PHOTO}}


def test_the_order_of_the_words_of_a_name_says_nothing() -> None:
    assert duplicates.name_key("سالم، عبد الله") == duplicates.name_key("عبدالله سالم")
