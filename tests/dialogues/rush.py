"""Many members with open web sessions who all ask a live server at once."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as WebSession
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from network.models import Practitioner, User
from tests.factories.network import PractitionerFactory
from tests.services import free_port, wait_until

AT_ONCE = 400
# Of every ten who come five are of the West, three of the East and two of the South, which so would get too few seats.
COMERS = ["west"] * 5 + ["east"] * 3 + ["south"] * 2
CSRF = "c" * 32


# --- who comes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visitor:
    """A member with the cookie of an open session."""

    practitioner: Practitioner
    cookie: str


def members(count: int, prefix: str, sides: list[str] = COMERS) -> list[Practitioner]:
    """Return new active members, all like the factory's, of the sides in turn."""
    patterns = {side: PractitionerFactory(user__email=f"{prefix}.{side}@example.org", side=side) for side in set(sides)}
    users = User.objects.bulk_create(
        User(email=f"{prefix}{number}@example.org", password="!", language="en") for number in range(count)
    )
    names = [field.attname for field in Practitioner._meta.concrete_fields if not field.primary_key]
    return Practitioner.objects.bulk_create(
        Practitioner(**{name: getattr(patterns[sides[n % len(sides)]], name) for name in names} | {"user_id": user.pk})
        for n, user in enumerate(users)
    )


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
