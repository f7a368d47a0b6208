"""The long work on a list, in a worker or a command: reading it, and taking it over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override

from facilities import policies
from facilities.lists import reading, rows
from facilities.lists.enums import Decision, ImportMove, ImportState, Outcome, Wanted
from facilities.lists.faults import Fault
from facilities.models import Facility, FacilityImport, ImportRow, Source
from facilities.services.import_plans import Plan, Planner, whole
from facilities.services.import_writes import Writer
from facilities.services.imports import LISTS, NotYourList, applicable, check_applicable, may, step
from network import files
from network.enums import DomainError
from network.models import Region, User

# Tells how much is done of how much. Raises what ends the work where it is no longer this worker's.
Tell = Callable[[int, int], None]
PORTION = 500
# A change of many rows at once is a long statement.
BATCH = 100
# Whoever has not told for so long how far it is has died over it.
LEASE = timedelta(minutes=2)
# A list that ends its worker so often is not tried again.
TRIES = 3
PROGRESS_KEPT = 3_600
# Kept in the transaction that does what was asked for: a worker that dies just after it leaves nothing to be done again.
ENDED = {"wanted": Wanted.NOTHING, "leased_until": None}
TAKEN_OVER = (Outcome.NEW, Outcome.CHANGED)


class KeptDying(DomainError):
    message = _("This list has ended its worker several times. Please divide it, or write to us.")


class _TakenOver(Exception):
    """The lease has run out, and the list is another worker's."""


def _portions(found: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while portion := list(islice(found, size)):
        yield portion


def sides_of(batch: FacilityImport) -> frozenset[int]:
    """Return whose facilities a list may touch."""
    if batch.side_id is not None:
        return frozenset({batch.side_id})
    return frozenset(Region.objects.values_list("pk", flat=True))


# --- reading ----------------------------------------------------------------------------------------------------------


def read_list(*, batch: FacilityImport, tell: Tell, by: User | None) -> FacilityImport:
    """Read a list in portions and keep what would become of each row; the registry is not touched.

    Begun anew it begins from nothing. Raises NotATable and the like where it comes upon them.
    """
    ImportRow.objects.filter(batch=batch).delete()
    path = files.path_of(batch.stored, LISTS)
    total = reading.count(path, batch.kind)
    tell(0, total)
    planner = Planner(batch, sides_of(batch))
    # Line by number of the row that the list itself calls a repetition.
    repeated: dict[int, str] = {}
    # By line the facility into which that of the row was merged.
    merged: dict[int, Facility] = {}
    done = 0
    lines = ((line, *rows.told(cells, batch.mapping)) for line, cells in reading.rows_of(path, batch.kind))
    for portion in _portions(lines, PORTION):
        with transaction.atomic():
            plans = [planner.propose(plan) for plan in planner.plans(planner.read(portion))]
            _keep(batch, plans)
            repeated |= {p.row.line: p.row.duplicate_of for p in plans if p.row.duplicate_of}
            merged |= {p.row.line: p.facility for p in plans if p.facility and p.tells_of_a_merged_one}
        done += len(portion)
        tell(done, total)
    with transaction.atomic():
        # Locks the row, if it is still this worker's.
        tell(done, total)
        _keep_repetitions(batch, repeated)
        _refuse_merged(batch, merged)
        batch.refresh_from_db()
        counts = {each: ImportRow.objects.filter(batch=batch, outcome=each).count() for each in Outcome.values}
        step(batch, ImportMove.READ, by=by, at=timezone.now(), changes={"counts": counts}, counts=counts, **ENDED)
    return batch


def _keep(batch: FacilityImport, plans: Sequence[Plan]) -> None:
    left = _left_out(batch, [plan.row.number for plan in plans if plan.outcome == Outcome.DUPLICATE])
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            line=plan.row.line,
            external_id=plan.row.number,
            outcome=plan.outcome,
            values={} if plan.outcome == Outcome.SAME else plan.row.kept,
            difference=plan.difference if plan.outcome == Outcome.CHANGED else {},
            errors=plan.row.faults,
            facility_id=plan.twin or (plan.facility.pk if plan.facility else None),
            twin_line=plan.twin_line,
            decision=Decision.LEAVE if plan.row.number in left else Decision.OPEN,
        )
        for plan in plans
    )


def _left_out(batch: FacilityImport, numbers: Sequence[str]) -> set[str]:
    """Return which of these numbers somebody left out when this list of this source was taken over before."""
    if not numbers:
        return set()
    before = FacilityImport.objects.filter(source=batch.source_id, side=batch.side_id, state=ImportState.APPLIED)
    rows_before = ImportRow.objects.filter(batch__in=before, external_id__in=numbers, decision=Decision.LEAVE)
    return set(rows_before.values_list("external_id", flat=True))


