"""Whatever icon is asked for is drawn: one that the sprite lacks leaves a hole, and nobody is told."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from config.templatetags.jisr import DIRECTED_ICONS, STATE_LOOKS

ASKED = re.compile(r"""(?:\{% icon |\bicon=)["']([a-z-]+)["']""")


def asked_in(folder: Path, suffix: str) -> set[str]:
    return {name for path in folder.rglob(f"*{suffix}") for name in ASKED.findall(path.read_text())}


@pytest.mark.once
def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    root = Path(settings.BASE_DIR)
    drawn = set(re.findall(r'<symbol [^>]*id="([a-z-]+)"', (root / "static" / "icons.svg").read_text()))
    apps = [path.parent for path in root.glob("*/apps.py")]
    asked = asked_in(root / "templates", ".html").union(*(asked_in(app, ".py") for app in apps))
    asked |= {icon for icon, _tone in STATE_LOOKS.values()} | set(DIRECTED_ICONS)
    assert len(asked) > 15
    assert asked - drawn == set()
