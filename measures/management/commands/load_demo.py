"""Fill the database with invented people, sessions, measures and entries of the media log."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from campaigns.management.demo import media
from dialogues.management.demo import accounts, cases, people, sessions
from measures.management.demo import measures
from network import selectors


class Command(BaseCommand):
    """Load everything or nothing; where the demo is already, do nothing."""

    help = "Invent people of every role and side, and sessions and measures in every state, to try Jisr with."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        """Refuse on a public server: everybody knows the password."""
        if not settings.ON_LOOPBACK:
            raise CommandError(
                f"The demo's password is known to all. It is for this machine alone, not for {settings.SITE_URL}."
            )
        say = self.stdout.write if verbosity else lambda sentence: None
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            if accounts.exist():
                say("The demo is there already.")
                return
            conduct = selectors.conduct_in_force()
            if conduct is None:
                raise CommandError("Places and the code of conduct come first: python manage.py load_reference")
            say("  inventing people …")
            cast = people.load(conduct)
            say(f"  {len(cast.people)} people of every role and side; their sessions …")
            count = sessions.load(cast)
            told = cases.load(cast)
            agreed = measures.load(cast)
            seen = media.load(cast.user("national.abroad"))
        say(f"  {count} sessions: past, present, coming, cancelled, drafts")
        say(f"  {told} case studies: published, under review, returned, a draft")
        say(f"  {agreed} collective measures: in every state, with a vote that runs and actions")
        say(f"  {seen} entries of the media log, one of them a draft")
