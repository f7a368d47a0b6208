"""Facilities of every side in the world of the matrix: one that everybody may know of, one that is hidden."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from facilities.models import (
    Claim,
    Facility,
    FacilityImport,
    FacilityType,
    ImportRow,
    OtherName,
    Posting,
    Record,
    Settlement,
    Source,
)

if TYPE_CHECKING:
    from tests.security.canaries import Canary
    from tests.security.judge import Actor
    from tests.security.world import World

PUBLIC, HIDDEN = "public-facility", "hidden-facility"
KEPT = (Facility, OtherName, Record, Claim, Settlement, Posting, FacilityImport, ImportRow)
# Everybody reads these of a facility that is public.
TOLD = {
    "facilities.facility.code",
    "facilities.facility.name_ar",
    "facilities.facility.name_en",
    "facilities.facility.phones",
    "facilities.facility.hours_ar",
    "facilities.facility.hours_en",
    "facilities.othername.name",
    "facilities.claim.value",
}
TOLD_TO_MEMBERS = {"facilities.facility.head"}
NEVER_SHOWN = {
    "facilities.facility.search",
    *(f"facilities.facility.sort_{code}" for code in ("ar", "en")),
    "facilities.record.row",
}


def plan(world: "World") -> None:
    source = Source.objects.create(code="list", name_ar="قائمة", name_en="A list")
    for side in ("west", "east", "south"):
        for name in (PUBLIC, HIDDEN):
            _facility(world, side, name, source)


def _facility(world: "World", side: str, name: str, source: Source) -> None:
    now, today, thing = timezone.now(), timezone.localdate(), f"{side}:{name}"
    leader, place = world.people[f"{side}:leader"], world.municipalities[side]
    facility = Facility(
        kind=FacilityType.objects.get(code="one"), district=place.district, municipality=place, side=world.regions[side],
        concern=name == HIDDEN, created_at=now, changed_at=now, functionality_on=today, latitude="32.100000", longitude="20.200000",
    )  # fmt: skip
    code = world.birds.new(side, thing, "facilities.facility.code").upper()
    facility = world.add(facility, side, thing, code=code, barriers=[], disputed=["head"], functionality="full")
    world.facilities[thing] = facility
    world.add(OtherName(facility=facility), side, thing)
    world.add(Record(facility=facility, source=source, read_at=now), side, thing)
    for of in (side, "west" if side != "west" else "east"):
        said = Claim(
            facility=facility,
            field="head",
            side=world.regions[of],
            said_on=today,
            entered_at=now,
            entered_by=leader.user,
        )
        claim = world.add(said, side, f"{thing}:head", field="head", barriers=[])
    works = Claim(facility=facility, side=world.regions[side], said_on=today, entered_at=now, entered_by=leader.user)
    world.add(works, side, f"{thing}:works", field="functionality", value="full", barriers=[])
    settled = Settlement(
        facility=facility, field="beds", upto=claim, settled_at=now, settled_by=world.staff["national"]
    )
    world.add(settled, side, f"{thing}:settled", field="beds")
    posting = Posting(facility=facility, practitioner=leader, starts_on=today, named_at=now, named_by=leader.user)
    world.add(posting, side, f"{side}:posting")
    if name == PUBLIC:
        _list(world, side, facility, source, now)


def _list(world: "World", side: str, facility: Facility, source: Source, now: datetime) -> None:
    """Let the coordinator of a side have read a list, of which a row is like a facility that is there."""
    thing, by = f"{side}:list", world.staff[f"regional {side}"]
    batch = FacilityImport(source=source, side=world.regions[side], state="read", uploaded_at=now, uploaded_by=by)
    kept = world.add(
        batch, side, thing, kind="csv", headings=[], mapping={}, counts={}, failure={}, stored="", wanted=""
    )
    words = world.birds.new(side, thing, "facilities.importrow.values")
    row = ImportRow(batch=kept, line=2, outcome="duplicate", facility=facility)
    world.add(row, side, thing, values={"name": words}, difference={}, errors=[], decision="")


def may_see(actor: "Actor", canary: "Canary", *, staff: bool, reads_all: bool) -> bool:
    """Tell whether an answer to this actor may hold this word of a facility."""
    if canary.field in NEVER_SHOWN:
        return False
    own = canary.owner == actor.side and (staff or actor.role == "host")
    if own or reads_all:
        return True
    public = f":{PUBLIC}" in canary.thing
    if canary.field == "facilities.claim.evidence" or canary.thing.endswith(":head"):
        return public and actor.active and canary.field in {"facilities.claim.value", "facilities.claim.evidence"}
    if not public:
        return False
    return canary.field in TOLD or (actor.active and canary.field in TOLD_TO_MEMBERS)
