"""The states of a measure, from the table itself: each move from each state, by the right and the wrong person, twice, and broken."""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from measures import services
from measures.enums import MEASURE_MOVES, Choice, MeasureMove, MeasureState
from measures.models import Measure, Vote
from network.enums import DomainError
from network.models import Practitioner, Transition, User
from tests.factories import measures as make
from tests.factories.network import auditor, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = [pytest.mark.django_db, pytest.mark.either]
M, S = MeasureMove, MeasureState
Call = Callable[[], Any]
OTHER_WORDS = make.WORDS | {"text_en": "Other words.", "text_ar": "كلمات أخرى."}


@dataclass
class Stage:
    """Three members of each side, one who opens votes, and a clock."""

    clock: Any
    people: dict[str, list[Practitioner]] = field(default_factory=lambda: make.members(3))
    national: User = field(default_factory=lambda: coordinator(None))

    @property
    def author(self) -> Practitioner:
        return self.people["west"][0]

    @property
    def objector(self) -> Practitioner:
        return self.people["south"][0]

    def vote(self, measure: Measure, *, block: bool = False) -> None:
        """Let everybody agree, but for one where `block`."""
        vote = measure.votes.order_by("-number").first()
        for voters in self.people.values():
            make.cast(vote, voters)
        if block:
            make.cast(vote, [self.objector], Choice.BLOCK, "The south is left out.")

    def measure(self, state: str) -> Measure:
        """Return a measure in that state."""
        made = {
            S.DRAFT: lambda: make.draft(self.author),
            S.REVIEW: lambda: make.in_review(self.author),
            S.PARITY: lambda: make.compared(self.author),
            S.OPEN: self._open,
            S.MEDIATION: lambda: self._closed(block=True),
            S.ADOPTED: lambda: self._closed(),
            S.NOT_ADOPTED: lambda: self._closed(silent=True),
            S.SUPERSEDED: self._superseded,
            S.WITHDRAWN: self._withdrawn,
        }[S(state)]()
        measure = Measure.objects.get(pk=made.pk)
        assert measure.state == state
        return measure

    def _open(self) -> Measure:
        return services.open_vote(measure=make.compared(self.author), opening=make.opening(), by=self.national).measure

    def _closed(self, *, block: bool = False, silent: bool = False, about: Measure | None = None) -> Measure:
        measure = self._open() if about is None else about
        if not silent:
            self.vote(measure, block=block)
        self.clock.forward(days=8)
        return services.close_vote(vote=measure.votes.order_by("-number").first())

    def _superseded(self) -> Measure:
        old = self._closed()
        self.successor(old, "supersede")()
        return old

    def _withdrawn(self) -> Measure:
        return services.withdraw_measure(measure=make.in_review(self.author), by=self.author.user, reason="Enough.")

    def successor(self, about: Measure, effect: str) -> Call:
        """Return the close of a vote that adopts another measure about this one."""
        newer = make.compared(self.author, choices={"about": about, "effect": effect})
        vote = services.open_vote(measure=newer, opening=make.opening(), by=self.national)
        self.vote(newer)
        self.clock.forward(days=8)
        return lambda: services.close_vote(vote=vote)


def current(measure: Measure) -> Measure:
    return Measure.objects.get(pk=measure.pk)


def last_vote(measure: Measure) -> Vote | None:
    return Vote.objects.filter(measure=measure).order_by("-number").first()


def _edit(stage: Stage, measure: Measure, by: User | None = None) -> Call:
    return lambda: services.edit_measure(
        measure=measure, base=current(measure).current.number, words=OTHER_WORDS, by=by or stage.author.user
    )


def _confirm(stage: Stage, measure: Measure, reader: Practitioner | None = None) -> Call:
    version = measure.current
    return lambda: services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=reader or stage.people["east"][0]
    )


def _open(stage: Stage, measure: Measure, by: User | None = None) -> Call:
    opening = make.opening()
    return lambda: services.open_vote(measure=measure, opening=opening, by=by or stage.national)


def _close(stage: Stage, measure: Measure) -> Call:
    stage.clock.forward(days=8)
    vote = last_vote(measure)
    return (lambda: services.close_vote(vote=vote)) if vote else (lambda: None)


def _mediate(stage: Stage, measure: Measure) -> Call:
    if measure.state == S.OPEN:
        stage.vote(measure, block=True)
    return _close(stage, measure)


