"""Whoever shares out, whatever changes: no conflict, never one side alone, as even as can be, and nothing scored is lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from unittest.mock import patch

import pytest
from hypothesis import given, settings, strategies as st

from campaigns import sharing
from campaigns.panels import Entry, Juror, Lack, Panel, Plan, Task, is_mixed

SEED = "0" * 64
EAST, WEST, SOUTH = 1, 2, 3
sides = st.sampled_from([EAST, WEST, SOUTH, None])
municipalities = st.sampled_from([None, 11, 12, 13])
keys = st.frozensets(st.sampled_from(["facility:1", "organisation:1", "organisation:2"]), max_size=2)
quorums = st.integers(1, 4)


@st.composite
def contests(draw: st.DrawFn, jurors: int = 8, entries: int = 14) -> tuple[list[Juror], list[Entry]]:
    """Draw a panel and entries, with conflicts of every kind."""
    number = draw(st.integers(0, entries))
    declared = st.frozensets(st.integers(0, number), max_size=3)
    judges = [
        Juror(
            100 + juror,
            draw(sides),
            draw(municipalities),
            draw(keys),
            draw(declared),
            draw(st.booleans()) or draw(st.booleans()),
        )
        for juror in range(draw(st.integers(0, jurors)))
    ]
    return judges, [Entry(entry, draw(sides), draw(municipalities), draw(keys)) for entry in range(number)]


@st.composite
def existing(draw: st.DrawFn, jurors: Sequence[Juror], entries: Sequence[Entry]) -> list[Task]:
    """Draw what there is already, some of it no longer allowed, of entries and jurors that may be gone."""
    numbers = [entry.id for entry in entries] + [900]
    known = [juror.id for juror in jurors]
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(numbers), st.sampled_from([*known, 999])), unique=True, max_size=30)
    )
    return [Task(entry, juror, juror != 999 and draw(st.booleans())) for entry, juror in pairs]


def in_conflict(juror: Juror, entry: Entry) -> bool:
    return (
        entry.id in juror.conflicts
        or (juror.municipality is not None and juror.municipality == entry.municipality)
        or bool(juror.keys & entry.keys)
    )


def panel_of(jurors: Sequence[Juror]) -> set:
    return {juror.side for juror in jurors if juror.active}


def faults(plan: Plan, jurors: Sequence[Juror], entries: Sequence[Entry], quorum: int) -> Iterator[str]:
    """Yield what is against the rules, found by asking each of them by itself."""
    by_id = {juror.id: juror for juror in jurors}
    judged = {entry.id: entry for entry in entries}
    missing = {unfilled.entry: unfilled for unfilled in plan.unfilled}
    held: dict = {entry.id: [] for entry in entries}
    for task in [*plan.kept, *plan.added]:
        if task.entry not in judged:
            if not task.done:
                yield "judges what is gone"
            continue
        juror = by_id[task.juror]
        if in_conflict(juror, judged[task.entry]):
            if task not in plan.conflicted:
                yield "judges in conflict"
        else:
            held[task.entry].append(task)
        if not task.done and not juror.active:
            yield "judges though not active"
    for entry in entries:
        tasks = held[entry.id]
        if len({task.juror for task in tasks}) < len(tasks):
            yield "judges twice"
        judging = [by_id[task.juror].side for task in tasks]
        mixed = is_mixed(entry.side, judging, panel=panel_of(jurors), quorum=quorum)
        done = sum(task.done for task in tasks)
        if entry.id not in missing:
            if len(tasks) < quorum:
                yield "short and not told"
            if not mixed:
                yield "not mixed and not told"
            if len(tasks) > max(quorum, done + 1) or (
                len(tasks) > max(quorum, done)
                and len(tasks) == done + 1
                and mixed_without_last(entry, tasks, by_id, jurors, quorum)
            ):
                yield "more than are needed"
        elif could_take_another(entry, tasks, by_id, jurors, quorum, missing[entry.id].missing):
            yield "told short, though somebody could"


def mixed_without_last(entry: Entry, tasks: Sequence[Task], by_id: dict, jurors: Sequence[Juror], quorum: int) -> bool:
    judging = [by_id[task.juror].side for task in tasks if task.done]
    return is_mixed(entry.side, judging, panel=panel_of(jurors), quorum=quorum)


def could_take_another(
    entry: Entry, tasks: Sequence[Task], by_id: dict, jurors: Sequence[Juror], quorum: int, missing: int
) -> bool:
    held = {task.juror for task in tasks}
    judging = [by_id[juror].side for juror in held]
    others = [juror for juror in jurors if juror.active and juror.id not in held and not in_conflict(juror, entry)]
    if missing > 1:
        return bool(others)
    return any(is_mixed(entry.side, [*judging, juror.side], panel=panel_of(jurors), quorum=quorum) for juror in others)


def best(jurors: Sequence[Juror], entries: Sequence[Entry], quorum: int) -> int:
    """Return the smallest sum of squared loads there is, by trying everything."""
    able = [juror for juror in jurors if juror.active]
    choices = []
    for entry in entries:
        free = [juror for juror in able if not in_conflict(juror, entry)]
        whole = [
            judging
            for judging in combinations(free, quorum)
            if is_mixed(entry.side, [juror.side for juror in judging], panel=panel_of(jurors), quorum=quorum)
        ]
        choices.append(whole or list(combinations(free, min(quorum - 1, len(free)))))
    return min(
        sum(load * load for load in Counter(juror.id for judging in tried for juror in judging).values())
        for tried in product(*choices)
    )


def squares(plan: Plan) -> int:
    return sum(load * load for load in plan.loads.values())


@given(contests(), quorums)
def test_no_rule_is_broken_and_whoever_lacks_somebody_is_told(contest: tuple, quorum: int) -> None:
    assert not list(faults(sharing.share_out(*contest, quorum, SEED), *contest, quorum))


@settings(max_examples=60)
@given(contests(jurors=5, entries=3), st.integers(1, 3))
def test_no_other_sharing_out_is_more_even(contest: tuple, quorum: int) -> None:
    plan = sharing.share_out(*contest, quorum, SEED)

    assert squares(plan) == best(*contest, quorum)
    assert sum(plan.loads.values()) == len(plan.added)


@given(st.integers(4, 12), st.integers(0, 60), st.integers(1, 3), st.lists(sides, min_size=1))
def test_without_conflicts_loads_differ_by_one_at_most(number: int, entries: int, quorum: int, entrants: list) -> None:
    """Three sides of a third each can always be mixed evenly; the panel is a multiple of them."""
    jurors = [Juror(juror, (EAST, WEST, SOUTH)[juror % 3]) for juror in range(number // 3 * 3)]
    contest = jurors, [Entry(entry, (EAST, WEST, SOUTH)[entry % 3]) for entry in range(entries)]

    plan = sharing.share_out(*contest, quorum, SEED)

    assert not plan.unfilled
    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1


@given(contests(), quorums, st.data())
def test_the_order_of_what_comes_in_changes_nothing(contest: tuple, quorum: int, data: st.DataObject) -> None:
    jurors, entries = contest
    tasks = data.draw(existing(jurors, entries))
    mixed = [data.draw(st.permutations(found)) for found in (tasks, jurors, entries)]

    assert sharing.reassign(tasks, jurors, entries, quorum, SEED) == sharing.reassign(*mixed, quorum, SEED)


def test_another_seed_shares_out_otherwise() -> None:
    jurors = [Juror(juror, juror % 3) for juror in range(9)]
    entries = [Entry(entry, entry % 3) for entry in range(30)]

    one, other = (set(sharing.share_out(jurors, entries, 3, seed).added) for seed in ("0" * 64, "1" * 64))

    assert one != other


@given(contests(), quorums, st.data())
def test_whatever_changes_no_score_is_lost_and_only_what_is_missing_is_added(
    contest: tuple, quorum: int, data: st.DataObject
) -> None:
    """Jurors who come, pause or vanish, a quorum that rises or falls, entries that come late or go: one rule for all."""
    jurors, entries = contest
    tasks = data.draw(existing(jurors, entries))

    plan = sharing.reassign(tasks, jurors, entries, quorum, SEED)

    assert not list(faults(plan, *contest, quorum))
    assert sorted([*plan.kept, *plan.dropped]) == sorted(tasks)
    assert not any(task.done for task in [*plan.dropped, *plan.added])
    assert not {task[:2] for task in plan.added} & {task[:2] for task in tasks}
    assert set(plan.conflicted) <= set(plan.kept)
    loads = Counter(task.juror for task in [*plan.kept, *plan.added])
    assert plan.loads == {juror.id: loads[juror.id] for juror in jurors if juror.active}


@given(contests(), quorums, st.data())
def test_what_is_dropped_had_to_be(contest: tuple, quorum: int, data: st.DataObject) -> None:
    """Gone, in conflict, above the need, or one side's last place: nobody else loses what they have not begun."""
    jurors, entries = contest
    tasks = data.draw(existing(jurors, entries))
    by_id, judged = {juror.id: juror for juror in jurors}, {entry.id: entry for entry in entries}

    plan = sharing.reassign(tasks, jurors, entries, quorum, SEED)

    missing = {unfilled.entry: unfilled.missing for unfilled in plan.unfilled}
    for task in plan.dropped:
        juror, entry = by_id.get(task.juror), judged.get(task.entry)
        if juror is None or entry is None or not juror.active or in_conflict(juror, entry):
            continue
        counted = [
            found for found in [*plan.kept, *plan.added] if found.entry == entry.id and found not in plan.conflicted
        ]
        need = len(counted) + missing.get(entry.id, 0)
        others = [by_id[found.juror].side for found in counted if found not in plan.added]
        one_side = not is_mixed(entry.side, [*others, juror.side], panel=panel_of(jurors), quorum=quorum)
        assert len(others) == need or (len(others) == need - 1 and one_side)


