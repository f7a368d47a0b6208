"""The checks of `make check` find what is planted for them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.management.commands import check_messages
from config.management.commands.check_styles import physical_lines

PLURALS = {0: "لا أحد", 1: "واحد", 2: "اثنان", 3: "%(n)s أشخاص", 4: "%(n)s شخصا", 5: "%(n)s شخص"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[..., Path]:
    """Write an Arabic catalogue of one entry, with its .mo file."""

    def write(**entry: object) -> Path:
        path = tmp_path / "ar" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        po = polib.POFile()
        po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": check_messages.ARABIC_PLURALS}
        po.append(polib.POEntry(**entry))
        po.save(str(path))
        path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())
        return path

    return write


def faults(path: Path) -> list[str]:
    return list(check_messages.catalogue_faults(path))


def test_complete_entries_have_no_fault(catalogue: Callable[..., Path]) -> None:
    assert faults(catalogue(msgid="Hello %(name)s", msgstr="مرحبا %(name)s")) == []
    assert faults(catalogue(msgid="%(n)s person", msgid_plural="%(n)s people", msgstr_plural=PLURALS)) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"msgid": "Hello", "msgstr": ""}, "is not translated"),
        ({"msgid": "Hello", "msgstr": "مرحبا", "flags": ["fuzzy"]}, "is fuzzy"),
        ({"msgid": "Hello %(name)s", "msgstr": "مرحبا"}, "has other placeholders"),
        ({"msgid": "Hello %(name)s", "msgstr": "مرحبا %(nom)s"}, "has other placeholders"),
        ({"msgid": "a", "msgid_plural": "b", "msgstr_plural": {**PLURALS, 5: ""}}, "is not translated"),
        ({"msgid": "%(n)s a", "msgid_plural": "%(n)s b", "msgstr_plural": {0: "ا", 1: "ب"}}, "has 2 of 6 plural forms"),
    ],
)
def test_a_planted_fault_is_found(catalogue: Callable[..., Path], entry: dict[str, object], fault: str) -> None:
    assert any(fault in found for found in faults(catalogue(**entry)))


def test_a_catalogue_newer_than_its_compiled_file_is_found(catalogue: Callable[..., Path]) -> None:
    path = catalogue(msgid="Hello", msgstr="مرحبا")
    path.write_text(path.read_text().replace("مرحبا", "أهلا"))

    assert faults(path) == ["is newer than its .mo file"]


def test_no_catalogue_at_all_is_a_fault(settings: Any, tmp_path: Path) -> None:
    settings.LOCALE_PATHS = [tmp_path]

    with pytest.raises(CommandError, match="no Arabic catalogue"):
        call_command("check_messages", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("a { margin-left: 1px }", True),
        ("a { text-align: right }", True),
        ("a { float: LEFT }", True),
        ("a { inset-inline-start: 0 }", False),
        ("/* to the left of it */ a { color: red }", False),
        (".leftover { copyright: 1 }", False),
    ],
)
def test_a_physical_direction_is_found(tmp_path: Path, rule: str, found: bool) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text(f"/* one\ntwo */\n{rule}\n")

    assert [number for number, _ in physical_lines(sheet)] == ([3] if found else [])
