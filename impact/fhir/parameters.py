"""Search parameters: what each asks of rows in the database, and of the areas, which are few (hl7.org/fhir/R4/search.html)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from facilities.enums import FacilityState, Precision
from facilities.models import OtherName
from impact.fhir.resources import BASE, CODES, DISTRICT, KINDS, P_CODES, SIDE, TYPES, Area

LONGEST, MOST_VALUES = 200, 50
STATUS = "http://hl7.org/fhir/location-status"
NOTHING = Q(pk__in=())
SEPARATORS = {",": re.compile(r"(?<!\\),"), "|": re.compile(r"(?<!\\)\|")}
MOMENT = re.compile(
    r"(?P<prefix>eq|ne|gt|lt|ge|le|sa|eb)?(?P<day>\d{4}(?:-\d\d(?:-\d\d)?)?)"
    r"(?:T(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<zone>Z|[+-]\d\d:\d\d)?)?"
)


class Problem(Exception):
    """A request that can't be answered: HTTP status, code of the issue (hl7.org/fhir/R4/valueset-issue-type.html), and why."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status, self.code, self.why = status, code, why


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition: for rows of the database, and for areas."""

    rows: Q
    area: Callable[[Area], bool]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it is offered: `asks(modifier, values)` returns what any of the values asks for. Raises Problem."""

    name: str
    type: str
    about: str
    asks: Callable[[str, Sequence[str]], Asked]
    modifiers: tuple[str, ...] = ()


def values_of(text: str) -> list[str]:
    """Return the alternatives of a value, split at the commas that are not escaped. Raises Problem."""
    if "\x00" in text:
        raise Problem(400, "value", "A value holds a character that no text holds.")
    values = [part for part in SEPARATORS[","].split(text) if part]
    if len(values) > MOST_VALUES or any(len(value) > LONGEST for value in values):
        raise Problem(400, "too-costly", f"At most {MOST_VALUES} values of {LONGEST} characters.")
    return values


def plain(text: str) -> str:
    return re.sub(r"\\([\\,|$])", r"\1", text)


def token(text: str) -> tuple[str | None, str]:
    """Return system and code; the system is None where any will do."""
    system, *code = SEPARATORS["|"].split(text, maxsplit=1)
    return (plain(system), plain(code[0])) if code else (None, plain(text))


def referred(text: str, kind: str) -> str:
    """Return the id that a reference to a resource of this kind names, "" for a reference to anything else."""
    relative = plain(text).removeprefix(f"{BASE}/")
    found, _, identifier = relative.rpartition("/")
    return identifier if found in {"", kind} else ""


def any_of(asked: Sequence[Asked]) -> Asked:
    rows = NOTHING
    for one in asked:
        rows |= one.rows
    return Asked(rows, lambda area: any(one.area(area) for one in asked))


def each(ask: Callable[[str], Asked]) -> Callable[[str, Sequence[str]], Asked]:
    """Ask for any of the values, each by itself."""
    return lambda modifier, values: any_of([ask(value) for value in values])


def never(area: Area) -> bool:
    return False


# --- of every resource ------------------------------------------------------------------------------------------------


def period(text: str) -> tuple[str, datetime, datetime]:
    """Return the prefix of a date, and the span of time that it names, from its first moment to the one after its last. Raises Problem."""
    # A plus that nobody escaped arrives as a blank.
    found = MOMENT.fullmatch(text.strip().replace(" ", "+"))
    if found is None:
        raise Problem(400, "value", f"Not a date: {text[:40]}")
    day, time, zone = found["day"], found["time"] or "", (found["zone"] or "Z").replace("Z", "+00:00")
    try:
        start = datetime.fromisoformat(f"{day}{'-01-01'[len(day) - 4 :]}T{time or '00:00'}{zone}").astimezone(UTC)
        end = _after(start, day, time)
    except (ValueError, OverflowError) as error:
        raise Problem(400, "value", f"Not a date: {text[:40]}") from error
    return found["prefix"] or "eq", start, end


def _after(start: datetime, day: str, time: str) -> datetime:
    if "." in time:
        return start + timedelta(microseconds=10 ** (6 - len(time.partition(".")[2])))
    if time:
        return start + (timedelta(seconds=1) if time.count(":") == 2 else timedelta(minutes=1))
    if len(day) == len("2020-01-01"):
        return start + timedelta(days=1)
    if len(day) == len("2020"):
        return start.replace(year=start.year + 1)
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def last_updated(path: str) -> Parameter:
    """Return the parameter for rows whose last change is in the field at `path`; areas have no time."""

    def ask(value: str) -> Asked:
        prefix, start, end = period(value)
        within = Q(**{f"{path}__gte": start, f"{path}__lt": end})
        rows = {
            "eq": within, "ne": ~within, "gt": Q(**{f"{path}__gte": end}), "sa": Q(**{f"{path}__gte": end}),
            "lt": Q(**{f"{path}__lt": start}), "eb": Q(**{f"{path}__lt": start}), "ge": Q(**{f"{path}__gte": start}),
            "le": Q(**{f"{path}__lt": end}),
        }[prefix]  # fmt: skip
        return Asked(rows, never)

    return Parameter(
        "_lastUpdated",
        "date",
        "When it last changed, with eq ne gt lt ge le sa eb. Jurisdictions have no time.",
        each(ask),
    )


