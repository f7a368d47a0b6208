"""A vote from its opening to its outcome."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from measures import recount, selectors, services
from measures.enums import Choice, MeasureState, Method, Secrecy
from measures.models import Ballot, Measure, ParityReading, RollEntry, Version, Vote, VoteClosing, VoteKey
from network.models import Transition
from network.services import IllegalMove
from notifications.models import Message
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(6)


# --- opening ------------------------------------------------------------------------------------------------------------


def test_a_vote_freezes_its_rules_and_its_roll(people: dict) -> None:
    vote = make.opened(people, quorum=3, threshold=70)

    assert vote.measure.state == MeasureState.OPEN or Measure.objects.get(pk=vote.measure_id).state == "open"
    # The one who compared the texts is a member of the south too.
    assert {(rule.region.code, rule.roll, rule.quorum, rule.threshold) for rule in vote.rules.all()} == {
        ("east", 6, 3, 70),
        ("west", 6, 3, 70),
        ("south", 7, 3, 70),
    }
    assert RollEntry.objects.filter(vote=vote).count() == 19
    late = PractitionerFactory(side="west")
    with pytest.raises(services.NotOnTheRoll):
        services.cast_vote(vote=vote, practitioner=late, choice=Choice.AGREE)


@pytest.mark.parametrize("table", ["vote", "siderule", "rollentry", "version", "parityreading"])
def test_the_database_refuses_to_change_what_is_frozen(people: dict, table: str) -> None:
    make.opened(people)
    for statement in (f"UPDATE measures_{table} SET id = id + 1000", f"DELETE FROM measures_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_only_a_national_coordinator_who_did_not_write_it_opens(people: dict) -> None:
    measure = make.compared(people["west"][0])
    author_and_national = coordinator(None)
    for somebody in (people["west"][0].user, people["east"][0].user, coordinator("west")):
        with pytest.raises(services.NotYourVote):
            services.open_vote(measure=measure, opening=make.opening(), by=somebody)
    member = PractitionerFactory(user=author_and_national)
    services.invite_author(measure=measure, practitioner=member, by=people["west"][0].user)
    services.answer_invitation(measure=measure, practitioner=member, accept=True)
    with pytest.raises(services.NotYourVote):
        services.open_vote(measure=measure, opening=make.opening(), by=author_and_national)


def test_nothing_is_voted_on_uncompared(people: dict) -> None:
    measure = make.in_review(people["west"][0])
    with pytest.raises(IllegalMove):
        services.open_vote(measure=measure, opening=make.opening(), by=coordinator(None))
    with pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(state="open")


@pytest.mark.parametrize("days", [0.5, 61])
def test_a_vote_lasts_a_day_to_two_months(people: dict, days: float) -> None:
    with pytest.raises(services.UnsoundClose):
        make.opened(people, closes_at=timezone.now() + timedelta(days=days))


def test_a_side_without_voters_cannot_be_passed_over() -> None:
    make.sides()
    people = {code: PractitionerFactory.create_batch(2, side=code) for code in ("east", "west")}
    measure = make.in_review(people["west"][0])
    version = measure.current
    reader = people["east"][0]
    services.confirm_parity(measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=reader)
    with pytest.raises(services.SideCannotVote):
        services.open_vote(measure=measure, opening=make.opening(), by=coordinator(None))


# --- casting ------------------------------------------------------------------------------------------------------------


def test_a_vote_can_be_changed_until_the_close(people: dict, clock: Any) -> None:
    vote, person = make.opened(people), people["east"][0]

    first = services.cast_vote(vote=vote, practitioner=person, choice=Choice.ABSTAIN)
    again = services.cast_vote(vote=vote, practitioner=person, choice=Choice.ABSTAIN)
    second = services.cast_vote(vote=vote, practitioner=person, choice=Choice.AGREE)

    assert first == again
    assert second.receipt != first.receipt
    assert services.my_ballot(vote, person) == second
    assert Ballot.objects.filter(vote=vote).count() == 2
    clock.forward(days=8)
    with pytest.raises(services.VoteIsClosed):
        services.cast_vote(vote=vote, practitioner=person, choice=Choice.BLOCK, reason="x")


def test_each_counts_once_by_their_last_vote(people: dict) -> None:
    vote = make.opened(people)
    for choice in (Choice.ABSTAIN, Choice.STAND_ASIDE, Choice.AGREE):
        make.cast(vote, people["east"], choice)

    counted = recount.count(vote)

    east = people["east"][0].region_id
    assert counted.tallies[east].as_json() == {"agree": 6, "abstain": 0, "stand_aside": 0, "disagree": 0, "block": 0}
    assert counted.ballots == 18


def test_an_objection_needs_a_reason_and_a_choice_has_to_be_one(people: dict) -> None:
    vote, person = make.opened(people), people["east"][0]
    with pytest.raises(services.SayWhy):
        services.cast_vote(vote=vote, practitioner=person, choice=Choice.BLOCK, reason="  ")
    for choice in (Choice.DISAGREE, "anything", ""):
        with pytest.raises(services.NoSuchChoice):
            services.cast_vote(vote=vote, practitioner=person, choice=choice)


def test_whoever_was_suspended_votes_no_more(people: dict) -> None:
    vote, person = make.opened(people), people["east"][0]
    type(person).objects.filter(pk=person.pk).update(state="suspended")
    with pytest.raises(services.NotOnTheRoll):
        services.cast_vote(vote=vote, practitioner=person, choice=Choice.AGREE)


# --- secrecy ------------------------------------------------------------------------------------------------------------


def test_casting_leaves_no_trace_of_who(people: dict) -> None:
    vote, person = make.opened(people), people["east"][0]
    steps, messages = Transition.objects.count(), Message.objects.count()

    services.cast_vote(vote=vote, practitioner=person, choice=Choice.AGREE)

    assert (Transition.objects.count(), Message.objects.count()) == (steps, messages)
    ballot = Ballot.objects.get()
    assert ballot.practitioner_id is None
    assert not {field.name for field in Ballot._meta.fields} & {"at", "cast_at", "created_at", "user"}


def test_after_the_close_nobody_can_tell_who_voted_how(people: dict, clock: Any) -> None:
    measure = make.adopted(people, clock)
    vote = measure.votes.get()

    assert not VoteKey.objects.exists()
    assert services.my_ballot(vote, people["east"][0]) is None


def test_in_an_open_vote_the_ballot_names_its_voter(people: dict) -> None:
    vote = make.opened(people, secrecy=Secrecy.NAMED)
    services.cast_vote(vote=vote, practitioner=people["east"][0], choice=Choice.AGREE)
    assert Ballot.objects.get().practitioner == people["east"][0]


def test_the_receipt_finds_a_vote_and_tells_nothing_else(people: dict, clock: Any) -> None:
    vote, person = make.opened(people), people["east"][0]
    first = services.cast_vote(vote=vote, practitioner=person, choice=Choice.ABSTAIN)
    second = services.cast_vote(vote=vote, practitioner=person, choice=Choice.AGREE)

    said = [
        services.receipt_standing(vote=vote, typed=typed)
        for typed in (first.receipt, second.receipt, "A" * 15, "", "x")
    ]

    assert said == ["replaced", "counted", "", "", ""]
    assert (
        services.receipt_standing(vote=vote, typed=f" {second.receipt[:5].lower()}-{second.receipt[5:]} ") == "counted"
    )


# --- closing ------------------------------------------------------------------------------------------------------------


def test_a_vote_closes_when_its_time_is_over(people: dict, clock: Any) -> None:
    vote = make.opened(people)
    with pytest.raises(services.NotClosedYet):
        services.close_vote(vote=vote)
    clock.forward(days=8)
    assert services.close_vote(vote=vote).state == MeasureState.NOT_ADOPTED
    assert services.close_vote(vote=vote).state == MeasureState.NOT_ADOPTED
    assert VoteClosing.objects.count() == 1


def test_adopted_by_all_sides_it_gets_the_next_number(people: dict, clock: Any) -> None:
    first, second = make.adopted(people, clock), make.adopted(people, clock)

    assert (first.state, second.state) == ("adopted", "adopted")
    assert [first.reference, second.reference] == [f"{first.year}/1", f"{first.year}/2"]


def test_one_side_missing_its_quorum_is_enough(people: dict, clock: Any) -> None:
    vote = make.opened(people, quorum=5)
    make.cast(vote, people["east"])
    make.cast(vote, people["west"])
    make.cast(vote, people["south"][:4])
    clock.forward(days=8)

    assert services.close_vote(vote=vote).state == MeasureState.NOT_ADOPTED


def test_an_objection_begins_a_mediation_and_taken_back_it_ends_adopted(people: dict, clock: Any) -> None:
    vote = make.opened(people, threshold=70)
    for voters in people.values():
        make.cast(vote, voters)
    # Of the south four of six agree: were those who object weighed once they give way, 70 of 100 would be out of reach.
    make.cast(vote, people["south"][:2], Choice.BLOCK, "It leaves the clinics out.")
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)
    assert measure.state == MeasureState.MEDIATION

    with pytest.raises(services.NothingToWithdraw):
        services.withdraw_objection(vote=vote, practitioner=people["east"][0])
    assert services.withdraw_objection(vote=vote, practitioner=people["south"][0]).state == MeasureState.MEDIATION
    assert services.withdraw_objection(vote=vote, practitioner=people["south"][1]).state == MeasureState.ADOPTED

    assert [closing.outcome["adopted"] for closing in vote.closings.order_by("number")] == [False, True]
    assert not VoteKey.objects.exists()
    assert recount.check(Vote.objects.get(pk=vote.pk)).faults == []


def test_a_mediation_ends_without_agreement(people: dict, clock: Any) -> None:
    vote = make.opened(people)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:1], Choice.BLOCK, "No.")
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)
    assert services.end_mediation(measure=measure).state == MeasureState.MEDIATION
    clock.forward(days=15)

    assert services.end_mediation(measure=measure).state == MeasureState.NOT_ADOPTED
    with pytest.raises(services.NothingToWithdraw):
        services.withdraw_objection(vote=vote, practitioner=people["south"][0])


def test_amended_in_the_mediation_it_is_voted_on_anew(people: dict, clock: Any) -> None:
    vote = make.opened(people)
    for voters in people.values():
        make.cast(vote, voters)
    make.cast(vote, people["south"][:1], Choice.BLOCK, "No.")
    clock.forward(days=8)
    measure = services.close_vote(vote=vote)
    words = make.WORDS | {"text_en": "Another text.", "text_ar": "نص آخر."}
    measure = services.edit_measure(measure=measure, base=1, words=words, by=people["west"][0].user)
    assert (measure.state, measure.parity) == (MeasureState.REVIEW, None)
    version = measure.current
    services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][3]
    )
    second = services.open_vote(measure=measure, opening=make.opening(), by=coordinator(None))
    assert (second.number, second.version.number) == (2, 2)
    with pytest.raises(services.VoteIsClosed):
        services.cast_vote(vote=vote, practitioner=people["east"][0], choice=Choice.ABSTAIN)


def test_consent_and_majority(people: dict, clock: Any) -> None:
    consent = make.opened(people, method=Method.CONSENT)
    majority = make.opened(people, method=Method.MAJORITY)
    for voters in people.values():
        make.cast(consent, voters[:1])
        make.cast(consent, voters[1:], Choice.ABSTAIN)
        make.cast(majority, voters[:3])
        make.cast(majority, voters[3:], Choice.DISAGREE)
    clock.forward(days=8)

    assert services.close_vote(vote=consent).state == MeasureState.ADOPTED
    assert services.close_vote(vote=majority).state == MeasureState.NOT_ADOPTED


def test_what_all_sides_adopted_only_all_sides_end(people: dict, clock: Any) -> None:
    old = make.adopted(people, clock)
    with pytest.raises(IllegalMove):
        services.withdraw_measure(measure=old, by=coordinator(None), reason="An office alone.")
    newer = make.compared(people["west"][0], choices={"about": old, "effect": "revoke"})
    make.adopted(people, clock, measure=newer)

    old.refresh_from_db()
    assert old.state == MeasureState.WITHDRAWN
    assert old.adopted_at is not None


# --- editing and voting at once -----------------------------------------------------------------------------------------


def test_nothing_is_edited_during_a_vote(people: dict) -> None:
    vote = make.opened(people)
    with pytest.raises(services.NotWhileVoting):
        services.edit_measure(
            measure=vote.measure, base=1, words=make.WORDS | {"text_en": "Slipped in."}, by=people["west"][0].user
        )


def test_a_version_is_of_its_words(people: dict) -> None:
    measure = make.draft(people["west"][0])
    version = Version.objects.get(measure=measure)
    assert len(version.hash_ar) == len(version.hash_en) == 64
    assert not ParityReading.objects.exists()
    assert selectors.author_ids(measure) == {people["west"][0].pk}
    same = services.create_measure(
        author=people["west"][0], words=make.WORDS, uid=measure.uid, by=people["west"][0].user
    )
    assert same.pk == measure.pk
    assert measure.uid != uuid.uuid4()
