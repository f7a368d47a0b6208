"""The Celery worker and beat as threads of the one web process: what runs in place of Redis and two more processes.

The broker is a queue in memory, so whoever sends a task and whoever runs it must share a process. A wake-up that is lost with the process
loses nothing: the outbox is in the database, and beat drains it.
"""

import logging
import threading
import time
from collections.abc import Callable

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state

logger = logging.getLogger("jisr.embedded")

BROKER = "memory://localhost/"
CONCURRENCY = 2
POLL_SECONDS = 0.1
PAUSE_BEFORE_RESTART = 1.0


class Embedded:
    """A worker and a beat in threads, each started again whenever it ends before `stop` was called."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._beat: Service | None = None
        self.threads = [
            threading.Thread(target=self._keep_running, args=(part,), name=part.__name__.strip("_"), daemon=True)
            for part in (self._run_worker, self._run_beat)
        ]

    def start(self) -> None:
        """Start both threads and return at once."""
        # The name means nothing; without one kombu warns.
        self._app.conf.broker_url = BROKER
        # kombu looks for work once a second by default; a member waits for the code in this mail.
        self._app.conf.broker_transport_options = {"polling_interval": POLL_SECONDS}
        self._app.conf.worker_enable_remote_control = False
        for thread in self.threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Let running tasks end, for at most `timeout` seconds in all."""
        self._stopping.set()
        state.should_stop = 0
        if self._beat:
            self._beat.stop()
        ends = time.monotonic() + timeout
        for thread in self.threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _keep_running(self, part: Callable[[], None]) -> None:
        name = threading.current_thread().name
        while not self._stopping.is_set():
            try:
                part()
            except (Exception, SystemExit):
                logger.exception("%s failed.", name)
            if not self._stopping.wait(PAUSE_BEFORE_RESTART):
                logger.warning("%s ended; it is started again.", name)

    def _run_worker(self) -> None:
        state.should_stop = None
        if self._stopping.is_set():
            return
        # WorkController is the worker without the command around it: no signal handlers, no banner, no logging of its own.
        worker = WorkController(
            app=self._app,
            pool="threads",
            concurrency=CONCURRENCY,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        worker.start()

    def _run_beat(self) -> None:
        # The plain Scheduler keeps no file; a short interval, so that it notices the end.
        self._beat = Service(self._app, scheduler_cls=Scheduler, max_interval=1, remote_control=False)
        self._beat.start()
