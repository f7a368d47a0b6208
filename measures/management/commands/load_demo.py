"""Fill the database with invented people, sessions, measures, entries of the media log and campaigns."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from campaigns.management.demo import contests, media
from dialogues.management.demo import accounts, cases, people, sessions
from dialogues.management.demo.people import Cast
from facilities.management.demo import facilities, imports, local_regions, reports, upkeep
from facilities.models import Source
from measures.management.demo import measures
from needs import services as needs_services
from needs.management.demo import needs
from network import selectors
from outreach.management.demo import outreach


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
            called = contests.load(cast)
            say("  facilities and what is said of them …")
            listed = _facilities(cast)
        say(f"  {count} sessions: past, present, coming, cancelled, drafts")
        say(f"  {told} case studies: published, under review, returned, a draft")
        say(f"  {agreed} collective measures: in every state, with a vote that runs and actions")
        say(f"  {seen} entries of the media log, one of them a draft")
        say(f"  {called} campaigns: contests that take entries, are judged and are over; awareness, a pledge, a draft")
        say(f"  {listed} facilities: contested, hidden, assessed, reporting each month; their needs; mobile units")


def _facilities(cast: Cast) -> int:
    """Load the facilities and all that builds on them, and return how many there are."""
    listed = facilities.load(cast)
    by = {side: cast.user(f"coordinator.{side}") for side in listed}
    upkeep.load(coordinators=by, national=cast.user("national.abroad"))
    reports.load(cast)
    local_regions.load(cast)
    outreach.load(cast)
    # In want: the largest of each side. At last one of another town, which has more than it needs.
    wanting = [("west", 0, "member1"), ("east", 0, "member1"), ("south", 0, "member1"), ("east", 3, "member3")]
    needs.load(
        facilities=[listed[side][number] for side, number, _login in wanting],
        reporters=[cast.user(f"{login}.{side}") for side, _number, login in wanting],
        desks=[by[side] for side, _number, _login in wanting],
    )
    needs_services.propose_matches(now=timezone.now())
    imports.load(district=listed["west"][0].district, source=_survey(), by=by["west"])
    return sum(map(len, listed.values()))


def _survey() -> Source:
    names = {"name_ar": "مسح ميداني (تجريبي)", "name_en": "A field survey (demo)"}
    return Source.objects.get_or_create(code="demo-survey", defaults=names)[0]
