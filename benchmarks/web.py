"""Requests per second of Jisr's pages against a bare Django view of 25 rows, in alternating rounds on the same gunicorn settings."""

from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.ground import BARE, JISR, TRIVIAL, Ground, Server

ROUNDS = 7
SECONDS = 1.5


def _rate(ground: Ground, server: Server, path: str, seconds: float, cookie: str = "") -> float:
    arguments = [str(server.port), path, str(seconds), *([cookie] if cookie else [])]
    return float(ground.ask(ground.environment("bench_web"), "load", *arguments))


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield the ratio of each page."""
    rounds, seconds = (2, 1.0) if quick else (ROUNDS, SECONDS)
    environment = ground.environment(ground.database("web"))
    scene = ground.ask(environment, "scene")
    bare_environment = {**environment, "BARE_DATABASE_URL": ground.url(ground.database("bare"))}
    ground.run(bare_environment, "bare.project", "fill")
    pages = [
        ("Home, nobody logged in", "/ar/", "", 0.5),
        ("Public sessions, nobody logged in", "/ar/sessions/", "", 0.5),
        ("A session's page, a member", f"/ar/sessions/{scene['slug']}/", scene["member"], 0.15),
    ]
    with ground.server(BARE, bare_environment) as bare, ground.server(JISR, environment) as jisr:
        _rate(ground, bare, "/", seconds)
        bare_rates: list[float] = []
        for what, path, cookie, least in pages:
            _rate(ground, jisr, path, seconds, cookie)
            ratios, rates = [], []
            for _ in range(rounds):
                bare_rates.append(_rate(ground, bare, "/", seconds))
                rates.append(_rate(ground, jisr, path, seconds, cookie))
                ratios.append(rates[-1] / bare_rates[-1])
            yield Figure(what, median(ratios), "× bare", least=least, note=f"{median(rates):.0f}/s")
    with ground.server(TRIVIAL, environment) as trivial:
        limit = _rate(ground, trivial, "/", seconds)
    yield Figure(
        "The load client's own limit",
        limit / median(bare_rates),
        "× bare",
        note=f"{limit:.0f}/s; bare {median(bare_rates):.0f}/s",
    )
