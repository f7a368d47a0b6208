"""How the seats of a site stand, as the rule of `allocation` asks it; all reads are made under the lock of the session."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Prefetch
from django.utils import timezone

from dialogues import allocation, policies
from dialogues.allocation import Asker, Floors, Held, Verdict
from dialogues.enums import SEATED_STATES, FloorKind, RegistrationState
from dialogues.models import Registration, SeatFloor, Session, Site


def with_floors() -> Prefetch:
    """Prefetch the kept seats of sites in the order in which they are shown."""
    rows = SeatFloor.objects.select_related("region", "profession")
    by_side = F("region__position").asc(nulls_last=True)
    return Prefetch("floors", rows.order_by("-kind", by_side, "profession__name", "pk"))


def floors_of(rows: Iterable[SeatFloor]) -> Floors:
    """Return the kept seats that these rows name."""
    rows = list(rows)
    return Floors(
        sides={row.key: row.seats for row in rows if row.kind == FloorKind.SIDE},
        professions={row.key: row.seats for row in rows if row.kind == FloorKind.PROFESSION},
    )


def in_force(session: Session, site: Site, at: datetime) -> Floors:
    """Return the kept seats of a site as they hold at that moment: none once they are released."""
    if at >= policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at):
        return allocation.NO_FLOORS
    return floors_of(SeatFloor.objects.filter(site=site).order_by("pk"))


def held(site: Site) -> Held:
    """Count who holds the seats of a site. Who walked in sits without one."""
    rows = (
        Registration.objects.filter(site=site, state__in=SEATED_STATES, walked_in=False)
        .values("side_id", "profession_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    sides: dict[int | None, int] = {}
    professions: dict[int | None, int] = {}
    for row in rows:
        sides[row["side_id"]] = sides.get(row["side_id"], 0) + row["count"]
        professions[row["profession_id"]] = professions.get(row["profession_id"], 0) + row["count"]
    return Held(total=site.taken, sides=sides, professions=professions)


def first_of_each(site: Site) -> list[Asker]:
    """Return who of each side and profession has waited longest: nobody else can be next."""
    rows = (
        Registration.objects.filter(site=site, state=RegistrationState.WAITING)
        .values("side_id", "profession_id")
        .annotate(first=Min("pk"))
        .order_by()
    )
    return [Asker(row["first"], row["side_id"], row["profession_id"]) for row in rows]


def _first(site: Site) -> list[Asker]:
    row = (
        Registration.objects.filter(site=site, state=RegistrationState.WAITING)
        .order_by("pk")
        .values_list("pk", "side_id", "profession_id")
        .first()
    )
    return [Asker(*row)] if row else []


def answer(session: Session, site: Site, *, side: int | None, profession: int, at: datetime) -> Verdict:
    """Say what somebody gets who asks now."""
    if site.free <= 0:
        return Verdict(allocation.Rule.FULL)
    # Whoever asks now comes after all who wait.
    asker = Asker(_last(), side, profession)
    floors = in_force(session, site, at)
    if not floors:
        return allocation.answer(asker, _first(site), seats=site.seats, floors=floors, held=Held(site.taken))
    return allocation.answer(asker, first_of_each(site), seats=site.seats, floors=floors, held=held(site))


def _last() -> int:
    return 2**63


def next_in(session: Session, site: Site, *, at: datetime) -> tuple[int, Verdict] | None:
    """Return whose registration is to be offered the next seat of a site, and why; None when nobody is."""
    site.refresh_from_db(fields=["seats", "taken"])
    if site.free <= 0:
        return None
    floors = in_force(session, site, at)
    waiting, holding = (first_of_each(site), held(site)) if floors else (_first(site), Held(site.taken))
    chosen, verdict = allocation.choose(waiting, seats=site.seats, floors=floors, held=holding)
    return (chosen.number, verdict) if chosen and verdict else None


def plan(session: Session) -> dict[str, Any]:
    """Return what decides over the seats of a session, as the journal keeps it whenever it changes."""
    sites = session.sites.prefetch_related(with_floors()).order_by("pk")
    return {
        "until": policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at).isoformat(),
        "starts": session.starts_at.isoformat(),
        "sites": {
            str(site.pk): {
                "seats": site.seats,
                "sides": [[floor.key, floor.seats] for floor in site.floors.all() if floor.kind == FloorKind.SIDE],
                "professions": [
                    [floor.key, floor.seats] for floor in site.floors.all() if floor.kind == FloorKind.PROFESSION
                ],
            }
            for site in sites
        },
    }


def sites_to_release(now: datetime) -> list[Session]:
    """Return the sessions whose kept seats are released while people wait: somebody may have a seat now."""
    waiting = Registration.objects.filter(
        state=RegistrationState.WAITING, site__floors__isnull=False, session__starts_at__gt=now
    )
    sessions = Session.objects.filter(pk__in=waiting.values("session_id"), state="published").order_by("pk")
    return [
        session
        for session in sessions
        if policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at) <= now
    ]


def balance(session: Session, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return, for each site, how each side and profession with kept seats stands against them, in three queries.

    A row has `floor` (a SeatFloor), `held`, `filled` (of the kept ones), `waiting`, `missing`; a site also tells `free` and, of it, `open`.
    """
    at = now or timezone.now()
    sites = list(session.sites.select_related("municipality").prefetch_related(with_floors()).order_by("pk"))
    counted = list(
        Registration.objects.filter(
            site__in=sites, state__in=[*SEATED_STATES, RegistrationState.WAITING], walked_in=False
        )
        .values("site_id", "side_id", "profession_id", "state")
        .annotate(count=Count("pk"))
        .order_by()
    )
    released = at >= policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at)
    table = []
    for site in sites:
        here = [row for row in counted if row["site_id"] == site.pk]
        rows = [_standing(floor, here) for floor in site.floors.all()]
        kept = max(
            (sum(row["missing"] for row in rows if row["floor"].kind == kind) for kind in FloorKind.values), default=0
        )
        free = max(site.free, 0)
        table.append({"site": site, "rows": rows, "free": free, "open": free if released else max(free - kept, 0)})
    return table


def _standing(floor: SeatFloor, counted: list[dict[str, Any]]) -> dict[str, Any]:
    key = "side_id" if floor.kind == FloorKind.SIDE else "profession_id"
    mine = [row for row in counted if row[key] == floor.key]
    holding = sum(row["count"] for row in mine if row["state"] != RegistrationState.WAITING)
    return {
        "floor": floor,
        "held": holding,
        "waiting": sum(row["count"] for row in mine if row["state"] == RegistrationState.WAITING),
        "filled": min(floor.seats, holding),
        "missing": max(floor.seats - holding, 0),
    }
