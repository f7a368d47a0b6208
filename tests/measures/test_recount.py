"""Counting again from the ballots alone: what is published is what was cast, and any tampered row is found."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from measures import recount
from measures.models import Ballot, Measure, Vote
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory
from tests.state import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(6)


# --- the count ------------------------------------------------------------------------------------------------------------


def test_a_recount_of_what_was_cast_finds_nothing(people: dict, clock: Any) -> None:
    vote = make.adopted(people, clock).votes.get()
    found = recount.check(vote)
    assert (found.faults, found.ballots, found.closings) == ([], 18, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE measures_ballot SET choice = 'abstain' WHERE number = 7",
        "UPDATE measures_ballot SET region_id = (SELECT MAX(id) FROM network_region) WHERE number = 1",
        "UPDATE measures_ballot SET reason = 'said later' WHERE number = 3",
        "UPDATE measures_ballot SET voter = 'f' WHERE number = 3",
        "UPDATE measures_ballot SET receipt = 'f' WHERE number = 18",
        "DELETE FROM measures_ballot WHERE number = 18",
        "DELETE FROM measures_ballot WHERE number = 1",
        "DELETE FROM measures_ballot",
        "UPDATE measures_siderule SET quorum = 1 WHERE quorum <> 1",
        "UPDATE measures_vote SET method = 'majority'",
        "UPDATE measures_version SET hash_en = 'f'",
        "UPDATE measures_version SET text_ar = 'نص آخر'",
        "UPDATE measures_rollentry SET practitioner_id = (SELECT MAX(id) FROM network_practitioner)"
        " WHERE id = (SELECT MAX(id) FROM measures_rollentry)",
        "DELETE FROM measures_rollentry WHERE id = (SELECT MAX(id) FROM measures_rollentry)",
        "UPDATE measures_voteclosing SET ballots = 17",
        "UPDATE measures_voteclosing SET outcome = '{}'",
        "UPDATE measures_voteclosing SET seal = 'f'",
        "UPDATE measures_parityreading SET hash_ar = 'f'",
    ],
)
def test_any_tampered_row_is_found(people: dict, clock: Any, statement: str) -> None:
    vote = make.adopted(people, clock, quorum=2).votes.get()
    PractitionerFactory(side="south")
    tamper(statement)
    assert recount.check(Vote.objects.get(pk=vote.pk)).faults


def test_a_ballot_slipped_in_after_the_close_is_refused_or_found(people: dict, clock: Any) -> None:
    vote = make.adopted(people, clock).votes.get()
    row = Ballot.objects.order_by("-number").first()
    fields = {f.name: getattr(row, f.attname) for f in Ballot._meta.fields if not f.primary_key}
    extra = Ballot(
        vote=vote,
        number=row.number + 1,
        voter="e" * 64,
        region_id=row.region_id,
        choice="agree",
        receipt="e" * 64,
        digest=row.digest,
    )
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        extra.save()
    columns = ["vote_id", "number", "voter", "region_id", "choice", "reason", "receipt", "digest"]
    values = [vote.pk, row.number + 1, "e" * 64, row.region_id, "agree", "", "e" * 64, fields["digest"]]
    tamper(f"INSERT INTO measures_ballot ({', '.join(columns)}) VALUES ({', '.join(['%s'] * 8)})", *values)
    assert recount.check(vote).faults


def test_a_recount_holds_after_the_secret_was_rotated(people: dict, clock: Any, settings: Any) -> None:
    vote = make.adopted(people, clock).votes.get()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret that is long enough to be one"
    assert recount.check(vote).faults == []
    settings.SECRET_KEY_FALLBACKS = []
    assert recount.check(vote).faults


# --- the command ----------------------------------------------------------------------------------------------------------


def recounted(measure: Measure) -> tuple[str, str]:
    said, faults = StringIO(), StringIO()
    try:
        call_command("recount", measure.slug, stdout=said, stderr=faults)
    except CommandError as error:
        return said.getvalue(), f"{faults.getvalue()}{error}"
    assert not faults.getvalue()
    return said.getvalue(), ""


def test_what_is_published_is_what_was_cast(clock: Any) -> None:
    measure = make.adopted(make.members(2), clock)

    assert recounted(measure) == ("round 1: 6 ballots, 1 closings, 0 faults\n", "")


def test_a_tampered_ballot_is_named_and_is_an_error(clock: Any) -> None:
    measure = make.adopted(make.members(2), clock)
    tamper("UPDATE measures_ballot SET choice = 'abstain' WHERE number = 4")

    said, faults = recounted(measure)

    assert said == "round 1: 6 ballots, 1 closings, 2 faults\n"
    assert "round 1: ballot 4 is not what was sealed" in faults
    assert "what is published is not what was cast" in faults


def test_while_a_vote_runs_nothing_is_said_of_how_many_voted() -> None:
    people = make.members(2)
    vote = make.opened(people)
    make.cast(vote, people["east"])

    assert recounted(vote.measure) == ("round 1: not counted, 0 faults\n", "")


def test_without_a_vote_there_is_nothing_to_count() -> None:
    assert recounted(make.draft()) == ("Nobody has voted on this measure yet.\n", "")


def test_an_unknown_measure_is_an_error() -> None:
    with pytest.raises(CommandError, match="no measure nothing"):
        call_command("recount", "nothing")
