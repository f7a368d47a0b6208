"""Invented facilities of every side: listed, confirmed, contested, one of them hidden; with whoever keeps their pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from facilities import services
from facilities.enums import Barrier, Contested, Functionality, Level, Owner, Position, Precision
from facilities.models import Facility, FacilityType
from network.management.demo import clock
from network.models import Municipality, Practitioner, Region, User

SIDES = ("west", "east", "south")
LISTED, CONFIRMED = timedelta(days=200), timedelta(days=12)
# The nth facility of a side is kept by this member of it.
KEEPERS = ("member1", "member1", "member1", "member3")
EXACT, TOWN, DISTRICT = Precision.EXACT, Precision.MUNICIPALITY, Precision.DISTRICT


class Cast(Protocol):
    """The demo's people by their logins."""

    def user(self, login: str) -> User: ...

    def person(self, login: str) -> Practitioner: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One facility: its P-code, kind, names, level, beds, what works, what is missing, latitude and longitude, who is told of them."""

    pcode: str
    kind: str
    names: tuple[str, str]
    level: str = Level.PRIMARY
    beds: int | None = None
    works: str = Functionality.FULL
    lacks: tuple[str, ...] = ()
    point: tuple[str, str] | None = None
    precision: str = TOWN
    owner: str = Owner.PUBLIC


FULL, PARTIAL, NONE, UNKNOWN = Functionality.FULL, Functionality.PARTIAL, Functionality.NONE, Functionality.UNKNOWN
SECOND, THIRD = Level.SECONDARY, Level.TERTIARY
TOLD = {
    "west": (
        Told("LY021104", "hospital", ("مستشفى الياسمين (تجريبي)", "Jasmine Hospital (demo)"), THIRD, 320, PARTIAL,
             (Barrier.POWER, Barrier.SUPPLIES), ("32.8790", "13.1850"), EXACT),
        Told("LY021102", "hospital", ("مستشفى المنارة (تجريبي)", "Lighthouse Hospital (demo)"), SECOND, 110, FULL,
             (), ("32.8812", "13.3391"), EXACT),
        Told("LY021106", "polyclinic", ("عيادة الأندلس المجمعة (تجريبية)", "Andalus Polyclinic (demo)"), point=("32.8551", "13.1302"),
             precision=EXACT),
        Told("LY021401", "hospital", ("مستشفى الشاطئ (تجريبي)", "Seashore Hospital (demo)"), SECOND, 140, FULL, (),
             ("32.3754", "15.0925"), EXACT),
        Told("LY021606", "phc_facility", ("مركز الجبل الصحي (تجريبي)", "Mountain Health Centre (demo)"), works=PARTIAL,
             lacks=(Barrier.STAFF,)),
        Told("LY021301", "dialysis_centre", ("مركز الرمال لغسيل الكلى (تجريبي)", "Sands Dialysis Centre (demo)"), SECOND, 18),
        Told("LY020905", "phc_facility", ("مركز القمة الصحي (تجريبي)", "Summit Health Centre (demo)"), works=NONE,
             lacks=(Barrier.STAFF, Barrier.SECURITY), precision=DISTRICT),
        Told("LY021001", "private_clinic_masaha", ("مصحة الميناء (تجريبية)", "Harbour Clinic (demo)"), SECOND, 40, owner=Owner.PRIVATE),
    ),
    "east": (
        Told("LY010304", "hospital", ("مستشفى الواحة (تجريبي)", "Oasis Hospital (demo)"), THIRD, 410, PARTIAL,
             (Barrier.EQUIPMENT,), ("32.1147", "20.0831"), EXACT),
        Told("LY010602", "hospital", ("مستشفى الجبل الأخضر (تجريبي)", "Green Mountain Hospital (demo)"), SECOND, 160, FULL,
             (), ("32.7601", "21.7512"), EXACT),
        Told("LY010403", "hospital", ("مستشفى الخليج (تجريبي)", "Gulf Hospital (demo)"), SECOND, 120, PARTIAL, (Barrier.STAFF,)),
        Told("LY010102", "phc_facility", ("مركز الوادي الصحي (تجريبي)", "Valley Health Centre (demo)"), point=("32.7571", "22.6377"),
             precision=EXACT),
        Told("LY010504", "polyclinic", ("عيادة الصحراء المجمعة (تجريبية)", "Desert Polyclinic (demo)")),
        Told("LY010202", "phc_facility", ("مركز السهل الصحي (تجريبي)", "Plain Health Centre (demo)"), works=UNKNOWN),
        Told("LY010701", "hospital", ("مستشفى النخلة (تجريبي)", "Palm Tree Hospital (demo)"), SECOND, 60, NONE,
             (Barrier.POWER, Barrier.STAFF), precision=DISTRICT),
        Told("LY010301", "laboratory", ("مختبر النجمة (تجريبي)", "Star Laboratory (demo)"), owner=Owner.PRIVATE),
    ),
    "south": (
        Told("LY031901", "hospital", ("مستشفى القافلة (تجريبي)", "Caravan Hospital (demo)"), SECOND, 180, PARTIAL,
             (Barrier.SUPPLIES, Barrier.STAFF), ("27.0382", "14.4271"), EXACT),
        Told("LY032003", "hospital", ("مستشفى الطوارق (تجريبي)", "Tuareg Hospital (demo)"), SECOND, 50, PARTIAL, (Barrier.STAFF,),
             ("26.5905", "12.7771"), EXACT),
        Told("LY032204", "hospital", ("مستشفى الحصن (تجريبي)", "Fortress Hospital (demo)"), SECOND, 45, NONE, (Barrier.SECURITY,)),
        Told("LY031801", "phc_facility", ("مركز العين الصحي (تجريبي)", "Spring Health Centre (demo)"), point=("27.5492", "14.2703"),
             precision=EXACT),
        Told("LY032101", "phc_facility", ("مركز الهضبة الصحي (تجريبي)", "Plateau Health Centre (demo)"), works=PARTIAL,
             lacks=(Barrier.SUPPLIES,)),
        Told("LY031701", "polyclinic", ("عيادة التمور المجمعة (تجريبية)", "Dates Polyclinic (demo)")),
        Told("LY032001", "vaccination_centre", ("مركز الزيتونة للتطعيم (تجريبي)", "Olive Tree Vaccination Centre (demo)"), works=UNKNOWN,
             precision=DISTRICT),
        Told("LY032203", "phc_facility", ("مركز الكثبان الصحي (تجريبي)", "Dunes Health Centre (demo)"), works=PARTIAL,
             lacks=(Barrier.FINANCES,)),
    ),
}  # fmt: skip
# Whose facility by its place in the list, what, who says otherwise, what they say.
CONTESTED = (
    ("west", 4, Contested.FUNCTIONALITY, "south", Functionality.NONE, "اتصال هاتفي بالمركز (تجريبي)"),
    ("east", 2, Contested.BEDS, "west", "80", "قائمة الوزارة (تجريبية)"),
)
CONCERN = ("south", 7, "تهديد للعاملين (تجريبي)")


def load(cast: Cast) -> dict[str, list[Facility]]:
    """List them, and return them by side, in the order in which they stand here. Needs the reference data."""
    now = timezone.now()
    by = {side: cast.user(f"coordinator.{side}") for side in SIDES}
    kinds = {row.code: row for row in FacilityType.objects.all()}
    wanted = [told.pcode for rows in TOLD.values() for told in rows]
    places = {
        row.pcode: row for row in Municipality.objects.filter(pcode__in=wanted).select_related("district__region")
    }
    listed: dict[str, list[Facility]] = {side: [] for side in SIDES}
    for rows in zip(*(TOLD[side] for side in SIDES), strict=True):
        for side, told in zip(SIDES, rows, strict=True):
            row = _listed(told, kinds[told.kind], places[told.pcode], by[side], now - LISTED)
            listed[side].append(row)
    for side, rows_of_side in listed.items():
        _keep(cast, side, rows_of_side, by[side], now)
    for side, number, field, other, value, evidence in CONTESTED:
        services.make_claim(
            facility=listed[side][number], field=field, value=value, side=Region.objects.get(code=other), by=by[other],
            evidence=evidence,
        )  # fmt: skip
    side, number, reason = CONCERN
    services.raise_concern(facility=listed[side][number], reason=reason, by=by[side])
    return listed


def _listed(told: Told, kind: FacilityType, place: Municipality, by: User, at: datetime) -> Facility:
    latitude, longitude = (Decimal(part) for part in told.point) if told.point else (None, None)
    row = Facility(
        name_ar=told.names[0], name_en=told.names[1], kind=kind, owner=told.owner, level=told.level, beds=told.beds,
        functionality=told.works, district=place.district, municipality=place, latitude=latitude, longitude=longitude,
        public_precision=told.precision, member_precision=told.precision,
    )  # fmt: skip
    with clock.at_time(at):
        return services.save_facility(facility=row, changed=(), barriers=told.lacks, by=by)


def _keep(cast: Cast, side: str, rows: list[Facility], by: User, now: datetime) -> None:
    """Name the focal points; but for each fourth, the pages are confirmed."""
    for number, row in enumerate(rows):
        if number < len(KEEPERS):
            services.name_posting(
                facility=row, practitioner=cast.person(f"{KEEPERS[number]}.{side}"), position=Position.FOCAL,
                starts_on=timezone.localdate(), ends_on=None, by=by,
            )  # fmt: skip
        if number % 4 != 3:
            with clock.at_time(now - CONFIRMED):
                services.confirm_facility(facility=row, by=by)
