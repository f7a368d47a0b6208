"""Which resources are offered, and how each is found. What other apps know is offered once it is registered, and not before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from impact.fhir import resources, services
from impact.fhir.parameters import LOCATION, ORGANIZATION, Parameter
from impact.fhir.resources import PROFILE, Resource

Include = Callable[[Sequence[Any]], list[Resource]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource.

    `rows()` returns what may be told today with all that `resource` reads, `key` names its unique text field that is the id.
    `areas()` are rows that stand before them and are no model's. The functions of `includes` and `revincludes`, by what
    `_include` and `_revinclude` are called, take the rows of a page and return other resources in a constant number of queries.
    Each parameter's `asks` builds its condition on the fields of `rows()`.
    """

    type: str
    profiles: tuple[str, ...]
    rows: Callable[[], QuerySet[Any]]
    key: str
    resource: Callable[[Any], Resource]
    parameters: tuple[Parameter, ...]
    areas: Callable[[], list[resources.Area]] = list
    includes: Mapping[str, Include] = field(default_factory=dict)
    revincludes: Mapping[str, Include] = field(default_factory=dict)

    def id_of(self, row: Any) -> str:
        return row.id if isinstance(row, resources.Area) else str(getattr(row, self.key))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Offer a type of resource; registering it again replaces it."""
    _kinds[kind.type] = kind


def known() -> list[Kind]:
    return list(_kinds.values())


def find(name: str) -> Kind | None:
    return _kinds.get(name)


def _locations(rows: Sequence[Any]) -> list[Resource]:
    return [resources.location(row) for row in rows]


def _organizations(rows: Sequence[Any]) -> list[Resource]:
    return [resources.organization(row) for row in rows]


register(
    Kind(
        "Location",
        (f"{PROFILE}FacilityLocation", f"{PROFILE}JurisdictionLocation"),
        resources.facilities,
        "code",
        resources.location,
        LOCATION,
        resources.areas,
        includes={"Location:organization": _organizations},
    )
)
register(
    Kind(
        "Organization",
        (f"{PROFILE}FacilityOrganization", f"{PROFILE}JurisdictionOrganization"),
        resources.facilities,
        "code",
        resources.organization,
        ORGANIZATION,
        resources.areas,
        revincludes={"Location:organization": _locations},
    )
)
register(
    Kind(
        "HealthcareService",
        (f"{PROFILE}HealthcareService",),
        services.offered,
        "key",
        services.service,
        services.PARAMETERS,
        includes={
            "HealthcareService:location": services.locations,
            "HealthcareService:organization": services.organizations,
        },
    )
)
