"""The demo's sessions: past ones with their attendance, one that goes on right now, coming ones in every state."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from dialogues import services
from dialogues.allocation import Floors
from dialogues.enums import RegistrationState, SiteKind
from dialogues.management.demo import around, checkin, clock, minutes, papers, series
from dialogues.management.demo.people import Cast
from dialogues.management.demo.programme import INVENTED_AR, INVENTED_EN, PLANS, ROOMS, Plan
from dialogues.models import Registration, Session, Site
from network.models import Municipality, Profession, Region, User

SIDES = {"east": "benghazi", "west": "tripoli", "south": "sebha"}
LINK = "https://meet.demo.jisr.invalid/"
REASON = "تعذّر الربط بين القاعات هذا الشهر. سنعلن موعدًا جديدًا."


class Programme:
    """Makes the sessions of the plans, each by the coordinator who answers for it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.plans = {plan.key: plan for plan in PLANS}
        self.regions = {region.code: region for region in Region.objects.all()}
        self.staff: dict[str, User] = {
            side: cast.user(f"coordinator.{side}" if side else "national.abroad") for side in ("", *self.regions)
        }

    def draft(self, key: str, starts_at: datetime) -> Session:
        plan = self.plans[key]
        by = self.staff[plan.side]
        session = Session(
            kind=plan.kind,
            title_ar=plan.title_ar,
            title_en=plan.title_en,
            summary_ar=f"{plan.summary_ar}\n\n{INVENTED_AR}",
            summary_en=f"{plan.summary_en}\n\n{INVENTED_EN}",
            agenda_ar="" if key in papers.AGENDAS else plan.agenda_ar,
            agenda_en="" if key in papers.AGENDAS else plan.agenda_en,
            host_region=self.regions.get(plan.side),
            listing=plan.listing,
            chatham_house=plan.chatham_house,
            abroad_invited=plan.abroad,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=plan.hours),
            join_link=f"{LINK}{key}" if "online" in plan.rooms else "",
            join_link_minutes=plan.link_minutes,
        )
        session = services.create_session(session=session, by=by)
        session.invited_professions.set(Profession.objects.filter(code__in=plan.professions))
        session.facilitators.set([self.cast.person(login) for login in plan.facilitators])
        for room, seats in plan.rooms.items():
            self._add_site(session, plan, room, seats, by)
        papers.agenda(key, session, self.cast, by)
        papers.materials(key, session, by)
        return session

    def _add_site(self, session: Session, plan: Plan, room: str, seats: int, by: User) -> None:
        pcode, name_ar, name_en, address_ar, address_en = ROOMS[room]
        host = plan.hosts.get(room)
        site = Site(
            session=session,
            kind=SiteKind.ROOM if pcode else SiteKind.ONLINE,
            name_ar=name_ar,
            name_en=name_en,
            address_ar=address_ar,
            address_en=address_en,
            municipality=Municipality.objects.get(pcode=pcode) if pcode else None,
            local_host=self.cast.person(host) if host else None,
            seats=seats,
        )
        services.save_site(site=site, changed=[], by=by)

    def publish(self, key: str, starts_at: datetime) -> Session:
        session = self.draft(key, starts_at)
        return services.publish_session(session=session, by=self.staff[self.plans[key].side])

    def register(self, session: Session, room: str, logins: Iterable[str]) -> None:
        site = Site.objects.get(session=session, name_en=ROOMS[room][2])
        for login in logins:
            person = self.cast.person(login)
            services.register(session=session, site=site, practitioner=person, by=person.user)

    def keep_seats(self, session: Session, room: str, *, sides: int, abroad: int) -> None:
        """Keep seats of one place for each side and for members abroad."""
        site = Site.objects.get(session=session, name_en=ROOMS[room][2])
        kept = {region.pk: sides for region in self.regions.values()}
        by = self.staff[session.host_region.code if session.host_region else ""]
        floors = {site.pk: Floors({**kept, None: abroad})}
        services.set_floors(session=session, floors=floors, until=None, by=by)

    def register_sides(self, session: Session, people: int) -> None:
        """Seat the first few people of each side in the room of their side."""
        for side, room in SIDES.items():
            self.register(session, room, self.of_side(side)[:people])

    def of_side(self, side: str) -> list[str]:
        """Return the active people of a side, the coordinator first."""
        staff = [login for part in ("coordinator", "national") for login in self.cast.of(part, side)]
        return [*staff, *self.cast.of("member", side)]

    def attend(self, session: Session, *, absent: int, of: Iterable[str] = ("", "east", "west", "south")) -> None:
        """Let the coordinators mark their people present, but every so manyth."""
        sides = {self.regions[side].pk if side else None: self.staff[side] for side in of}
        expected = session.registrations.filter(state=RegistrationState.CONFIRMED).select_related("practitioner")
        for number, row in enumerate(expected.order_by("pk"), 1):
            if row.practitioner.region_id in sides and number % absent:
                services.mark(registration=row, as_="present", by=sides[row.practitioner.region_id])

    def close(self, session: Session) -> None:
        by = self.staff[session.host_region.code if session.host_region else ""]
        clock.close_then(services.close_attendance(session=session, by=by))