@given(contests(), quorums)
def test_a_sharing_out_that_is_up_to_date_stays(contest: tuple, quorum: int) -> None:
    plan = sharing.share_out(*contest, quorum, SEED)

    again = sharing.reassign(plan.added, *contest, quorum, SEED)

    assert (again.added, again.dropped, set(again.kept)) == ([], [], set(plan.added))
    assert again.unfilled == plan.unfilled


@given(contests(), quorums, st.data())
def test_a_replaced_juror_moves_nobody_elses_work(contest: tuple, quorum: int, data: st.DataObject) -> None:
    jurors, entries = contest
    before = sharing.share_out(jurors, entries, quorum, SEED)
    gone = data.draw(st.sampled_from([juror.id for juror in jurors])) if jurors else None
    new = [Juror(500, EAST), *(juror for juror in jurors if juror.id != gone)]
    # One side more in the panel asks for two sides where one was enough.
    if panel_of(new) == panel_of(jurors):
        plan = sharing.reassign(before.added, new, entries, quorum, SEED)

        assert set(plan.kept) == {task for task in before.added if task.juror != gone}
        assert not list(faults(plan, new, entries, quorum))


@given(contests(), st.integers(1, 3), st.data())
def test_a_quorum_that_rises_drops_nothing(contest: tuple, quorum: int, data: st.DataObject) -> None:
    before = sharing.share_out(*contest, quorum, SEED)

    after = sharing.reassign(before.added, *contest, quorum + 1, SEED)

    if quorum > 1:
        assert not after.dropped
    assert not list(faults(after, *contest, quorum + 1))


