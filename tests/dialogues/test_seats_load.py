"""2,000 people and 10 % double clicks, 400 at once, for 50 seats shared by floors: against a live server, on the run's database."""

import asyncio
import random
import re
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from dialogues import seating, selectors, services
from dialogues.allocation import Floors
from dialogues.enums import RegistrationMove, RegistrationState, SessionState
from dialogues.models import Registration, Session, Site
from dialogues.replay import replay
from dialogues.services import seats
from network.models import Practitioner, Transition
from tests.dialogues.rush import AT_ONCE, Answer, Visitor, members, rush, serving, signed_in
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, coordinator
from tests.own_database import own_database

pytestmark = pytest.mark.heavy

SEATS = 50
FLOORS = {"west": 10, "east": 12, "south": 15}
PEOPLE = 2_000
CANCEL = 10
LATECOMERS = 200
PLACE = re.compile(r"in place (\d+)")


# --- who comes ----------------------------------------------------------------------------------------------------------


def keep_seats(session: Session) -> Floors:
    """Keep seats of the session's only site for the sides, and record from where the seats can be computed anew."""
    floors = Floors({PractitionerFactory(side=side).region_id: seats for side, seats in FLOORS.items()})
    by = coordinator(None)
    services.set_floors(session=session, floors={session.sites.get().pk: floors}, until=None, by=by)
    services.publish_session(session=session, by=by)
    return floors


# --- what was promised ----------------------------------------------------------------------------------------------------


def capacity_faults(site: Site) -> list[str]:
    """Return how the rows break the promise of a site's seats."""
    site.refresh_from_db()
    rows = Registration.objects.filter(site=site)
    holding = rows.seated().count()
    faults = []
    if holding > site.seats:
        faults.append(f"{holding} hold one of {site.seats} seats")
    if holding != site.taken:
        faults.append(f"{holding} hold a seat, {site.taken} are counted")
    if rows.live().values("practitioner_id").distinct().count() != rows.live().count():
        faults.append("somebody has two places")
    return faults


def floor_faults(site: Site, floors: Floors) -> list[str]:
    """Return which floors are not reached although people of that side wait."""
    held = seating.held(site).sides
    return [
        f"side {side} holds {held.get(side, 0)} of its {floor}"
        for side, floor in floors.sides.items()
        if held.get(side, 0) < floor
        and Registration.objects.filter(site=site, side_id=side, state=RegistrationState.WAITING).exists()
    ]


def overtaken(times: list[tuple[int, float, float]]) -> int:
    """Return how many stand behind somebody who asked only after they had been answered.

    `times` holds, for each person, the number of their place, when they asked first and when they were answered first.
    """
    by_end = sorted((ended, number) for number, _, ended in times)
    ends = [ended for ended, _ in by_end]
    highest = list(accumulate((number for _, number in by_end), max))
    count = 0
    for number, began, _ in times:
        answered = bisect_left(ends, began)
        count += answered > 0 and highest[answered - 1] > number
    return count


def test_the_judge_of_overtaking_sees_it() -> None:
    fair = [(1, 0.0, 1.0), (2, 0.5, 1.5), (3, 2.0, 3.0)]

    assert overtaken(fair) == 0
    assert overtaken([(2, 0.0, 1.0), (1, 0.5, 1.5)]) == 0
    assert overtaken([(3, 0.0, 1.0), (2, 2.0, 3.0)]) == 1


# --- without the control --------------------------------------------------------------------------------------------------


def at_once(calls: list[Callable[[], object]], threads: int = 16) -> None:
    """Make the calls from many threads, each with a connection of its own."""
    start = threading.Barrier(threads)

    def work(mine: list[Callable[[], object]]) -> None:
        start.wait()
        try:
            for call in mine:
                call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, calls[number::threads]) for number in range(threads)]:
            done.result()


