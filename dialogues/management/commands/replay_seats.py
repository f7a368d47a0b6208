"""Compute from the journal alone who must have a seat in a session, and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Session
from dialogues.replay import replay


class Command(BaseCommand):
    """Say what was computed; differences are an error."""

    help = "Compute from the journal alone who must have a seat in a session, and compare with who has one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the session by its number or its address."""
        parser.add_argument("session", help="The number of the session, or the last part of its address.")

    def handle(self, *args: Any, session: str, **options: Any) -> None:
        """Name every difference by the numbers of rows."""
        wanted = (
            {"pk": session} if session.isascii() and session.isdecimal() and len(session) < 18 else {"slug": session}
        )
        found = Session.objects.filter(**wanted).first()
        if found is None:
            raise CommandError(f"There is no session {session}.")
        result = replay(found)
        for difference in result.differences:
            self.stderr.write(difference)
        if result.differences:
            raise CommandError(f"{result.moves} moves computed anew, {len(result.differences)} differences.")
        self.stdout.write(f"{result.moves} moves computed anew: everybody has what the rule gives them.")
