"""Sixty voters, two clicks each at once, and an author who edits meanwhile: on the run's database."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from pytest_django import DjangoDbBlocker

from measures import recount, services
from measures.enums import Choice
from measures.models import Ballot, Measure, Version, Vote
from measures.services import voting
from network.enums import DomainError
from network.models import Practitioner
from tests.dialogues.rush import members
from tests.factories import measures as make
from tests.factories.network import coordinator
from tests.own_database import own_database

pytestmark = pytest.mark.heavy

VOTERS, THREADS = 60, 16
ANSWERS = (Choice.AGREE, Choice.ABSTAIN, Choice.STAND_ASIDE)


def at_once(calls: list[Callable[[], object]]) -> list[BaseException]:
    """Make the calls from many threads, each with a connection of its own; return what was raised."""
    start, raised = threading.Barrier(THREADS), []

    def work(mine: list[Callable[[], object]]) -> None:
        start.wait()
        try:
            for call in mine:
                try:
                    call()
                except (IntegrityError, DomainError) as error:
                    raised.append(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, calls[number::THREADS]) for number in range(THREADS)]:
            done.result()
    return raised


def opened() -> tuple[Vote, list[Practitioner]]:
    make.sides()
    voters = members(VOTERS, "voter", ["west", "east", "south"])
    measure = make.compared(voters[0])
    vote = services.open_vote(measure=measure, opening=make.opening(), by=coordinator(None))
    return Vote.objects.select_related("measure", "version", "parity").get(pk=vote.pk), voters


def clicks(vote: Vote, voters: list[Practitioner]) -> list[Callable[[], Any]]:
    """Return for each voter a first answer and a second one, each clicked twice; both clicks fall to different threads."""
    found = []
    for number, person in enumerate(voters):
        for answer in (ANSWERS[number % 3], ANSWERS[(number + 1) % 3]):
            found += [lambda p=person, a=answer: services.cast_vote(vote=vote, practitioner=p, choice=a)] * 2
    return found


def test_each_counts_once_and_the_chain_is_sound(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_database("jisr_votes_load", tmp_path, django_db_blocker):
        vote, voters = opened()
        words = make.WORDS | {"text_en": "Slipped in.", "text_ar": "دُسَّ هنا."}

        def edit() -> None:
            services.edit_measure(measure=vote.measure, base=1, words=words, by=voters[0].user)

        calls = clicks(vote, voters)
        for position in (10, 90, 170):
            calls.insert(position, edit)
        began = time.monotonic()
        raised = at_once(calls)
        seconds = time.monotonic() - began

        assert Counter(type(error).__name__ for error in raised) == {"NotWhileVoting": 3}
        assert Version.objects.filter(measure=vote.measure).count() == 1
        counted = recount.count(vote)
        assert sum(tally.votes for tally in counted.tallies.values()) == VOTERS
        assert {tally.votes for tally in counted.tallies.values()} == {VOTERS // 3}
        assert recount.check(vote).faults == []
        # What each was told last is what counts.
        last = recount.counted_ballots(list(Ballot.objects.filter(vote=vote)))
        mine = [services.my_ballot(vote, person) for person in voters]
        assert Counter(cast.choice for cast in mine if cast) == Counter(row.choice for row in last.values())
        assert all(services.receipt_standing(vote=vote, typed=cast.receipt) == "counted" for cast in mine if cast)
        # A second click on the same answer adds nothing, unless the other answer came in between.
        assert 2 * VOTERS <= counted.ballots <= 4 * VOTERS
    with capsys.disabled():
        print(
            f"\nvotes, {connection.vendor}: {len(calls)} calls of {VOTERS} voters on {THREADS} threads in {seconds:.1f} s, "
            f"{counted.ballots} ballots, each voter counted once, chain sound, three edits refused"
        )


def test_without_the_lock_the_fault_is_refused_or_found(
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with own_database("jisr_votes_without_lock", tmp_path, django_db_blocker):
        vote, voters = opened()
        plain = voting.ballots.digest

        def slow(*args: Any, **options: Any) -> str:
            time.sleep(0.01)
            return plain(*args, **options)

        with monkeypatch.context() as off:
            # SQLite's lock is the transaction itself, which begins by taking the right to write.
            off.setattr(voting, "lock", lambda measure: Measure.objects.get(pk=measure.pk))
            off.setattr(voting, "cast_vote", voting.cast_vote.__wrapped__)
            off.setattr(voting.ballots, "digest", slow)
            calls = [
                lambda p=person: voting.cast_vote(vote=vote, practitioner=p, choice=Choice.AGREE) for person in voters
            ] * 2
            raised = at_once(calls)
        faults = recount.check(vote).faults
    with capsys.disabled():
        print(
            f"\nvotes, {connection.vendor}, without lock: {len(raised)} refused by a constraint, faults: {faults[:2]}"
        )
    assert any(isinstance(error, IntegrityError) for error in raised) or faults