def drop_the_constraint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database take a seat too many."""
    [constraint] = [c for c in Site._meta.constraints if c.name == "site_never_over_capacity"]
    with monkeypatch.context() as without, connection.schema_editor() as editor:
        # SQLite makes the table anew, from the constraints that the model has.
        without.setattr(Site._meta, "constraints", [c for c in Site._meta.constraints if c != constraint])
        editor.remove_constraint(Site, constraint)


def naive_take(site: Site) -> bool:
    """Look whether a seat is free, then take it."""
    seen = Site.objects.get(pk=site.pk)
    time.sleep(0.02)
    if seen.taken >= seen.seats:
        return False
    Site.objects.filter(pk=site.pk).update(taken=F("taken") + 1)
    return True


def test_without_lock_and_conditional_take_too_many_are_confirmed(
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with own_database("jisr_seats_without_control", tmp_path, django_db_blocker):
        session = SessionFactory(site__seats=SEATS)
        site = session.sites.get()
        drop_the_constraint(monkeypatch)
        people = members(160, "member")
        first, later = people[:120], people[120:]

        def calls(who: list[Practitioner]) -> list[Callable[[], object]]:
            return [lambda p=p: seats._register(session=session, site=site, practitioner=p, by=p.user) for p in who]

        with monkeypatch.context() as off:
            # SQLite's lock is the transaction itself, which begins by taking the right to write.
            off.setattr(seats, "_register", seats._register.__wrapped__)
            off.setattr(seats, "lock", lambda session: Session.objects.get(pk=session.pk))
            off.setattr(seats, "_take", naive_take)
            off.setattr("dialogues.notices.tell", lambda *args, **kwargs: None)
            at_once(calls(first))
        faults = capacity_faults(site)
        assert replay(session).differences != []

        # The same with its control: nobody else gets a seat.
        confirmed = Registration.objects.filter(state=RegistrationState.CONFIRMED).count()
        at_once(calls(later))
        assert Registration.objects.filter(state=RegistrationState.CONFIRMED).count() == confirmed

    with capsys.disabled():
        print(f"\nseats, {connection.vendor}, without control: {faults}")
    assert any(fault.endswith(f"hold one of {SEATS} seats") for fault in faults)


# --- with it --------------------------------------------------------------------------------------------------------------


@pytest.mark.either
def test_two_thousand_ask_for_fifty_seats(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_database("jisr_seats_load", tmp_path, django_db_blocker) as url:
        session = SessionFactory(site__seats=SEATS, in_hours=400, state=SessionState.DRAFT)
        site = session.sites.get()
        floors = keep_seats(session)
        visitors = signed_in(members(PEOPLE, "member"))
        latecomers = signed_in(members(LATECOMERS, "latecomer"))
        register = f"/en/sessions/{session.slug}/register/"
        order = random.Random(12092020)
        twice = set(order.sample(range(PEOPLE), PEOPLE // 10))
        connections.close_all()

        with serving(url, tmp_path) as port:
            clicks = [
                (register, visitor, f"site={site.pk}")
                for number, visitor in enumerate(visitors)
                for _ in range(2 if number in twice else 1)
            ]
            began = time.monotonic()
            answers = asyncio.run(rush(port, clicks))
            seconds = time.monotonic() - began
            queue = check_rush(site, visitors, answers)
            assert floor_faults(site, floors) == []

            first = {row.practitioner_id for row in queue.confirmed[:CANCEL]}
            leaving = [visitor for visitor in visitors if visitor.practitioner.pk in first]
            requests = [(register, visitor, f"site={site.pk}") for visitor in latecomers]
            for number, visitor in enumerate(leaving):
                requests.insert(number * 15 + 7, (f"/en/sessions/{session.slug}/withdraw/", visitor, ""))
            answers += asyncio.run(rush(port, requests))
            check_offers(site, queue, floors, leaving, latecomers)
            computed = replay(session)
            assert computed.differences == []
            assert computed.moves == PEOPLE + LATECOMERS + CANCEL

        assert {answer.status for answer in answers} <= {200, 302}
        assert [answer for answer in answers if len(answer.said) != 1] == []
        assert services.expire_offers(session=session, now=timezone.now()) == 0

    with capsys.disabled():
        print(
            f"\nseats, {connection.vendor}: {len(clicks)} requests of {PEOPLE} people in {seconds:.1f} s "
            f"({len(clicks) / seconds:.0f}/s, {AT_ONCE} at once), {SEATS} confirmed with every floor reached, {PEOPLE - SEATS} waiting; "
            f"{CANCEL} cancelled while {LATECOMERS} came: the right {CANCEL} were offered"
        )


@dataclass(frozen=True)
class Queue:
    """Who has a seat and who waits, each in the order of their places."""

    confirmed: list[Registration]
    waiting: list[Registration]

    def due(self, leaving: list[int], floors: Floors) -> list[Registration]:
        """Return who is to be offered the seats of those who leave, in this order: the side furthest below its floor, else the first."""
        held = Counter(row.side_id for row in self.confirmed)
        side_of = {row.practitioner_id: row.side_id for row in self.confirmed}
        waiting, offered = list(self.waiting), []
        for person in leaving:
            held[side_of[person]] -= 1
            below = {side: floor - held[side] for side, floor in floors.sides.items() if held[side] < floor}
            wanted = max(below, key=lambda side: below[side]) if below else None
            chosen = next(row for row in waiting if wanted in (None, row.side_id))
            waiting.remove(chosen)
            held[chosen.side_id] += 1
            offered.append(chosen)
        return offered


def check_rush(site: Site, visitors: list[Visitor], answers: list[Answer]) -> Queue:
    """Check what the first rush left, against the rows and against what each was told."""
    assert {answer.status for answer in answers} <= {200, 302}
    assert capacity_faults(site) == []
    rows = list(Registration.objects.filter(site=site).order_by("pk"))
    place_of = {row.practitioner_id: row for row in rows}
    confirmed = [row for row in rows if row.state == RegistrationState.CONFIRMED]
    waiting = [row for row in rows if row.state == RegistrationState.WAITING]
    assert (len(rows), len(confirmed), len(waiting)) == (len(visitors), SEATS, len(visitors) - SEATS)
    assert site.taken == SEATS
    places = [selectors.queue_position(row) for row in waiting]
    assert places == list(range(1, len(waiting) + 1))

    # Everybody was told the truth, and both clicks of one person the same.
    told: dict[int, set[tuple[str, ...]]] = {}
    times: dict[int, tuple[float, float]] = {}
    for answer in answers:
        person = answer.visitor.practitioner.pk
        told.setdefault(person, set()).add(answer.said)
        first = times.get(person, (answer.began, answer.ended))
        times[person] = (min(first[0], answer.began), min(first[1], answer.ended))
    assert [sentences for sentences in told.values() if len(sentences) != 1] == []
    heard = {person: PLACE.search(next(iter(sentences))[0]) for person, sentences in told.items()}
    assert {person: int(match[1]) if match else 0 for person, match in heard.items()} == {
        **{row.practitioner_id: 0 for row in confirmed},
        **{row.practitioner_id: place for row, place in zip(waiting, places, strict=True)},
    }
    assert overtaken([(place_of[person].pk, *when) for person, when in times.items()]) == 0
    for side in {row.side_id for row in rows}:
        last = max(row.pk for row in confirmed if row.side_id == side)
        assert last < min(row.pk for row in waiting if row.side_id == side)
    return Queue(confirmed, waiting)


def check_offers(site: Site, queue: Queue, floors: Floors, leaving: list[Visitor], latecomers: list[Visitor]) -> None:
    """Check that the freed seats were offered to exactly those whom the floors and the order of asking name."""
    assert capacity_faults(site) == floor_faults(site, floors) == []
    assert site.taken == SEATS
    rows = Registration.objects.filter(site=site).order_by("pk")
    of_state = {
        state: [row.practitioner_id for row in rows if row.state == state] for state in RegistrationState.values
    }
    steps = Transition.objects.filter(move=RegistrationMove.CANCEL).order_by("pk").values_list("by_id", flat=True)
    people = {row.practitioner.user_id: row.practitioner_id for row in rows.select_related("practitioner")}
    left = [people[user] for user in steps]
    offered = [row.practitioner_id for row in queue.due(left, floors)]
    still = [row.practitioner_id for row in queue.waiting if row.practitioner_id not in offered]
    assert sorted(left) == sorted(of_state["cancelled"]) == sorted(v.practitioner.pk for v in leaving)
    assert sorted(of_state["offered"]) == sorted(offered)
    assert of_state["confirmed"] == [row.practitioner_id for row in queue.confirmed[CANCEL:]]
    assert of_state["waiting"][: len(still)] == still
    assert set(of_state["waiting"][len(still) :]) == {v.practitioner.pk for v in latecomers}
