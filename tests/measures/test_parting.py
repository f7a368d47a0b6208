"""What becomes of somebody's part in measures when they leave, and what of it is theirs to take along."""

import json
import uuid
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from measures import selectors, services, waiting
from measures.enums import Choice, Leaning, Secrecy
from measures.models import Action, Author, Ballot, Comment, Following, LeaningVote, Measure
from network import services as network_services
from network.models import Practitioner
from notifications.models import Message
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, list[Practitioner]]:
    return make.members(3)


def leave(person: Practitioner) -> Practitioner:
    network_services.leave(user=person.user)
    return Practitioner.objects.get(pk=person.pk)


def write_together(measure: Measure, person: Practitioner) -> None:
    services.invite_author(measure=measure, practitioner=person, by=make.lead_of(measure).user)
    services.answer_invitation(measure=measure, practitioner=person, accept=True)


def test_the_next_author_leads_and_what_nobody_writes_is_withdrawn(people: dict) -> None:
    leaver, heir = people["west"][0], people["east"][0]
    shared, alone = make.in_review(leaver), make.draft(leaver)
    write_together(shared, heir)

    leave(leaver)

    assert make.lead_of(shared) == heir
    shared.refresh_from_db()
    alone.refresh_from_db()
    assert (shared.state, alone.state) == ("review", "withdrawn")
    assert not Author.objects.current().filter(practitioner=leaver).exists()


def test_invitations_leanings_and_followings_go(people: dict) -> None:
    leaver, measure = people["east"][0], make.in_review(people["west"][0])
    services.invite_author(measure=measure, practitioner=leaver, by=people["west"][0].user)
    services.keep_leaning(measure=measure, practitioner=leaver, value=Leaning.AGREE)
    services.follow_measure(measure=measure, practitioner=leaver, follow=True)
    services.add_filter(practitioner=leaver, region=None, topic=None, kind="vote")

    leave(leaver)

    assert not LeaningVote.objects.exists()
    assert not Following.objects.exists()
    assert not Author.objects.filter(practitioner=leaver).exists()


def test_an_action_goes_to_the_lead_author_of_another_side(people: dict, clock: Any) -> None:
    lead, leaver, other = people["west"][0], people["east"][0], people["south"][0]
    measure = make.adopted(people, clock)
    action = make.planned(measure, leaver, other)

    leave(leaver)

    action.refresh_from_db()
    assert (action.first_owner, action.second_owner) == (lead, other)
    assert action.first_side == lead.region
    assert Message.objects.filter(kind="action-given", recipient_id=lead.user_id).exists()


def test_where_no_author_can_stand_in_the_coordinators_are_asked(people: dict, clock: Any) -> None:
    lead, leaver, other = people["west"][0], people["east"][0], people["west"][1]
    measure = make.adopted(people, clock)
    action = make.planned(measure, leaver, other)
    east, west, south, national = (coordinator(side) for side in ("east", "west", "south", None))

    leave(leaver)

    action.refresh_from_db()
    assert action.first_owner == leaver
    told = set(Message.objects.filter(kind="action-without-owner").values_list("recipient_id", flat=True))
    assert {east.pk, west.pk, national.pk, other.user_id} <= told
    assert not told & {south.pk, leaver.user_id, lead.user_id}
    heir = PractitionerFactory(side="east")
    services.hand_over(action=action, owner=leaver, to=heir, by=national)
    assert Action.objects.get().first_owner == heir


def test_what_is_done_stays_theirs(people: dict, clock: Any) -> None:
    leaver, other = people["east"][0], people["south"][0]
    action = make.planned(make.adopted(people, clock), leaver, other)
    services.add_evidence(action=action, text="Counted.", uid=uuid.uuid4(), by=leaver.user)
    services.claim_done(action=action, by=leaver.user)
    services.confirm_done(action=action, by=other.user)

    leave(leaver)

    assert Action.objects.get().first_owner == leaver


def test_a_vote_that_was_cast_counts_after_its_voter_has_left(people: dict, clock: Any) -> None:
    vote, leaver = make.opened(people), people["east"][0]
    for voters in people.values():
        make.cast(vote, voters)
    person = leave(leaver)
    network_services.erase(practitioner=person)
    clock.forward(days=8)

    assert services.close_vote(vote=vote).state == "adopted"
    assert vote.closings.get().outcome["sides"][0]["tally"]["agree"] == 3
    with pytest.raises(services.VoteIsClosed):
        services.cast_vote(vote=vote, practitioner=person, choice=Choice.ABSTAIN)


def test_erased_nobody_is_named_and_what_was_said_stays(people: dict) -> None:
    leaver, measure = people["east"][0], make.in_review(people["west"][0])
    write_together(measure, leaver)
    services.add_comment(
        measure=measure, version=measure.current, text="And the desert?", uid=uuid.uuid4(), author=leaver
    )
    person = leave(leaver)
    for _ in range(2):
        network_services.erase(practitioner=person)

    comment = Comment.objects.get()
    assert (comment.author, comment.text) == (None, "And the desert?")
    assert not Author.objects.filter(practitioner=person).exists()
    assert waiting.comments(people["west"][0]) == [{"measure": measure, "count": 1}]


def test_whoever_is_suspended_gives_up_the_same(people: dict) -> None:
    person, measure = people["east"][0], make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=person, follow=True)
    network_services.suspend(practitioner=person, by=coordinator("east"), reason="For now.")
    assert not Following.objects.exists()


@pytest.mark.parametrize("secrecy", Secrecy.values)
def test_the_copy_has_all_but_secret_ballots(people: dict, clock: Any, secrecy: str) -> None:
    me = people["west"][0]
    measure = make.compared(me)
    services.add_comment(measure=measure, version=measure.current, text="Mine.", uid=uuid.uuid4(), author=me)
    services.keep_leaning(measure=measure, practitioner=me, value=Leaning.AGREE)
    services.follow_measure(measure=measure, practitioner=me, follow=True)
    vote = make.opened(people, measure=measure, secrecy=secrecy)
    make.cast(vote, [me], Choice.BLOCK, "My reason.")

    copy = json.loads(json.dumps(selectors.my_copy(me), cls=DjangoJSONEncoder))

    assert copy["written"][0]["measure__slug"] == measure.slug
    assert copy["versions"][0]["text_en"] == make.WORDS["text_en"]
    assert [row["text"] for row in copy["comments"]] == ["Mine."]
    assert [row["value"] for row in copy["leanings"]] == ["agree"]
    assert copy["followed"][0]["measure__slug"] == measure.slug
    assert copy["may_vote_in"][0]["vote__number"] == 1
    assert ("My reason." in json.dumps(copy)) is (secrecy == Secrecy.NAMED)
    assert copy["secret_votes"]
    assert Ballot.objects.get().voter not in json.dumps(copy)