def test_a_quorum_that_falls_keeps_what_is_scored_and_drops_from_who_has_most() -> None:
    jurors = [Juror(1, EAST), Juror(2, WEST), Juror(3, WEST)]
    entries = [Entry(7, EAST), Entry(8, EAST)]
    tasks = [Task(7, 1, True), Task(7, 2), Task(7, 3), Task(8, 3, True), Task(8, 1), Task(8, 2)]

    plan = sharing.reassign(tasks, jurors, entries, 2, SEED)

    assert not plan.added
    assert {task for task in plan.kept if task.done} == {Task(7, 1, True), Task(8, 3, True)}
    # The one of the east has to stay on 8: a west juror has scored it.
    assert Task(8, 2) in plan.dropped
    assert len(plan.dropped) == 2


def test_scores_of_one_side_alone_are_followed_by_one_of_another() -> None:
    jurors = [Juror(1, EAST), Juror(2, EAST), Juror(3, WEST)]
    tasks = [Task(7, 1, True), Task(7, 2, True)]

    plan = sharing.reassign(tasks, jurors, [Entry(7, EAST)], 2, SEED)

    assert (sorted(plan.kept), plan.added, plan.unfilled) == (tasks, [Task(7, 3)], [])


def test_a_score_whose_juror_turns_out_to_be_in_conflict_is_told_and_made_up_for() -> None:
    jurors = [Juror(1, EAST, conflicts=frozenset({7})), Juror(2, EAST), Juror(3, WEST)]
    tasks = [Task(7, 1, True), Task(7, 3)]

    plan = sharing.reassign(tasks, jurors, [Entry(7, EAST)], 2, SEED)

    assert plan.conflicted == [Task(7, 1, True)]
    assert plan.added == [Task(7, 2)]
    assert sorted(plan.kept) == tasks


