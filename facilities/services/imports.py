"""Lists from elsewhere: uploaded, their columns chosen, read without changing anything, decided, taken over in one transaction."""

import codecs
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies
from facilities.lists import reading
from facilities.lists.columns import Column, guess
from facilities.lists.enums import IMPORT_MOVES, Decision, ImportMove, ImportState, Outcome, Wanted
from facilities.models import FacilityImport, ImportRow, Source
from network import files
from network.enums import DomainError
from network.models import Region, User
from network.services import record_edit, record_transition, require_move
from network.sheets import CSV, XLSX
from network.uploads import archives, documents
from notifications import outbox

LISTS = "lists"
RUN = "facilities.tasks.run_imports"
# A list of so many rows as are read at all has room in it.
LIST_LARGEST = 40_000_000
ZIP = b"PK\x03\x04"
ENDINGS = {"csv": CSV, "txt": CSV, "tsv": CSV, "xlsx": XLSX}


class NotYourList(DomainError):
    message = _("Only the coordinators of this side can do this with the list.")


class NotKeptApart(DomainError):
    message = _(
        "The licence of this source asks for the same licence, but it is not kept apart in open data. A national coordinator chooses that."
    )


class NotAList(DomainError):
    message = _("Only tables: CSV, or Excel (xlsx).")


class ListTooLarge(DomainError):
    message = _("The file is larger than %(megabytes)s MB, or unpacks to more than can be read. Please divide it.")


class ColumnsMissing(DomainError):
    message = _("Please choose at least the columns for the kind of facility and the district, or for the code here.")


class ColumnTwice(DomainError):
    message = _("Two columns can not be the same: %(column)s.")


class InHand(DomainError):
    message = _("This list is being worked on. Please look again in a moment.")


class NotDecided(DomainError):
    message = _("Please decide every possible duplicate first.")


class NothingToTakeOver(DomainError):
    message = _("Nothing in this list would change anything.")


class NoDuplicate(DomainError):
    message = _("This row is no possible duplicate any more.")


def may(by: User | None, batch: FacilityImport) -> bool:
    """Tell whether this person works with a list; the system itself, which is nobody, with every one."""
    return by is None or (batch.side_id is not None and policies.keeps(by, batch.side_id))


def locked(batch: FacilityImport, by: User | None) -> FacilityImport:
    """Return a list for whoever may work with it, while no worker has it. Raises NotYourList, InHand."""
    row = FacilityImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not may(by, row):
        raise NotYourList
    if row.wanted:
        raise InHand
    return row


def step(
    batch: FacilityImport, move: ImportMove, *, by: User | None, at: datetime, changes: Any = None, **fields: Any
) -> None:
    """Move a locked list, and set fields along with it. Raises IllegalMove."""
    before = batch.state
    batch.state = require_move(IMPORT_MOVES, move, batch)
    for name, value in fields.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *fields])
    record_transition(batch, move, from_state=before, to_state=batch.state, by=by, at=at, changes=changes)


# --- uploading --------------------------------------------------------------------------------------------------------


def upload_list(
    *, source: Source, side: Region | None, official: bool, upload: tuple[str, bytes], by: User | None
) -> FacilityImport:
    """Keep a list, given as its name and its bytes, and guess its columns.

    For all sides, which `side=None` is, only the system itself reads. Raises NotYourList, NotKeptApart, NotAList, ListTooLarge,
    NotATable, and the uploads' Refused.
    """
    if by is not None and (side is None or not policies.keeps(by, side.pk)):
        raise NotYourList
    if policies.shares_alike(source.licence) and not source.is_open:
        raise NotKeptApart
    content, filename, kind = _looked_at(upload)
    stored = files.keep(content, LISTS)
    try:
        headings = reading.headings_of(files.path_of(stored, LISTS), kind)
        with transaction.atomic():
            now = timezone.now()
            batch = FacilityImport(
                state="",
                source=source,
                side=side,
                official=official,
                stored=stored,
                filename=filename,
                kind=kind,
                headings=headings,
                mapping=guess(headings),
                uploaded_at=now,
                uploaded_by=by,
            )
            batch.state = require_move(IMPORT_MOVES, ImportMove.UPLOAD, batch)
            batch.full_clean(exclude=["source", "side", "uploaded_by"])
            batch.save()
            record_transition(batch, ImportMove.UPLOAD, from_state="", to_state=batch.state, by=by, at=now)
    except BaseException:
        files.path_of(stored, LISTS).unlink(missing_ok=True)
        raise
    return batch


