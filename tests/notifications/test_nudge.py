"""Waking a worker after the commit: nobody waits for it, least of all for a broker that is away."""

import logging
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from notifications import outbox
from tests.services import free_port

NUDGE = """
import time
import django
django.setup()
import kombu.transport.redis
from celery import current_app
from notifications import outbox
current_app.finalize()
for _ in range(3):
    began = time.monotonic()
    outbox.wake()
    print(time.monotonic() - began)
"""


def seconds_of_nudges(tmp_path: Path, redis_url: str) -> list[float]:
    """Return how long three nudges took in a process with the settings of a server."""
    environment = {**os.environ, "REDIS_URL": redis_url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-c", NUDGE]
    done = subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=60
    )
    return [float(line) for line in done.stdout.split()]


def test_without_a_broker_a_nudge_gives_up_at_once(tmp_path: Path) -> None:
    assert max(seconds_of_nudges(tmp_path, f"redis://127.0.0.1:{free_port()}/0")) < 2


def test_a_broker_that_never_answers_is_asked_once_in_a_while(tmp_path: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(50)

        first, *others = seconds_of_nudges(tmp_path, f"redis://127.0.0.1:{mute.getsockname()[1]}/0")

    assert first < 10
    assert max(others) < 0.1


def test_a_broker_that_came_back_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [OSError(), None, None]
    asked = []

    def send(*args: object, **kwargs: object) -> None:
        asked.append(answers.pop(0))
        if asked[-1]:
            raise asked[-1]

    monkeypatch.setattr("notifications.outbox.current_app.send_task", send)
    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    for _ in range(5):
        outbox.wake()
    assert len(asked) == 1

    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    for _ in range(2):
        outbox.wake()

    assert len(asked) == 3


def test_a_nudge_that_fails_is_logged_without_the_brokers_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError("redis://:password@10.0.0.1:6379/0")

    monkeypatch.setattr("notifications.outbox.current_app.send_task", fail)
    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    monkeypatch.setattr(logging.getLogger("jisr.outbox"), "propagate", True)

    outbox.wake()

    assert [record.getMessage() for record in caplog.records] == [
        "outbox: no nudge, the broker is out of reach (ConnectionError)"
    ]


def test_who_writes_notices_does_not_wait_and_a_burst_wakes_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: queue.SimpleQueue[str] = queue.SimpleQueue()
    answering = threading.Event()

    def slowly(task: str) -> None:
        woken.put(threading.current_thread().name)
        answering.wait(30)

    monkeypatch.setattr(outbox, "wake", slowly)
    monkeypatch.setattr(outbox, "_bell", outbox._Bell())
    outbox.nudge()
    assert woken.get(timeout=30) == "nudge"

    # The broker does not answer; that this comes back at all is what is tested.
    for _ in range(200):
        outbox.nudge()
    assert woken.empty()
    answering.set()

    assert woken.get(timeout=30) == "nudge"
    with pytest.raises(queue.Empty):
        woken.get(timeout=0.3)
