"""Items, and what goes on with a facility that is merged into another."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from facilities.enums import FacilityState
from facilities.models import Facility
from needs.models import Asset, Item, ItemCategory, Need, Surplus
from network.services import record_edit, reference


def load_items(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load categories and items."""
    vocabularies = directory / "vocabularies"
    yield reference.keep_rows(
        ItemCategory,
        "code",
        (
            {"code": row["code"], **reference.names(row)}
            for row in reference.read(vocabularies / "needs_categories.csv")
        ),
    )
    categories = dict(ItemCategory.objects.values_list("code", "pk"))
    yield reference.keep_rows(
        Item,
        "code",
        (
            {
                "code": row["code"],
                "category_id": categories[row["category"]],
                "use": row["use"],
                "unit": row["unit"],
                "durable": row["durable"] == "yes",
                "official_code": row["official_code"],
                **reference.names(row),
            }
            for row in reference.read(vocabularies / "needs_items.csv")
        ),
    )


def follow_merges(*, now: datetime) -> int:
    """Let what belongs to a merged facility go on with the one into which it went; return how many rows moved."""
    moved = 0
    for model in (Need, Surplus, Asset):
        rows = model._default_manager.filter(facility__state=FacilityState.MERGED).order_by("pk")
        for number in rows.values_list("pk", flat=True):
            moved += _follow_merge(model, number, now)
    return moved


@transaction.atomic
def _follow_merge(model: type[Need] | type[Surplus] | type[Asset], number: int, now: datetime) -> bool:
    row = model._default_manager.select_for_update(of=("self",)).get(pk=number)
    into, seen = Facility.objects.get(pk=row.facility_id), set()
    while into.merged_into_id and into.pk not in seen:
        seen.add(into.pk)
        into = Facility.objects.get(pk=into.merged_into_id)
    if into.pk == row.facility_id:
        return False
    before, row.facility = row.facility_id, into
    row.save(update_fields=["facility"])
    record_edit(row, changed={"facility": [before, into.pk]}, by=None, at=now)
    return True
