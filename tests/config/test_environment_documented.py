"""docs/operations.md names every variable that is read, and no other."""

import re

import pytest
from django.conf import settings

from tests.environment import SETTINGS

READ = re.compile(r"""env(?:iron)?(?:\.get\(|\[)["']([A-Z_]+)["']""")
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
ALLOWED_READERS = {"config/settings.py", "config/gunicorn.py", "config/first_start.py", "deploy/healthcheck.py"}


def sources() -> dict[str, str]:
    ours = [*settings.BASE_DIR.glob("*.py"), *(settings.BASE_DIR / "deploy").glob("*.py")]
    for package in ("config", "impact", "dialogues", "outreach", "facilities", "network", "notifications"):
        ours += (settings.BASE_DIR / package).rglob("*.py")
    return {str(path.relative_to(settings.BASE_DIR)): path.read_text() for path in ours}


def test_every_variable_that_is_read_is_documented() -> None:
    read = {name for text in sources().values() for name in READ.findall(text)}
    documented = ROW.findall((settings.BASE_DIR / "docs" / "operations.md").read_text())

    assert len(read) > 15
    assert sorted(documented) == sorted(read)
    # Else a variable of the machine would reach the tests.
    assert read == SETTINGS


@pytest.mark.parametrize("line", ['env.get("A_NAME", "")', 'env["A_NAME"]', "os.environ.get('A_NAME')"])
def test_the_reader_of_variables_sees_each_way_of_reading(line: str) -> None:
    assert READ.findall(line) == ["A_NAME"]


def test_only_what_runs_before_the_settings_reads_the_environment_beside_them() -> None:
    readers = {name for name, text in sources().items() if READ.search(text)}

    assert readers == ALLOWED_READERS
