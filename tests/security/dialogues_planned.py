"""The sessions of the world with what belongs to them, and its case studies."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.utils import timezone

from dialogues.enums import CaseState, Listing, PatientConsent, RegistrationState, SessionState, SiteKind
from dialogues.models import (
    AgendaItem,
    Attribution,
    Broadcast,
    CalendarFeed,
    CaseStudy,
    CaseSubmission,
    Certificate,
    Decision,
    FeedbackAnswer,
    FeedbackGiven,
    Material,
    Minutes,
    MinutesRevision,
    Presence,
    Registration,
    Series,
    Session,
    Site,
    Statement,
    WalkIn,
)
from dialogues.models.feedback import SCORES
from dialogues.services import MATERIAL_FOLDER, codes
from facilities.models import FacilityType
from network import files
from network.models import (
    Condition,
    Practitioner,
    Region,
    User,
)
from tests.security.sides import ABROAD, JOINT, NOBODY, SIDES

if TYPE_CHECKING:
    from tests.security.world import World

SHOWN = (SessionState.PUBLISHED, SessionState.HELD, SessionState.CLOSED)


def plan(world: "World") -> None:
    """Plan sessions of each side and of several, what belongs to them, and case studies."""
    for side in SIDES:
        _sessions_of(world, side)
    _joint_sessions(world)
    _around(world)
    _planned(world)
    for side in (*SIDES, ABROAD):
        _cases(world, side)


def _session(world: "World", owner: str, name: str, state: str, starts: timedelta, by: User) -> Session:
    # To the minute, as a form sends it back.
    thing, now = f"{owner}:{name}", timezone.now().replace(second=0, microsecond=0)
    shown = state in SHOWN
    session = Session(
        state=state, listing=Listing.INVITED, host_region=world.regions.get(owner), starts_at=now + starts,
        ends_at=now + starts + timedelta(hours=3), created_at=now, created_by=by,
        published_at=now - timedelta(days=9) if shown else None, published_by=by if shown else None,
        closed_at=now if state == SessionState.CLOSED else None, closed_by=by if state == SessionState.CLOSED else None,
        join_link_minutes=5,
    )  # fmt: skip
    world.sessions[thing] = world.add(session, owner, thing)
    world.step(session, owner, thing, by, state)
    return session


def _sites(
    world: "World", session: Session, owner: str, thing: str, place: str, host: Practitioner
) -> tuple[Site, Site]:
    room = Site(
        session=session, kind=SiteKind.ROOM, municipality=world.municipalities[place], local_host=host, seats=20
    )
    online = Site(session=session, kind=SiteKind.ONLINE, seats=20)
    return world.add(room, owner, thing), world.add(online, owner, thing)


def _papers(world: "World", session: Session, owner: str, thing: str, *speakers: Practitioner) -> None:
    """Add an agenda with speakers, a link for everybody who sees the session, and a file for those with a seat."""
    item = world.add(AgendaItem(session=session, offset=30, minutes=30), owner, thing)
    item.speakers.set(speakers)
    now, by = timezone.now(), session.created_by
    link = Material(session=session, item=item, added_at=now, added_by=by)
    world.add(link, owner, thing, stored="", filename="")
    paper = Material(session=session, size=9, audience="seated", added_at=now, added_by=by)
    filename = world.birds.new(owner, thing, "dialogues.material.filename") + ".pdf"
    world.add(paper, owner, thing, title_ar="ورقة", title_en="Paper", link="", filename=filename)
    path = files.path_of(paper.stored, MATERIAL_FOLDER)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(world.birds.new(owner, thing, "dialogues.material.file"))


def _certify(world: "World", registration: Registration) -> None:
    """Certify that somebody was there: the names and the reason are words about them, the rest is of the session."""
    person, now = registration.practitioner, timezone.now()
    owner = person.region.code if person.region else ABROAD
    thing = next(name for name, row in world.people.items() if row.pk == person.pk)
    certificate = Certificate(
        registration=registration, state="issued", held_on=now.date(), hours=3, issued_at=now, issued_by=person.user
    )
    names = ("code", "session_title_ar", "session_title_en")
    given = {name: world.birds.new(owner, "certificate", f"dialogues.certificate.{name}") for name in names}
    world.add(certificate, owner, thing, **given)


def _register(world: "World", site: Site, person: Practitioner, state: str, side: Region | None) -> Registration:
    now = timezone.now()
    marked = state in (RegistrationState.ATTENDED, RegistrationState.ABSENT)
    row = Registration(
        session=site.session, site=site, practitioner=person, side=side, profession=person.profession, state=state,
        requested_at=now, confirmed_at=now,
        marked_at=now if marked else None, marked_by=person.user if marked else None,
    )  # fmt: skip
    owner = person.region.code if person.region else ABROAD
    # A code that can be typed; it tells nothing of anybody.
    world.add(row, owner, f"{owner}:registration", code=codes.fresh(site.session))
    Site.objects.filter(pk=site.pk).update(taken=models.F("taken") + 1)
    if site.kind == SiteKind.ONLINE:
        world.add(Presence(registration=row, started_at=now, last_seen_at=now), owner, f"{owner}:registration")
    world.step(row, owner, f"{owner}:registration", person.user, state)
    return row


def _walk_in(world: "World", site: Site, region: Region | None, by: User) -> None:
    owner = region.code if region else ABROAD
    row = WalkIn(session=site.session, site=site, region=region, added_at=timezone.now(), added_by=by)
    world.add(row, owner, f"{owner}:walk-in")


def _sessions_of(world: "World", side: str) -> None:
    """A draft, a coming, a running and a closed one, in each of which somebody of another side has a part."""
    by = world.staff[f"regional {side}"]
    other = next(p for name, p in world.people.items() if name.endswith(f"moved-from-{side}"))
    plan = {
        "draft": (SessionState.DRAFT, timedelta(days=20)),
        "coming": (SessionState.PUBLISHED, timedelta(days=7)),
        "running": (SessionState.HELD, timedelta(minutes=-30)),
        "closed": (SessionState.CLOSED, timedelta(days=-7)),
    }
    for name, (state, starts) in plan.items():
        session = _session(world, side, name, state, starts, by)
        room, online = _sites(world, session, side, f"{side}:{name}", side, other)
        session.facilitators.set([world.people[f"{side}:leader"], other])
        _papers(world, session, side, f"{side}:{name}", world.people[f"{side}:leader"], other)
        if name == "draft":
            continue
        mark = RegistrationState.ATTENDED if name == "closed" else RegistrationState.CONFIRMED
        seated = [
            _register(world, room, world.people[f"{side}:leader"], mark, world.regions[side]),
            _register(world, online, other, mark, world.regions[side]),
        ]
        for registration in seated if name == "closed" else ():
            _certify(world, registration)
        _walk_in(world, room, world.regions[side], by)
        if name != "coming":
            _minutes(world, session, side, f"{side}:{name}", by, world.people[f"{side}:leader"])


def _minutes(world: "World", session: Session, owner: str, thing: str, by: User, speaker: Practitioner) -> None:
    """Write minutes with a decision and a note; those of a closed session are published."""
    thing, today = f"{thing}:minutes", timezone.localdate()
    minutes = world.add(Minutes(session=session), owner, thing, presence={})
    revision = world.add(MinutesRevision(minutes=minutes, number=1, written_on=today), owner, thing)
    world.add(Decision(revision=revision, position=1), owner, thing)
    statement = world.add(Statement(minutes=minutes, noted_on=today), owner, thing)
    now = timezone.now()
    world.add(Attribution(revision=revision, written_by=by, written_at=now), owner, thing)
    world.add(Attribution(statement=statement, written_by=by, written_at=now, speaker=speaker), owner, thing)
    world.step(minutes, owner, thing, by, "draft")
    if session.state == SessionState.CLOSED:
        minutes.state, minutes.published_revision, minutes.published_on = "published", revision, today
        minutes.save()


def _joint_sessions(world: "World") -> None:
    """Sessions of all sides and of two of them, with people and walk-ins of each, and one that is still a draft."""
    by = world.staff["national"]
    plan: dict[str, tuple[str, timedelta, tuple[str, ...]]] = {
        "running": (SessionState.HELD, timedelta(minutes=-30), SIDES),
        "coming": (SessionState.PUBLISHED, timedelta(days=5), SIDES),
        "two": (SessionState.PUBLISHED, timedelta(days=6), SIDES[:2]),
        "draft": (SessionState.DRAFT, timedelta(days=30), SIDES),
    }
    for name, (state, starts, sides) in plan.items():
        session = _session(world, JOINT, name, state, starts, by)
        session.facilitators.set([world.people[f"{side}:leader"] for side in sides])
        _papers(world, session, JOINT, f"{JOINT}:{name}", *(world.people[f"{side}:leader"] for side in sides))
        if sides != SIDES:
            Session.objects.filter(pk=session.pk).update(abroad_invited=False)
            session.invited_regions.set([world.regions[side] for side in sides])
        for side in sides:
            host = world.people[f"{side}:leader"]
            room, _online = _sites(world, session, JOINT, f"{JOINT}:{name}", side, host)
            if name == "draft":
                continue
            _register(world, room, world.people[f"{side}:found"], RegistrationState.CONFIRMED, world.regions[side])
            _walk_in(world, room, world.regions[side], by)
        if name == "running":
            _register(world, room, world.people["abroad:seated"], RegistrationState.CONFIRMED, None)
            _walk_in(world, room, None, by)
            _minutes(world, session, JOINT, f"{JOINT}:{name}", by, world.people["east:found"])


def _broadcast(world: "World", session: Session, side: str, by: User) -> None:
    """Add a message that was tried by its author, and so can be sent; without a side it is the national coordinator's."""
    now = timezone.now()
    row = Broadcast(
        session=session, side=world.regions.get(side), written_at=now, written_by=by, tried_at=now, tried_by=by, state="tried",
    )  # fmt: skip
    world.add(row, side, f"{side}:broadcast")


