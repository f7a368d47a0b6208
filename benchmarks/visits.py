"""What a first visit loads of the public pages of benchmarks.scene: `python -m benchmarks.visits SLUG` prints bytes by page."""

import json
import sys

import django

django.setup()

# These need the settings.
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from tests.first_visit import first_visit  # noqa: E402

PAGES = ["", "sessions/", "sessions/{slug}/", "join/", "accounts/login/", "accounts/signup/"]


def main(slug: str) -> dict[str, int]:
    """Return the bytes of each page in the language in which it is larger."""
    settings.ALLOWED_HOSTS.append("testserver")
    return {
        f"/{path}": max(
            sum(first_visit(Client(), f"/{language}/{path.format(slug=slug)}").values()) for language in ("ar", "en")
        )
        for path in PAGES
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
