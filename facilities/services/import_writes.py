"""Many facilities at once: what `save_facility`, `make_claim` and `follow` do one by one, in a few statements for a portion of rows."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from facilities import claims as rules, selectors
from facilities.enums import Contested, FacilityMove, FacilityState, Functionality, NameKind
from facilities.lists.columns import Column
from facilities.models import Claim, Facility, FacilityImport, FacilityType, OtherName, Record, Settlement
from facilities.services.claims import FOLLOWING, shown
from facilities.services.import_plans import PLAIN, Plan
from facilities.services.registry import CODE_LENGTH
from network import codes
from network.models import District, Municipality, Transition, User

# SQLite takes so many values in one statement that a portion of rows is divided.
BATCH = 200


@dataclass
class Heard:
    """All that is known of one facility's contested values."""

    claims: list[Claim] = field(default_factory=list)
    settlements: dict[str, rules.Settled] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def newest(self, claimed: str, side: int | None) -> Claim | None:
        mine = [claim for claim in self.claims if claim.field == claimed and claim.side_id == side]
        return max(mine, key=lambda claim: (claim.said_on, claim.pk or float("inf")), default=None)


def heard_of(facilities: Collection[Facility]) -> dict[int, Heard]:
    """Return what was said of each facility, by its number: also of what was merged into it, at whatever depth."""
    found = {facility.pk: Heard() for facility in facilities}
    whole_of = {facility.pk: facility for facility in facilities}
    into = {pk: pk for pk in found}
    frontier = list(into)
    while frontier:
        merged = Facility.objects.filter(merged_into__in=frontier).values_list("pk", "merged_into")
        frontier = [pk for pk, _whole in merged]
        into |= {pk: into[whole] for pk, whole in merged if whole is not None}
    for claim in Claim.objects.filter(facility__in=into).order_by("pk"):
        whole = whole_of[into[claim.facility_id]]
        if selectors.tells_of(whole, claim):
            found[whole.pk].claims.append(claim)
    for row in Settlement.objects.filter(facility__in=found).order_by("pk"):
        found[row.facility_id].settlements[row.field] = rules.Settled(row.value, row.upto_id)
    for other in OtherName.objects.filter(facility__in=found).order_by("pk"):
        found[other.facility_id].names.append(other.name)
    return found


def stand(facility: Facility, heard: Heard, *, at: datetime) -> None:
    """Set a facility's contested columns and index to what stands, as `claims.follow` does; nothing is saved.

    Claims that are not saved yet count as the newest, in their order.
    """
    last = max((claim.pk for claim in heard.claims if claim.pk), default=0)
    by_number: dict[int, Claim] = {}
    by_field: dict[str, list[rules.Said]] = {}
    for claim in heard.claims:
        last = last if claim.pk else last + 1
        number = claim.pk or last
        by_number[number] = claim
        by_field.setdefault(claim.field, []).append(rules.Said(number, claim.side_id, claim.value, claim.said_on))
    found = {
        name: rules.standing(said, heard.settlements.get(name), selectors.same_as(name))
        for name, said in by_field.items()
    }
    own = {
        name: by_number[max(mine, key=lambda one: (one.said_on, one.id)).id]
        for name, said in by_field.items()
        if (mine := [one for one in said if one.side == facility.side_id])
    }
    facility.name_ar = shown(found, own, Contested.NAME_AR)
    facility.name_en = shown(found, own, Contested.NAME_EN)
    facility.head = shown(found, own, Contested.HEAD)[:120]
    beds = found.get(Contested.BEDS)
    facility.beds = int(beds.value) if beds and beds.value else None
    _works(facility, found.get(Contested.FUNCTIONALITY), by_number)
    facility.disputed = [name for name in Contested.values if name in found and found[name].disputed]
    facility.search = selectors.index_of(facility, found, heard.names)
    for name, key in facility.sort_keys.items():
        setattr(facility, name, key)
    facility.changed_at = at


def _works(facility: Facility, works: rules.Standing | None, by_number: dict[int, Claim]) -> None:
    facility.functionality, facility.functionality_on, facility.barriers = Functionality.UNKNOWN, None, []
    if works is None:
        return
    facility.functionality_on = max(said.said_on for said in works.claims)
    if works.value is None:
        facility.functionality = Functionality.DISPUTED
        return
    facility.functionality = works.value
    told = [by_number[said.id] for said in works.claims if said.value == works.value]
    facility.barriers = sorted({reason for claim in told for reason in claim.barriers})


def new_codes(number: int) -> list[str]:
    """Return so many codes that no facility has."""
    found: set[str] = set()
    while len(found) < number:
        some = {"".join(secrets.choice(codes.LETTERS) for _ in range(CODE_LENGTH)) for _ in range(number - len(found))}
        found |= some - set(Facility.objects.filter(code__in=some).values_list("code", flat=True))
    return list(found)