def test_who_cannot_be_found_is_told_with_the_reason() -> None:
    home = [Juror(1, EAST), Juror(2, EAST), Juror(3, EAST)]
    near = [Juror(4, WEST, municipality=11)]

    alone = sharing.share_out(home, [Entry(7, EAST)], 3, SEED)
    few = sharing.share_out([*home, *near], [Entry(7, WEST, 11), Entry(8, EAST)], 4, SEED)

    assert [tuple(found) for found in alone.unfilled] == [(7, 1, Lack.SIDES)]
    assert len(alone.added) == 2
    assert [tuple(found) for found in few.unfilled] == [(7, 1, Lack.JURORS)]


def test_a_panel_of_one_side_judges_the_others() -> None:
    plan = sharing.share_out([Juror(1, EAST), Juror(2, EAST)], [Entry(7, WEST), Entry(8, None)], 2, SEED)

    assert not plan.unfilled
    assert len(plan.added) == 4


@pytest.mark.parametrize(
    ("tasks", "jurors", "entries", "quorum"),
    [
        ([], [], [], 0),
        ([], [Juror(1, EAST), Juror(1, WEST)], [], 1),
        ([], [], [Entry(7, EAST), Entry(7, WEST)], 1),
        ([Task(7, 1), Task(7, 1, True)], [Juror(1, EAST)], [Entry(7, WEST)], 1),
        ([Task(7, 2, True)], [Juror(1, EAST)], [Entry(7, WEST)], 1),
    ],
)
def test_what_makes_no_sense_is_refused(tasks: list, jurors: list, entries: list, quorum: int) -> None:
    with pytest.raises(ValueError):
        sharing.reassign(tasks, jurors, entries, quorum, SEED)


# With a rule taken out the checks above find it.

NEIGHBOURS = (
    [Juror(1, EAST, 11), Juror(2, EAST, 12), Juror(3, WEST, 21), Juror(4, WEST, 22)],
    [Entry(entry, EAST, 11) for entry in range(20)],
)
LOPSIDED = (
    [Juror(1, EAST), Juror(2, EAST), Juror(3, WEST)],
    [Entry(entry, EAST) for entry in range(9)],
)


def test_without_the_rule_of_conflicts_the_check_finds_it() -> None:
    with patch.object(Panel, "barred", lambda self, entry: 0):
        plan = sharing.share_out(*NEIGHBOURS, 2, SEED)

    assert "judges in conflict" in set(faults(plan, *NEIGHBOURS, 2))


def test_without_the_rule_of_sides_the_check_finds_it() -> None:
    with patch.object(Panel, "lone_side", lambda self, entrant, held: 0):
        plan = sharing.share_out(*LOPSIDED, 2, SEED)

    assert "not mixed and not told" in set(faults(plan, *LOPSIDED, 2))


def test_without_the_evening_out_somebody_could_be_relieved() -> None:
    """Juror 1 may have the last entries alone; who knows only those that came before gives others too little."""
    worse = 0
    for number in range(40):
        contest = (
            [Juror(1, EAST), Juror(2, WEST, conflicts=frozenset(range(number % 3 + 1))), Juror(3, SOUTH)],
            [Entry(entry, None) for entry in range(4)],
        )
        seed = f"{number:064x}"
        assert squares(sharing.share_out(*contest, 1, seed)) == best(*contest, 1)
        with patch.object(sharing._Sharing, "_even_out", lambda self: None):
            worse += squares(sharing.share_out(*contest, 1, seed)) > best(*contest, 1)

    assert worse


def test_an_entry_that_goes_leaves_its_scores_and_no_load_that_is_not_one() -> None:
    jurors = [Juror(1, EAST), Juror(2, WEST)]
    tasks = [Task(6, 1, True), Task(6, 2)]

    plan = sharing.reassign(tasks, jurors, [], 1, SEED)

    assert (plan.kept, plan.dropped) == ([Task(6, 1, True)], [Task(6, 2)])
    assert plan.loads == {1: 1, 2: 0}
