"""The first start makes a directory and a key for this machine alone."""

import stat
from pathlib import Path

from config.first_start import prepare


def test_the_key_is_long_and_for_its_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "new" / "var")

    key = tmp_path / "new" / "var" / "secret_key"
    assert len(key.read_text()) >= 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_a_second_start_keeps_the_key(tmp_path: Path) -> None:
    prepare(tmp_path)
    first = (tmp_path / "secret_key").read_text()

    prepare(tmp_path)

    assert (tmp_path / "secret_key").read_text() == first


def test_two_machines_have_two_keys(tmp_path: Path) -> None:
    prepare(tmp_path / "one")
    prepare(tmp_path / "two")

    assert (tmp_path / "one" / "secret_key").read_text() != (tmp_path / "two" / "secret_key").read_text()
