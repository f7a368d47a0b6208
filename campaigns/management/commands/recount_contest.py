"""Count the judging of a contest again, and compare with the sheets that were kept."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import judging, recount
from campaigns.models import Lot, ResultSheet


class Command(BaseCommand):
    """Say what was counted again; a difference is an error."""

    help = "Count the judging of a contest again, and compare with the sheets that were kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a contest by its address, or a published sheet."""
        parser.add_argument("contest", nargs="?", default="", help="The last part of the contest's address.")
        parser.add_argument(
            "--sheet", default="", metavar="FILE", help="Count a published sheet (JSON) by itself instead."
        )

    def handle(self, *args: Any, contest: str, sheet: str, **options: Any) -> None:
        """Exit with 1 where anything differs."""
        if bool(contest) == bool(sheet):
            raise CommandError("Name a contest, or a sheet with --sheet.")
        faults = self._published(Path(sheet)) if sheet else self._kept(contest)
        if faults:
            raise CommandError(f"{faults} differences: this is not what the scores come to.")

    def _published(self, path: Path) -> int:
        try:
            published = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} can't be read as JSON.") from error
        parts = judging.recount(published) if isinstance(published, dict) else ["sheet"]
        for part in parts:
            self.stderr.write(f"not what follows from rules, seed and scores: {part}")
        if not parts:
            self.stdout.write(f"{len(published['scores'])} scores, {len(published['places'])} places: all fits")
            self.stdout.write(f"SHA-256 {judging.digest(published)}")
        return len(parts)

    def _kept(self, slug: str) -> int:
        rows = ResultSheet.objects.filter(round__campaign__slug=slug).select_related("round__campaign")
        kept = list(rows.order_by("round__position", "number"))
        if not kept:
            raise CommandError(f"No round of a contest {slug} is closed.")
        lot = Lot.objects.get(campaign__slug=slug)
        self.stdout.write(f"committed to on {lot.committed_at.isoformat()}: {lot.commitment}")
        faults = 0
        for one in kept:
            found = recount.check(one)
            if one.round.opened_at and lot.committed_at >= one.round.opened_at:
                found.append("the commitment: it is not older than the judging")
            faults += len(found)
            said = f"round {one.round.position}, sheet {one.number}"
            self.stdout.write(f"{said}: {len(one.sheet['scores'])} scores, {len(found)} differences")
            for fault in found:
                self.stderr.write(f"{said}: {fault}")
        return faults
