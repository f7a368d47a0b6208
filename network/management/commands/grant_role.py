"""Give a role from the server's own console: how the first national coordinator comes to be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from network import services
from network.enums import ROLES_OF_A_SIDE, DomainError, Role
from network.models import Region


class Command(BaseCommand):
    """Give a role from today on; the person is told, and logs in again."""

    help = "Give a role to an account, for example: manage.py grant_role someone@example.org national_coordinator"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who, what and for which side."""
        parser.add_argument("email", help="the e-mail address of an account that exists")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--side", default="", help="the code of the side, for a regional coordinator")

    def handle(self, *args: Any, email: str, role: str, side: str, **options: Any) -> None:
        """Grant it, or say in a sentence why not."""
        region = self.region(role, side)
        with translation.override("en"):
            try:
                grant = services.grant_first_role(email=email, role=role, region=region)
            except DomainError as error:
                raise CommandError(str(error)) from error
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            of = f" of the side {region.name_en}" if region else ""
            self.stdout.write(f"{grant.user.email} is {Role(role).label}{of} from today on.")

    def region(self, role: str, side: str) -> Region | None:
        """Return the side that goes with the role."""
        known = ", ".join(Region.objects.order_by("position", "pk").values_list("code", flat=True))
        if role in ROLES_OF_A_SIDE and not side:
            raise CommandError(
                f"A regional coordinator needs --side. The sides are: {known or 'none yet, load_reference'}."
            )
        if role not in ROLES_OF_A_SIDE and side:
            raise CommandError("This role is for the whole country: leave --side out.")
        region = Region.objects.filter(code=side).first()
        if side and region is None:
            raise CommandError(f"There is no side {side}. The sides are: {known or 'none yet, load_reference'}.")
        return region