def _answers(world: "World", session: Session, owner: str, side: Region | None) -> None:
    for _ in range(5):
        row = FeedbackAnswer(session=session, side=side, released=True, **dict.fromkeys(SCORES, 4))
        world.add(row, owner, f"{owner}:feedback")


def _around(world: "World") -> None:
    """Calendars, messages and feedback of each side; those of the joint sessions are nobody's but who reads all."""
    for side in SIDES:
        leader, by = world.people[f"{side}:leader"], world.staff[f"regional {side}"]
        world.add(CalendarFeed(practitioner=leader, made_at=timezone.now()), side, f"{side}:leader")
        _broadcast(world, world.sessions[f"{side}:coming"], side, by)
        _broadcast(world, world.sessions[f"{JOINT}:coming"], side, by)
        _answers(world, world.sessions[f"{side}:closed"], side, world.regions[side])
        FeedbackGiven.objects.create(
            session=world.sessions[f"{side}:closed"], practitioner=leader, on=timezone.localdate()
        )
    _broadcast(world, world.sessions[f"{JOINT}:coming"], NOBODY, world.staff["national"])
    _answers(world, world.sessions[f"{JOINT}:running"], NOBODY, None)


def _planned(world: "World") -> None:
    """A series of each side; sessions that take up those of others; rooms, hosts and links that two sessions have at once."""
    for side, other in zip(SIDES, (*SIDES[1:], SIDES[0]), strict=True):
        by, now = world.staff[f"regional {side}"], timezone.now()
        series = Series.objects.create(key=uuid4(), rule="weekly", count=2, created_at=now, created_by=by)
        for position, name in enumerate(("coming", "draft"), 1):
            session = world.sessions[f"{side}:{name}"]
            session.series, session.series_position, session.planned_at = series, position, session.starts_at
            session.save()
        Session.objects.filter(pk=world.sessions[f"{side}:closed"].pk).update(
            follows=world.sessions[f"{other}:draft"].pk
        )
        # Each side's draft meets the next one's in the same room, and with the same host.
        world.sessions[f"{side}:draft"].facilitators.add(world.people[f"{other}:leader"])
        Site.objects.filter(session=world.sessions[f"{side}:draft"], kind=SiteKind.ROOM).update(
            municipality=world.municipalities["south"], address_ar="", address_en="", name_en="One room"
        )
    Session.objects.filter(pk=world.sessions["joint:coming"].pk).update(follows=world.sessions["joint:draft"].pk)


