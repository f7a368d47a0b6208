"""Public pages that are kept for a minute, and how all of them are forgotten at once."""

import secrets

from django.core.cache import caches

GENERATION = "pages-generation"


def key(key: str, prefix: str, version: int) -> str:
    """Return under what a page is kept: pages of an earlier generation are found no more, and go when their minute is over."""
    generation = caches["default"].get_or_set(GENERATION, secrets.token_hex, None)
    return f"{prefix}:{version}:{generation}:{key}"


def forget() -> None:
    """Forget all pages, and nothing else: limits go on counting, and what waits in Redis for a worker stays."""
    caches["default"].set(GENERATION, secrets.token_hex(), None)
