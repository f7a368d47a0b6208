"""The scope rule at its source: `visible_to` and `editable_by` of every queryset, for every role."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models

from dialogues.models import Registration, Session, Site, WalkIn
from network import policies, selectors
from network.enums import Role
from network.models import Municipality, Practitioner, RoleGrant, Transition, User
from notifications.models import Message
from tests.factories.network import PractitionerFactory, RoleGrantFactory
from tests.security import world as worlds
from tests.security.world import ABROAD, JOINT, SIDES, World

pytestmark = pytest.mark.django_db
OWNED = (Practitioner, Session, Site, Registration, WalkIn)


@pytest.fixture
def small_world() -> World:
    return worlds.build()


def owners(world: World, rows: models.QuerySet) -> set[str]:
    return {world.owners[rows.model, pk] for pk in rows.values_list("pk", flat=True)}


def user(world: World, name: str) -> User:
    return User.objects.get(pk=world.staff[name].pk)


# Of all models in one world: to build it takes longer than to ask it.
@pytest.mark.parametrize("side", SIDES)
def test_a_regional_coordinator_reaches_their_side(side: str, small_world: World) -> None:
    by = user(small_world, f"regional {side}")
    for model in OWNED:
        joint = {JOINT} if model in (Session, Site) else set()

        assert owners(small_world, model.objects.visible_to(by)) == {side} | joint, model
        assert owners(small_world, model.objects.editable_by(by)) == {side}, model
        assert model.objects.editable_by(by).count() == len(small_world.of(model, side)), model


def test_the_national_coordinator_reads_all_and_answers_for_what_is_of_no_side(small_world: World) -> None:
    by = user(small_world, "national")
    for model in OWNED:
        own = JOINT if model in (Session, Site) else ABROAD

        assert model.objects.visible_to(by).count() == model.objects.count(), model
        assert owners(small_world, model.objects.editable_by(by)) == {own}, model


def test_the_auditor_reads_all_and_answers_for_nothing(small_world: World) -> None:
    by = user(small_world, "auditor")
    for model in (*OWNED, RoleGrant, Transition):
        assert model.objects.visible_to(by).count() == model.objects.count() > 0, model
        assert not model.objects.editable_by(by).exists(), model


def test_without_a_role_nothing_is_reached(small_world: World) -> None:
    outsiders = [
        AnonymousUser(),
        small_world.people["west:member"].user,
        small_world.people["west:suspended"].user,
        User.objects.create_user("nobody@example.org"),
    ]
    for model in (*OWNED, RoleGrant, Transition):
        for outsider in outsiders:
            assert not model.objects.visible_to(outsider).exists(), (model, outsider)
            assert not model.objects.editable_by(outsider).exists(), (model, outsider)


@pytest.mark.parametrize("side", SIDES)
def test_joint_sessions_are_shown_to_the_invited_sides_once_published(side: str, small_world: World) -> None:
    seen = Session.objects.visible_to(user(small_world, f"regional {side}"))
    names = {name for name, session in small_world.sessions.items() if session in seen and name.startswith(JOINT)}

    assert names == {"joint:running", "joint:coming"} | ({"joint:two"} if side in SIDES[:2] else set())


def test_notices_follow_the_side_on_which_their_reader_is_now(small_world: World) -> None:
    by = user(small_world, "regional west")

    assert owners(small_world, selectors.messages_visible_to(by)) == {"west"}
    assert Message.objects.filter(recipient_id__isnull=True).exists()
    assert not selectors.messages_visible_to(by).filter(recipient_id__isnull=True).exists()
    assert selectors.messages_visible_to(user(small_world, "auditor")).count() == Message.objects.count()
    assert not selectors.messages_editable_by(user(small_world, "auditor")).exists()


def test_two_sides_are_both_reached_and_no_third(small_world: World) -> None:
    by = user(small_world, "regional west")
    RoleGrantFactory(user=by, role=Role.REGIONAL_COORDINATOR, region=small_world.regions["east"])
    by = User.objects.get(pk=by.pk)

    assert owners(small_world, Practitioner.objects.visible_to(by)) == {"west", "east"}


def test_a_scope_can_be_locked(small_world: World) -> None:
    """`distinct()` would forbid it on PostgreSQL."""
    for model in OWNED:
        for name in ("regional west", "national", "auditor"):
            assert list(model.objects.visible_to(user(small_world, name)).select_for_update(of=("self",)))


def test_places_are_read_by_everybody_and_kept_by_the_national_coordinator(small_world: World) -> None:
    known = Municipality.objects.count()
    assert Municipality.objects.visible_to(AnonymousUser()).count() == known >= len(SIDES)
    assert not Municipality.objects.editable_by(user(small_world, "regional west")).exists()
    assert Municipality.objects.editable_by(user(small_world, "national")).count() == known


def test_nobody_verifies_themselves_or_reads_a_licence_that_they_do_not_check(small_world: World) -> None:
    west, applied = user(small_world, "regional west"), small_world.people["west:applied"]
    own = small_world.people["west:coordinator"]

    assert policies.can_see_licence(west, applied)
    assert not policies.can_verify(west, own)
    for name in ("regional east", "national", "auditor"):
        assert not policies.can_see_licence(user(small_world, name), applied)
    assert policies.can_see_licence(user(small_world, "national"), small_world.people["abroad:applied"])
    assert not policies.can_see_licence(west, small_world.people["abroad:applied"])


@pytest.mark.parametrize("role", Role.values)
def test_no_role_holds_what_the_login_keeps(role: str) -> None:
    apps = {label.partition(".")[0] for label in policies.MATRIX[role]}

    assert apps <= {
        "network", "notifications", "facilities", "needs", "outreach", "dialogues", "measures", "campaigns",
    }  # fmt: skip
    assert "network.user" not in policies.MATRIX[role]
    deletable = {label for label, actions in policies.MATRIX[role].items() if "delete" in actions}
    # Lines of the forms of an entry in the media log, and of a campaign.
    lines = {
        f"campaigns.{name}" for name in ("speaker", "question", "prize", "faq", "criterion", "topic", "prizegiving")
    }
    # Of rounds the drafts alone.
    assert {label for label in deletable if "dialogues" not in label} <= lines | {
        "campaigns.round", "facilities.othername", "outreach.stop", "outreach.whereabouts",
    }  # fmt: skip


def test_django_s_own_permissions_open_nothing() -> None:
    person = PractitionerFactory().user
    RoleGrantFactory(user=person)

    assert not person.has_perm("network.view_practitioner")
    assert not person.has_module_perms("network")
    assert person.is_superuser is False
