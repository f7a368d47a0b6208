"""Sharing a contest's entries out to its jurors, evenly: pure, the same for the same seed.

Within the rules of `panels` work is spread as evenly as can be: no other sharing out has a smaller sum of squared loads, nor a smaller
greatest load.

How it is done. Rules 1 to 3 let an entry take at most all but one of its jurors from a side; such sets are those of a flow from entries
through their sides to jurors. Entries are taken in
the order of their lot, and each is given to those who have least. What is uneven then is put right along shortest rows of exchanges, from
whoever has most to somebody who has two fewer; where there is none the loads are the best possible: N. Harvey, R. Ladner, L. Lovász and
T. Tamir, "Semi-matchings for bipartite graphs and load balancing" (Journal of Algorithms 59, 2006), whose proof, that without a negative
cycle a cost is least, holds for any flow with convex costs.
"""

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from campaigns import lots
from campaigns.lots import Id
from campaigns.panels import Entry, Juror, Lack, Panel, Plan, Task, Unfilled, bits


def share_out(jurors: Iterable[Juror], entries: Iterable[Entry], quorum: int, seed: str) -> Plan:
    """Give each entry `quorum` jurors; the same for the same seed, whatever the order of what comes in. Raises ValueError."""
    return reassign((), jurors, entries, quorum, seed)


def reassign(
    existing: Iterable[Task],
    jurors: Iterable[Juror],
    entries: Iterable[Entry],
    quorum: int,
    seed: str,
    *,
    besides: Mapping[Id, int] | None = None,
) -> Plan:
    """Bring a sharing out up to date with the jurors, the entries and the quorum as they are now.

    Whatever is scored is kept. What is not is kept too, unless its juror is gone or in conflict, its entry is gone, or there are more
    than the rules need; then what weighs most on somebody is dropped first. Only what is missing is added.

    `besides` says how much jurors have that is not brought up to date here, and weighs on them as well.

    An entry whose scores are already as many as the quorum, all of one side, is given one juror more. Raises ValueError for a quorum below
    one, an id that comes twice, and for a score by somebody who is not among the jurors (who left stays among them, not active).
    """
    return _Sharing(Panel(jurors, quorum, seed), existing, entries, seed, besides or {}).plan


class _Paper:
    """One entry while it is shared out: who has scored it, who has it and counts, who of them since now, and how many should."""

    __slots__ = ("barred", "done", "fresh", "held", "id", "lot", "need", "side")

    def __init__(self, entry: Entry, lot: bytes, panel: Panel, scores: dict[Id, int]) -> None:
        self.id, self.side, self.lot = entry.id, entry.side, int.from_bytes(lot, "big")
        self.done, self.barred, self.fresh = scores.pop(entry.id, 0), panel.barred(entry), 0
        self.held = self.done & ~self.barred
        scored = self.held.bit_count()
        self.need = max(panel.quorum, scored)
        if scored >= panel.quorum and panel.lone_side(entry.side, self.held):
            self.need = scored + 1


class _Loads:
    """How much each juror has, and who has least: jurors by load, as bits."""

    def __init__(self, loads: list[int]) -> None:
        self.of = loads
        self._at: dict[int, int] = defaultdict(int)
        for position, load in enumerate(loads):
            self._at[load] |= 1 << position
        self._levels = sorted(self._at)

    def lightest(self, free: int, turn: int) -> int:
        """Return who of those free has least, among equals the first from `turn` on; -1 where nobody is free."""
        if free:
            for level in self._levels:
                if found := self._at[level] & free:
                    found = found >> turn << turn or found
                    return (found & -found).bit_length() - 1
        return -1

    def add(self, position: int, more: int) -> None:
        before = self.of[position]
        self.of[position] = after = before + more
        self._at[before] ^= 1 << position
        if not self._at[before]:
            del self._at[before]
            self._levels.remove(before)
        if after not in self._at:
            insort(self._levels, after)
        self._at[after] |= 1 << position