def _cases(world: "World", side: str) -> None:
    """A draft, which is its author's alone, a published one, which is everybody's, and one that waits for its reviewers."""
    leader = world.people.get(f"{side}:leader") or world.people[f"{side}:seated"]
    plan = (
        ("draft-case", CaseState.DRAFT, f"{side}:draft-case"),
        ("published-case", CaseState.PUBLISHED, f"{side}:published-case"),
        # In the author's own name: it goes when they are erased.
        ("waiting-case", CaseState.SUBMITTED, next(name for name, person in world.people.items() if person == leader)),
    )
    now = timezone.now()
    for name, state, thing in plan:
        public = state == CaseState.PUBLISHED
        case = CaseStudy(
            author=leader, state=state, created_at=now, submitted_at=None if state == CaseState.DRAFT else now,
            published_at=now if public else None, published_by=leader.user if public else None,
            facility_type=FacilityType.objects.first(), credited=False,
        )  # fmt: skip
        world.cases[f"{side}:{name}"] = world.add(case, side, thing)
        case.conditions.set(Condition.objects.all())
        submission = CaseSubmission(case=case, version=1, submitted_at=now, patient_consent=PatientConsent.GIVEN)
        world.add(submission, side, thing)
        world.step(case, side, thing, leader.user, state)
