"""The cache goes on when Redis does not."""

import logging
import time

import pytest
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError

from config import cache as subject
from tests.services import Redis, free_port

PARAMS = {"OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1}, "TIMEOUT": 60}


@pytest.fixture
def warnings_logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    logged: list[str] = []
    monkeypatch.setattr(subject.logger, "warning", lambda message, *args: logged.append(message % args))
    return logged


@pytest.fixture
def away(warnings_logged: list[str]) -> subject.ForgivingRedisCache:
    return subject.ForgivingRedisCache(f"redis://127.0.0.1:{free_port()}/0", PARAMS)


def test_without_redis_every_operation_answers(away: subject.ForgivingRedisCache) -> None:
    away.set("a", 1)
    assert away.add("a", 2) is False
    assert away.add("b", [2]) is True
    assert away.get_many(["a", "b", "c"]) == {"a": 1, "b": [2]}
    assert away.has_key("a") is True
    assert away.touch("a", 10) is True
    assert away.set_many({"c": 3}) == []
    assert away.delete("a") is True
    assert away.get("a") is None
    away.delete_many(["b"])
    assert away.get_or_set("b", 5) == 5
    away.clear()
    assert away.get("b") is None


def test_without_redis_attempts_are_still_counted(away: subject.ForgivingRedisCache) -> None:
    assert [away.incr("attempts") for _ in range(3)] == [1, 2, 3]


def test_without_redis_it_is_said_once_a_minute_and_without_the_address(
    away: subject.ForgivingRedisCache, warnings_logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PAUSE", 0.0)
    for _ in range(5):
        away.get("a")

    assert warnings_logged == ["Redis is out of reach (ConnectionError); this process counts for itself."]


def test_without_redis_many_operations_wait_for_one_attempt(
    away: subject.ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    def refuse(self: RedisCache, key: str, *args: object, **kwargs: object) -> None:
        attempts.append(key)
        raise RedisConnectionError

    monkeypatch.setattr(RedisCache, "get", refuse)
    monkeypatch.setattr(subject.ForgivingRedisCache, "get", subject.forgiving("get"))
    for key in "abcde":
        away.get(key)

    assert attempts == ["a"]


def test_the_stock_cache_would_fail() -> None:
    stock = RedisCache(f"redis://127.0.0.1:{free_port()}/0", {"OPTIONS": {**PARAMS["OPTIONS"], "retry": None}})

    with pytest.raises(RedisConnectionError):
        stock.get("a")


@pytest.mark.services
def test_killed_and_started_again_redis_is_used_again(
    redis_server: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(subject, "PAUSE", 0.2)
    caplog.set_level(logging.CRITICAL)
    cache = subject.ForgivingRedisCache(redis_server.url, PARAMS)
    cache.set("a", "kept in Redis")
    assert cache.local.get("a") is None

    redis_server.kill()
    assert cache.get("a") is None
    cache.set("a", "kept here")
    assert cache.get("a") == "kept here"

    redis_server.start()
    time.sleep(0.3)
    assert cache.get("a") is None
    cache.set("a", "in Redis again")
    assert RedisCache(redis_server.url, PARAMS).get("a") == "in Redis again"
