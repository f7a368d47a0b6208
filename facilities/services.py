"""Every write of the facilities."""

from collections.abc import Iterator
from pathlib import Path

from facilities.models import FacilityType, ServiceDomain, TracerItem
from network.services import reference


def load_vocabularies(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load kinds of facilities, service domains and tracer items."""
    vocabularies = directory / "vocabularies"
    yield reference.keep_rows(
        FacilityType,
        "code",
        ({"code": row["kind"], **reference.names(row)} for row in reference.read(vocabularies / "facility_types.csv")),
    )
    yield reference.keep_rows(
        ServiceDomain,
        "code",
        (
            {"code": row["code"], "group": row["group"], **reference.names(row)}
            for row in reference.read(vocabularies / "service_domains.csv")
        ),
    )
    yield reference.keep_rows(
        TracerItem,
        "code",
        (
            {"code": row["code"], "category": row["category"], **reference.names(row)}
            for row in reference.read(vocabularies / "tracer_items.csv")
        ),
    )
