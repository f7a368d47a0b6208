"""2,000 people and 10 % double clicks, 400 at once, for 50 seats: against a live server, on the database of the run."""

import asyncio
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as WebSession
from django.db import connection, connections
from django.db.models import F
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from dialogues import selectors, services
from dialogues.enums import RegistrationState
from dialogues.models import Registration, Session, Site
from dialogues.services import seats
from network.models import Practitioner, User
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory
from tests.own_database import own_database
from tests.services import free_port, wait_until

pytestmark = pytest.mark.heavy

SEATS = 50
PEOPLE = 2_000
AT_ONCE = 400
CANCEL = 10
LATECOMERS = 200
PLACE = re.compile(r"in place (\d+)")
CSRF = "c" * 32


# --- who comes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visitor:
    """A member with the cookie of an open session."""

    practitioner: Practitioner
    cookie: str


def members(count: int, prefix: str) -> list[Practitioner]:
    """Return new active members, all like the factory's."""
    pattern = PractitionerFactory(user__email=f"{prefix}@example.org")
    users = User.objects.bulk_create(
        User(email=f"{prefix}{number}@example.org", password="!", language="en") for number in range(count)
    )
    fields = {field.attname: getattr(pattern, field.attname) for field in Practitioner._meta.concrete_fields}
    fields.pop("id")
    return Practitioner.objects.bulk_create(Practitioner(**fields | {"user_id": user.pk}) for user in users)


def signed_in(people: list[Practitioner]) -> list[Visitor]:
    """Open a web session for each."""
    users = User.objects.in_bulk([person.user_id for person in people])
    visitors, rows = [], []
    for person in people:
        key = secrets.token_hex(16)
        data = {
            SESSION_KEY: str(person.user_id),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: users[person.user_id].get_session_auth_hash(),
        }
        expires = timezone.now() + timezone.timedelta(days=1)
        rows.append(WebSession(session_key=key, session_data=SessionStore().encode(data), expire_date=expires))
        visitors.append(Visitor(person, key))
    WebSession.objects.bulk_create(rows, batch_size=500)
    return visitors


# --- what they are answered -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    visitor: Visitor
    status: int
    said: tuple[str, ...]
    began: float
    ended: float


def said(cookies: list[str]) -> tuple[str, ...]:
    """Return the sentences that the answer's cookie brings to the next page."""
    values = [
        cookie.partition("=")[2].partition(";")[0].strip('"') for cookie in cookies if cookie.startswith("messages=")
    ]
    storage = CookieStorage(RequestFactory().get("/"))
    return tuple(
        message.message
        for value in values
        for message in storage._decode(value.replace('\\"', '"').replace("\\054", ",")) or []
    )


async def post(port: int, path: str, visitor: Visitor, body: str) -> Answer:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sessionid={visitor.cookie}; csrftoken={CSRF}\r\n"
        f"X-CSRFToken: {CSRF}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write((head + body).encode())
    raw = await reader.read()
    ended = time.monotonic()
    writer.close()
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    status = int(lines[0].split()[1]) if lines[0] else 0
    cookies = [line.partition(": ")[2] for line in lines[1:] if line.lower().startswith("set-cookie:")]
    return Answer(visitor, status, said(cookies), began, ended)


async def rush(port: int, requests: list[tuple[str, Visitor, str]]) -> list[Answer]:
    """Make all requests, so many at once; those of one person who clicks twice go out together."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(path: str, visitor: Visitor, body: str) -> Answer:
        async with gate:
            return await post(port, path, visitor, body)

    return await asyncio.gather(*(one(*request) for request in requests))


@contextmanager
def serving(database_url: str, data: Path) -> Iterator[int]:
    """Serve with gunicorn as in production: embedded on SQLite, two processes and a broker (that may be away) on PostgreSQL."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data),
        "BIND": f"127.0.0.1:{port}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }
    if connection.vendor == "postgresql":
        environment["REDIS_URL"] = settings.REDIS_URL or f"redis://127.0.0.1:{free_port()}/0"
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)

    def up() -> bool:
        assert server.poll() is None, "gunicorn has ended."
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        wait_until(up, seconds=60, what="gunicorn")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


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

        # The same with its control: nobody else gets a seat.
        confirmed = Registration.objects.filter(state=RegistrationState.CONFIRMED).count()
        at_once(calls(later))
        assert Registration.objects.filter(state=RegistrationState.CONFIRMED).count() == confirmed

    with capsys.disabled():
        print(f"\nseats, {connection.vendor}, without control: {faults}")
    assert any(fault.endswith(f"hold one of {SEATS} seats") for fault in faults)


# --- with it --------------------------------------------------------------------------------------------------------------


def test_two_thousand_ask_for_fifty_seats(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_database("jisr_seats_load", tmp_path, django_db_blocker) as url:
        session = SessionFactory(site__seats=SEATS, in_hours=400)
        site = session.sites.get()
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

            leaving = [v for v in visitors if v.practitioner.pk in queue.confirmed[:CANCEL]]
            requests = [(register, visitor, f"site={site.pk}") for visitor in latecomers]
            for number, visitor in enumerate(leaving):
                requests.insert(number * 15 + 7, (f"/en/sessions/{session.slug}/withdraw/", visitor, ""))
            answers += asyncio.run(rush(port, requests))
            check_offers(site, queue, leaving, latecomers)

        assert {answer.status for answer in answers} <= {200, 302}
        assert [answer for answer in answers if len(answer.said) != 1] == []
        assert services.expire_offers(session=session, now=timezone.now()) == 0

    with capsys.disabled():
        print(
            f"\nseats, {connection.vendor}: {len(clicks)} requests of {PEOPLE} people in {seconds:.1f} s "
            f"({len(clicks) / seconds:.0f}/s, {AT_ONCE} at once), {SEATS} confirmed, {PEOPLE - SEATS} waiting in order; "
            f"{CANCEL} cancelled while {LATECOMERS} came: the first {CANCEL} were offered"
        )


@dataclass(frozen=True)
class Queue:
    """Who has a seat and who waits, each in the order of their places."""

    confirmed: list[int]
    waiting: list[int]


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
    return Queue([row.practitioner_id for row in confirmed], [row.practitioner_id for row in waiting])


def check_offers(site: Site, queue: Queue, leaving: list[Visitor], latecomers: list[Visitor]) -> None:
    """Check that the freed seats were offered to exactly those who had waited longest."""
    assert capacity_faults(site) == []
    assert site.taken == SEATS
    states: dict[str, list[int]] = {}
    for row in Registration.objects.filter(site=site).order_by("pk"):
        states.setdefault(row.state, []).append(row.practitioner_id)
    assert sorted(states[RegistrationState.CANCELLED]) == sorted(v.practitioner.pk for v in leaving)
    assert states[RegistrationState.OFFERED] == queue.waiting[:CANCEL]
    assert states[RegistrationState.CONFIRMED] == queue.confirmed[CANCEL:]
    assert states[RegistrationState.WAITING][: len(queue.waiting) - CANCEL] == queue.waiting[CANCEL:]
    assert set(states[RegistrationState.WAITING][len(queue.waiting) - CANCEL :]) == {
        v.practitioner.pk for v in latecomers
    }
