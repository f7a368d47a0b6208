"""What is left to chance can be checked by anybody, and chosen by nobody."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given, strategies as st

from campaigns import lots

seeds = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
codes = st.lists(st.text("ABCDEFGH23456789", min_size=1, max_size=6), unique=True, max_size=12)


@given(seeds, seeds)
def test_only_the_seed_whose_hash_was_published_is_taken(seed: str, other: str) -> None:
    published = lots.commit(seed)

    assert published == hashlib.sha256(seed.encode()).hexdigest()
    assert lots.verify(seed, published)
    assert lots.verify(other, published) is (other == seed)


@pytest.mark.parametrize("seed", ["", "1234", "g" * 64, "A" * 64, "0" * 65])
def test_a_seed_that_could_be_guessed_or_written_in_two_ways_is_refused(seed: str) -> None:
    with pytest.raises(lots.SeedInvalid):
        lots.commit(seed)
    assert not lots.verify(seed, hashlib.sha256(seed.encode()).hexdigest())


def test_each_new_seed_is_another() -> None:
    made = {lots.new_seed() for _ in range(20)}

    assert len(made) == 20
    assert {len(lots.commit(seed)) for seed in made} == {64}


def test_the_draw_is_hmac_sha256_and_stays_so() -> None:
    """A published seed has to give the same lot in ten years."""
    assert lots.draw("key", "tie", "A").hex() == "7caf4317fef1d09a09090004233b73f79235de22a0719cf98e57f426f931bb21"
    assert lots.order("0" * 64, ["A", "B", "C", "D"]) == ["A", "B", "D", "C"]


@given(seeds, codes, st.data())
def test_the_order_of_the_lot_hangs_on_nothing_but_seed_and_codes(seed: str, codes: list, data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(codes))
    left = [code for code in codes if data.draw(st.booleans())]

    drawn = lots.order(seed, codes)

    assert drawn == lots.order(seed, mixed)
    assert sorted(drawn) == sorted(codes)
    assert lots.order(seed, left) == [code for code in drawn if code in left]


def test_the_lot_prefers_no_code() -> None:
    first = Counter(lots.order(f"{number:064x}", ["A", "B", "C"])[0] for number in range(3000))

    assert all(900 < times < 1100 for times in first.values())


@given(seeds, st.lists(st.integers(1, 10**6), unique=True, max_size=60), st.data())
def test_each_juror_has_a_letter_of_their_own(seed: str, jurors: list, data: st.DataObject) -> None:
    letters = lots.letters(seed, jurors)

    assert letters == lots.letters(seed, data.draw(st.permutations(jurors)))
    assert set(letters) == set(jurors)
    assert len(set(letters.values())) == len(jurors)
    if len(jurors) <= 26:
        assert set(letters.values()) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(jurors)])
    else:
        assert {"Z", "AA"} <= set(letters.values())


def test_letters_tell_nothing_of_the_jurors_ids() -> None:
    first = Counter(
        min((letter, juror) for juror, letter in lots.letters(f"{n:064x}", [1, 2, 3]).items())[1] for n in range(3000)
    )

    assert all(900 < times < 1100 for times in first.values())
