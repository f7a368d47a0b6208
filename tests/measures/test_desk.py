"""Measures and actions at the desk."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from measures import services
from measures.enums import ActionState
from measures.models import Action
from network.models import Transition
from tests.desk import at_the_desk
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
STAFF = {"west": lambda: coordinator("west"), "national": lambda: coordinator(None), "auditor": auditor}


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:measures_{model}_{page}", args=args)


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(2)


@pytest.fixture
def action(people: dict, clock: Any) -> Action:
    measure = make.adopted(people, clock)
    return make.planned(measure, people["east"][0], people["south"][0])


@pytest.mark.parametrize("role", STAFF)
def test_all_who_work_at_the_desk_read_what_is_no_draft(role: str, people: dict) -> None:
    draft, shown = make.draft(people["east"][0], title_en="Not yet"), make.in_review(people["east"][0])
    never_read = make.draft(people["east"][0], title_en="Given up")
    services.withdraw_measure(measure=never_read, by=people["east"][0].user, reason="")
    taken_back = make.in_review(people["east"][0], title_en="Was read")
    services.withdraw_measure(measure=taken_back, by=people["east"][0].user, reason="Enough.")
    client = at_the_desk(STAFF[role]())

    page = client.get(url("measure", "changelist")).content.decode()

    assert page.count('class="field-shown_title"') == 2
    assert client.get(url("measure", "change", shown.pk)).status_code == 200
    assert client.get(url("measure", "change", taken_back.pk)).status_code == 200
    for hidden in (draft, never_read):
        assert client.get(url("measure", "change", hidden.pk)).status_code == 404
        assert client.get(url("measure", "history", hidden.pk)).status_code == 404


@pytest.mark.parametrize("role", STAFF)
def test_nothing_of_a_measure_is_written_at_the_desk(role: str, people: dict) -> None:
    measure = make.in_review(people["west"][0])
    client = at_the_desk(STAFF[role]())

    assert client.get(url("measure", "add")).status_code == 404
    assert client.post(url("measure", "change", measure.pk), {"topic": ""}).status_code == 404
    assert client.post(url("measure", "delete", measure.pk), {"post": "yes"}).status_code == 404


def test_an_author_is_named_to_those_who_know_them(people: dict) -> None:
    measure = make.in_review(people["east"][0])

    def page(user: Any) -> str:
        return at_the_desk(user).get(url("measure", "change", measure.pk)).content.decode()

    name = people["east"][0].name_ar
    assert name in page(coordinator("east"))
    assert name in page(coordinator(None))
    assert name not in page(coordinator("west"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_count_of_votes_stands_at_the_desk(people: dict, clock: Any, language: str) -> None:
    people = make.members(7)
    vote = make.opened(people)
    client = at_the_desk(coordinator(None))
    path = f"/{language}/admin/measures/measure/{vote.measure_id}/change/"
    with CaptureQueriesContext(connection) as before:
        first = client.get(path).content
    make.cast(vote, people["east"])
    make.cast(vote, people["south"][:3], "block", "Not like this.")
    with CaptureQueriesContext(connection) as after:
        second = client.get(path).content

    def plain(page: bytes) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.decode().split('id="content"')[1])

    assert plain(first) == plain(second)
    assert not any("measures_ballot" in query["sql"] for query in [*before, *after])
    clock.forward(days=8)
    services.close_vote(vote=vote)
    third = client.get(path).content.decode()
    assert "Not like this." not in third
    assert not any("measures_ballot" in query["sql"] for query in after)


@pytest.mark.parametrize("side", ["east", "south"])
def test_a_side_sees_its_own_owner_by_name_and_the_other_by_profession(side: str, action: Action) -> None:
    mine, other = (
        (action.first_owner, action.second_owner) if side == "east" else (action.second_owner, action.first_owner)
    )
    client = at_the_desk(coordinator(side))
    for path in (url("action", "changelist"), url("action", "change", action.pk)):
        page = client.get(path).content.decode()
        assert mine.name_ar in page
        assert other.name_ar not in page
        assert other.profession.name_ar in page


def test_a_side_without_an_owner_does_not_see_the_action(action: Action) -> None:
    client = at_the_desk(coordinator("west"))
    assert 'class="field-shown_title"' not in client.get(url("action", "changelist")).content.decode()
    for page in ("change", "history", "delete"):
        assert client.get(url("action", page, action.pk)).status_code == 404
    assert client.post(url("action", "drop", action.pk), {"reason": "x"}).status_code == 404


def test_late_ones_can_be_asked_for(action: Action, people: dict, clock: Any) -> None:
    done = make.planned(action.measure, people["east"][1], people["west"][1], title_ar="أُنجز", title_en="Done")
    Action.objects.filter(pk=done.pk).update(state=ActionState.DROPPED)
    client = at_the_desk(coordinator(None))
    path = url("action", "changelist")
    assert client.get(f"{path}?late=yes").content.decode().count('class="field-shown_title"') == 0
    clock.forward(days=31)
    client = at_the_desk(coordinator(None))
    assert client.get(f"{path}?late=yes").content.decode().count('class="field-shown_title"') == 1
    assert client.get(f"{path}?late=no&state__exact=dropped").content.decode().count('class="field-shown_title"') == 1
    desk = client.get(reverse("admin:index")).content.decode()
    assert action.title_ar in desk
    assert action.title_ar in at_the_desk(coordinator("east")).get(reverse("admin:index")).content.decode()
    assert action.title_ar not in at_the_desk(coordinator("west")).get(reverse("admin:index")).content.decode()


def test_a_national_coordinator_drops_an_action_for_a_reason(action: Action) -> None:
    drop = url("action", "drop", action.pk)
    for user in (coordinator("east"), auditor()):
        assert at_the_desk(user).post(drop, {"reason": "No."}).status_code == 404
    client = at_the_desk(coordinator(None))

    client.post(drop, {"reason": "  "})
    assert Action.objects.get().state == "planned"
    client.post(drop, {"reason": "The warehouse burnt down."})

    assert Action.objects.get().state == "dropped"
    assert Transition.objects.of(action).order_by("-pk")[0].reason == "The warehouse burnt down."
    assert 'name="reason"' not in client.get(url("action", "change", action.pk)).content.decode()


def test_votes_to_open_wait_for_a_national_coordinator_who_did_not_write_them(people: dict) -> None:
    measure = make.compared(people["west"][0])
    title = make.WORDS["title_ar"]
    national = coordinator(None)

    def desk(client: Client) -> str:
        return client.get(reverse("admin:index")).content.decode()

    client = at_the_desk(national)
    assert title in desk(client)
    assert title not in desk(at_the_desk(coordinator("west")))
    member = PractitionerFactory(user=national)
    services.invite_author(measure=measure, practitioner=member, by=people["west"][0].user)
    services.answer_invitation(measure=measure, practitioner=member, accept=True)
    assert title not in desk(client)


def test_a_measure_without_authors_waits_for_a_new_look(people: dict, clock: Any) -> None:
    measure = make.compared(people["west"][0], choices={"review_on": timezone.localdate()})
    make.adopted(people, clock, measure=measure)
    title = make.WORDS["title_ar"]
    assert title not in at_the_desk(coordinator(None)).get(reverse("admin:index")).content.decode()
    type(people["west"][0]).objects.filter(pk=people["west"][0].pk).update(state="suspended")
    assert title in at_the_desk(coordinator(None)).get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("query", ["أكسجين", "OXYGEN", "list"])
def test_a_measure_is_found_by_its_words_in_either_language(people: dict, query: str) -> None:
    make.in_review(people["west"][0])
    page = at_the_desk(coordinator("south")).get(url("measure", "changelist"), {"q": query}).content.decode()
    assert page.count('class="field-shown_title"') == 1
    none = at_the_desk(coordinator("south")).get(url("measure", "changelist"), {"q": "zzzz"}).content.decode()
    assert none.count('class="field-shown_title"') == 0


def _asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_desk_asks_the_database_as_often_for_one_row_as_for_many(people: dict, clock: Any) -> None:
    measure = make.adopted(people, clock)
    written = make.in_review(people["west"][0])
    make.planned(measure, people["east"][0], people["south"][0])
    client = at_the_desk(coordinator(None))
    paths = [
        url("measure", "changelist"),
        url("action", "changelist"),
        url("measure", "change", written.pk),
        url("action", "change", Action.objects.get().pk),
    ]
    for path in paths:
        client.get(path)
    before = [_asked(client, path) for path in paths]
    for number in range(3):
        make.planned(measure, people["east"][number % 2], people["south"][0])
        make.in_review(PractitionerFactory(side="east"))
        member = PractitionerFactory(side="south")
        services.invite_author(measure=written, practitioner=member, by=people["west"][0].user)
        services.answer_invitation(measure=written, practitioner=member, accept=True)

    after = [_asked(client, path) for path in paths]

    assert before == after
    assert max(after) <= 25
