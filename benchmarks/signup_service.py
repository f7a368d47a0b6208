"""Sign-ups through the service, timed; or told statement by statement.

`python -m benchmarks.signup_service time|tell` reads `[[session site, [practitioner, …]], …]` and prints, for each batch, the seconds that
it took, or for each sign-up its statements with their values.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

# These need the settings.
from django.db import connection  # noqa: E402

from dialogues import services  # noqa: E402
from dialogues.models import Site  # noqa: E402
from network.models import Practitioner  # noqa: E402


def _batches(given: list[Any]) -> list[list[Callable[[], Any]]]:
    batches = []
    for site_id, people in given:
        site = Site.objects.select_related("session").get(pk=site_id)
        rows = Practitioner.objects.select_related("user").in_bulk(people)
        batches.append([_call(site, rows[pk]) for pk in people])
    return batches


def _call(site: Site, person: Practitioner) -> Callable[[], Any]:
    return lambda: services.register(session=site.session, site=site, practitioner=person, by=person.user)


def timed(given: list[Any]) -> list[float]:
    """Return the seconds of each batch."""
    seconds = []
    for batch in _batches(given):
        began = time.perf_counter()
        for call in batch:
            call()
        seconds.append(time.perf_counter() - began)
    return seconds


def told(given: list[Any]) -> list[list[list[str]]]:
    """Return for each batch and sign-up the statements as the server gets them."""
    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(context["cursor"].mogrify(sql, params).decode())
        return execute(sql, params, many, context)

    batches = []
    for batch in _batches(given):
        statements = []
        with connection.execute_wrapper(listen):
            for call in batch:
                said.clear()
                call()
                statements.append(list(said))
        batches.append(statements)
    return batches


if __name__ == "__main__":
    print(json.dumps({"time": timed, "tell": told}[sys.argv[1]](json.load(sys.stdin))))
