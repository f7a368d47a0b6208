"""A search from its parameters to its Bundle, and a read by id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from impact.fhir import parameters
from impact.fhir.kinds import Kind
from impact.fhir.parameters import Problem
from impact.fhir.resources import BASE, Resource

COUNT, MOST = 50, 200
Items = list[tuple[str, str]]
CONTROLS = {"_format", "_count", "_after", "_total", "_include", "_revinclude", "_revInclude"}
TOTALS = {"none", "estimate", "accurate"}


@dataclass
class Request:
    """What was understood of a search, and what was not."""

    asked: Items = field(default_factory=list)
    count: int = COUNT
    after: str = ""
    total: bool = False
    included: list[Any] = field(default_factory=list)
    # As it is told in the links of the answer.
    told: Items = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def understand(kind: Kind, items: Items, *, strict: bool) -> Request:
    """Read parameters; what is not known is left out with a warning, or refused where the client asked for that. Raises Problem."""
    request = Request()
    names = {parameter.name for parameter in kind.parameters}
    for name, text in items:
        base = name.partition(":")[0]
        if base in names:
            request.asked.append((name, text))
        elif name not in CONTROLS:
            request.warnings.append(f"The parameter {name[:60]} is not offered and was left out.")
            continue
        elif not _control(request, kind, name, text):
            continue
        if name not in {"_format", "_after"}:
            request.told.append((name, text))
    if strict and request.warnings:
        raise Problem(400, "not-supported", " ".join(request.warnings))
    return request


def _control(request: Request, kind: Kind, name: str, text: str) -> bool:
    """Take in a parameter that is no condition; False where it is left out."""
    if name == "_count":
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise Problem(400, "value", "_count is a number from 0.")
        request.count = min(int(text), MOST)
    elif name == "_after":
        parameters.values_of(text)
        request.after = text
    elif name == "_total":
        if text not in TOTALS:
            raise Problem(400, "value", "_total is none, estimate or accurate.")
        request.total = text != "none"
    elif name != "_format":
        offered = kind.includes if name == "_include" else kind.revincludes
        if text not in offered:
            request.warnings.append(f"{name}={text[:60]} is not offered and was left out.")
            return False
        if offered[text] not in request.included:
            request.included.append(offered[text])
    return True


def search(kind: Kind, items: Items, *, strict: bool) -> Resource:
    """Return the Bundle of a search. Raises Problem."""
    request = understand(kind, items, strict=strict)
    conditions = parameters.conditions(kind.parameters, request.asked)
    rows = kind.rows()
    for condition in conditions:
        rows = rows.filter(condition.rows)
    areas = [area for area in kind.areas() if all(condition.area(area) for condition in conditions)]
    page, more = _page(kind, request, rows, areas)
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset"}
    if request.total or not request.count:
        bundle["total"] = len(areas) + rows.count()
    bundle["link"] = [{"relation": "self", "url": _address(kind, request, request.after)}]
    if more:
        bundle["link"].append({"relation": "next", "url": _address(kind, request, kind.id_of(page[-1]))})
    entries = [_entry(kind.resource(row), "match") for row in page]
    entries += [_entry(resource, "include") for include in request.included for resource in include(page)]
    if request.warnings:
        outcome = {
            "resourceType": "OperationOutcome",
            "issue": [_issue("warning", "not-supported", why) for why in request.warnings],
        }
        entries.append({"resource": outcome, "search": {"mode": "outcome"}})
    if entries:
        bundle["entry"] = entries
    return bundle


def _page(kind: Kind, request: Request, rows: Any, areas: Sequence[Any]) -> tuple[list[Any], bool]:
    """Return the page after `request.after`, and whether another one follows: areas by their id, then rows by theirs."""
    if not request.count:
        return [], False
    known = {area.id for area in kind.areas()} if request.after else set()
    begun = bool(request.after) and request.after not in known
    first = [] if begun else [area for area in areas if area.id > request.after]
    if begun:
        rows = rows.filter(**{f"{kind.key}__gt": request.after})
    wanted = request.count + 1 - len(first)
    found = [*first, *(rows.order_by(kind.key)[:wanted] if wanted > 0 else [])]
    return found[: request.count], len(found) > request.count


def _address(kind: Kind, request: Request, after: str) -> str:
    items = [*request.told, *([("_after", after)] if after else [])]
    return f"{BASE}/{kind.type}" + (f"?{urlencode(items)}" if items else "")


def _entry(resource: Resource, mode: str) -> Resource:
    address = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def read(kind: Kind, identifier: str) -> Resource:
    """Return one resource. Raises Problem where there is none, or none that may be told."""
    found = None
    if "\x00" not in identifier and len(identifier) <= 64:
        found = kind.rows().filter(**{kind.key: identifier}).first() or next(
            (area for area in kind.areas() if area.id == identifier), None
        )
    if found is None:
        raise Problem(404, "not-found", f"There is no {kind.type} with this id.")
    return kind.resource(found)


def outcome(severity: str, code: str, why: str) -> Resource:
    """Return an OperationOutcome of one issue."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(severity, code, why)]}


def _issue(severity: str, code: str, why: str) -> Resource:
    return {"severity": severity, "code": code, "diagnostics": why}
