"""One request of the region matrix."""

from dataclasses import dataclass
from typing import Any

# Of no row.
UNKNOWN_PK = 987_654_321


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `hidden`: what it names must look as if it did not exist. `refused`: a question that is not
    answered. `accepted`: something of one's own that must work, or the others prove nothing. `twin`: must get the same rows."""

    url: str
    data: dict[str, Any] | None = None
    hidden: bool = False
    fetch: bool = False
    refused: bool = False
    accepted: bool = False
    twin: str = ""
    note: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.data is None else "POST"