# --- of facilities and areas ------------------------------------------------------------------------------------------


def _id(value: str) -> Asked:
    return Asked(Q(code=plain(value)), lambda area: area.id == plain(value))


def _identifier(value: str) -> Asked:
    system, code = token(value)
    rows = Q(code=code) if system in {None, CODES} else NOTHING
    if system == CODES and not code:
        rows = Q(pk__isnull=False)
    return Asked(
        rows, lambda area: system in {None, P_CODES} and (area.pcode == code or (system == P_CODES and not code))
    )


LOOKUPS = {"": "istartswith", "contains": "icontains", "exact": "exact"}


def _name(modifier: str, values: Sequence[str]) -> Asked:
    lookup = LOOKUPS[modifier]

    def one(value: str) -> Asked:
        text = plain(value)
        others = OtherName.objects.filter(facility=OuterRef("pk"), **{f"name__{lookup}": text})
        rows = Q(**{f"name_ar__{lookup}": text}) | Q(**{f"name_en__{lookup}": text}) | Q(Exists(others))
        return Asked(rows, lambda area: any(_says(name, modifier, text) for name in (area.name_ar, area.name_en)))

    return any_of([one(value) for value in values])


def _says(name: str, modifier: str, text: str) -> bool:
    if modifier == "exact":
        return name == text
    name, text = name.casefold(), text.casefold()
    return text in name if modifier == "contains" else name.startswith(text)


def _type(value: str) -> Asked:
    system, code = token(value)
    whole = not code
    rows, areas = NOTHING, False
    if system in {None, TYPES}:
        rows = Q(pk__isnull=False) if whole or code == "facility" else NOTHING
        areas = whole or code == "jurisdiction"
    if system in {None, KINDS}:
        rows |= Q(pk__isnull=False) if whole else Q(kind__code=code)
    return Asked(rows, lambda area: areas)


def _status(value: str) -> Asked:
    system, code = token(value)
    states = {"active": FacilityState.OPEN, "inactive": FacilityState.CLOSED}
    if system not in {None, STATUS} or code not in states:
        return Asked(NOTHING, never)
    return Asked(Q(state=states[code]), lambda area: code == "active")


def _active(value: str) -> Asked:
    _system, code = token(value)
    if code not in {"true", "false"}:
        raise Problem(400, "value", "active is true or false.")
    return Asked(Q(state=FacilityState.OPEN if code == "true" else FacilityState.CLOSED), lambda area: code == "true")


def _part_of(kind: str) -> Callable[[str], Asked]:
    def ask(value: str) -> Asked:
        identifier = referred(value, kind)
        rows = NOTHING
        # Of whose district everybody is told nothing, it is part of its side, and not found by its district.
        if identifier.startswith(DISTRICT):
            rows = Q(district__pcode=identifier.removeprefix(DISTRICT)) & ~Q(public_precision=Precision.HIDDEN)
        elif identifier.startswith(SIDE):
            rows = Q(side__pcode=identifier.removeprefix(SIDE), public_precision=Precision.HIDDEN)
        return Asked(rows, lambda area: bool(identifier) and area.part_of == identifier)

    return ask


def _organization(value: str) -> Asked:
    identifier = referred(value, "Organization")
    return Asked(Q(code=identifier), lambda area: area.id == identifier)


def common(kind: str) -> tuple[Parameter, ...]:
    """Return the parameters that Location and Organization share."""
    return (
        Parameter("_id", "token", "Id of the resource.", each(_id)),
        last_updated("changed_at"),
        Parameter("identifier", "token", "Code of a facility, or P-code.", each(_identifier)),
        Parameter("name", "string", "Beginning of a name or alias in either language.", _name, ("contains", "exact")),
        Parameter("type", "token", "facility, jurisdiction, or the kind of a facility.", each(_type)),
        Parameter("partof", "reference", "The district or side of which it is a part.", each(_part_of(kind))),
    )


LOCATION = (
    *common("Location"),
    Parameter("status", "token", "active, or inactive for what is closed for good.", each(_status)),
    Parameter("organization", "reference", "Its organization.", each(_organization)),
)
ORGANIZATION = (
    *common("Organization"),
    Parameter("active", "token", "false for what is closed for good.", each(_active)),
)


def conditions(parameters: Sequence[Parameter], asked: Any) -> list[Asked]:
    """Return what is asked for: each item a name with its modifier and a value; all must hold. Raises Problem."""
    known = {parameter.name: parameter for parameter in parameters}
    found = []
    for name, text in asked:
        base, _, modifier = name.partition(":")
        parameter = known[base]
        if ":" in name and modifier not in parameter.modifiers:
            raise Problem(400, "not-supported", f"{base} has no modifier {modifier[:40]}.")
        if values := values_of(text):
            found.append(parameter.asks(modifier, values))
    return found
