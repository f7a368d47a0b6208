"""`make test` says what it could not run, and fails for it where nothing may be missing."""

from collections.abc import Callable, Mapping

import pytest

from tests import run

NAMES = ("postgres_binaries", "redis_binary", "chromium_binary")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, str]]]:
    """Take away what a machine may lack, and note the runs instead of making them; `codes` are their exit codes."""

    def take_away(*absent: str, codes: Mapping[str, int] = {}) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []

        def noted(part: run.Part, extra: list[str], out: object = None) -> int:
            runs.append((part.title, " and ".join(part.marks)))
            return codes.get(part.title, 0)

        monkeypatch.setattr(run, "pytest_run", noted)
        monkeypatch.setattr(run, "migrated_template", lambda url: "template")
        for name in absent:
            monkeypatch.setattr(run, name, lambda: None)
        for name in ("CI", "TEST_DATABASE_URL", "TEST_REDIS_URL"):
            monkeypatch.delenv(name, raising=False)
        return runs

    return take_away


def test_without_binaries_sqlite_is_tested_and_the_rest_named(
    bare: Callable[..., list[tuple[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    runs = bare(*NAMES)

    assert run.main([]) == 0

    # The two lanes go side by side, in whichever order.
    assert sorted(runs) == [
        ("SQLite", "not services and not browser and not heavy"),
        ("SQLite: load and faults", "not services and not browser and heavy"),
    ]
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines == [
        "Not run: the browser tests (no Chromium); the suite on PostgreSQL and Redis (neither binaries nor TEST_DATABASE_URL "
        "and TEST_REDIS_URL); the tests that start and kill services (no binaries)."
    ]


def test_where_nothing_may_be_missing_absence_fails(
    bare: Callable[..., list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare(*NAMES)
    monkeypatch.setenv("CI", "true")

    assert run.main([]) == 1


def test_services_that_are_named_are_used(
    bare: Callable[..., list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = bare("postgres_binaries", "redis_binary")
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://there/db")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://there/0")

    assert run.main([]) == 0

    assert sorted(title for title, _ in runs) == [
        "PostgreSQL and Redis",
        "PostgreSQL and Redis: load and faults",
        "SQLite",
        "SQLite: load and faults",
    ]


@pytest.mark.parametrize(
    ("main", "side", "expected"),
    [(0, 5, 0), (1, 0, 1), (0, 2, 2), (5, 5, 5)],
)
def test_no_exit_code_is_lost(bare: Callable[..., list[tuple[str, str]]], main: int, side: int, expected: int) -> None:
    bare("postgres_binaries", "redis_binary", codes={"SQLite": main, "SQLite: load and faults": side})

    assert run.main([]) == expected