def load(cast: Cast) -> int:
    """Make all sessions and return how many there are."""
    programme = Programme(cast)
    _past(programme)
    _present(programme)
    _coming(programme)
    around.load(programme)
    minutes.load(programme.staff)
    return len(PLANS) + series.load(programme)


def _past(programme: Programme) -> None:
    soon = clock.at(7, 10)
    first = programme.publish("first", soon)
    programme.register_sides(first, people=9)
    first = clock.take_back(first, clock.saturday(-10, 10))
    programme.attend(first, absent=14)
    _walk_ins(programme, first)
    programme.close(first)

    second = programme.publish("second", soon)
    programme.register_sides(second, people=7)
    programme.register(second, "online", programme.cast.of("member", "abroad")[:5])
    second = clock.take_back(second, clock.saturday(-8, 10))
    programme.attend(second, absent=6)
    programme.close(second)

    hands = programme.publish("hands", soon)
    programme.register_sides(hands, people=8)
    programme.register(hands, "online", programme.cast.of("member", "abroad")[:6])
    hands = clock.take_back(hands, clock.saturday(-6, 10))
    programme.attend(hands, absent=11)
    programme.close(hands)

    for key, room, days in (("oxygen", "albayda", -33), ("referral", "sebha", -20)):
        session = programme.publish(key, soon)
        side = programme.plans[key].side
        programme.register(session, room, programme.of_side(side)[:7])
        session = clock.take_back(session, clock.at(days, 16))
        programme.attend(session, absent=5, of=[side])
        programme.close(session)


def _walk_ins(programme: Programme, session: Session) -> None:
    """Let a member come without a seat, and a guest whom nobody knows yet."""
    site = Site.objects.get(session=session, name_en=ROOMS["tripoli"][2])
    by = programme.staff["west"]
    guest = "زائرة بلا حساب (تجريبية)"
    services.add_walk_in(session=session, site=site, name=guest, phone="", region=programme.regions["west"], by=by)
    member = programme.cast.person(programme.of_side("west")[-1])
    services.seat_walk_in(session=session, site=site, practitioner=member, by=by)


def _present(programme: Programme) -> None:
    """A session that began a while ago: its attendance waits to be marked."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    session = programme.publish("triage", now + timedelta(hours=2))
    programme.register_sides(session, people=6)
    programme.register(session, "online", programme.cast.of("member", "abroad")[:4])
    session = clock.take_back(session, now - timedelta(minutes=now.minute % 15 + 30))
    programme.attend(session, absent=3, of=["west"])
    checkin.load(session, national=programme.staff[""], west=programme.staff["west"])


def _coming(programme: Programme) -> None:
    cast = programme.cast
    medicines = programme.publish("medicines", clock.saturday(1, 10))
    programme.keep_seats(medicines, "online", sides=6, abroad=2)
    programme.register_sides(medicines, people=5)
    programme.register(medicines, "online", cast.of("member", "abroad")[:3])

    full = programme.publish("vaccination", clock.at(6, 11))
    programme.register(full, "misrata", cast.of("member", "west"))
    seated = Registration.objects.filter(session=full, state=RegistrationState.CONFIRMED).order_by("pk")[1]
    services.withdraw(session=full, practitioner=seated.practitioner, by=seated.practitioner.user)

    measles = programme.publish("measles", clock.at(16, 17))
    programme.register(measles, "benghazi", ["member1.east", "member2.east", "member3.east"])
    programme.register(measles, "online", ["member1.west", "member5.west", "member1.south", "member1.abroad"])

    first_aid = programme.publish("first_aid", clock.at(2, 18))
    programme.register(first_aid, "online", ["member1.east", "member3.west", "member2.south", "member4.abroad"])

    dialysis = programme.publish("dialysis", clock.at(11, 12))
    programme.register(dialysis, "benghazi", cast.of("member", "east")[:4])
    dialysis.starts_at, dialysis.ends_at = clock.at(13, 12), clock.at(13, 14)
    services.edit_session(session=dialysis, changed=["starts_at", "ends_at"], by=programme.staff["east"])

    birth = programme.publish("birth", clock.at(20, 9))
    programme.register(birth, "murzuq", ["member1.south", "member2.south", "member5.south"])

    cancelled = programme.publish("telemedicine", clock.at(4, 10))
    programme.register(cancelled, "tripoli", ["member1.west", "member2.west"])
    programme.register(cancelled, "online", ["member2.abroad", "member1.south"])
    services.cancel_session(session=cancelled, by=programme.staff[""], reason=REASON)

    programme.draft("winter", clock.at(30, 10))
    programme.draft("records", clock.at(25, 10))
