"""What happens by itself when a time is over: votes close, mediations end, voters are reminded. Each once, however often it runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from measures import services, tasks
from measures.enums import Choice, MeasureState
from measures.models import Measure, Vote, VoteClosing, VoteKey
from network.models import Transition
from notifications import relay
from notifications.models import Message
from tests.factories import measures as make
from tests.state import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(2)


def mediated(people: dict[str, list[Any]], clock: Any) -> Vote:
    """Return a vote that closed with one objection."""
    vote = make.opened(people)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:1], Choice.BLOCK, "It leaves the clinics out.")
    clock.forward(days=8)
    tasks.close_votes()
    return vote


def state_of(vote: Vote) -> str:
    return Measure.objects.get(pk=vote.measure_id).state


# --- votes close ----------------------------------------------------------------------------------------------------------


def test_a_vote_is_counted_when_its_time_is_over_and_not_before(people: dict, clock: Any) -> None:
    vote = make.opened(people)

    tasks.close_votes()
    assert (state_of(vote), VoteClosing.objects.count()) == (MeasureState.OPEN, 0)

    clock.forward(days=7, seconds=1)
    tasks.close_votes()
    tasks.close_votes()
    assert (state_of(vote), VoteClosing.objects.count()) == (MeasureState.NOT_ADOPTED, 1)


def test_a_vote_that_was_tampered_with_adopts_nothing_and_holds_up_no_other(
    people: dict, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    tampered, sound = make.opened(people), make.opened(people)
    for vote in (tampered, sound):
        for voters in people.values():
            make.cast(vote, voters, Choice.AGREE if vote == sound or voters != people["south"] else Choice.ABSTAIN)
    tamper("UPDATE measures_ballot SET choice = 'agree' WHERE choice = 'abstain'")
    clock.forward(days=8)

    tasks.close_votes()

    assert (state_of(tampered), state_of(sound)) == (MeasureState.OPEN, MeasureState.ADOPTED)
    assert f"vote {tampered.pk} could not be closed" in caplog.text
    assert not VoteClosing.objects.filter(vote=tampered).exists()

    # Once it is as it was cast again, it is counted.
    tamper("UPDATE measures_ballot SET choice = 'abstain' WHERE vote_id = %s AND number > 4", tampered.pk)
    tasks.close_votes()
    assert state_of(tampered) == MeasureState.NOT_ADOPTED


# --- mediations end -------------------------------------------------------------------------------------------------------


def test_a_mediation_ends_when_its_time_is_over_and_not_before(people: dict, clock: Any) -> None:
    vote = mediated(people, clock)
    assert state_of(vote) == MeasureState.MEDIATION

    clock.forward(days=13)
    tasks.end_mediations()
    assert state_of(vote) == MeasureState.MEDIATION
    assert VoteKey.objects.filter(vote=vote).exists()

    clock.forward(days=1, seconds=1)
    tasks.end_mediations()
    moves = Transition.objects.count()
    tasks.end_mediations()
    assert state_of(vote) == MeasureState.NOT_ADOPTED
    assert not VoteKey.objects.filter(vote=vote).exists()
    assert Transition.objects.count() == moves


def test_a_mediation_that_ended_well_is_not_ended_again(people: dict, clock: Any) -> None:
    vote = mediated(people, clock)
    services.withdraw_objection(vote=vote, practitioner=people["south"][0])
    clock.forward(days=30)

    tasks.end_mediations()

    assert state_of(vote) == MeasureState.ADOPTED


# --- voters are reminded --------------------------------------------------------------------------------------------------


def test_all_on_the_roll_are_reminded_a_day_before_once_and_whoever_voted_too(people: dict, clock: Any) -> None:
    vote = make.opened(people)
    make.cast(vote, people["east"])
    roll = {person.user_id for voters in people.values() for person in voters}

    tasks.remind_voters()
    assert not Message.objects.filter(kind="vote-reminder").exists()

    clock.forward(days=6, minutes=1)
    tasks.remind_voters()
    tasks.remind_voters()

    told = list(Message.objects.filter(kind="vote-reminder").values_list("recipient_id", flat=True))
    assert roll <= set(told)
    assert len(told) == len(set(told)) == vote.roll.count()


def test_nobody_is_reminded_of_a_vote_that_is_over(people: dict, clock: Any) -> None:
    vote = make.opened(people)
    clock.forward(days=6, minutes=1)
    tasks.remind_voters()
    clock.forward(days=1)

    tasks.close_votes()
    tasks.remind_voters()
    relay.drain()

    assert state_of(vote) == MeasureState.NOT_ADOPTED
    assert not [letter for letter in mail.outbox if make.WORDS["title_en"] in letter.body]
    assert timezone.now() > vote.closes_at - timedelta(days=1)
