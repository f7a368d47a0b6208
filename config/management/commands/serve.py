"""What `make run` calls: bring the database and the static files up to date, say where Jisr is, and serve it."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import gunicorn as web

PAUSE_BEFORE_RESTART = 2.0


def static_files_hash() -> str:
    """Return a hash over names, sizes and times of everything that would be collected."""
    found = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


class Command(BaseCommand):
    """Serve Jisr from an empty directory or an existing one; run again, it keeps what is there."""

    help = "Bring the database and the static files up to date, then serve."
    # `migrate` runs them when there is something to apply; `make check` always.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, say where Jisr is, and serve until told to stop."""
        self.refuse_busy_port()
        self.bring_database_up_to_date()
        self.collect_static_files()
        if settings.DEMO:
            call_command("demo_logins")
        self.say(f"\nJisr is at {settings.SITE_URL} (Ctrl-C ends it).")
        server = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        os.chdir(settings.BASE_DIR)
        connection.close()
        if settings.EMBEDDED:
            os.execv(sys.executable, server)  # noqa: S606 - the server takes this process's place
        celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]
        worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"]
        beat = [
            *celery,
            "beat",
            "--schedule",
            str(settings.DATA_DIR / "beat-schedule"),
            "--pidfile=",
            "--loglevel",
            "WARNING",
        ]
        sys.exit(Together(server, [worker, beat]).run())

    def say(self, sentence: str) -> None:
        """Print at once, also into a pipe."""
        self.stdout.write(sentence)
        self.stdout.flush()

    def refuse_busy_port(self) -> None:
        """Stop with a hint before anything is changed."""
        host, _, port = web.bind.rpartition(":")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except OSError as error:
                raise CommandError(
                    f"Port {port} is taken ({error.strerror}). Choose another: make run PORT=8001"
                ) from error

    def bring_database_up_to_date(self) -> None:
        """Apply what is new; load the reference data, and the demo into a database that was empty."""
        demo_due = settings.DATA_DIR / "demo-due"
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations and settings.DEMO:
            # Outlives an interrupted first start, and is never there for a database that began without the demo.
            demo_due.touch()
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Bringing the database up to date …")
            call_command("migrate", interactive=False)
        call_command("load_reference")
        if demo_due.exists() and settings.DEMO:
            self.say("Inventing people and sessions for the demo …")
            call_command("load_demo")
            demo_due.unlink()

    def collect_static_files(self) -> None:
        """Collect and compress, unless nothing has changed."""
        stamp: Path = settings.DATA_DIR / "static-collected"
        found = static_files_hash()
        if settings.STATIC_ROOT.is_dir() and stamp.exists() and stamp.read_text() == found:
            return
        self.say("Compressing pictures, styles and scripts …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(found)


class Together:
    """The web server with its companions: they are started again when they end, and all end with it."""

    def __init__(self, server: list[str], companions: list[list[str]]) -> None:
        self.server, self.companions = server, companions
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def run(self) -> int:
        """Return the exit code of the web server."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        # Sessions of their own: Ctrl-C reaches this process alone, which ends the others in peace.
        server = subprocess.Popen(self.server, start_new_session=True)
        self.running = {
            place: subprocess.Popen(command, start_new_session=True) for place, command in enumerate(self.companions)
        }
        while server.poll() is None:
            if self.stopping:
                server.terminate()
                break
            for place, companion in self.running.items():
                if companion.poll() is not None and not self.stopping:
                    time.sleep(PAUSE_BEFORE_RESTART)
                    self.running[place] = subprocess.Popen(self.companions[place], start_new_session=True)
            time.sleep(0.2)
        for companion in self.running.values():
            companion.terminate()
        for companion in self.running.values():
            companion.wait()
        return server.wait()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Remember that the end was asked for."""
        self.stopping = True