def _keep_repetitions(batch: FacilityImport, repeated: dict[int, str]) -> None:
    """Propose for merging what the list itself says is told of in another row."""
    by_number: dict[str, ImportRow] = {}
    for numbers in _portions(iter(sorted(set(repeated.values()))), PORTION):
        of_these = ImportRow.objects.filter(batch=batch, external_id__in=numbers).exclude(outcome=Outcome.ERROR)
        by_number |= {row.external_id: row for row in of_these.order_by("line")}
    # What is repeated elsewhere is not itself a repetition of that.
    first = [
        row
        for row in by_number.values()
        if row.outcome == Outcome.DUPLICATE and repeated.get(row.twin_line or 0) == row.external_id
    ]
    for row in first:
        row.outcome, row.twin_line, row.decision = Outcome.NEW, None, Decision.OPEN
    ImportRow.objects.bulk_update(first, ["outcome", "twin_line", "decision"], batch_size=BATCH)
    for lines in _portions(iter(repeated), PORTION):
        changed = []
        found = ImportRow.objects.filter(batch=batch, line__in=lines, outcome__in=(Outcome.NEW, Outcome.DUPLICATE))
        left = _left_out(batch, list(found.values_list("external_id", flat=True)))
        for row in found:
            twin = by_number.get(repeated[row.line])
            if twin is None or twin.line == row.line:
                continue
            listed = twin.outcome in (Outcome.SAME, Outcome.CHANGED)
            row.outcome, row.facility_id = Outcome.DUPLICATE, twin.facility_id if listed else None
            row.twin_line = None if listed else twin.line
            row.decision = Decision.LEAVE if row.external_id in left else Decision.OPEN
            changed.append(row)
        ImportRow.objects.bulk_update(changed, ["outcome", "facility", "twin_line", "decision"], batch_size=BATCH)


def _refuse_merged(batch: FacilityImport, merged: dict[int, Facility]) -> None:
    """Take nothing of a facility that was merged into one of which the list has a row too: that row tells of both."""
    for lines in _portions(iter(merged), BATCH):
        into = {merged[line].pk for line in lines}
        several = ImportRow.objects.filter(batch=batch, facility__in=into).values("facility")
        several = several.annotate(rows=Count("pk")).filter(rows__gt=1).values("facility")
        for row in ImportRow.objects.filter(batch=batch, line__in=lines, facility__in=several, outcome=Outcome.CHANGED):
            row.outcome, row.difference = Outcome.ERROR, {}
            row.errors = [Fault("merged", value=merged[row.line].code).kept]
            row.save(update_fields=["outcome", "difference", "errors"])


# --- taking over --------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply_list(*, batch: FacilityImport, tell: Tell, by: User | None) -> FacilityImport:
    """Take a list over in one transaction: all of it, or whatever goes wrong nothing.

    What each row changes is worked out anew, under locks: what others did since it was read is seen. `tell` must not write to this
    database. Raises NotYourList, IllegalMove, NotDecided, NothingToTakeOver.
    """
    # Nobody else's worker waits for this one: it takes a list that is not locked.
    batch = FacilityImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not may(by, batch):
        raise NotYourList
    # One list of a source after the other: what the first has listed, the second knows.
    Source.objects.select_for_update(of=("self",)).get(pk=batch.source_id)
    check_applicable(batch)
    now = timezone.now()
    planner, writer = Planner(batch, sides_of(batch), locked=True), Writer(batch, by=by, at=now)
    taken = applicable(batch)
    total, done = taken.count(), 0
    duplicates = taken.filter(outcome=Outcome.DUPLICATE)
    # Facility by line, of the rows of which others may be repetitions.
    named = set(duplicates.exclude(twin_line=None).values_list("twin_line", flat=True))
    listed: dict[int, Facility] = {}
    # Possible duplicates come last, for the row that they repeat may stand anywhere in the list.
    for some in (taken.exclude(outcome=Outcome.DUPLICATE), duplicates):
        for portion in _by_line(some):
            plans = _planned(planner, portion, listed)
            writer.write(plans)
            listed |= {plan.row.line: plan.facility for plan in plans if plan.facility and plan.row.line in named}
            done += len(portion)
            tell(done, total)
    step(batch, ImportMove.APPLY, by=by, at=now, changes={"rows": total}, **ENDED)
    return batch


def _by_line(found: Any) -> Iterator[list[ImportRow]]:
    last = 0
    while portion := list(found.filter(line__gt=last).order_by("line")[:PORTION]):
        yield portion
        last = portion[-1].line


