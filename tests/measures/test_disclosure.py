"""What is told of how the sides voted gives away neither a small side nor which side objected."""

from collections.abc import Mapping

from hypothesis import example, given, strategies as st

from measures import disclosure
from measures.adoption import Side, Tally
from measures.disclosure import Level, Told
from network.disclosure import SMALLEST

EAST, WEST, SOUTH = 1, 2, 3
UNBOUNDED = 10**6
counts = st.integers(0, 12)
votes = st.dictionaries(
    st.sampled_from([EAST, WEST, SOUTH, None]),
    st.builds(Tally, agree=counts, abstain=counts, stand_aside=counts, block=counts),
    min_size=2,
)
TOO_MANY_FOR_ONE_SIDE = {EAST: Tally(agree=5), WEST: Tally(agree=10, block=10)}


def objections_in(tallies: Mapping[Side, Tally]) -> int:
    return sum(tally.block for tally in tallies.values())


def sides_named(tallies: Mapping[Side, Tally], told: Told) -> set[Side]:
    """Return the sides of which a reader can work out that they objected: without them there is no room for all objections."""
    room = {}
    for side, tally in tallies.items():
        level = told.levels[side]
        if level == Level.ALL:
            room[side] = tally.block
        elif level == Level.AGREED:
            room[side] = tally.votes - tally.agree
        else:
            room[side] = tally.votes if level == Level.TURNOUT else UNBOUNDED
    return {side for side in room if sum(room.values()) - room[side] < objections_in(tallies)}


def small_sides_found(tallies: Mapping[Side, Tally], told: Told) -> set[Side]:
    """Return the sides under five of which a reader learns how many voted: told, or the only one missing from the sum."""
    small = {side for side, tally in tallies.items() if tally.votes < SMALLEST}
    shown = {side for side in small if told.levels[side] > Level.REACHED}
    return shown | (small if told.total else set())


@given(votes)
@example(TOO_MANY_FOR_ONE_SIDE)
def test_no_side_can_be_named_as_one_that_objected(tallies: dict) -> None:
    assert not sides_named(tallies, disclosure.tell(tallies, objections=objections_in(tallies)))


@given(votes)
def test_no_side_under_five_is_shown_or_left_over_in_a_sum(tallies: dict) -> None:
    assert not small_sides_found(tallies, disclosure.tell(tallies, objections=objections_in(tallies)))


@given(votes)
def test_an_objection_taken_back_changes_nothing_that_is_told(tallies: dict) -> None:
    objections = objections_in(tallies)
    back = {
        side: Tally(**(tally.as_json() | {"block": 0, "abstain": tally.abstain + tally.block}))
        for side, tally in tallies.items()
    }

    before, after = (disclosure.tell(found, objections=objections) for found in (tallies, back))

    assert before == after
    for side, level in before.levels.items():
        if level >= Level.TURNOUT:
            assert back[side].votes == tallies[side].votes
        if level == Level.AGREED:
            assert back[side].agree == tallies[side].agree
    assert not objections or Level.ALL not in before.levels.values()


def test_where_nobody_objected_large_sides_are_told_whole() -> None:
    told = disclosure.tell({EAST: Tally(agree=5), WEST: Tally(agree=3, abstain=2)}, objections=0)

    assert told == Told({EAST: Level.ALL, WEST: Level.ALL}, total=True)


def test_telling_everything_is_caught() -> None:
    everything = Told(dict.fromkeys((EAST, WEST), Level.ALL), total=True)
    turnout = Told(dict.fromkeys((EAST, WEST), Level.TURNOUT), total=True)

    assert sides_named(TOO_MANY_FOR_ONE_SIDE, everything) == {WEST}
    assert sides_named(TOO_MANY_FOR_ONE_SIDE, turnout) == {WEST}
    assert small_sides_found({EAST: Tally(agree=4), WEST: Tally(agree=9)}, everything) == {EAST}
