"""Count the votes on a measure again from the ballots alone, and compare with what was published."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures import recount
from measures.models import Measure


class Command(BaseCommand):
    """Say what was counted again; a fault is an error."""

    help = "Count the votes on a measure again from the ballots alone, and compare with what was published."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the measure by its address."""
        parser.add_argument("measure", help="The last part of the measure's address.")

    def handle(self, *args: Any, measure: str, **options: Any) -> None:
        """Go through each round. While a vote runs its ballots are checked too, but nothing is said of how many there are."""
        found = Measure.objects.filter(slug=measure).first()
        if found is None:
            raise CommandError(f"There is no measure {measure}.")
        votes = list(found.votes.select_related("version", "parity").order_by("number"))
        if not votes:
            self.stdout.write("Nobody has voted on this measure yet.")
        faults = 0
        for vote in votes:
            checked = recount.check(vote)
            faults += len(checked.faults)
            said = f"{checked.ballots} ballots, {checked.closings} closings" if checked.closings else "not counted"
            self.stdout.write(f"round {vote.number}: {said}, {len(checked.faults)} faults")
            for fault in checked.faults:
                self.stderr.write(f"round {vote.number}: {fault}")
        if faults:
            raise CommandError(f"{faults} faults: what is published is not what was cast.")
