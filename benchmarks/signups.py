"""Sign-ups: the service against its own statements in bare psycopg2, over HTTP against a bare view, and what a crowd costs a page."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import psycopg2

from benchmarks.figures import Figure
from benchmarks.ground import BARE, JISR, Ground
from benchmarks.load import posting, rate, rate_of_all

ROUNDS, PEOPLE, WARM = 7, 200, 20
SECONDS = 1.5
CSRF = "c" * 32


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield the three ratios."""
    rounds = 2 if quick else ROUNDS
    name = ground.database("signups")
    # Each round of either kind has a session of its own.
    scene = ground.ask(ground.environment(name), "signup_scene", str(2 * rounds), str(PEOPLE))
    told, bare = ground.copy("signups_told", name), ground.copy("signups_bare", name)
    yield _service(ground, scene, rounds, name, told, bare)
    yield from _over_http(ground, scene, rounds, name)


def _service(ground: Ground, scene: dict[str, Any], rounds: int, ours: str, told: str, bare: str) -> Figure:
    """Time the service, and the same statements as it makes on an equal database, in alternating rounds."""
    ratios, rates = [], []
    for number in range(rounds):
        site, people = scene["rounds"][number]["site"], scene["people"]
        given = [[site, people[:WARM]], [site, people[WARM:]]]
        [_, seconds] = ground.ask(ground.environment(ours), "signup_service", "time", given=given)
        batches = ground.ask(ground.environment(told), "signup_service", "tell", given=given)
        without = _statements(ground.url(bare), batches)
        ratios.append(without / seconds)
        rates.append((len(people) - WARM) / seconds)
    return Figure(
        "Sign-ups through the service", median(ratios), "× psycopg2", least=0.3, note=f"{median(rates):.0f}/s"
    )


def _statements(url: str, batches: list[list[list[str]]]) -> float:
    """Make the statements of each sign-up in a transaction, and return the seconds of the last batch."""
    connection = psycopg2.connect(url)
    seconds = 0.0
    for batch in batches:
        began = time.perf_counter()
        for statements in batch:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                    if cursor.description:
                        cursor.fetchall()
            connection.commit()
        seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _over_http(ground: Ground, scene: dict[str, Any], rounds: int, ours: str) -> Iterator[Figure]:
    environment = ground.environment(ours)
    bare_environment = {**environment, "BARE_DATABASE_URL": ground.url(ground.database("bare_signups"))}
    ground.run(bare_environment, "bare.project", "fill")
    with ground.server(BARE, bare_environment) as bare, ground.server(JISR, environment) as jisr:
        member = f"sessionid={scene['cookies'][0]}"
        for path in scene["pages"]:
            rate(jisr.port, path, 1, member)
        rate(bare.port, "/", 1)
        ratios, rates = [], []
        for session in scene["rounds"][rounds:]:
            plain = rate(bare.port, "/", SECONDS)
            requests = [
                posting(session["path"], f"site={session['site']}", f"sessionid={cookie}", CSRF)
                for cookie in scene["cookies"]
            ]
            rates.append(rate_of_all(jisr.port, requests, b"HTTP/1.1 302"))
            ratios.append(rates[-1] / plain)
        yield Figure(
            "Sign-ups over HTTP, 8 at a time for 50 seats",
            median(ratios),
            "× bare",
            least=0.2,
            note=f"{median(rates):.0f}/s",
        )
        few, many = scene["pages"]
        costs = [rate(jisr.port, few, SECONDS, member) / rate(jisr.port, many, SECONDS, member) for _ in range(rounds)]
    yield Figure("A session's page, 10,000 registrations", median(costs), "× 10", most=1.1)
