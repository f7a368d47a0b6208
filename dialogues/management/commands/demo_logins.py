"""Print with whom one can log in to the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.enums import SessionState
from dialogues.management.demo import accounts
from dialogues.management.demo.people import Cast
from dialogues.models import Site

WHO = {
    "coordinator": "coordinator, {side}",
    "national": "national coordinator",
    "auditor": "auditor",
    "member": "member, {side}",
    "applied": "waits for verification",
    "declined": "declined",
    "suspended": "suspended",
}
HOST = ", keeps a door today"
STAFF = ("coordinator", "national", "auditor")
# Of these parts one person a side, or one in all, is enough to begin with.
ONE_A_SIDE, ONE_IN_ALL = ("coordinator", "member"), ("applied", "declined", "suspended")


class Command(BaseCommand):
    """Print a table of logins, shortened unless all are asked for."""

    help = "Print the demo's logins, with the present second-factor code of its coordinators."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one option."""
        parser.add_argument("--all", action="store_true", help="everybody, not one of each kind")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fail where there is no demo."""
        if not accounts.exist():
            raise CommandError("There is no demo here. Load it with: python manage.py load_demo")
        code, seconds = accounts.code()
        hosts = set(
            Site.objects.filter(session__state=SessionState.HELD).values_list("local_host__user__email", flat=True)
        )
        rows = [
            (
                WHO[part].format(side=login.partition(".")[2]) + (HOST if accounts.address(login) in hosts else ""),
                accounts.address(login),
                code if part in STAFF else "",
            )
            for login, part in self.chosen(everybody=options["all"])
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        self.stdout.write(f"\nThe demo's logins, all with the password {accounts.PASSWORD}\n")
        for who, email, second in rows:
            self.stdout.write(f"  {who:<{widths[0]}}  {email:<{widths[1]}}  {second}".rstrip())
        self.stdout.write(
            f"\nThe code is the second factor and changes in {seconds} s; `make code` prints the present one."
        )

    def chosen(self, *, everybody: bool) -> list[tuple[str, str]]:
        """Return login and part of those to print."""
        seen: set[tuple[str, ...]] = set()
        chosen = []
        order = list(WHO)
        for login, row in sorted(Cast().rows.items(), key=lambda item: order.index(item[1]["part"])):
            part, side = row["part"], login.partition(".")[2]
            kind = (part, side) if part in ONE_A_SIDE else (part,) if part in ONE_IN_ALL else (part, login)
            if everybody or kind not in seen:
                chosen.append((login, part))
            seen.add(kind)
        return chosen
