"""Contests: entries with photos over HTTP against a bare view that keeps the same bytes; pages at 140,000 entries against 1,400."""

import random
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from statistics import median

from PIL import Image

from benchmarks import growth
from benchmarks.figures import Figure
from benchmarks.ground import BARE, JISR, Ground, Server
from benchmarks.load import CONNECTIONS, Connection
from tests.factories import photos

ROUNDS, ENTRIES, PHOTOS = 7, 48, 3
# Three megapixels in the proportions of a camera; at this quality about as many bytes as a telephone writes.
SIZE, QUALITY, SHOTS = (2016, 1512), 88, 6
CSRF, BOUNDARY = "c" * 32, "----------jisr"

FEW, MANY = 1_400, 140_000
ASKED = 15


# --- entries --------------------------------------------------------------------------------------------------------------


def shots(chance: random.Random) -> list[bytes]:
    """Return photos with as much in them as those of a camera have: noise over light and shade."""
    found = []
    for _ in range(SHOTS):
        picture = photos.scene(chance, SIZE)
        grain = Image.effect_noise(SIZE, 24).convert("RGB")
        found.append(photos.saved(Image.blend(picture, grain, 0.3), "JPEG", quality=QUALITY))
    return found


def posted(path: str, place: int, number: int, taken: list[bytes]) -> list[bytes]:
    """Return a form with its photos as a browser sends it, in pieces."""
    typed = {"do": "send", "uid": uuid.uuid4(), "name": f"مشارك {number}", "phone": f"091{number:07}"}
    typed |= {"municipality": place, "q-made": 24, "rules": "on"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in typed.items()
    ]
    head = 'Content-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg'
    for photo in taken:
        # Each is another file: bytes behind the picture are taken, and gone in what is kept.
        parts += [f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode(), photo, number.to_bytes(4, "big"), b"\r\n"]
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Language: ar",
        f"Cookie: csrftoken={CSRF}",
        f"X-CSRFToken: {CSRF}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {sum(map(len, parts))}",
    ]
    return ["\r\n".join([*lines, "", ""]).encode(), *parts]


def rate(server: Server, requests: list[list[bytes]], expected: bytes) -> float:
    """Post each once, as many at a time as there are connections, and return the answers per second."""
    waiting = iter(requests)

    def work(_: int) -> None:
        connection = Connection(server.port)
        for pieces in waiting:
            for piece in pieces:
                connection.send(piece)
            head = connection.receive()
            if not head.startswith(expected):
                raise RuntimeError(head.splitlines()[0].decode())

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(work, range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - began)


def entries(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield how many entries are acknowledged against how many the bare view takes, and the rates themselves."""
    rounds = 2 if quick else ROUNDS
    environment = ground.environment(ground.database("entries"))
    scene = ground.ask(environment, "contest_scene", "open")
    bare_environment = {**environment, "BARE_DATABASE_URL": ground.url(ground.database("bare_entries"))}
    bare_environment["BARE_KEPT"] = str(ground.directory / "kept")
    ground.run(bare_environment, "bare.project", "fill")
    taken = shots(random.Random(1))
    numbers = iter(range(10**7))

    def forms(path: str, count: int) -> list[list[bytes]]:
        chance = random.Random(count)
        return [posted(path, scene["place"], number, chance.sample(taken, PHOTOS)) for number in islice(numbers, count)]

    with ground.server(BARE, bare_environment) as bare, ground.server(JISR, environment) as jisr:
        sides = ((bare, "/entries", b"HTTP/1.1 200"), (jisr, scene["path"], b"HTTP/1.1 302"))
        for server, path, expected in sides:
            rate(server, forms(path, CONNECTIONS * 2), expected)
        rates: dict[str, list[float]] = {}
        for _ in range(rounds):
            for server, path, expected in sides:
                rates.setdefault(path, []).append(rate(server, forms(path, ENTRIES), expected))
        plain, ours = rates["/entries"], rates[scene["path"]]
        kept = ground.ask(environment, "contest_scene", "kept")
    if kept != {"entries": rounds * ENTRIES + CONNECTIONS * 2, "photos": (rounds * ENTRIES + CONNECTIONS * 2) * PHOTOS}:
        raise RuntimeError(f"Kept are {kept}")
    megabytes = sum(map(len, taken)) / len(taken) / 1e6
    yield Figure(
        f"Entries over HTTP, {PHOTOS} photos of 3 megapixels each",
        median(one / other for one, other in zip(ours, plain, strict=True)),
        "× bare",
        least=0.3,
        note=f"{median(ours):.1f}/s; bare {median(plain):.1f}/s; {megabytes:.1f} MB a photo",
    )


# --- pages ----------------------------------------------------------------------------------------------------------------


def pages(ground: Ground, *, quick: bool) -> Iterator[Figure]:
    """Yield how the 95th percentile of each page grows."""
    yield from growth.pages(ground, "contest_scene", "entries", (FEW, MANY), ASKED if quick else ASKED * 4)