def _looked_at(upload: tuple[str, bytes]) -> tuple[bytes, str, str]:
    name, content = upload
    kind = ENDINGS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise NotAList
    largest = settings.MATERIAL_LARGEST if kind == XLSX else LIST_LARGEST
    if len(content) > largest:
        raise ListTooLarge(megabytes=largest // 1_000_000)
    if kind == XLSX:
        try:
            clean = documents.examined(name, content)
        except archives.Bomb as error:
            raise ListTooLarge(megabytes=largest // 1_000_000) from error
        return clean.content, clean.filename, kind
    # Of texts UTF-16 alone holds such bytes, and says so at its beginning.
    binary = b"\0" in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if binary or content.startswith(ZIP):
        raise documents.NotWhatItSays
    stem, ending = documents.parted(name)
    return content, f"{stem}.{ending}", kind


# --- choosing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def choose_columns(*, batch: FacilityImport, mapping: Mapping[str, str], by: User | None) -> FacilityImport:
    """Keep which column is what, and have the list read; one that was read already is read anew.

    Raises NotYourList, InHand, IllegalMove, ColumnTwice, ColumnsMissing.
    """
    batch, now = locked(batch, by), timezone.now()
    chosen = {name: code for name, code in mapping.items() if name in batch.headings and code in Column.values}
    check_columns(chosen)
    if batch.state == ImportState.READ:
        step(batch, ImportMove.REMAP, by=by, at=now, counts={})
    elif batch.state != ImportState.UPLOADED:
        require_move(IMPORT_MOVES, ImportMove.READ, batch)
    batch.mapping = chosen
    _ask(batch, Wanted.READ, by, now, "mapping")
    return batch


def check_columns(mapping: Mapping[str, str]) -> None:
    """Raise ColumnTwice or ColumnsMissing where columns are chosen so that a list can not be read."""
    chosen = [code for code in mapping.values() if code]
    for code in set(chosen):
        if chosen.count(code) > 1:
            raise ColumnTwice(column=Column(code).label)
    if not ({Column.KIND, Column.DISTRICT} <= set(chosen) or Column.CODE in chosen):
        raise ColumnsMissing


def _ask(batch: FacilityImport, wanted: Wanted, by: User | None, at: datetime, *more: str) -> None:
    batch.wanted, batch.asked_at, batch.asked_by = wanted, at, by
    batch.done, batch.total, batch.tries, batch.leased_until = 0, 0, 0, None
    batch.save(update_fields=["wanted", "asked_at", "asked_by", "done", "total", "tries", "leased_until", *more])
    record_edit(batch, changed={"wanted": wanted.value}, by=by, at=at)
    outbox.start_after_commit(RUN)


@transaction.atomic
def decide_rows(*, batch: FacilityImport, decision: str, by: User | None, line: int | None = None) -> int:
    """Say of a possible duplicate what it is, or of all that nobody has decided yet; return of how many.

    Raises NotYourList, InHand, IllegalMove, NoDuplicate.
    """
    batch = locked(batch, by)
    require_move(IMPORT_MOVES, ImportMove.APPLY, batch)
    rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.DUPLICATE)
    rows = rows.filter(decision=Decision.OPEN) if line is None else rows.filter(line=line)
    if decision not in Decision.values:
        raise NoDuplicate
    number = rows.update(decision=decision)
    if line is not None and not number:
        raise NoDuplicate
    record_edit(batch, changed={"decision": decision, "rows": number}, by=by, at=timezone.now())
    return number


@transaction.atomic
def ask_to_apply(*, batch: FacilityImport, by: User | None) -> FacilityImport:
    """Have what was read taken over. Raises NotYourList, InHand, IllegalMove, NotDecided, NothingToTakeOver."""
    batch = locked(batch, by)
    check_applicable(batch)
    _ask(batch, Wanted.APPLY, by, timezone.now())
    return batch


def check_applicable(batch: FacilityImport) -> None:
    """Raise what keeps a read list from being taken over: IllegalMove, NotDecided, NothingToTakeOver."""
    require_move(IMPORT_MOVES, ImportMove.APPLY, batch)
    rows = ImportRow.objects.filter(batch=batch)
    if rows.filter(outcome=Outcome.DUPLICATE, decision=Decision.OPEN).exists():
        raise NotDecided
    if not applicable(batch).exists():
        raise NothingToTakeOver


def applicable(batch: FacilityImport) -> Any:
    """Return the rows that change something: new and changed ones, and possible duplicates that were not left out."""
    rows = ImportRow.objects.filter(batch=batch)
    taken = rows.filter(outcome=Outcome.DUPLICATE, decision__in=(Decision.MERGE, Decision.NEW))
    return rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED)) | taken


@transaction.atomic
def discard_list(*, batch: FacilityImport, by: User | None) -> FacilityImport:
    """Put a list away that is not taken over: its file and its rows are deleted. Raises NotYourList, InHand, IllegalMove."""
    batch, now = locked(batch, by), timezone.now()
    stored = batch.stored
    step(batch, ImportMove.DISCARD, by=by, at=now, stored="", mapping={}, headings=[])
    ImportRow.objects.filter(batch=batch).delete()
    if stored:
        files.drop(stored, LISTS)
    return batch


def clear_lost_lists(*, now: datetime) -> int:
    """Remove the files of lists that a crash left without a row."""
    known = set(FacilityImport.objects.exclude(stored="").values_list("stored", flat=True))
    return files.sweep(known=known, now=now, folder=LISTS)
