"""Many who enter at the last moment on bad lines while the server dies: against a live server, on the run's database.

Each posts twice, one in ten is cut off in the middle first, and whoever gets no answer posts again, as a browser does.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as WebSession
from django.db import connection, connections
from django.db.models import Count
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from campaigns import photos, services
from campaigns.models import Campaign, ContactProof, Entry, Photo
from campaigns.views.entries import SESSION_KEY
from network import files
from network.models import Transition
from notifications.models import Message
from tests.dialogues.rush import CSRF
from tests.factories import campaigns as make, photos as made
from tests.factories.network import MunicipalityFactory
from tests.own_database import own_database
from tests.services import free_port, wait_until

pytestmark = pytest.mark.heavy

# How many enter while the server is killed, one in seven with a photo, and how many in the last seconds before the close. The suite asks
# for as many as fit it, docs/operations.md says how to ask for 14,000: on a busy machine of two cores a post takes 40 ms, and a photo
# half a second to be made anew.
ENTRANTS, KILLS = int(os.environ.get("ENTRIES_UNDER_FAULTS", "300")), 5
LATECOMERS = 10
AT_THE_CLOSE = int(os.environ.get("ENTRIES_AT_THE_CLOSE", "200"))
AT_ONCE = 100
# One in so many.
CUT_OFF, WITH_PHOTO = 10, 7
BOUNDARY = "----------jisr"
# Seconds after which somebody who hears nothing gives up.
PATIENCE = 900.0


# --- who enters -----------------------------------------------------------------------------------------------------------


@dataclass
class Entrant:
    """Somebody with one form, and what the server answered: (status, session, when it was asked and had answered, by the clock)."""

    number: int
    body: bytes
    uid: uuid.UUID
    cut: bool = False
    answers: list[tuple[int, str, float, float]] = field(default_factory=list)

    @property
    def taken(self) -> list[str]:
        """The sessions that the receipts came with."""
        return [session for status, session, *_ in self.answers if status == 302]


def entrants(count: int, place: int, *, photo: bool, first: int = 0) -> list[Entrant]:
    dice = Random(count)
    shots = [made.saved(made.scene(dice, (240, 240)), "JPEG") for _ in range(20)] if photo else []
    found = []
    for number in range(first, first + count):
        uid = uuid.uuid4()
        typed = {
            "do": "send", "uid": uid, "name": f"Entrant {number}", "phone": f"091{number:07}", "municipality": place, "q-made": 24,
            "rules": "on",
        }  # fmt: skip
        # Each shot is another file: bytes behind the picture are taken, and gone in what is kept.
        shot = shots[number % len(shots)] + number.to_bytes(4, "big") if photo and number % WITH_PHOTO == 0 else b""
        found.append(Entrant(number, multipart(typed, shot), uid, cut=number % CUT_OFF == 0))
    return found


def multipart(typed: dict[str, Any], photo: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in typed.items()
    ]
    if photo:
        head = 'Content-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + photo + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


# --- how they post --------------------------------------------------------------------------------------------------------


async def post(port: int, path: str, body: bytes, *, upto: float = 1.0) -> tuple[int, str, float, float]:
    """Post, or break off after a part of it; return status (0 for none) and session."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    asked = time.time()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(head + body[: int(len(body) * upto)])
            await writer.drain()
            raw = b"" if upto < 1 else await asyncio.wait_for(reader.read(), 60)
        finally:
            writer.close()
    except (OSError, TimeoutError):
        return 0, "", asked, time.time()
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    status = int(lines[0].split()[1]) if lines[0] else 0
    session = next((line.partition("sessionid=")[2].partition(";")[0] for line in lines if "sessionid=" in line), "")
    return status, session, asked, time.time()


async def enter(port: int, path: str, who: Entrant, gate: asyncio.Semaphore) -> None:
    """Post twice at once, and again until there is an answer."""

    async def once() -> None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            async with gate:
                answer = await post(port, path, who.body)
            who.answers.append(answer)
            if answer[0] and answer[0] < 500:
                return
            await asyncio.sleep(0.2)

    if who.cut:
        async with gate:
            await post(port, path, who.body, upto=0.6)
    await asyncio.gather(once(), once())


async def rush(port: int, path: str, people: list[Entrant], beside: Callable[[], Any] | None = None) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    fault = asyncio.create_task(beside()) if beside else None
    await asyncio.gather(*(enter(port, path, who, gate) for who in people))
    if fault:
        await fault


