"""The command by which the first national coordinator comes to be."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from network.enums import Role
from network.models import RoleGrant
from tests.factories.network import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def grant(*arguments: str) -> str:
    out = StringIO()
    call_command("grant_role", *arguments, stdout=out)
    return out.getvalue()


def test_national_coordinator():
    user = UserFactory(email="first@example.org")

    said = grant("First@example.org", "national_coordinator")

    assert said == "first@example.org is national coordinator from today on.\n"
    assert list(RoleGrant.objects.values_list("user", "role", "region")) == [(user.pk, Role.NATIONAL_COORDINATOR, None)]


def test_regional_coordinator():
    UserFactory(email="first@example.org")
    side = RegionFactory(code="south")

    said = grant("first@example.org", "regional_coordinator", "--side", "south")

    assert said == "first@example.org is regional coordinator of the side South from today on.\n"
    assert RoleGrant.objects.get().region == side


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.org", "auditor"], "There is no account with this e-mail address"),
        (["first@example.org", "regional_coordinator"], "needs --side. The sides are: east, west."),
        (
            ["first@example.org", "regional_coordinator", "--side", "north"],
            "There is no side north. The sides are: east",
        ),
        (["first@example.org", "auditor", "--side", "east"], "leave --side out"),
        (["first@example.org", "king"], "invalid choice"),
    ],
)
def test_errors_are_clear(arguments, sentence):
    UserFactory(email="first@example.org")
    RegionFactory(code="east")
    RegionFactory(code="west")

    with pytest.raises(CommandError, match=sentence):
        grant(*arguments)

    assert not RoleGrant.objects.exists()