def _adopt(stage: Stage, measure: Measure) -> Call:
    if measure.state == S.MEDIATION:
        return lambda: services.withdraw_objection(vote=last_vote(measure), practitioner=stage.objector)
    if measure.state == S.OPEN:
        stage.vote(measure)
    return _close(stage, measure)


def _reject(stage: Stage, measure: Measure) -> Call:
    if measure.state == S.MEDIATION:
        stage.clock.forward(days=15)
        return lambda: services.end_mediation(measure=measure)
    return _close(stage, measure)


def _withdraw(stage: Stage, measure: Measure, by: User | None = None) -> Call:
    usual = stage.national if measure.state == S.OPEN else stage.author.user
    return lambda: services.withdraw_measure(measure=measure, by=by or usual, reason="No longer needed.")


# How each move is made: what prepares it, and then the one call that makes it. A move that is missing here fails the build.
MAKES: dict[str, Callable[[Stage, Measure], Call]] = {
    M.CREATE: lambda stage, measure: (
        lambda: services.create_measure(author=stage.author, words=make.WORDS, uid=measure.uid, by=stage.author.user)
    ),
    M.SUBMIT: lambda stage, measure: lambda: services.submit_measure(measure=measure, by=stage.author.user),
    M.TAKE_BACK: lambda stage, measure: lambda: services.take_back(measure=measure, by=stage.author.user),
    M.CONFIRM: _confirm,
    M.UNCONFIRM: _edit,
    M.OPEN: _open,
    M.MEDIATE: _mediate,
    M.ADOPT: _adopt,
    M.REJECT: _reject,
    M.AMEND: _edit,
    M.SUPERSEDE: lambda stage, measure: stage.successor(measure, "supersede"),
    M.REVOKE: lambda stage, measure: stage.successor(measure, "revoke"),
    M.WITHDRAW: _withdraw,
}
LEGAL = [(move, source) for move, row in MEASURE_MOVES.items() for source in sorted(row.sources) if source]
ILLEGAL = [(move, state) for move, row in MEASURE_MOVES.items() for state in S.values if state not in row.sources]


@pytest.fixture
def stage(clock: Any) -> Stage:
    return Stage(clock)


def recorded(measure: Measure, move: str) -> int:
    return Transition.objects.of(measure).filter(move=move).count()


def test_every_move_of_the_table_is_made_here() -> None:
    assert set(MAKES) == set(MEASURE_MOVES) == set(M)
    assert {row.target for row in MEASURE_MOVES.values()} == set(S)


@pytest.mark.parametrize(("move", "source"), LEGAL)
def test_a_move_from_where_it_is_legal(move: str, source: str, stage: Stage) -> None:
    measure = stage.measure(source)
    before = recorded(measure, move)

    MAKES[move](stage, measure)()

    assert current(measure).state == MEASURE_MOVES[move].target
    step = Transition.objects.of(measure).exclude(move="edit").order_by("-pk")[0]
    assert (step.move, step.from_state, step.to_state) == (move, source, MEASURE_MOVES[move].target)
    assert step.at == stage.clock.now
    assert recorded(measure, move) == before + 1


def test_a_measure_begins_as_a_draft(stage: Stage) -> None:
    measure = services.create_measure(author=stage.author, words=make.WORDS, uid=uuid.uuid4(), by=stage.author.user)

    (step,) = Transition.objects.of(measure)
    assert (step.move, step.from_state, step.to_state) == ("create", "", "draft")


@pytest.mark.parametrize(("move", "source"), ILLEGAL)
def test_a_move_from_where_it_is_not_legal(move: str, source: str, stage: Stage) -> None:
    measure = stage.measure(source)
    before = Transition.objects.of(measure).count()

    with contextlib.suppress(DomainError):
        MAKES[move](stage, measure)()

    steps = list(Transition.objects.of(measure).order_by("pk"))[before:]
    assert move not in [step.move for step in steps]
    # What the same call does in this state is another move of the table, or none.
    assert all(step.move == "edit" or step.from_state in MEASURE_MOVES[M(step.move)].sources for step in steps)
    moved = [step for step in steps if step.move != "edit"]
    assert current(measure).state == (moved[-1].to_state if moved else source)


@pytest.mark.parametrize(("move", "source"), LEGAL)
def test_the_second_call_makes_no_second_move(move: str, source: str, stage: Stage) -> None:
    measure = stage.measure(source)
    make_it = MAKES[move](stage, measure)
    make_it()
    after, steps = current(measure), recorded(measure, move)

    with contextlib.suppress(DomainError):
        make_it()

    assert recorded(measure, move) == steps
    assert current(measure).state == after.state
    assert current(measure).current_id == after.current_id


@pytest.mark.parametrize(("move", "source"), LEGAL)
def test_broken_at_its_last_step_a_move_leaves_nothing(
    move: str, source: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = stage.measure(source)
    make_it = MAKES[move](stage, measure)
    before = everything()
    with monkeypatch.context() as broken:
        break_the_journal(broken)
        with pytest.raises(Broken):
            make_it()
    assert everything() == before

    make_it()
    assert current(measure).state == MEASURE_MOVES[move].target


# --- wrong role, wrong person -------------------------------------------------------------------------------------------

WRONG: dict[str, Callable[[Stage, Measure, Practitioner, User], Call]] = {
    M.SUBMIT: lambda stage, measure, person, user: lambda: services.submit_measure(measure=measure, by=user),
    M.TAKE_BACK: lambda stage, measure, person, user: lambda: services.take_back(measure=measure, by=user),
    M.CONFIRM: lambda stage, measure, person, user: _confirm(stage, measure, reader=stage.author),
    M.UNCONFIRM: lambda stage, measure, person, user: _edit(stage, measure, by=user),
    M.AMEND: lambda stage, measure, person, user: _edit(stage, measure, by=user),
    M.OPEN: lambda stage, measure, person, user: _open(stage, measure, by=user),
    M.WITHDRAW: lambda stage, measure, person, user: _withdraw(stage, measure, by=user),
}
# Made by a rule at its time, not by a person.
BY_RULE = {M.CREATE, M.MEDIATE, M.ADOPT, M.REJECT, M.SUPERSEDE, M.REVOKE}
PEOPLE: dict[str, Callable[[Stage], User]] = {
    "another member": lambda stage: stage.people["east"][1].user,
    "a coordinator of a side": lambda stage: coordinator("west"),
    "an auditor": lambda stage: auditor(),
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("move", "source"), [(move, source) for move, source in LEGAL if move in WRONG])
def test_somebody_without_the_part_or_the_role_makes_no_move(move: str, source: str, who: str, stage: Stage) -> None:
    assert set(WRONG) | BY_RULE == set(MEASURE_MOVES)
    measure, user = stage.measure(source), PEOPLE[who](stage)
    before = everything()

    with pytest.raises(DomainError):
        WRONG[move](stage, measure, stage.people["east"][1], user)()

    assert everything() == before


@pytest.mark.parametrize("state", [S.DRAFT, S.REVIEW, S.PARITY, S.MEDIATION, S.NOT_ADOPTED])
def test_an_author_who_stopped_writing_or_was_suspended_writes_no_more(state: str, stage: Stage) -> None:
    measure, other = stage.measure(state), stage.people["east"][0]
    services.invite_author(measure=measure, practitioner=other, by=stage.author.user)
    services.answer_invitation(measure=measure, practitioner=other, accept=True)
    services.stop_writing(measure=measure, practitioner=other, by=other.user)
    with pytest.raises(services.NotAnAuthor):
        _edit(stage, current(measure), by=other.user)()
    Practitioner.objects.filter(pk=stage.author.pk).update(state="suspended")
    with pytest.raises(services.NotAnAuthor):
        _edit(stage, current(measure))()


def test_an_author_opens_no_vote_even_as_national_coordinator(stage: Stage) -> None:
    measure = stage.measure(S.PARITY)
    with pytest.raises(services.NotYourVote):
        _open(stage, measure, by=stage.author.user)()


def test_nobody_takes_back_another_s_objection(stage: Stage) -> None:
    measure = stage.measure(S.MEDIATION)
    for person in (stage.author, stage.people["east"][0], stage.people["south"][1]):
        with pytest.raises(services.NothingToWithdraw):
            services.withdraw_objection(vote=last_vote(measure), practitioner=person)
    assert current(measure).state == S.MEDIATION


@pytest.mark.parametrize("state", [S.OPEN, S.MEDIATION])
def test_a_rule_makes_no_move_before_its_time(state: str, stage: Stage) -> None:
    measure = stage.measure(state)
    before = everything()
    if state == S.OPEN:
        with pytest.raises(services.NotClosedYet):
            services.close_vote(vote=last_vote(measure))
    services.end_mediation(measure=measure)
    assert everything() == before
