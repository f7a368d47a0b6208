"""What a juror says: kept once, changed, taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import judging_selectors, juror_selectors, services
from campaigns.enums import ConflictKind
from campaigns.models import Assignment, Conflict, Juror, Mark
from network.models import Practitioner
from tests.campaigns.judges import give, held, value
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db


# --- marks -----------------------------------------------------------------------------------------------------------------


def test_the_same_marks_twice_are_one_and_others_are_added() -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    assignment = held(round_)[0]
    give(assignment, value(round_, 1))
    give(assignment, value(round_, 1))
    assert Mark.objects.count() == 1
    give(assignment, value(round_, 3))
    assert list(Mark.objects.order_by("number").values_list("number", "value")) == [
        (1, value(round_, 1)),
        (2, value(round_, 3)),
    ]


@pytest.mark.parametrize("said", [None, True, 3, {}, {"0": 3}, "all", {"x": 1, "y": 2}])
def test_marks_that_the_round_does_not_know_are_refused(said: Any) -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    assignment = held(make.round_of(campaign))[0]
    with pytest.raises(services.MarksIncomplete):
        services.give_marks(assignment=assignment, value=said, by=assignment.juror.practitioner.user)
    assert not Mark.objects.exists()


@pytest.mark.parametrize("mark", [0, 6, True, "3", 2.5, None])
def test_a_mark_is_a_whole_number_within_its_criterion(mark: Any) -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    with pytest.raises(services.MarksIncomplete):
        give(held(round_)[0], value(round_, 1) | {judging_selectors.criteria(round_)[0].code: mark})


def test_nobody_gives_marks_for_another() -> None:
    campaign = make.judged(3)
    first, second = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    for by in (second.practitioner.user, coordinator(None), PractitionerFactory().user):
        with pytest.raises(services.NotYourEntry):
            services.give_marks(assignment=held(round_, first)[0], value=value(round_, 1), by=by)


def test_whoever_comes_to_the_desk_judges_no_more() -> None:
    campaign = make.judged(3)
    first, _second = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    coordinator("west").role_grants.update(user=first.practitioner.user)
    with pytest.raises(services.NotYourEntry):
        give(held(round_, first)[0])
    services.share_again(round_=round_, by=coordinator(None))
    assert held(round_, first) == []


def test_undo_goes_back_step_by_step() -> None:
    campaign = make.judged(3)
    juror, _other = make.jury(campaign, "west", "east")
    round_, by = make.round_of(campaign), juror.practitioner.user
    one, two = held(round_, juror)[:2]
    give(one, value(round_, 1))
    give(two, value(round_, 2))
    give(one, value(round_, 3))

    def says() -> list[Any]:
        return [
            juror_selectors.said(row) for row in juror_selectors.before_me(by, round_) if row.pk in (one.pk, two.pk)
        ]

    assert says() == [value(round_, 3), value(round_, 2)]
    services.undo(round_=round_, juror=juror, by=by)
    assert says() == [value(round_, 1), value(round_, 2)]
    services.undo(round_=round_, juror=juror, by=by)
    assert says() == [value(round_, 1), None]
    assert Assignment.objects.get(pk=two.pk).done_at is None
    services.undo(round_=round_, juror=juror, by=by)
    with pytest.raises(services.NothingToUndo):
        services.undo(round_=round_, juror=juror, by=by)
    assert says() == [None, None]
    assert Mark.objects.count() == 6


def in_conflict(assignment: Assignment) -> None:
    services.declare_conflict(assignment=assignment, kind="known", by=assignment.juror.practitioner.user)


def withdrawn(assignment: Assignment) -> None:
    services.withdraw_entry(entry=assignment.entry)


@pytest.mark.parametrize("gone", [in_conflict, withdrawn])
def test_undo_leaves_alone_what_is_before_one_no_more(gone: Callable[[Assignment], None]) -> None:
    campaign = make.judged(3)
    juror, _other, _third = make.jury(campaign, "west", "east", "south")
    round_, by = make.round_of(campaign), juror.practitioner.user
    one, two = held(round_, juror)[:2]
    give(one, value(round_, 1))
    give(two, value(round_, 2))
    gone(two)

    assert services.undo(round_=round_, juror=juror, by=by) == one
    assert Assignment.objects.get(pk=two.pk).done_at
    with pytest.raises(services.NothingToUndo):
        services.undo(round_=round_, juror=juror, by=by)


def dropped(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(dropped_at=timezone.now())


def taken_off(assignment: Assignment) -> None:
    Juror.objects.filter(pk=assignment.juror_id).update(ended_at=timezone.now(), ended_by=coordinator(None))


@pytest.mark.parametrize("change", [dropped, taken_off])
def test_marks_that_waited_for_the_round_are_of_what_is_before_one_then(change: Callable[[Assignment], None]) -> None:
    campaign = make.judged(3)
    juror, _other = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    assignment, said = held(round_, juror)[0], value(round_, 1)
    waiting = [assignment]

    def others_first(execute: Any, sql: str, *args: Any) -> Any:
        """Let somebody else be done with the round just as it is to be held."""
        if 'FROM "campaigns_round"' in sql and waiting:
            change(waiting.pop())
        return execute(sql, *args)

    with connection.execute_wrapper(others_first), pytest.raises(services.NotYourEntry):
        give(assignment, said)
    assert not waiting
    assert not Mark.objects.exists()


def test_a_pause_of_a_juror_keeps_their_entries_until_the_desk_shares_out_again() -> None:
    campaign = make.judged(6)
    juror, *_others = make.jury(campaign, "west", "east", "south")
    round_, by = make.round_of(campaign), juror.practitioner.user
    before = [row.pk for row in held(round_, juror)]
    services.pause_juror(juror=juror, by=by)
    assert [row.pk for row in held(round_, juror)] == before
    services.share_again(round_=round_, by=coordinator(None))
    assert held(round_, juror) == []
    services.go_on_judging(juror=juror, by=by)
    assert Juror.objects.get(pk=juror.pk).paused_at is None


# --- orders ----------------------------------------------------------------------------------------------------------------


def test_conflicts_that_show_since_are_found_before_an_order_is_taken() -> None:
    campaign = make.judged(4)
    juror, *_others = make.jury(campaign, "west", "east", "south")
    round_, by = make.round_of(campaign, "ranking"), juror.practitioner.user
    near, *others = mine = held(round_, juror)
    Practitioner.objects.filter(pk=juror.practitioner_id).update(municipality=near.entry.municipality)

    with pytest.raises(services.SomeInConflict):
        services.give_order(
            round_=round_, juror=juror, places={row.pk: place for place, row in enumerate(mine, 1)}, by=by
        )

    assert not Mark.objects.exists()
    found = Conflict.objects.get(juror=juror, entry=near.entry)
    assert (found.kind, found.declared_by) == (ConflictKind.MUNICIPALITY, None)
    services.give_order(
        round_=round_, juror=juror, places={row.pk: place for place, row in enumerate(others, 1)}, by=by
    )
    assert Mark.objects.count() == 3
    assert not Mark.objects.filter(assignment__entry=near.entry).exists()