def _planned(planner: Planner, portion: Sequence[ImportRow], listed: dict[int, Facility]) -> list[Plan]:
    """Return what a portion changes by now, without what has become the same or wrong since it was read."""
    given = [(row.line, row.values["columns"], row.values["more"]) for row in portion]
    plans = planner.plans([rows.parsed(*row, planner.references, planner.today) for row in given])
    merged = _merge_targets(planner, portion, listed)
    found = []
    for row, plan in zip(portion, plans, strict=True):
        twin = merged.get(row.line)
        if plan.outcome == Outcome.NEW and twin is not None:
            found.append(planner.changes(Plan(plan.row, Outcome.CHANGED, twin), twin))
        elif plan.tells_of_a_merged_one and plan.facility and plan.facility.pk != row.facility_id:
            # Merged since it was read: of that other one nothing is changed but what was shown.
            shown = replace(
                plan.row, said={name: said for name, said in plan.row.said.items() if name in row.difference}
            )
            found.append(planner.changes(Plan(shown, Outcome.CHANGED, plan.facility, plan.record), plan.facility))
        else:
            found.append(plan)
    return [plan for plan in found if plan.outcome in TAKEN_OVER]


def _merge_targets(planner: Planner, portion: Sequence[ImportRow], listed: dict[int, Facility]) -> dict[int, Facility]:
    """Return by line the facility into which a row goes; one that was merged with another meanwhile gives that other."""
    merging = [row for row in portion if row.decision == Decision.MERGE]
    wanted = {row.line: row.facility_id for row in merging if row.facility_id}
    into = whole(wanted.values())
    known = Facility.objects.filter(pk__in=set(into.values()), side__in=planner.sides).order_by("pk")
    known = known.select_for_update(of=("self",)).select_related("kind", "district", "municipality")
    by_key = {row.pk: row for row in known.prefetch_related("other_names")} if wanted else {}
    found = {line: by_key[into[pk]] for line, pk in wanted.items() if into[pk] in by_key}
    in_list = {
        row.line: listed[row.twin_line] for row in merging if row.twin_line is not None and row.twin_line in listed
    }
    return found | in_list


# --- in a worker --------------------------------------------------------------------------------------------------------


@transaction.atomic
def claim_import(*, now: datetime) -> FacilityImport | None:
    """Return a list that waits for a worker and is this one's alone; None where none waits."""
    free = FacilityImport.objects.exclude(wanted=Wanted.NOTHING).exclude(leased_until__gt=now)
    # Whoever takes one over has it locked, however long that lasts.
    row = free.select_for_update(of=("self",), skip_locked=True).order_by("tries", "pk").first()
    if row:
        row.leased_until, row.tries = now + LEASE, row.tries + 1
        row.save(update_fields=["leased_until", "tries"])
    return row


def run_import(*, batch: FacilityImport) -> None:
    """Do what was asked for with a list. Killed in the middle it waits as before."""
    wanted, by = batch.wanted, batch.asked_by
    try:
        if batch.tries > TRIES:
            raise KeptDying
        if by is not None and not policies.keeps(by, batch.side_id):
            raise NotYourList
        if wanted == Wanted.READ:
            read_list(batch=batch, tell=lambda done, total: _renew(batch, done, total), by=by)
        else:
            apply_list(batch=batch, tell=lambda done, total: _show(batch, done, total), by=by)
    except DomainError as error:
        _fail(batch, error)
        return
    except _TakenOver:
        return
    except BaseException:
        # Tried again without waiting for the lease to run out.
        _held(batch).update(leased_until=None)
        raise
    cache.delete(batch.progress_key)


def _held(batch: FacilityImport) -> Any:
    """Return the row as long as it has this lease."""
    return FacilityImport.objects.filter(pk=batch.pk, leased_until=batch.leased_until).exclude(wanted=Wanted.NOTHING)


def _renew(batch: FacilityImport, done: int, total: int) -> None:
    until = timezone.now() + LEASE
    if not _held(batch).update(done=done, total=total, leased_until=until):
        raise _TakenOver
    batch.leased_until = until


def _show(batch: FacilityImport, done: int, total: int) -> None:
    cache.set(batch.progress_key, (done, total), PROGRESS_KEPT)


@transaction.atomic
def _fail(batch: FacilityImport, error: DomainError) -> None:
    row = _held(batch).select_for_update(of=("self",)).first()
    if row is None:
        return
    # Whoever reads it may read another language than the worker.
    failure = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            failure[code] = str(error)
    step(row, ImportMove.FAIL, by=None, at=timezone.now(), failure=failure, **ENDED)
