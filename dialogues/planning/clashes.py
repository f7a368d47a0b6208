"""Whoever leads or hosts two sessions at once, and rooms that are used twice.

A coordinator who may not see the other session is told only that there is one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from dialogues import policies
from dialogues.enums import SessionState, SiteKind
from dialogues.models import Session, Site
from dialogues.models.sessions import LONGEST
from network import search
from network.models import Practitioner

PERSON, ROOM, LINK = "person", "room", "link"
PLANNED = (SessionState.DRAFT, SessionState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that is in two places at once. `name` is empty for somebody whom the reader may not know, `other` is None for a
    session that they may not know."""

    what: str
    name: str
    other: Session | None

    @property
    def text(self) -> str:
        """A whole sentence; what people wrote is set apart from the direction of the rest."""
        if self.other is None:
            sentences = {
                PERSON: gettext("%(name)s is taken at that time by another session."),
                ROOM: gettext("%(name)s is taken at that time by another session."),
                LINK: gettext("The link to join online is taken at that time by another session."),
                "": gettext("Somebody who leads or hosts it is taken at that time by another session."),
            }
        else:
            sentences = {
                PERSON: gettext("%(name)s also leads or hosts “%(session)s” at that time."),
                ROOM: gettext("%(name)s is also used by “%(session)s” at that time."),
                LINK: gettext("The link to join online is also used by “%(session)s” at that time."),
                "": gettext("Somebody who leads or hosts it also leads or hosts “%(session)s” at that time."),
            }
        sentence = sentences["" if self.what == PERSON and not self.name else self.what]
        return sentence % {"name": _apart(self.name), "session": _apart(self.other.title if self.other else "")}


def _apart(text: str) -> str:
    return f"\u2068{text}\u2069"


@dataclass(frozen=True, slots=True)
class _Room:
    """A room, as it is compared with others."""

    municipality: int
    names: tuple[str, str]
    addresses: tuple[str, str]
    shown: str

    @classmethod
    def of(cls, site: Site) -> "_Room":
        fold = search.fold
        return cls(
            site.municipality_id or 0,
            (fold(site.name_ar or ""), fold(site.name_en or "")),
            (fold(getattr(site, "address_ar", "") or ""), fold(getattr(site, "address_en", "") or "")),
            site.name,
        )

    def is_same(self, other: "_Room") -> bool:
        """The same name in one town is the same room unless the addresses differ; without a name to compare, the same address is."""
        if self.municipality != other.municipality:
            return False
        names, addresses = _equal(self.names, other.names), _equal(self.addresses, other.addresses)
        return (names is True and addresses is not False) or (names is None and addresses is True)


def _equal(mine: tuple[str, str], theirs: tuple[str, str]) -> bool | None:
    """Compare what both have in the same language; None where there is nothing to compare."""
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if a and b]
    return any(a == b for a, b in pairs) if pairs else None


@dataclass(slots=True)
class _Slot:
    """Somebody's and something's time: one session, or a date that is only thought of."""

    session: int
    starts: datetime
    ends: datetime
    people: set[int]
    rooms: list[_Room]
    link: str

    def meets(self, other: "_Slot") -> bool:
        return self.session != other.session and self.starts < other.ends and other.starts < self.ends


def _window(slots: Collection[_Slot], path: str = "") -> Q:
    starts, ends = min(slot.starts for slot in slots), max(slot.ends for slot in slots)
    return Q(
        **{f"{path}starts_at__gte": starts - LONGEST, f"{path}starts_at__lt": ends, f"{path}ends_at__gt": starts}
    ) & ~Q(**{f"{path}state": SessionState.CANCELLED})


def _leading(*conditions: Q, **more: Any) -> QuerySet:
    rows: Any = Session._meta.get_field("facilitators").remote_field
    return rows.through._default_manager.filter(*conditions, **more)


def _shapes(sessions: Sequence[Session]) -> dict[int, _Slot]:
    """Return what each session takes, in two queries."""
    slots = {s.pk: _Slot(s.pk, s.starts_at, s.ends_at, set(), [], s.join_link) for s in sessions}
    for session, person in _leading(session_id__in=slots).values_list("session_id", "practitioner_id"):
        slots[session].people.add(person)
    for site in Site.objects.filter(session_id__in=slots).order_by("pk"):
        _take(slots[site.session_id], site)
    return slots


