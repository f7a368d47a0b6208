"""How gunicorn serves Jisr: `python -m gunicorn --config config/gunicorn.py config.wsgi`.

Without REDIS_URL there is exactly one process, which also holds the Celery worker and beat (config/embedded.py).
"""

import logging
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from config.logs import WithoutSecrets

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = 1 if settings.EMBEDDED else int(os.environ.get("WEB_WORKERS") or 2)
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 15 if settings.EMBEDDED else 30
keepalive = 5 if settings.EMBEDDED else 75
# A new process now and then bounds what a leak can take; the embedded one must stay, for it holds the queue.
max_requests = 0 if settings.EMBEDDED else 5000
max_requests_jitter = 0 if settings.EMBEDDED else 500
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 # nosec B108
control_socket_disable = True
accesslog = None
loglevel = "warning"
# Django alone judges X-Forwarded-Proto (TRUSTED_PROXIES).
secure_scheme_headers: dict[str, str] = {}


class NamelessLogger(Logger):
    """gunicorn's log without what tells who asked: it writes the address and the line of a malformed request."""

    def setup(self, cfg: Config) -> None:
        """Put the filters in front of both logs; that of requests is kept by nobody who has not chosen to."""
        super().setup(cfg)
        self.error_log.addFilter(self.without_address)
        for log in (self.error_log, self.access_log):
            log.addFilter(WithoutSecrets())

    @staticmethod
    def without_address(record: logging.LogRecord) -> bool:
        """Replace the message that names an address."""
        if str(record.msg).startswith("Invalid request from ip="):
            record.msg, record.args = "A malformed request was refused.", ()
        return True


logger_class = NamelessLogger


def post_worker_init(worker: Worker) -> None:
    """Start the background threads, once the application is loaded."""
    if settings.EMBEDDED:
        from config.celery import app  # noqa: PLC0415 - after the settings' module is named
        from config.embedded import Embedded  # noqa: PLC0415 - only the process that keeps them loads them

        worker.embedded = Embedded(app)
        worker.embedded.start()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Let running tasks end."""
    if embedded := getattr(worker, "embedded", None):
        embedded.stop(timeout=graceful_timeout / 2)
