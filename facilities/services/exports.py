"""Facilities as a list to take along: in the columns that an import takes, as far as whoever asks may read them. It is recorded."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from facilities.enums import FacilityState
from facilities.lists.columns import EXPORTED
from facilities.models import Facility
from facilities.services.list_cells import cells_of, public_cells
from network import policies as network_policies, sheets
from network.enums import CommonMove, DomainError
from network.models import Transition, User

# So many rows are read at a time, and so many a workbook may have: it is made in memory.
BATCH = 500
WORKBOOK_AT_MOST = 10_000


class NotYourFacilities(DomainError):
    message = _("Only those who work at the desk of a side take its list along.")


class TooManyForAWorkbook(DomainError):
    message = _("A workbook has room for %(most)s rows. Please take the table (csv): it has room for all.")


@transaction.atomic
def export_facilities(*, kind: str, by: User | None) -> Iterator[bytes]:
    """Return the facilities that somebody may read as a file in pieces, each read when it is sent; all of them for the system itself.

    Those of one's own desk are whole; of the others there is what everybody may know. Raises NotYourFacilities, TooManyForAWorkbook.
    """
    if by is not None and not network_policies.allows(by, "view", "facilities.facility"):
        raise NotYourFacilities
    if kind == sheets.XLSX and _readable(by)[WORKBOOK_AT_MOST:].exists():
        raise TooManyForAWorkbook(most=WORKBOOK_AT_MOST)
    Transition.objects.create(
        subject_type=Facility._meta.label_lower,
        subject_id=0,
        move=CommonMove.EXPORT,
        by=by,
        at=timezone.now(),
        changes={"fields": [f"facilities, {kind}"]},
    )
    if kind == sheets.XLSX:
        return iter([sheets.workbook([], {gettext("Facilities"): list(_rows(by))})])
    return sheets.csv_lines(_rows(by))


def _readable(by: User | None) -> Any:
    """Return the facilities of an export: not those that were merged with another."""
    rows = Facility.objects.exclude(state=FacilityState.MERGED)
    return rows if by is None else rows.filter(pk__in=Facility.objects.readable_by(by).values("pk"))


def _rows(by: User | None) -> Iterator[sheets.Row]:
    """Yield the heading, and a row for each facility."""
    yield [column.value for column in EXPORTED]
    for batch in _in_batches(_readable(by).select_related("kind", "district", "municipality")):
        keys = [row.pk for row in batch]
        own = set(
            keys if by is None else Facility.objects.visible_to(by).filter(pk__in=keys).values_list("pk", flat=True)
        )
        yield from _told(batch, own)


def _told(batch: Iterable[Facility], own: set[int]) -> Iterator[sheets.Row]:
    for row in batch:
        cells = cells_of(row) if row.pk in own else public_cells(row)
        if cells:
            yield [cells[column] for column in EXPORTED]


def _in_batches(rows: Any) -> Iterator[list[Any]]:
    """Yield rows in the order of their keys, so many at a time: none is left out by what comes in between."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk
