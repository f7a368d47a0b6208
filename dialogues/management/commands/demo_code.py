"""Print the second-factor code of the demo's coordinators."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dialogues.management.demo import accounts


class Command(BaseCommand):
    """Print the present code alone, so that a script can use it."""

    help = "Print the present second-factor code of the demo's coordinators."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Fail where there is no demo."""
        if not accounts.exist():
            raise CommandError("There is no demo here. Load it with: python manage.py load_demo")
        self.stdout.write(accounts.code()[0])
