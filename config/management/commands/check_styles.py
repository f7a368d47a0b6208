"""Check that our style sheets know no left and no right, so that they serve both directions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PHYSICAL = re.compile(r"(?<![a-z])(left|right)(?![a-z])", re.IGNORECASE)


def physical_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that names a physical direction outside of a comment."""
    text = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), path.read_text())
    for number, line in enumerate(text.splitlines(), 1):
        if PHYSICAL.search(line):
            yield number, line.strip()


class Command(BaseCommand):
    """Fail on a physical direction in a style sheet of ours; vendored ones are left alone."""

    help = "Check that style sheets use logical directions only."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every fault, then fail if there was one."""
        static = settings.BASE_DIR / "static"
        sheets = sorted(path for path in static.rglob("*.css") if "vendor" not in path.parts)
        if not sheets:
            raise CommandError("There is no style sheet.")
        faults = [
            f"{path.relative_to(settings.BASE_DIR)}:{number}: {line}"
            for path in sheets
            for number, line in physical_lines(path)
        ]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("Say inline-start and inline-end: the pages run in both directions.")
        self.stdout.write(f"{len(sheets)} style sheets know no left and no right.")
