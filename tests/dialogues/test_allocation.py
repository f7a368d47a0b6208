"""The rule that shares seats, on its own: whatever happens, in whatever order."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dialogues import allocation
from dialogues.allocation import NO_FLOORS, Asker, Floors, Held, Rule

SIDES = [1, 2, 3, None]
PROFESSIONS = [10, 20]
EAST, WEST, SOUTH = 1, 2, 3
DOCTOR, NURSE = 10, 20


def held_by(*askers: Asker) -> Held:
    return Held(
        len(askers),
        Counter(asker.side for asker in askers),
        Counter(asker.profession for asker in askers),
    )


def doctor(number: int, side: int | None) -> Asker:
    return Asker(number, side, DOCTOR)


# --- examples -----------------------------------------------------------------------------------------------------------


def test_without_floors_it_is_first_come_first_served() -> None:
    assert allocation.answer(doctor(1, EAST), [], seats=1, floors=NO_FLOORS, held=Held(0)).rule == Rule.FREE
    assert allocation.answer(doctor(2, EAST), [], seats=1, floors=NO_FLOORS, held=Held(1)).rule == Rule.FULL
    chosen, verdict = allocation.choose([doctor(3, WEST), doctor(2, EAST)], seats=1, floors=NO_FLOORS, held=Held(0))
    assert (chosen, verdict.rule) == (doctor(2, EAST), Rule.TURN)


def test_a_kept_seat_waits_for_its_side() -> None:
    floors, held = Floors({WEST: 2}), held_by(doctor(1, EAST))

    kept = allocation.answer(doctor(2, EAST), [], seats=3, floors=floors, held=held)
    given_out = allocation.answer(doctor(3, WEST), [doctor(2, EAST)], seats=3, floors=floors, held=held)

    assert kept.as_json() == {"rule": "kept", "free": 2}
    assert given_out.as_json() == {"rule": "floor", "kind": "side", "id": WEST, "held": 0, "floor": 2}


def test_a_freed_seat_goes_to_the_side_furthest_below_its_floor() -> None:
    floors = Floors({EAST: 2, WEST: 8, SOUTH: 3})
    held = held_by(*(doctor(n, WEST) for n in range(6)), doctor(6, EAST), *(doctor(n, None) for n in range(7, 15)))
    waiting = [doctor(20, None), doctor(21, EAST), doctor(22, WEST)]

    chosen, verdict = allocation.choose(waiting, seats=25, floors=floors, held=held)

    assert chosen == doctor(22, WEST)
    assert verdict.as_json() == {"rule": "floor", "kind": "side", "id": WEST, "held": 6, "floor": 8}


def test_nobody_is_seated_before_whom_the_rule_would_choose() -> None:
    behind = allocation.answer(doctor(9, EAST), [doctor(1, WEST)], seats=5, floors=NO_FLOORS, held=Held(4))

    assert behind.rule == Rule.BEHIND


def test_one_person_fills_a_floor_of_their_side_and_one_of_their_profession() -> None:
    floors = Floors({WEST: 2}, {NURSE: 1})
    full = held_by(doctor(1, EAST), Asker(2, WEST, NURSE))

    assert allocation.judge(doctor(3, EAST), seats=3, floors=floors, held=full).rule == Rule.KEPT
    assert allocation.judge(doctor(3, WEST), seats=3, floors=floors, held=full).rule == Rule.FLOOR
    # Two of three seats are left, two are kept for the West and one of them must be a nurse's.
    early = held_by(doctor(1, EAST))
    assert allocation.judge(doctor(3, WEST), seats=3, floors=floors, held=early).rule == Rule.FLOOR
    late = held_by(doctor(1, EAST), doctor(2, WEST))
    assert allocation.judge(doctor(3, WEST), seats=3, floors=floors, held=late).rule == Rule.KEPT


@pytest.mark.parametrize(
    ("floors", "seats", "fitting"),
    [
        (NO_FLOORS, 0, True),
        (Floors({EAST: 3, WEST: 3}), 6, True),
        (Floors({EAST: 3, WEST: 3}), 5, False),
        (Floors({EAST: 3}, {NURSE: 5}), 5, True),
        (Floors({EAST: 3}, {NURSE: 6}), 5, False),
    ],
)
def test_floors_fit_into_the_seats_of_both_kinds(floors: Floors, seats: int, fitting: bool) -> None:
    assert allocation.fits(floors, seats) is fitting


# --- properties: a site at which people ask, leave, decline and let offers run out, in any order ------------------------


class Site:
    """A site in memory that keeps the rule, and looks after every step whether its promises hold."""

    def __init__(self, seats: int, floors: Floors) -> None:
        self.seats, self.floors = seats, floors
        self.released = False
        self.holding: dict[int, Asker] = {}
        self.waiting: dict[int, Asker] = {}
        self.seated_at_once: list[Asker] = []
        self.log: list[tuple[int, str]] = []

    @property
    def held(self) -> Held:
        return held_by(*self.holding.values())

    @property
    def rules(self) -> dict[str, Any]:
        return {"seats": self.seats, "floors": NO_FLOORS if self.released else self.floors, "held": self.held}

    def ask(self, asker: Asker) -> None:
        verdict = allocation.answer(asker, self.waiting.values(), **self.rules)
        before = self.uncovered()
        (self.holding if verdict.seated else self.waiting)[asker.number] = asker
        self.log.append((asker.number, verdict.rule))
        if verdict.seated:
            peers = [w for w in self.waiting.values() if (w.side, w.profession) == (asker.side, asker.profession)]
            assert peers == [], "somebody of the same side and profession was overtaken"
        self.hold(before)

    def leave(self, number: int) -> None:
        self.holding.pop(number, None)
        self.waiting.pop(number, None)
        self.offer()

    def release(self) -> None:
        self.released = True
        self.offer()

    def offer(self) -> None:
        while True:
            before = self.uncovered()
            chosen, verdict = allocation.choose(list(self.waiting.values()), **self.rules)
            if chosen is None:
                return
            peers = [w for w in self.waiting.values() if (w.side, w.profession) == (chosen.side, chosen.profession)]
            assert chosen.number == min(peer.number for peer in peers)
            self.holding[chosen.number] = self.waiting.pop(chosen.number)
            self.log.append((chosen.number, verdict.rule))
            self.hold(before)

    def uncovered(self) -> int:
        """Return how many seats are missing to cover what is kept; 0 as long as the floors hold."""
        if self.released:
            return 0
        free = self.seats - len(self.holding)
        missing = max(
            sum(max(floor - self.held.sides.get(side, 0), 0) for side, floor in self.floors.sides.items()),
            sum(max(floor - self.held.professions.get(p, 0), 0) for p, floor in self.floors.professions.items()),
        )
        return max(missing - free, 0)

    def hold(self, before: int) -> None:
        assert len(self.holding) <= self.seats
        assert self.uncovered() <= before == 0, "a floor is broken"


@st.composite
def floors_that_fit(draw: st.DrawFn) -> tuple[int, Floors]:
    sides = draw(st.dictionaries(st.sampled_from(SIDES), st.integers(0, 4)))
    professions = draw(st.dictionaries(st.sampled_from(PROFESSIONS), st.integers(0, 4)))
    least = max(sum(sides.values()), sum(professions.values()), 1)
    return draw(st.integers(least, least + 5)), Floors(sides, professions)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(SIDES), st.sampled_from(PROFESSIONS)),
        st.tuples(st.just("leave"), st.integers(0, 40)),
        st.just(("release",)),
    ),
    max_size=60,
)


def played(seats: int, floors: Floors, steps: list[tuple[Any, ...]]) -> Site:
    site = Site(seats, floors)
    for number, (step, *details) in enumerate(steps):
        if step == "ask":
            site.ask(Asker(number, *details))
        elif step == "leave":
            site.leave(details[0])
        else:
            site.release()
    return site


@given(floors_that_fit(), STEPS)
@settings(max_examples=300)
def test_no_floor_is_broken_nobody_overtaken_and_no_seat_left_empty(
    plan: tuple[int, Floors], steps: list[tuple[Any, ...]]
) -> None:
    site = played(*plan, steps)

    # Nobody who may have a seat is left waiting.
    assert all(not allocation.judge(asker, **site.rules).seated for asker in site.waiting.values())
    assert played(*plan, steps).log == site.log


def _first_come(waiting: Any, **rules: Any) -> Any:
    waiting = sorted(waiting, key=lambda asker: asker.number)
    free = rules["seats"] > rules["held"].total
    return (waiting[0], allocation.Verdict(Rule.TURN)) if waiting and free else (None, None)


def _no_floors(asker: Asker, **rules: Any) -> Any:
    return allocation.Verdict(Rule.FREE if rules["seats"] > rules["held"].total else Rule.FULL)


@pytest.mark.parametrize(("name", "naive"), [("choose", _first_come), ("judge", _no_floors)])
def test_without_the_rule_the_floors_break(
    name: str, naive: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocation, name, naive)
    # One of two seats is kept for the West, whose only person leaves it while somebody of the East waits.
    steps = [("ask", EAST, DOCTOR), ("ask", WEST, DOCTOR), ("ask", EAST, DOCTOR), ("leave", 1)]

    with pytest.raises(AssertionError, match="a floor is broken"):
        played(2, Floors({WEST: 1}), steps)
