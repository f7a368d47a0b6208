"""Memory of a web worker that has shown every main page, in both languages."""

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ground import BARE, JISR, Ground, Server, megabytes
from benchmarks.load import Connection

TIMES = 5
PUBLIC = ["", "sessions/", "sessions/?view=month", "sessions/{slug}/", "join/", "conduct/", "accounts/login/", "accounts/signup/",
          "accounts/password/reset/", "admin/login/"]  # fmt: skip
MEMBER = ["sessions/", "sessions/{slug}/", "me/", "me/profile/", "me/notifications/", "me/privacy/", "people/", "people/?q=salma",
          "accounts/email/", "accounts/sessions/"]  # fmt: skip
ADMIN = [
    "admin/",
    "admin/network/practitioner/",
    "admin/dialogues/session/",
    "admin/dialogues/session/add/",
    "admin/notifications/message/",
]


def _warm(server: Server, pages: list[tuple[str, str]]) -> None:
    """Show each page often enough that each thread of each worker has shown it."""
    for _ in range(TIMES):
        for path, cookie in pages:
            # A new connection each time: any worker may take it.
            Connection(server.port).get(path, cookie)


def measure(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield the memory of the largest worker, and of a bare one."""
    environment = ground.environment(ground.database("memory"))
    scene = ground.ask(environment, "scene")
    kinds = ((PUBLIC, ""), (MEMBER, scene["member"]), (ADMIN, scene["coordinator"]))
    pages = [
        (f"/{language}/{path.format(**scene)}", cookie)
        for language in ("ar", "en")
        for paths, cookie in kinds
        for path in paths
    ]
    with ground.server(JISR, environment) as jisr:
        _warm(jisr, pages)
        largest = max(jisr.workers(), key=megabytes)
        yield Figure(
            "Memory of a web worker",
            megabytes(largest),
            "MB",
            most=120,
            note=f"{megabytes(largest, 'Pss'):.0f} MB with its share of what is shared",
        )
    bare_environment = {**environment, "BARE_DATABASE_URL": ground.url(ground.database("bare"))}
    ground.run(bare_environment, "bare.project", "fill")
    with ground.server(BARE, bare_environment) as bare:
        _warm(bare, [("/", "")])
        yield Figure("Memory of a bare Django worker", max(map(megabytes, bare.workers())), "MB")
