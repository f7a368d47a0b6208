"""The published vocabularies by which facilities describe their services and are assessed, from files."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from facilities.models import Edition, FacilityType, ServiceDomain, TracerItem
from network.services import reference


class CodeOfAnotherEdition(ValueError):
    """A file gives a term to another edition than the one to which it belongs: what was answered would change its meaning."""


def _of_editions(model: Any, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found = list(rows)
    known = dict(model.objects.filter(edition__isnull=False).values_list("code", "edition"))
    moved = sorted(row["code"] for row in found if known.get(row["code"], row["edition_id"]) != row["edition_id"])
    if moved:
        raise CodeOfAnotherEdition(", ".join(moved))
    return found


def load_vocabularies(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load kinds of facilities, editions, service domains and tracer items. Raises CodeOfAnotherEdition."""
    vocabularies = directory / "vocabularies"
    yield reference.keep_rows(
        FacilityType,
        "code",
        ({"code": row["kind"], **reference.names(row)} for row in reference.read(vocabularies / "facility_types.csv")),
    )
    yield reference.keep_rows(
        Edition,
        "code",
        (
            {
                "code": row["code"],
                "in_force_from": date.fromisoformat(row["in_force_from"]),
                **reference.names(row),
            }
            for row in reference.read(vocabularies / "editions.csv")
        ),
    )
    editions = dict(Edition.objects.values_list("code", "pk"))
    yield reference.keep_rows(
        ServiceDomain,
        "code",
        _of_editions(
            ServiceDomain,
            (
                {
                    "code": row["code"],
                    "edition_id": editions[row["edition"]],
                    "group": row["group"],
                    **reference.names(row),
                }
                for row in reference.read(vocabularies / "service_domains.csv")
            ),
        ),
    )
    domains = dict(ServiceDomain.objects.values_list("code", "pk"))
    yield reference.keep_rows(
        TracerItem,
        "code",
        _of_editions(
            TracerItem,
            (
                {
                    "code": row["code"],
                    "edition_id": editions[row["edition"]],
                    "domain_id": domains[row["domain"]],
                    **reference.names(row),
                }
                for row in reference.read(vocabularies / "tracer_items.csv")
            ),
        ),
    )