class _Sharing:
    """One sharing out, step by step."""

    def __init__(
        self, panel: Panel, existing: Iterable[Task], entries: Iterable[Entry], seed: str, besides: Mapping[Id, int]
    ) -> None:
        self.panel = panel
        self.plan = Plan([], [], [], [], [], {})
        done, open_ = self._found(existing, besides)
        papers = [_Paper(entry, lots.draw(seed, "entry", entry.id), panel, done) for entry in _once(entries)]
        self.papers = sorted(papers, key=attrgetter("lot"))
        judged = {paper.id: open_.pop(paper.id, 0) for paper in self.papers}
        self._part(done, open_, seed)
        for paper in self.papers:
            self._keep(paper, judged[paper.id])
        for paper in self.papers:
            self._take(paper, panel.active & ~paper.barred & ~paper.held, fresh=True)
        self._even_out()
        self._tell()

    def _found(self, existing: Iterable[Task], besides: Mapping[Id, int]) -> tuple[dict[Id, int], dict[Id, int]]:
        """Sort what there is into who has scored and who has not, by entry, and begin to count loads."""
        done: dict[Id, int] = defaultdict(int)
        open_: dict[Id, int] = defaultdict(int)
        loads = [besides.get(juror.id, 0) for juror in self.panel.jurors]
        for task in existing:
            position = self.panel.position.get(task.juror)
            if position is None:
                if task.done:
                    raise ValueError("Somebody has scored who is not among the jurors.")
                self.plan.dropped.append(task)
                continue
            bit = 1 << position
            if (done[task.entry] | open_[task.entry]) & bit:
                raise ValueError("A juror has an entry twice.")
            (done if task.done else open_)[task.entry] |= bit
            loads[position] += 1
        self.plan.dropped.sort(key=str)
        self.loads = _Loads(loads)
        return done, open_

    def _keep(self, paper: _Paper, open_: int) -> None:
        """Keep what is not scored as far as the rules and the need allow, and drop the rest."""
        if not open_:
            return
        self._take(paper, open_ & self.panel.active & ~paper.barred, fresh=False)
        self._drop(paper.id, open_ & ~paper.held)

    def _part(self, done: dict[Id, int], open_: dict[Id, int], seed: str) -> None:
        """Keep the scores of entries that are no longer judged, and drop what is not scored of them: nobody has it any more."""
        for entry in sorted(
            done.keys() | open_.keys(), key=lambda entry: (lots.draw(seed, "entry", entry), str(entry))
        ):
            self.plan.kept.extend(self._tasks(entry, done.get(entry, 0), done=True))
            self._drop(entry, open_.get(entry, 0))

    def _drop(self, entry: Id, jurors: int) -> None:
        self.plan.dropped.extend(self._tasks(entry, jurors))
        for position in bits(jurors):
            self.loads.add(position, -1)

    def _take(self, paper: _Paper, free: int, *, fresh: bool) -> None:
        """Give an entry those who have least of those free until it has what it needs; the last not of the side that has all others.

        Those of `fresh` are new, and may still be exchanged; the others have had it, and their load counts it.
        """
        turn, size, jurors = paper.lot, paper.held.bit_count(), len(self.panel.jurors)
        while free and size < paper.need:
            if size == paper.need - 1:
                free &= ~self.panel.lone_side(paper.side, paper.held)
            turn, start = divmod(turn, jurors)
            position = self.loads.lightest(free, start)
            if position < 0:
                return
            bit = 1 << position
            free ^= bit
            paper.held |= bit
            size += 1
            if fresh:
                paper.fresh |= bit
                self.loads.add(position, 1)

    def _even_out(self) -> None:
        """Exchange jurors of what was added until nobody has two more than somebody who could have it instead, directly or in a row.

        From whoever has most: where nobody of those to whom work can be passed on has two fewer, all these are settled for good, since who
        has less could only hand on to them.
        """
        load, unsettled = self.loads.of, self.panel.active
        if self._range(unsettled) < 2:
            return
        self._holds: list[dict[int, None]] = [{} for _ in load]
        for number, paper in enumerate(self.papers):
            for position in bits(paper.fresh):
                self._holds[position][number] = None
        while self._range(unsettled) >= 2:
            top = max(bits(unsettled), key=lambda position: (load[position], position))
            reached, path = self._way_down(top, unsettled)
            if not path:
                unsettled &= ~reached
            for one, other, number in path:
                paper, change = self.papers[number], 1 << one | 1 << other
                paper.held ^= change
                paper.fresh ^= change
                del self._holds[one][number]
                self._holds[other][number] = None
            if path:
                self.loads.add(top, -1)
                self.loads.add(path[0][1], 1)

    def _range(self, jurors: int) -> int:
        found = [self.loads.of[position] for position in bits(jurors)]
        return max(found) - min(found) if found else 0

    def _way_down(self, top: int, unsettled: int) -> tuple[int, list[tuple[int, int, int]]]:
        """Look for a shortest row of exchanges from `top` to somebody who has two fewer.

        Returns all who can be reached, and the row from its end: (juror, other juror, number of the entry that goes from the one to the
        other). Only a shortest one keeps rule 2 where it touches an entry twice.
        """
        load, most = self.loads.of, self.loads.of[top] - 2
        came: dict[int, tuple[int, int]] = {}
        unseen = unsettled & ~(1 << top)
        queue = deque([top])
        while queue:
            one = queue.popleft()
            for number in self._holds[one]:
                if not unseen:
                    break
                paper = self.papers[number]
                reach = unseen & ~paper.barred & ~paper.held
                if reach and paper.held.bit_count() == paper.need:
                    reach &= ~self.panel.lone_side(paper.side, paper.held ^ 1 << one)
                for other in bits(reach):
                    unseen ^= 1 << other
                    came[other] = (one, number)
                    if load[other] <= most:
                        return 0, list(_row(came, other, top))
                    queue.append(other)
        return unsettled & ~unseen, []

    def _tasks(self, entry: Id, jurors: int, *, done: bool = False) -> list[Task]:
        return [Task(entry, self.panel.jurors[position].id, done) for position in bits(jurors)]

    def _tell(self) -> None:
        """Put down what came out."""
        plan, panel = self.plan, self.panel
        for paper in self.papers:
            if paper.done:
                plan.kept.extend(self._tasks(paper.id, paper.done, done=True))
                plan.conflicted.extend(self._tasks(paper.id, paper.done & paper.barred, done=True))
            if kept := paper.held & ~paper.done & ~paper.fresh:
                plan.kept.extend(self._tasks(paper.id, kept))
            plan.added.extend(self._tasks(paper.id, paper.fresh))
            if missing := paper.need - paper.held.bit_count():
                others = panel.active & ~paper.barred & ~paper.held
                plan.unfilled.append(Unfilled(paper.id, missing, Lack.SIDES if others else Lack.JURORS))
        for position in bits(panel.active):
            plan.loads[panel.jurors[position].id] = self.loads.of[position]


def _once(entries: Iterable[Entry]) -> Sequence[Entry]:
    found = list(entries)
    if len({str(entry.id) for entry in found}) < len(found):
        raise ValueError("An entry comes twice.")
    return found


def _row(came: dict[int, tuple[int, int]], last: int, top: int) -> Iterator[tuple[int, int, int]]:
    while last != top:
        one, number = came[last]
        yield one, last, number
        last = one
