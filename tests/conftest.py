"""What every test stands on."""

import gc
import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations as SQLiteOperations
from django.utils import translation
from pytest_django import DjangoDbBlocker
from whitenoise.base import WhiteNoise

from tests import template

pytest_plugins = ["tests.services", "tests.mail_sink", "tests.clock"]


def own_redis_database(url: str, process: str) -> str:
    """Return the address of another database of the same Redis for each parallel test process."""
    number = int(process.removeprefix("gw")) + 1 if process else 0
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


if settings.REDIS_URL:
    settings.REDIS_URL = own_redis_database(settings.REDIS_URL, os.environ.get("PYTEST_XDIST_WORKER", ""))
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    for alias in settings.CACHES:
        settings.CACHES[alias]["LOCATION"] = settings.REDIS_URL


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Collect the static files once, as on a server: pages name them by their hash, and budgets count their compressed bytes."""
    if "PYTEST_XDIST_WORKER" not in os.environ and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


# Modules that look at what pages show. What a page asks of PostgreSQL is asked there by the region matrix, which visits every address.
OF_PAGES = re.compile(
    r"test_(views|pages|admin|fuzz|budgets|public|desk_unchanged|accounts|errors|feeds|fhir\.|map|media|papers)|_pages\.py"
)


def _adds_nothing_on_another_database(item: pytest.Item) -> bool:
    """Tell whether a test says the same on every database: it asks none, looks at what a page shows, or is the English twin of another."""
    if OF_PAGES.search(item.path.name):
        return True
    # Under load a test makes itself a database that other processes open too.
    own = hasattr(getattr(item, "module", None), "own_database")
    asks = own or item.get_closest_marker("django_db") or {"db", "transactional_db", "server"} & set(item.fixturenames)  # type: ignore[attr-defined]
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return not (asks or "cache" in item.nodeid or "nudge" in item.nodeid) or params.get("language") == "en"


# After what `-m` leaves out: processes are given equal parts of what is left.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each process begin with what takes longest; leave out of the second run, on PostgreSQL, what the first has said."""
    if os.environ.get("TEST_DATABASE_URL"):
        left_out = {item for item in items if _adds_nothing_on_another_database(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _dealt(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests in the shares that the processes are given, those marked slow dealt out to the beginning of each.

    Whoever is done takes over half of what another still has, from its end: what takes minutes has begun by then.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    rest = [item for item in items if not item.get_closest_marker("slow")]
    share = -(-len(items) // processes)
    dealt: list[pytest.Item] = []
    for number in range(processes):
        first = slow[number::processes]
        dealt += first + rest[: share - len(first)]
        del rest[: share - len(first)]
    return dealt


@pytest.fixture(scope="session")
def _template() -> Iterator[None]:
    with template.copied():
        yield


@pytest.fixture(scope="session")
def django_db_setup(_template: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Begin with a copy of a migrated database, and keep it for others where there was none.

    At the end, end the connections that a server of the last test still holds: PostgreSQL drops no database that somebody looks at.
    """
    if connection.vendor == "sqlite" and not template.kept().exists():
        with django_db_blocker.unblock():
            template.keep()
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(scope="session", autouse=True)
def _journal_can_be_flushed() -> None:
    """Let the flush between tests empty the journal on SQLite, whose triggers refuse it to everybody else (TRUNCATE passes them by)."""
    plain = SQLiteOperations.sql_flush

    def sql_flush(self: SQLiteOperations, *args: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers]
        return [*dropped, *plain(self, *args, **options), *(sql for _, sql in triggers)]

    SQLiteOperations.sql_flush = sql_flush


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> None:
    """Let each test client know the static files without reading their directory again: that took a third of all time."""
    plain, known = WhiteNoise.update_files_dictionary, {}

    def update_files_dictionary(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            before = set(self.files)
            plain(self, root, prefix)
            known[root, prefix] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(known[root, prefix])

    WhiteNoise.update_files_dictionary = update_files_dictionary


@pytest.fixture(scope="session", autouse=True)
def _rubbish_is_collected_seldom() -> None:
    """Let a process grow by some megabytes rather than look through all of Django again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def _first_language() -> None:
    """Let no test speak the language of the page that another one asked for last."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Let no page that one test has filled the cache with answer in another."""
    cache.clear()
