"""A Redis cache that outlives Redis: while it can't be reached, each process counts for itself."""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError, TimeoutError as RedisTimeoutError
from redis.retry import Retry

logger = logging.getLogger("jisr.cache")

PAUSE = 2.0
WARN_EVERY = 60.0


class CountingLocMemCache(LocMemCache):
    """The cache of one process, in which a counter that began in Redis goes on from zero instead of failing."""

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter, which may be new here."""
        self.add(key, 0, version=version)
        return super().incr(key, delta, version=version)


def forgiving(name: str) -> Callable[..., Any]:
    """Return the cache method of that name: Redis's own, or the local one while Redis is away."""
    remote = getattr(RedisCache, name)

    @functools.wraps(remote)
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away_until:
            try:
                return remote(self, *args, **kwargs)
            except (RedisConnectionError, RedisTimeoutError) as error:
                self.note_failure(error)
        return getattr(self.local, name)(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Answer from a process-local cache while Redis is away: rate limits still count, and no page fails for a cache.

    After a failure Redis is left alone for PAUSE seconds, so that a page with many cache calls waits for one timeout and not for each.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        # redis-py by default retries three times with growing pauses, which would hold the page for seconds.
        options = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self.local = CountingLocMemCache("while-redis-is-away", {**params, "OPTIONS": {"MAX_ENTRIES": 5000}})
        self.away_until = 0.0
        self._warn_from = 0.0
        self._lock = threading.Lock()

    def note_failure(self, error: Exception) -> None:
        """Leave Redis alone for a moment, and say so once a minute."""
        now = time.monotonic()
        with self._lock:
            self.away_until = now + PAUSE
            if now < self._warn_from:
                return
            self._warn_from = now + WARN_EVERY
        logger.warning("Redis is out of reach (%s); this process counts for itself.", type(error).__name__)

    add = forgiving("add")
    get = forgiving("get")
    set = forgiving("set")
    touch = forgiving("touch")
    delete = forgiving("delete")
    get_many = forgiving("get_many")
    has_key = forgiving("has_key")
    incr = forgiving("incr")
    set_many = forgiving("set_many")
    delete_many = forgiving("delete_many")
    clear = forgiving("clear")
