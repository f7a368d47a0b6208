"""How the pure core of judging grows: time for each entry at 140,000 entries against 1,400, in rounds by turns.

Panels and entries are invented unevenly: three sides and some abroad, municipalities a few of which have most people, organisations and
declared conflicts. `TIGHT` has in it what makes even work hard: two jurors of one side against fifty-eight of another, and half of the
panel in conflict with most entries.
"""

import gc
import hashlib
import random
import statistics
import tracemalloc
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

from benchmarks.figures import Figure
from benchmarks.names import People
from campaigns import duplicates, sharing
from campaigns.duplicates import Traits
from campaigns.panels import Entry, Juror, Task
from campaigns.scoring import Criterion, Rating, Score

FEW, MANY = 1_400, 140_000
JURORS, QUORUM, MUNICIPALITIES, PHOTOS = 60, 3, 100, 3
SEED = hashlib.sha256(b"benchmark").hexdigest()
CRITERIA = [Criterion("fit", 1, 5, 3), Criterion("finish", 1, 5, 2), Criterion("idea", 1, 5)]

Panel = tuple[list[Juror], list[Entry]]


def panel(entries: int) -> Panel:
    """Invent a panel as contests have it, and so many entries."""
    chance = random.Random(entries)
    jurors = [
        Juror(
            number,
            (1, 2, 3, None)[number % 4],
            chance.randrange(MUNICIPALITIES),
            frozenset({f"organisation:{chance.randrange(40)}"}),
            frozenset(chance.sample(range(entries), 20)),
        )
        for number in range(JURORS)
    ]
    return jurors, [
        Entry(
            number,
            chance.choice((1, 1, 2, 2, 2, 3)),
            min(int(chance.expovariate(0.05)), MUNICIPALITIES - 1),
            frozenset({f"organisation:{chance.randrange(40)}"}) if chance.random() < 0.3 else frozenset(),
        )
        for number in range(entries)
    ]


def tight(entries: int) -> Panel:
    """Invent a panel that can't be even: two jurors of one side alone, and thirty who may judge one entry in ten."""
    chance = random.Random(entries)
    jurors = [
        Juror(number, 2 if number < 2 else 1, keys=frozenset({f"organisation:{number % 2}"}))
        for number in range(JURORS)
    ]
    return jurors, [
        Entry(number, 1, keys=frozenset({"organisation:0"}) if chance.random() < 0.9 else frozenset())
        for number in range(entries)
    ]


def _changed(contest: Panel) -> Callable[[], Any]:
    """Return a reassignment halfway: ten jurors have left, five have come, the quorum rises by one."""
    jurors, entries = contest
    tasks = sharing.share_out(jurors, entries, QUORUM, SEED).added
    tasks = [Task(task.entry, task.juror, number % 2 == 0) for number, task in enumerate(tasks)]
    now = [
        Juror(juror.id, juror.side, juror.municipality, juror.keys, juror.conflicts, active=juror.id >= 10)
        for juror in jurors
    ] + [Juror(JURORS + number, (1, 2, 3)[number % 3]) for number in range(5)]
    return lambda: sharing.reassign(tasks, now, entries, QUORUM + 1, SEED)


def _shared(contest: Panel) -> Callable[[], Any]:
    return lambda: sharing.share_out(*contest, QUORUM, SEED)


def _scored(contest: Panel) -> Callable[[], Any]:
    chance = random.Random(7)
    scores = [
        Score(str(task.entry), task.juror, {criterion.code: chance.randint(1, 5) for criterion in CRITERIA})
        for task in sharing.share_out(*contest, QUORUM, SEED).added
    ]
    return lambda: Rating(QUORUM, CRITERIA).count(scores)


def _compared(entries: int) -> Callable[[], Any]:
    chance = random.Random(entries)
    photos = [chance.getrandbits(64) for _ in range(entries * PHOTOS)]
    # One in fifty is another's photo, saved again; one in a hundred a blank one.
    for number in range(0, len(photos), 50):
        photos[number] = photos[number // 2 + 1] ^ 1 << chance.randrange(64)
        photos[number + 3] = 1 << chance.randrange(64) if number % 100 else 0
    traits = [
        Traits(
            number,
            name.arabic or name.latin,
            min(int(chance.expovariate(0.05)), MUNICIPALITIES - 1),
            f"+21891{chance.randrange(entries * 8):07d}",
            photos[number * PHOTOS : (number + 1) * PHOTOS],
        )
        for number, name in enumerate(People(3).names(entries))
    ]
    return lambda: duplicates.find(traits)


def _seconds(work: Callable[[], Any]) -> float:
    # What is in memory already is not gone through again by the collector: it is no part of the work.
    gc.collect()
    gc.freeze()
    began = process_time()
    work()
    seconds = process_time() - began
    gc.unfreeze()
    return seconds


def _growth(what: str, few: Callable[[], Any], many: Callable[[], Any], rounds: int) -> Figure:
    """Compare the time for each entry; of the few, which are done in a moment, the median of nine counts."""
    ratios, seconds = [], []
    for _ in range(rounds):
        short = statistics.median(_seconds(few) for _ in range(9))
        long = _seconds(many)
        seconds.append(long)
        ratios.append(long / MANY / (short / FEW))
    note = f"{statistics.median(seconds):.1f} s of processor for {MANY:,}"
    return Figure(f"Judging: {what}, {MANY:,} against {FEW:,}", statistics.median(ratios), "×", most=2, note=note)


def _memory(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure(ground: object = None, *, quick: bool = False) -> Iterator[Figure]:
    """Measure each step for each entry; needs no database."""
    few, many, rounds = panel(FEW), panel(MANY), 1 if quick else 3
    yield _growth("sharing out", _shared(few), _shared(many), rounds)
    yield _growth("sharing out, tight", _shared(tight(FEW)), _shared(tight(MANY)), rounds)
    yield _growth("new jurors, higher quorum", _changed(few), _changed(many), rounds)
    yield _growth("centred results", _scored(few), _scored(many), rounds)
    yield _growth("possible duplicates", _compared(FEW), _compared(MANY), rounds)
    loads = sharing.share_out(*many, QUORUM, SEED).loads.values()
    yield Figure("Judging: most against least work", max(loads) - min(loads), "entries", most=1)
    if not quick:
        ratio = _memory(_shared(many)) / MANY / (_memory(_shared(few)) / FEW)
        yield Figure("Judging: memory of sharing out, for each entry", ratio, "×", most=1.2)