class Server:
    """Gunicorn as in production: embedded on SQLite, two processes and a broker that is away on PostgreSQL. It can be killed."""

    def __init__(self, database_url: str, data: Path) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data),
            "BIND": f"127.0.0.1:{self.port}",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "LOG_LEVEL": "CRITICAL",
        }
        if connection.vendor == "postgresql":
            self.environment["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=settings.BASE_DIR, start_new_session=True, stderr=subprocess.DEVNULL
        )
        wait_until(self._up, seconds=60, what="gunicorn")

    def _up(self) -> bool:
        # Who asks for a page stands in the same queue as those who enter.
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """Kill it with all of its processes, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(database_url: str, data: Path) -> Iterator[Server]:
    server = Server(database_url, data)
    server.start()
    try:
        yield server
    finally:
        server.kill()


# --- what was promised ----------------------------------------------------------------------------------------------------


def opened_by(sessions: list[str]) -> dict[str, int]:
    """Return the entry that each session has open."""
    rows = WebSession.objects.in_bulk(sessions)
    return {key: row.get_decoded()[SESSION_KEY][-1] for key, row in rows.items()}


def faults(campaign: Campaign, people: list[Entrant]) -> list[str]:
    """Return how the rows break the promise of receipts."""
    found = []
    entries = {row.uid: row for row in Entry.objects.filter(campaign=campaign)}
    opened = opened_by([session for who in people for session in who.taken])
    for who in people:
        mine = entries.get(who.uid)
        receipts = {opened.get(session) for session in who.taken}
        if who.taken and (mine is None or receipts != {mine.pk}):
            found.append(f"entrant {who.number} was acknowledged with {receipts}, kept is {mine}")
        if not who.taken and mine is not None and 400 in {status for status, *_ in who.answers}:
            found.append(f"entrant {who.number} was refused and is kept")
    twice = Entry.objects.filter(campaign=campaign).values("name").annotate(n=Count("pk")).filter(n__gt=1).count()
    if twice:
        found.append(f"{twice} have two entries")
    ids = sorted(row.pk for row in entries.values())
    for what, rows in (
        ("proofs", ContactProof.objects.values_list("entry_id", flat=True)),
        (
            "steps",
            Transition.objects.filter(subject_type="campaigns.entry", move="receive").values_list(
                "subject_id", flat=True
            ),
        ),
    ):
        if sorted(rows) != ids:
            found.append(f"{what} do not fit the entries")
    told = Message.objects.filter(kind="entry-received").values_list("context", flat=True)
    if Message.objects.filter(kind="entry-received").count() != len(ids) or not told:
        found.append("receipts sent do not fit the entries")
    if late := [row.pk for row in entries.values() if row.received_at >= campaign.closes_at]:
        found.append(f"{len(late)} were received after the close and taken")
    return found


def forgotten(who: Entrant) -> bool:
    """Tell whether somebody was refused who asked again after they had been acknowledged."""
    known = min((ended for status, *_, ended in who.answers if status == 302), default=float("inf"))
    return any(asked > known for status, _, asked, _ in who.answers if status == 400)


def on_disk(folder: str) -> set[str]:
    place = files.path_of("x", folder).parent
    return {path.name for path in place.iterdir()} if place.exists() else set()


def orphans() -> Counter[str]:
    """Count the files without a row, the rows without their file, and the photos without an entry."""
    rows = list(Photo.objects.all())
    kept = {name for row in rows for name in row.kept.values()}
    waiting = {row.quarantined for row in rows if row.quarantined}
    return +Counter({
        "files": len(on_disk(photos.QUARANTINE) - waiting) + len(on_disk(photos.ENTRIES) - kept),
        "rows": len(waiting - on_disk(photos.QUARANTINE)) + len(kept - on_disk(photos.ENTRIES)),
        "photos": sum(row.entry_id is None for row in rows),
    })  # fmt: skip


# --- without the control --------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_without_the_uid_of_the_form_the_second_post_is_a_second_entry(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database("jisr_entries_without_control", tmp_path, django_db_blocker) as url:
        campaign, place = make.campaign(), MunicipalityFactory()
        people = entrants(20, place.pk, photo=False)
        for who in people:
            who.body = who.body.replace(str(who.uid).encode(), b"")
        connections.close_all()
        with serving(url, tmp_path) as server:
            asyncio.run(rush(server.port, f"/en/campaigns/{campaign.slug}/enter/", people))
        found = faults(campaign, people)
        assert "20 have two entries" in found
        assert any("was acknowledged with" in fault for fault in found)


# --- with it --------------------------------------------------------------------------------------------------------------


@pytest.mark.either
def test_no_acknowledged_entry_is_lost_or_doubled_while_the_server_dies(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database("jisr_entries_load", tmp_path, django_db_blocker) as url:
        campaign, place = make.campaign(), MunicipalityFactory()
        people = entrants(ENTRANTS, place.pk, photo=True)
        connections.close_all()
        with serving(url, tmp_path) as server:

            async def kills() -> None:
                for number in range(1, KILLS + 1):
                    while sum(bool(who.taken) for who in people) < ENTRANTS * number / (KILLS + 1):
                        await asyncio.sleep(0.02)
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(server.start)

            began = time.monotonic()
            asyncio.run(rush(server.port, f"/en/campaigns/{campaign.slug}/enter/", people, kills))
            seconds = time.monotonic() - began

        assert faults(campaign, people) == []
        assert all(len(who.taken) == 2 for who in people)
        statuses = Counter(status for who in people for status, *_ in who.answers)
        assert set(statuses) <= {0, 302}
        assert Entry.objects.count() == ENTRANTS
        left_by_faults = orphans()
        settle()
        assert orphans() == Counter()
        with_photo = -(-ENTRANTS // WITH_PHOTO)
        assert Counter(Photo.objects.values_list("state", flat=True)) == {"ready": with_photo}
        assert Photo.objects.values("entry").distinct().count() == with_photo

    with capsys.disabled():
        print(
            f"\nentries, {connection.vendor}: {ENTRANTS} ({with_photo} with a photo), twice each, in {seconds:.1f} s with {KILLS} kills: "
            f"{statuses[0]} posts without an answer, all {ENTRANTS} kept once; left by the kills and swept: {dict(left_by_faults)}"
        )


def settle() -> None:
    """Do what workers do in the hours after: make the photos anew, sweep what the kills have left."""
    soon = timezone.now() + timedelta(hours=1)
    while photo := services.claim_photo(now=soon):
        services.rebuild_photo(photo=photo)
    services.clear_lost_photos(now=timezone.now() + timedelta(days=3))


def test_the_close_falls_by_the_server_s_clock_into_the_rush(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with own_database("jisr_entries_close", tmp_path, django_db_blocker) as url:
        campaign, place = make.campaign(), MunicipalityFactory()
        people = entrants(AT_THE_CLOSE, place.pk, photo=False)
        connections.close_all()
        with serving(url, tmp_path) as server:

            async def close() -> None:
                while sum(bool(who.taken) for who in people) < AT_THE_CLOSE * 0.4:
                    await asyncio.sleep(0.02)
                await asyncio.to_thread(close_now)

            def close_now() -> None:
                # Late enough that a busy database has been told by then: until it is, entries are in time.
                campaign.closes_at = timezone.now() + timedelta(seconds=1.5)
                Campaign.objects.filter(pk=campaign.pk).update(closes_at=campaign.closes_at)
                connections.close_all()

            path, began = f"/en/campaigns/{campaign.slug}/enter/", time.monotonic()
            asyncio.run(rush(server.port, path, people[:-LATECOMERS], close))
            # A machine on which all of these were in time still has somebody who is not.
            time.sleep(max(campaign.closes_at.timestamp() - time.time(), 0))
            asyncio.run(rush(server.port, path, people[-LATECOMERS:]))
            seconds = time.monotonic() - began

        assert faults(campaign, people) == []
        statuses = Counter(status for who in people for status, *_ in who.answers)
        assert set(statuses) == {302, 400}
        closes = campaign.closes_at.timestamp()
        # Whoever asked for the first time after the close has no entry; whoever was acknowledged and asks again gets the receipt again.
        assert not [who for who in people if who.taken and min(asked for *_, asked, _ in who.answers) >= closes]
        assert not [who for who in people if forgotten(who)]
        assert Entry.objects.count() == sum(bool(who.taken) for who in people)

    with capsys.disabled():
        print(
            f"\nentries, {connection.vendor}: {AT_THE_CLOSE} around the close, twice each, in {seconds:.1f} s "
            f"({2 * AT_THE_CLOSE / seconds:.0f}/s): {statuses[302] // 2} taken, {statuses[400]} answers too late"
        )