def _take(slot: _Slot, site: Site) -> None:
    if site.local_host_id:
        slot.people.add(site.local_host_id)
    if site.kind == SiteKind.ROOM and site.municipality_id:
        slot.rooms.append(_Room.of(site))


def _others(wanted: Collection[_Slot]) -> list[_Slot]:
    """Return what other sessions take of the same people, towns and links in that time."""
    people = {person for slot in wanted for person in slot.people}
    towns = {room.municipality for slot in wanted for room in slot.rooms}
    links = {slot.link for slot in wanted if slot.link}
    slots: dict[int, _Slot] = {}

    def slot(pk: int, starts: datetime, ends: datetime) -> _Slot:
        return slots.setdefault(pk, _Slot(pk, starts, ends, set(), [], ""))

    times = ("session_id", "session__starts_at", "session__ends_at")
    led = _leading(_window(wanted, "session__"), practitioner_id__in=people)
    for *which, person in led.values_list(*times, "practitioner_id"):
        slot(*which).people.add(person)
    sites = Site.objects.filter(
        _window(wanted, "session__"), Q(local_host_id__in=people) | Q(kind=SiteKind.ROOM, municipality_id__in=towns)
    ).select_related("session")
    for site in sites.order_by("pk"):
        _take(slot(site.session_id, site.session.starts_at, site.session.ends_at), site)
    for pk, starts, ends, link in (
        Session.objects.filter(_window(wanted), join_link__in=links)
        .values_list("pk", "starts_at", "ends_at", "join_link")
        .order_by("pk")
    ):
        slot(pk, starts, ends).link = link
    return list(slots.values())


def _found(wanted: Sequence[_Slot]) -> list[list[tuple[int, str, int | str]]]:
    """Return for each slot the other session, what they share, and which person or name it is."""
    others = _others(wanted) if wanted else []
    found = []
    for slot in wanted:
        rows: list[tuple[int, str, int | str]] = []
        for other in filter(slot.meets, others):
            rows += [(other.session, PERSON, person) for person in sorted(slot.people & other.people)]
            rows += [
                (other.session, ROOM, room.shown) for room in slot.rooms if any(room.is_same(o) for o in other.rooms)
            ]
            rows += [(other.session, LINK, "")] if slot.link and slot.link == other.link else []
        found.append(rows)
    return found


def _told(found: list[list[tuple[int, str, int | str]]], user: Any, manages: Sequence[bool]) -> list[list[Clash]]:
    """Put what was found into what this reader may know."""
    sessions = {row[0] for rows in found for row in rows}
    people = {row[2] for rows in found for row in rows if row[1] == PERSON}
    seen = Session.objects.visible_to(user).in_bulk(list(sessions)) if sessions else {}
    known = Practitioner.objects.visible_to(user).in_bulk(list(people)) if people else {}
    told = []
    for rows, manager in zip(found, manages, strict=True):
        clashes: dict[Clash, None] = {}
        for session, what, which in rows:
            person = known.get(which) if what == PERSON else None
            if what == PERSON and person is None and not manager:
                # Whose affair it is, is told by those who run the session.
                continue
            name = person.name if person else "" if what == PERSON else str(which)
            clashes[Clash(what, name, seen.get(session))] = None
        told.append(list(clashes))
    return told


def clashes_among(sessions: Iterable[Session], user: Any) -> dict[int, list[Clash]]:
    """Return the clashes of those sessions that are still to come, by id; the same number of queries however many they are."""
    now = timezone.now()
    asked = [s for s in sessions if s.state in PLANNED and s.ends_at > now]
    slots = _shapes(asked) if asked else {}
    found = _found([slots[s.pk] for s in asked])
    told = _told(found, user, [policies.can_manage(user, s) for s in asked])
    return {session.pk: rows for session, rows in zip(asked, told, strict=True) if rows}


def clashes(session: Session, user: Any) -> list[Clash]:
    """Return what is in two places at once because of this session, as far as this coordinator may know it."""
    return clashes_among([session], user).get(session.pk, [])


def clashes_at(session: Session, starts: Sequence[datetime], user: Any) -> list[list[Clash]]:
    """Return for each time what would clash if the session took place then too."""
    if not starts:
        return []
    shape, length = _shapes([session])[session.pk], session.ends_at - session.starts_at
    slots = [_Slot(shape.session, at, at + length, shape.people, shape.rooms, shape.link) for at in starts]
    return _told(_found(slots), user, [policies.can_manage(user, session)] * len(slots))
