"""Write all facilities as a list, in the columns that an import takes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facilities import services
from network import sheets
from network.enums import DomainError


class Command(BaseCommand):
    help = "Write all facilities, with what is hidden from the public, to a file (csv, xlsx)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file; its ending says what it is."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the list, readable to its owner alone."""
        path: Path = options["file"]
        kind = path.suffix.lower().removeprefix(".")
        if kind not in sheets.CONTENT_TYPES:
            raise CommandError("The name has to end in .csv or .xlsx.")
        try:
            pieces = services.export_facilities(kind=kind, by=None)
        except DomainError as error:
            raise CommandError(str(error)) from error
        path.touch(mode=0o600)
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        self.stdout.write(f"Written to {path}. It also holds what the public does not see.")