class Writer:
    """Writes what was planned for a portion of rows, in the transaction of whoever calls."""

    def __init__(self, batch: FacilityImport, *, by: User | None, at: datetime) -> None:
        self.batch, self.by, self.at = batch, by, at
        self.kinds: dict[int, Any] = {row.pk: row for row in FacilityType.objects.order_by("pk")}
        self.districts = {row.pk: row for row in District.objects.select_related("region").order_by("pk")}
        self.places = {row.pk: row for row in Municipality.objects.order_by("pk")}

    def write(self, plans: Sequence[Plan]) -> None:
        """List what is new, change what is known, and keep every row with its source."""
        fresh = [plan for plan in plans if plan.facility is None]
        known = [plan for plan in plans if plan.facility is not None]
        self._change(known)
        self._list(fresh)
        self._keep_records(plans)

    # --- columns and claims -----------------------------------------------------------------------------------------

    def _set(self, facility: Facility, plan: Plan) -> None:
        ids = plan.row.ids
        for column, said in plan.plain.items():
            match column:
                case Column.KIND:
                    facility.kind = self.kinds[ids[column]]
                case Column.DISTRICT:
                    facility.district = self.districts[ids[column]]
                    facility.side = facility.district.region
                case Column.MUNICIPALITY:
                    facility.municipality = self.places[ids[column]]
                case Column.LATITUDE | Column.LONGITUDE:
                    setattr(facility, column, Decimal(said))
                case Column.CATCHMENT:
                    facility.catchment = int(said)
                case _:
                    setattr(facility, PLAIN[Column(column)], said)

    def _claims(self, facility: Facility, plan: Plan, heard: Heard) -> list[Claim]:
        """Return the claims that a row adds: none that its side, or the sources of none, make already."""
        side = self.batch.side_id if self.batch.official else None
        said_on = plan.row.said_on or timezone.localdate(self.at)
        found = []
        for name, value in plan.claims.items():
            mine = heard.newest(name, side)
            if mine and (mine.value, mine.barriers, mine.said_on) == (value, [], said_on):
                continue
            found.append(
                Claim(
                    facility=facility,
                    field=name,
                    value=value,
                    side_id=side,
                    source_id=self.batch.source_id,
                    said_on=said_on,
                    entered_at=self.at,
                    entered_by=self.by,
                )
            )
        heard.claims += found
        heard.names += plan.names
        return found

    def _list(self, plans: Sequence[Plan]) -> None:
        claims: list[Claim] = []
        names: list[OtherName] = []
        for plan, code in zip(plans, new_codes(len(plans)), strict=True):
            facility = Facility(code=code, state=FacilityState.OPEN, created_at=self.at)
            self._set(facility, plan)
            heard = Heard()
            claims += self._claims(facility, plan, heard)
            names += [OtherName(facility=facility, name=name, kind=NameKind.SOURCE) for name in plan.names]
            stand(facility, heard, at=self.at)
            plan.facility = facility
        listed = [plan.facility for plan in plans if plan.facility]
        Facility.objects.bulk_create(listed, batch_size=BATCH)
        rows: tuple[Any, ...] = (*claims, *names)
        for row in rows:
            # It has its number since just now.
            row.facility = row.facility
        Claim.objects.bulk_create(claims, batch_size=BATCH)
        OtherName.objects.bulk_create(names, batch_size=BATCH)
        self._journal(
            (facility, FacilityMove.IMPORT, "", {"list": self.batch.pk, "source": self.batch.source_id})
            for facility in listed
        )

    def _change(self, plans: Sequence[Plan]) -> None:
        touched = [plan for plan in plans if plan.plain or plan.claims or plan.names]
        facilities = {plan.facility.pk: plan.facility for plan in touched if plan.facility}
        heard = heard_of(list(facilities.values()))
        claims: list[Claim] = []
        names: list[OtherName] = []
        steps: list[tuple[Facility, str, str, dict[str, Any]]] = []
        for plan in touched:
            facility = facilities[plan.facility.pk]  # type: ignore[union-attr]
            self._set(facility, plan)
            new = [name for name in plan.names if name not in heard[facility.pk].names]
            names += [OtherName(facility=facility, name=name, kind=NameKind.SOURCE) for name in new]
            plan.names = new
            claims += self._claims(facility, plan, heard[facility.pk])
            fields = sorted({*plan.plain, *plan.claims})
            steps.append((facility, FacilityMove.EDIT, facility.state, {"fields": fields, "list": self.batch.pk}))
        for pk, facility in facilities.items():
            stand(facility, heard[pk], at=self.at)
        Claim.objects.bulk_create(claims, batch_size=BATCH)
        OtherName.objects.bulk_create(names, batch_size=BATCH)
        Facility.objects.bulk_create(
            list(facilities.values()),
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*FOLLOWING, *(name.removesuffix("_id") for name in PLAIN.values()), "side", "changed_at"],
        )
        self._journal(steps)

    # --- what is kept with it ---------------------------------------------------------------------------------------

    def _keep_records(self, plans: Iterable[Plan]) -> None:
        source = self.batch.source
        terms = {"licence": source.licence, "credit": {"ar": source.credit_ar, "en": source.credit_en}}  # type: ignore[attr-defined]
        rows = [
            Record(
                facility=plan.facility,
                source_id=source.pk,
                external_id=plan.row.number,
                row={**plan.row.kept, **terms, "list": self.batch.pk, "line": plan.row.line},
                read_at=self.at,
            )
            for plan in plans
        ]
        Record.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["source", "external_id"],
            update_fields=["row", "read_at"],
        )

    def _journal(self, steps: Iterable[tuple[Facility, str, str, dict[str, Any]]]) -> None:
        Transition.objects.bulk_create(
            (
                Transition(
                    subject_type=Facility._meta.label_lower,
                    subject_id=facility.pk,
                    move=move,
                    from_state=before,
                    to_state=facility.state,
                    by=self.by,
                    at=self.at,
                    changes=changes,
                )
                for facility, move, before, changes in steps
            ),
            batch_size=BATCH,
        )
