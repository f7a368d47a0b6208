"""Whoever leaves is erased: no word of theirs stays in any table, and nothing that others count on changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dialogues import selectors as dialogue_selectors
from dialogues.models import Registration, Session, WalkIn
from network import services, tasks
from network.admin_scoping import RegionScopedAdmin
from network.models import Practitioner, Transition, User
from notifications.models import Message
from tests.security import world as worlds
from tests.security.canaries import Canary
from tests.state import Broken, everything

pytestmark = pytest.mark.django_db
COUNTED = (Session, Registration, WalkIn, Transition, Practitioner, User)
# A member who leads and has seats elsewhere, somebody declined, a coordinator who did things to others, the national one, one abroad.
LEAVERS = (
    "east:moved-from-west",
    "west:leader",
    "south:declined",
    "west:coordinator",
    "west:national",
    "abroad:member",
)


@pytest.fixture
def small_world() -> worlds.World:
    with translation.override("en"):
        world = worlds.build()
    # The log of this world holds words so that no page shows them; Jisr itself writes ids there, see the last test.
    LogEntry.objects.all().delete()
    return world


def written_to(world: worlds.World, name: str) -> Practitioner:
    """Add what is sent to an address before somebody is known by it: the codes of sign-up and reset."""
    person, now = world.people[name], timezone.now()
    for channel, address in (("email", person.user.email), ("sms", person.user.phone)):
        row = Message(kind="account", channel=channel, language="en", created_at=now, due_at=now, state="gave_up")
        world.add(row, worlds.NOBODY, name, kind="account", address=address)
    cache.set("something", "else")
    return person


# Results rest on what a juror gave; it is a number, and nothing of theirs is left to lead to it.
STAYS = {("campaigns_mark", "campaigns.mark.value")}


def remains(world: worlds.World, name: str) -> set[tuple[str, str]]:
    """Return in which tables words about a person are still found, and from which fields they came."""
    found: set[tuple[str, str]] = set()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        assert len(tables) > 20
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = "\n".join(str(row) for row in cursor.fetchall())
            found |= {(table, bird.field) for bird in of(world, name, text)}
    kept = str(getattr(cache, "_cache", ""))
    found -= STAYS
    return found | {("cache", bird.field) for bird in of(world, name, kept)}


def of(world: worlds.World, name: str, text: str) -> set[Canary]:
    return {bird for bird in world.birds.sung(text) if bird.thing == name}


def figures() -> dict[str, Any]:
    """Return what others count on."""
    rows = {model.__name__: model._default_manager.count() for model in COUNTED}
    return rows | {
        str(session.pk): [
            {key: value for key, value in row.items() if key != "waiting"}
            for row in dialogue_selectors.counts_by_side(session)
        ]
        for session in Session.objects.order_by("pk")
    }


def leave(person: Practitioner) -> Practitioner:
    services.leave(user=User.objects.get(pk=person.user_id))
    return Practitioner.objects.get(pk=person.pk)


@pytest.mark.parametrize("name", LEAVERS)
def test_no_word_about_a_person_stays(name: str, small_world: worlds.World) -> None:
    person = leave(written_to(small_world, name))
    before = figures()
    assert len(remains(small_world, name)) > 15

    services.erase(practitioner=person)

    assert remains(small_world, name) == set()
    assert figures() == before
    person.refresh_from_db()
    assert (str(person), person.state) == (f"#{person.pk}", "left")
    assert User.objects.get(pk=person.user_id).email == f"erased-{person.user_id}@erased.invalid"


def test_nobody_else_is_touched(small_world: worlds.World) -> None:
    person = leave(small_world.people["west:leader"])
    others = [name for name in small_world.people if name != "west:leader"]
    before = {name: remains(small_world, name) for name in others[::4]}

    services.erase(practitioner=person)

    assert {name: remains(small_world, name) for name in others[::4]} == before


def test_a_second_run_changes_nothing(small_world: worlds.World) -> None:
    person = leave(small_world.people["west:leader"])
    services.erase(practitioner=person)
    once = everything()

    services.erase(practitioner=Practitioner.objects.get(pk=person.pk))

    assert everything() == once


def test_whoever_has_not_left_is_not_erased(small_world: worlds.World) -> None:
    before = everything()
    services.erase(practitioner=small_world.people["west:member"])

    assert everything() == before


def fail(*args: Any, **kwargs: Any) -> None:
    raise Broken


@pytest.mark.parametrize(
    "where",
    ["notifications.outbox.forget", "network.models.User.save", "network.models.User.set_unusable_password",
     "network.querysets.PractitionerQuerySet.update"],
)  # fmt: skip
def test_killed_half_way_it_is_undone_and_can_be_done_again(
    where: str, small_world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = leave(written_to(small_world, "west:leader"))
    before = everything()
    with monkeypatch.context() as broken:
        broken.setattr(where, fail)
        with pytest.raises(Broken):
            services.erase(practitioner=person)

    assert everything() == before
    services.erase(practitioner=person)
    assert remains(small_world, "west:leader") == set()


def test_everybody_is_erased_after_the_delay_and_nobody_before(small_world: worlds.World) -> None:
    early, late = (leave(small_world.people[f"{side}:leader"]) for side in ("west", "east"))
    Practitioner.objects.filter(pk=small_world.people["west:left"].pk).update(left_at=timezone.now())
    long_ago = timezone.now() - settings.ERASED_AFTER
    Practitioner.objects.filter(pk=early.pk).update(left_at=long_ago - timedelta(minutes=1))
    Practitioner.objects.filter(pk=late.pk).update(left_at=long_ago + timedelta(minutes=1))

    tasks.erase_left()

    assert remains(small_world, "west:leader") == set()
    assert remains(small_world, "east:leader") != set()
    assert remains(small_world, "west:left") != set()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def suspended_at_the_desk(world: worlds.World, name: str) -> Practitioner:
    client = signed_in(world.staff["regional south"])
    person = world.people[name]
    url = reverse("admin:network_practitioner_suspend", args=[person.pk])
    assert client.post(url, {"reason": world.birds.new("south", name, "network.transition.reason")}).status_code == 302
    return Practitioner.objects.get(pk=person.pk)


def test_what_was_done_to_somebody_at_the_desk_leaves_ids_only(small_world: worlds.World) -> None:
    person = suspended_at_the_desk(small_world, "south:member")

    assert LogEntry.objects.values_list("object_repr", flat=True).get() == f"#{person.pk}"
    services.erase(practitioner=leave(person))
    assert remains(small_world, "south:member") == set()


def test_a_log_with_names_would_be_found(small_world: worlds.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the control out: Django's own log keeps the name, and the scan must see it."""

    def with_names(page: Any, request: Any, objects: Any, flag: int, message: Any) -> None:
        LogEntry.objects.log_actions(request.user.pk, objects, flag, str(message))

    monkeypatch.setattr(RegionScopedAdmin, "_log", with_names)
    person = suspended_at_the_desk(small_world, "south:member")
    services.erase(practitioner=leave(person))

    assert {table for table, _field in remains(small_world, "south:member")} == {"django_admin_log"}


def test_nothing_but_ids_goes_into_the_log_of_the_desk(small_world: worlds.World) -> None:
    client = signed_in(small_world.staff["regional west"])
    steps: list[tuple[str, int, Callable[[], dict[str, str]]]] = [
        ("network_practitioner_verify", small_world.people["west:applied"].pk, dict),
        ("dialogues_session_cancel", small_world.sessions["west:coming"].pk, lambda: {"reason": "because"}),
        ("dialogues_session_delete", small_world.sessions["west:draft"].pk, lambda: {"post": "yes"}),
        ("notifications_message_resend", small_world.of(Message, "west")[0], dict),
    ]
    for name, pk, data in steps:
        assert client.post(reverse(f"admin:{name}", args=[pk]), data()).status_code == 302

    entries = list(LogEntry.objects.order_by("pk"))
    assert [entry.object_repr for entry in entries] == [f"#{pk}" for _name, pk, _data in steps]
    assert small_world.birds.sung(str([entry.change_message for entry in entries])) == set()
