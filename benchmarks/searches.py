"""What the process does that searches the directory of one database.

`python -m benchmarks.searches fill MEMBERS` fills an empty network. `… search` reads a seed from each line of its input, searches for one
round of queries, and prints for each its kind and the seconds of the page and of the rows alone.
"""

import json
import random
import sys
from time import perf_counter

import django

django.setup()

# These need the settings.
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks import crowd  # noqa: E402
from benchmarks.names import FAMILIES, MEN, WOMEN  # noqa: E402
from network import selectors  # noqa: E402
from network.models import Practitioner  # noqa: E402

# Of each kind so many in a round.
EACH = 3


class People:
    """The members who are there, to search for."""

    def __init__(self) -> None:
        self.members = Practitioner.objects.active().order_by("pk")
        self.first, self.last = self.members.first(), self.members.last()

    def name(self, chance: random.Random, field: str) -> list[str]:
        """Return the words of somebody's name."""
        assert self.first
        assert self.last
        named = self.members.exclude(**{field: ""})
        somebody = named.filter(pk__gte=chance.randint(self.first.pk, self.last.pk)).first() or named[0]
        return str(getattr(somebody, field)).split()


def queries(people: People, chance: random.Random) -> list[tuple[str, str]]:
    """Return a round of searches, half of them for people who are there: kind and words."""
    asked = [("none", "")] * EACH
    for _ in range(EACH):
        arabic, latin, other = (people.name(chance, field) for field in ("name_ar", "name_latin", "name_ar"))
        asked += [
            ("full name", " ".join(arabic)),
            ("common first name", chance.choice([*MEN[:10], *WOMEN[:10]])[0]),
            ("common family", chance.choice(FAMILIES[:10])[0]),
            ("any family", other[-1]),
            ("Latin", " ".join(latin[-2:])),
            ("first and family", f"{arabic[0]} {arabic[-1]}"),
            ("two common names", f"{chance.choice(MEN[:6])[0]} {chance.choice(MEN[:6])[0]}"),
            ("part of a word", chance.choice(FAMILIES)[0][2:6]),
            ("nobody", "زقزق" + "".join(chance.choices("ابتجدرسلمن", k=4))),
        ]
    return asked


def search() -> None:
    """Answer each line of the input with one round."""
    settings.ALLOWED_HOSTS.append("testserver")
    viewer = Practitioner.objects.active().filter(region__isnull=False).order_by("pk")[0]
    client, people = Client(), People()
    client.force_login(viewer.user)
    for line in sys.stdin:
        taken = []
        for kind, words in queries(people, random.Random(int(line))):
            began = perf_counter()
            page = client.get("/ar/people/", {"q": words})
            shown = perf_counter()
            list(selectors.Directory(selectors.directory(viewer, words))[:26])
            ends = perf_counter()
            if page.status_code != 200:
                raise RuntimeError(f"{words}: {page.status_code}")
            taken.append((kind, shown - began, ends - shown))
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        crowd.fill(int(sys.argv[2]))
    else:
        search()
