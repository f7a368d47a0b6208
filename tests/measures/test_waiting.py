"""What waits for a member, and what they follow: seen by nobody else."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from facilities.models import ServiceDomain
from measures import services, waiting
from measures.enums import Choice
from measures.models import Following
from network.models import Practitioner
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


@pytest.fixture
def people() -> dict[str, list[Practitioner]]:
    return make.members(2)


def signed_in(person: Practitioner) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page(person: Practitioner, name: str, language: str = "en") -> str:
    with override(language):
        path = reverse(name)
    response = signed_in(person).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_my_vote_is_known_to_me_until_the_close_and_to_nobody_else(people: dict, clock: Any) -> None:
    vote, me, other = make.opened(people), people["east"][0], people["east"][1]
    assert [row.voted for row in waiting.votes(me)] == [False]

    services.cast_vote(vote=vote, practitioner=me, choice=Choice.ABSTAIN)

    assert [row.voted for row in waiting.votes(me)] == [True]
    assert [row.voted for row in waiting.votes(other)] == [False]
    assert "You have voted" in page(me, "measures:mine")
    assert "You have voted" not in page(other, "measures:mine")
    assert waiting.votes(PractitionerFactory(side="east")) == []
    clock.forward(days=8)
    assert waiting.votes(me) == []


def test_my_objection_waits_in_the_mediation_and_is_seen_by_me_alone(people: dict, clock: Any) -> None:
    vote, me = make.opened(people), people["south"][0]
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, [me], Choice.BLOCK, "The desert is left out.")
    assert waiting.objections(me) == []
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)

    assert waiting.objections(me) == [measure]
    assert waiting.my_page(me)["objections"] == 1
    assert waiting.objections(people["south"][1]) == []
    assert "The desert is left out." not in page(me, "measures:mine")
    services.withdraw_objection(vote=vote, practitioner=me)
    assert waiting.objections(me) == []


def test_invitations_comparisons_and_comments_wait_for_whom_they_are(people: dict) -> None:
    author, asked, reader = people["west"][0], people["east"][0], people["south"][0]
    measure = make.in_review(author)
    services.invite_author(measure=measure, practitioner=asked, by=author.user)
    comment = services.add_comment(
        measure=measure, version=measure.current, text="Which list?", uid=uuid.uuid4(), author=reader
    )

    assert list(waiting.invitations(asked)) == [measure]
    assert waiting.comparisons(reader) == [measure]
    assert waiting.comparisons(author) == []
    assert waiting.comparisons(PractitionerFactory(languages=["ar"])) == []
    assert waiting.comments(author) == [{"measure": measure, "count": 1}]
    assert waiting.comments(reader) == []
    services.resolve_comment(comment=comment, resolved=True, by=author)
    services.answer_invitation(measure=measure, practitioner=asked, accept=True)
    assert waiting.comments(author) == list(waiting.invitations(asked)) == []
    assert waiting.comparisons(asked) == []


def test_my_actions_come_late_ones_first_and_a_claim_waits_for_the_other_owner(people: dict, clock: Any) -> None:
    first, second = people["east"][0], people["south"][0]
    measure = make.adopted(people, clock)
    later = make.planned(measure, first, second)
    clock.forward(days=29)
    sooner = make.planned(measure, first, second, due=later.due.replace(day=1), title_en="Sooner", title_ar="أقرب")
    services.add_evidence(action=later, text="Counted.", uid=uuid.uuid4(), by=first.user)
    services.claim_done(action=later, by=first.user)
    clock.forward(days=9)

    assert waiting.page(second)["to_confirm"] == [later]
    assert waiting.page(second)["actions"] == [sooner]
    assert waiting.page(first)["to_confirm"] == []
    assert waiting.page(first)["actions"] == [sooner, later]
    counted = waiting.my_page(second)
    assert (counted["to_confirm"], counted["actions"], counted["late"]) == (1, 2, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_own_page_says_how_much_waits(people: dict, language: str) -> None:
    make.opened(people)
    said = page(people["east"][0], "network:me", language)
    assert {"ar": "تصويت واحد مفتوح", "en": "1 vote is open"}[language] in said
    assert str(reverse("measures:mine")).rpartition("/measures")[2] in said


def _asked(person: Practitioner, name: str) -> int:
    client = signed_in(person)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(name))
    return len(captured)


@pytest.mark.parametrize("name", ["measures:mine", "measures:following", "network:me"])
def test_the_pages_ask_the_database_seldom_and_as_often_for_many_rows(people: dict, clock: Any, name: str) -> None:
    me = people["east"][0]

    def more() -> None:
        measure = make.adopted(people, clock)
        make.planned(measure, me, people["south"][0])
        action = make.planned(measure, me, people["south"][0])
        services.add_evidence(action=action, text="Counted.", uid=uuid.uuid4(), by=people["south"][0].user)
        services.claim_done(action=action, by=people["south"][0].user)
        make.opened(people)
        shared = make.in_review(people["west"][0])
        services.invite_author(measure=shared, practitioner=me, by=people["west"][0].user)
        own = make.in_review(me)
        services.add_comment(measure=own, version=own.current, text="And?", uid=uuid.uuid4(), author=people["west"][0])
        services.follow_measure(measure=shared, practitioner=me, follow=True)
        topic = ServiceDomain.objects.create(code=uuid.uuid4().hex[:8], name_ar="م", name_en="T", group="g")
        services.add_filter(practitioner=me, region=me.region, topic=topic, kind="vote")
        blocked = make.opened(people)
        for voters in people.values():
            make.cast(blocked, voters)
        make.cast(blocked, [me], Choice.BLOCK, "No.")
        clock.forward(days=7)
        services.close_vote(vote=blocked)
        make.opened(people)

    more()
    before = _asked(me, name)
    more()
    more()

    assert before == _asked(me, name)
    assert before <= 15


# --- following ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_are_added_listed_and_removed(people: dict, language: str) -> None:
    me = people["east"][0]
    client = signed_in(me)
    with override(language):
        path = reverse("measures:following")
    topic = ServiceDomain.objects.create(code="oxygen", name_ar="الأكسجين", name_en="Oxygen", group="g")

    response = client.post(path, {"region": me.region_id, "topic": topic.pk, "kind": "vote"}, follow=True)

    assert {"ar": "الأكسجين", "en": "Oxygen"}[language] in response.content.decode()
    row = Following.objects.get()
    assert (row.practitioner, row.region, row.topic, row.kind) == (me, me.region, topic, "vote")
    client.post(path, {"region": me.region_id, "topic": topic.pk, "kind": "vote"})
    assert Following.objects.count() == 1
    client.post(path, {"do": "remove", "following": row.pk})
    assert not Following.objects.exists()


def test_a_filter_of_nothing_would_be_everything_and_is_refused(people: dict) -> None:
    response = signed_in(people["east"][0]).post(reverse("measures:following"), {"region": "", "topic": "", "kind": ""})
    assert response.status_code == 200
    assert not Following.objects.exists()


def test_nobody_removes_what_another_follows(people: dict) -> None:
    services.add_filter(practitioner=people["east"][0], region=None, topic=None, kind="vote")
    row = Following.objects.get()
    for number in (row.pk, 0, "x", "9" * 30, ""):
        answer = signed_in(people["west"][0]).post(reverse("measures:following"), {"do": "remove", "following": number})
        assert answer.status_code == 404
    assert Following.objects.exists()


def test_a_measure_is_followed_and_no_more(people: dict) -> None:
    me, measure = people["east"][0], make.in_review(people["west"][0])
    client, path = signed_in(me), reverse("measures:follow", args=[measure.slug])

    for _ in range(2):
        assert client.post(path, {"follow": "yes"}).status_code == 302
    assert Following.objects.get().measure == measure
    assert make.WORDS["title_en"] in page(me, "measures:following")
    client.post(path, {"follow": "no"})
    assert not Following.objects.exists()
    assert client.get(path).status_code == 405


def test_a_draft_of_others_can_t_be_followed_and_leaves_the_list_when_taken_back(people: dict) -> None:
    me, author = people["east"][0], people["west"][0]
    draft, shown = make.draft(author), make.in_review(author)
    client = signed_in(me)
    assert client.post(reverse("measures:follow", args=[draft.slug]), {"follow": "yes"}).status_code == 404
    assert client.post(reverse("measures:follow", args=["m-none"]), {"follow": "yes"}).status_code == 404
    client.post(reverse("measures:follow", args=[shown.slug]), {"follow": "yes"})
    services.take_back(measure=shown, by=author.user)
    assert make.WORDS["title_en"] not in page(me, "measures:following")


def test_there_are_twenty_filters_at_most(people: dict) -> None:
    me = people["east"][0]
    for number in range(20):
        topic = ServiceDomain.objects.create(code=f"t{number}", name_ar="م", name_en="T", group="g")
        services.add_filter(practitioner=me, region=None, topic=topic, kind="")
    response = signed_in(me).post(reverse("measures:following"), {"kind": "vote"})
    assert response.status_code == 200
    assert Following.objects.count() == 20


@pytest.mark.parametrize("name", ["measures:mine", "measures:following"])
def test_only_active_members_have_such_pages(name: str) -> None:
    assert Client().get(reverse(name)).status_code == 302
    applicant = PractitionerFactory(state="applied")
    assert signed_in(applicant).get(reverse(name)).url == reverse("network:me")
