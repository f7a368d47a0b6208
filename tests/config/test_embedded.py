"""Worker and beat as threads of the process that sends the work."""

import threading
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from celery.worker import state

from config.embedded import BROKER, Embedded
from tests.services import wait_until

pytestmark = pytest.mark.once

# An application of its own, so that no other test meets its worker.
app = Celery("tests", broker=BROKER, set_as_current=False)
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=1)

ran: dict[int, str] = {}
done = threading.Event()


@app.task(name="tests.note")
def note(number: int) -> None:
    ran[number] = threading.current_thread().name


@app.task(name="tests.slow")
def slow() -> None:
    time.sleep(1)
    done.set()


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    """A started pair."""
    monkeypatch.setattr("config.embedded.PAUSE_BEFORE_RESTART", 0.1)
    pair = Embedded(app)
    pair.start()
    yield pair
    pair.stop(timeout=10)
    state.should_stop = None


def sent_and_ran(number: int) -> float:
    begins = time.monotonic()
    note.delay(number)
    wait_until(lambda: number in ran, seconds=10, what="The task")
    return time.monotonic() - begins


def test_a_task_is_run_by_another_thread_of_this_process_within_a_second(embedded: Embedded) -> None:
    sent_and_ran(1)

    assert sent_and_ran(2) < 1
    assert ran[2] != threading.current_thread().name


def test_a_worker_that_ends_is_started_again(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("config.embedded.logger.warning", lambda message, *args: said.append(message % args))
    sent_and_ran(3)

    state.should_stop = 1
    # It looks at most twice for work, two seconds each, before it notices.
    wait_until(lambda: bool(said), seconds=10, what="The end")
    sent_and_ran(4)

    assert said == ["run_worker ended; it is started again."]
    assert [thread.name for thread in embedded.threads if thread.is_alive()] == ["run_worker", "run_beat"]


def test_stop_lets_the_running_task_end(embedded: Embedded) -> None:
    sent_and_ran(5)
    slow.delay()
    time.sleep(0.4)

    embedded.stop(timeout=10)

    assert done.is_set()
    assert not any(thread.is_alive() for thread in embedded.threads)
