"""A small world of three sides in which every text field of every row is a canary.

Beside the plain cases it holds what scopes forget: somebody who moved and is still in the other side's session, leads it and is host
of its room; joint sessions with people of all sides; drafts; walk-ins; notices; steps; the tables of the login.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as WebSession
from django.db import models
from django.utils import timezone

from campaigns.models import (
    Activity,
    ActivityCorrection,
    Appearance,
    Assignment,
    Award,
    Campaign,
    Complaint,
    Conflict,
    ContactProof,
    Criterion,
    Decision as ContestDecision,
    Desk,
    DeskCollector,
    Distribution,
    DuplicatePair,
    Entry,
    Faq,
    GalleryItem,
    HandIn,
    Handout,
    HealthWorker,
    Juror,
    Lot,
    Mark,
    Outlet,
    Photo,
    Prize,
    PrizeGiving,
    Question,
    Reached,
    ResultSheet,
    Round,
    RoundEntry,
    Speaker,
    Topic,
    Unfinished,
)
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
from facilities.models import Assessment, Facility, FacilityType, LocalRegion, ServiceDomain, TracerItem
from measures.models import (
    Action,
    Author,
    Ballot,
    Comment,
    Evidence,
    Following,
    LeaningVote,
    Measure,
    ParityReading,
    RollEntry,
    SideRule,
    Version,
    Vote,
    VoteClosing,
    VoteKey,
)
from needs.models import Leg, Need, Pledge, Proposal, Surplus, UseCheck
from network import files
from network.enums import MemberState, Role, Visibility
from network.models import (
    CodeOfConduct,
    Condition,
    ConductAcceptance,
    District,
    Job,
    Municipality,
    Practitioner,
    Profession,
    Region,
    RoleGrant,
    SpecialPeriod,
    Specialty,
    Transition,
    User,
)
from notifications.models import Message
from outreach.models import MobileUnit
from tests.security import (
    campaigns_planned,
    facilities_planned,
    measures_planned,
    needs_planned,
    outreach_planned,
    upkeep_planned,
)
from tests.security.canaries import Aviary, named

SIDES = ("west", "east", "south")
ABROAD, JOINT, NOBODY = "abroad", "joint", "nobody"
VERIFIED_STATES = (MemberState.VERIFIED, MemberState.ACTIVE, MemberState.SUSPENDED)
SHOWN = (SessionState.PUBLISHED, SessionState.HELD, SessionState.CLOSED)
# Tables with people's words, or with who did what: each is filled for every side, and compared before and after a request.
KEPT = (
    User, Practitioner, RoleGrant, ConductAcceptance, Transition, Message, Session, Site, Registration, WalkIn, Broadcast,
    CalendarFeed, FeedbackAnswer, FeedbackGiven, Presence, Series,
    EmailAddress, Authenticator, Session.facilitators.through, Session.invited_regions.through, Session.invited_professions.through,
    Minutes, MinutesRevision, Decision, Statement, Attribution,
    CaseStudy, CaseSubmission,
    AgendaItem, AgendaItem.speakers.through, Material, Certificate,
    Measure, Version, Author, ParityReading, Comment, LeaningVote, Following, Vote, SideRule, RollEntry, VoteKey, Ballot, VoteClosing,
    Action, Evidence,
    Campaign, Question, Prize, Faq, Entry, ContactProof, Unfinished,
    Lot, Round, Criterion, Juror, RoundEntry, Assignment, Mark, Conflict, ResultSheet,
    Desk, DeskCollector, HandIn, Distribution, Photo, DuplicatePair,
    Topic, HealthWorker, Activity, ActivityCorrection, Reached, Handout,
    ContestDecision, Award, Complaint, GalleryItem, PrizeGiving,
    Outlet, Appearance, Speaker,
    *facilities_planned.KEPT, *upkeep_planned.KEPT, *outreach_planned.KEPT, *needs_planned.KEPT,
    Job,
)  # fmt: skip


@dataclass
class World:
    """The rows by the name under which the matrix speaks of them, e.g. `people["west:member"]`, `sessions["joint:running"]`."""

    birds: Aviary = field(default_factory=Aviary)
    regions: dict[str, Region] = field(default_factory=dict)
    municipalities: dict[str, Municipality] = field(default_factory=dict)
    people: dict[str, Practitioner] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    cases: dict[str, CaseStudy] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    # By the side that has no part in it.
    actions: dict[str, Action] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    # By the campaign and the side on which it stands.
    desks: dict[str, Desk] = field(default_factory=dict)
    appearances: dict[str, Appearance] = field(default_factory=dict)
    facilities: dict[str, Facility] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    # These by their side.
    local_regions: dict[str, LocalRegion] = field(default_factory=dict)
    units: dict[str, MobileUnit] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    pledges: dict[str, Pledge] = field(default_factory=dict)
    legs: dict[str, list[Leg]] = field(default_factory=dict)
    checks: dict[str, UseCheck] = field(default_factory=dict)
    surpluses: dict[str, Surplus] = field(default_factory=dict)
    given: dict[str, Pledge] = field(default_factory=dict)
    # By the side that has no part in it.
    proposals: dict[str, Proposal] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    professions: list[Profession] = field(default_factory=list)
    owners: dict[tuple[type[models.Model], int], str] = field(default_factory=dict)

    def add(self, row: models.Model, owner: str, thing: str, **given: Any) -> Any:
        """Save a row with a canary in every text field that is not given, and remember whose it is."""
        self.birds.fill(row, owner, thing, **given)
        if isinstance(row, Practitioner):
            named(row)
        row.save()
        self.owners[type(row), row.pk] = owner
        return row

    def of(self, model: type[models.Model], owner: str) -> list[int]:
        """Return the ids of the rows of a side."""
        return sorted(pk for (kind, pk), whose in self.owners.items() if kind is model and whose == owner)


def build() -> World:
    """Fill an empty database."""
    world = World()
    _places(world)
    for side in SIDES:
        _people(world, side)
    _person(world, ABROAD, "member", MemberState.ACTIVE, region=None)
    _person(world, ABROAD, "seated", MemberState.ACTIVE, region=None)
    _person(world, ABROAD, "applied", MemberState.APPLIED, region=None)
    _movers(world)
    _staff(world)
    for side in SIDES:
        _sessions_of(world, side)
    _joint_sessions(world)
    _around(world)
    _planned(world)
    for side in (*SIDES, ABROAD):
        _cases(world, side)
    measures_planned.plan(world)
    _media(world)
    for part in (facilities_planned, upkeep_planned, outreach_planned, needs_planned):
        part.plan(world)
    campaigns_planned.plan(world)
    _strangers(world)
    return world


def _places(world: World) -> None:
    for position, side in enumerate(SIDES):
        region = Region.objects.create(
            code=side, pcode=f"P{position}", name_ar=f"جهة {position}", name_en=side, position=position
        )
        district = District.objects.create(pcode=f"D{position}", region=region, name_ar=f"م {position}", name_en="D")
        world.regions[side] = region
        world.municipalities[side] = Municipality.objects.create(
            pcode=f"M{position}", district=district, name_ar=f"ب {position}", name_en="M"
        )
    world.professions = [
        Profession.objects.create(code=code, name_ar=f"مهنة {code}", name_en=f"P {code}") for code in ("2211", "2221")
    ]
    vocabularies = (
        (Specialty, {}),
        (Condition, {"group": "one"}),
        (FacilityType, {}),
        (ServiceDomain, {"group": "one"}),
        (TracerItem, {}),
    )
    for model, more in vocabularies:
        model.objects.create(code="one", name_ar="واحد", name_en="One", **more)
    today = timezone.localdate()
    SpecialPeriod.objects.create(name_ar="عطلة", name_en="Holiday", first_day=today, last_day=today)
    CodeOfConduct.objects.create(
        version="1.0", text_ar="نحترم", text_en="We respect.", in_force_from=timezone.localdate() - timedelta(days=9)
    )


def _account(world: World, owner: str, thing: str) -> User:
    user = world.add(User(language="en", discreet=False, phone_verified=True), owner, thing)
    world.add(EmailAddress(user=user, verified=True, primary=True), owner, thing, email=user.email)
    now = timezone.now()
    key = world.birds.new(NOBODY, thing, "sessions.session.session_key")
    WebSession.objects.create(session_key=key, session_data=key, expire_date=now + timedelta(days=9))
    world.birds.fill(UserSession(user=user, ip="192.0.2.7", data={}), owner, thing, session_key=key, data={}).save()
    world.add(
        Message(
            kind="membership-declined", recipient_id=user.pk, channel="email", language="en", created_at=now,
            due_at=now, state="gave_up",
        ),
        owner, thing, kind="membership-declined", address="",
    )  # fmt: skip
    return user


def _person(world: World, side: str, name: str, state: str, **given: Any) -> Practitioner:
    thing, now = f"{side}:{name}", timezone.now()
    user = _account(world, side, thing)
    region = given.pop("region", world.regions.get(side))
    home = given.pop("municipality", world.municipalities.get(side))
    verified = state in VERIFIED_STATES
    given = {"visibility": Visibility.NOBODY, **({"abroad_in": ""} if home else {}), **given}
    person = Practitioner(
        user=user, state=state, profession=world.professions[0], region=region, municipality=home,
        specialty=Specialty.objects.first(), applied_at=now - timedelta(days=3),
        verified_at=now if verified else None, verified_by=user if verified else None,
        left_at=now if state == MemberState.LEFT else None,
    )  # fmt: skip
    world.people[thing] = world.add(person, side, thing, **given)
    acceptance = ConductAcceptance(
        practitioner=person, conduct=CodeOfConduct.objects.first(), language="en", accepted_at=now
    )
    world.add(acceptance, side, thing, text_sha256=acceptance.conduct.sha256_in("en"))
    _step(world, person, side, thing, user, state)
    return person


def _step(world: World, subject: models.Model, owner: str, thing: str, by: User, state: str) -> None:
    step = Transition(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, from_state="applied", to_state=state, by=by,
        at=timezone.now(), move="decline",
    )  # fmt: skip
    given = {"subject_type": step.subject_type, "move": step.move, "from_state": "applied", "to_state": state}
    world.add(step, owner, thing, **given)
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=str(subject.pk),
        object_repr=world.birds.new(owner, thing, "admin.logentry.object_repr"),
        action_flag=CHANGE,
        change_message=world.birds.new(owner, thing, "admin.logentry.change_message"),
    )


def _people(world: World, side: str) -> None:
    _person(world, side, "member", MemberState.ACTIVE)
    _person(world, side, "found", MemberState.ACTIVE, visibility=Visibility.SIDE)
    _person(world, side, "leader", MemberState.ACTIVE)
    for state in (MemberState.APPLIED, MemberState.SUSPENDED, MemberState.DECLINED, MemberState.LEFT):
        _person(world, side, state.value, state)


def _movers(world: World) -> None:
    """People who were of one side when they signed up and led there, and are of the next one now."""
    for before, now in zip(SIDES, (*SIDES[1:], SIDES[0]), strict=True):
        _person(world, now, f"moved-from-{before}", MemberState.ACTIVE)


def _staff(world: World) -> None:
    def grant(name: str, side: str, role: str, person: Practitioner) -> None:
        region = world.regions[side] if role == Role.REGIONAL_COORDINATOR else None
        row = RoleGrant(user=person.user, role=role, region=region, granted_at=timezone.now(), granted_by=person.user)
        world.add(row, NOBODY if region is None else side, name, role=role)
        world.add(Authenticator(user=person.user, type="totp"), NOBODY, name)
        world.staff[name] = person.user

    for side in SIDES:
        coordinator = _person(world, side, "coordinator", MemberState.ACTIVE)
        grant(f"regional {side}", side, Role.REGIONAL_COORDINATOR, coordinator)
        suspended = world.people[f"{side}:suspended"]
        grant(f"suspended coordinator {side}", side, Role.REGIONAL_COORDINATOR, suspended)
    grant("national", "west", Role.NATIONAL_COORDINATOR, _person(world, "west", "national", MemberState.ACTIVE))
    grant("auditor", "east", Role.AUDITOR, _person(world, "east", "auditor", MemberState.ACTIVE))


def _session(world: World, owner: str, name: str, state: str, starts: timedelta, by: User) -> Session:
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
    _step(world, session, owner, thing, by, state)
    return session


def _sites(world: World, session: Session, owner: str, thing: str, place: str, host: Practitioner) -> tuple[Site, Site]:
    room = Site(
        session=session, kind=SiteKind.ROOM, municipality=world.municipalities[place], local_host=host, seats=20
    )
    online = Site(session=session, kind=SiteKind.ONLINE, seats=20)
    return world.add(room, owner, thing), world.add(online, owner, thing)


def _papers(world: World, session: Session, owner: str, thing: str, *speakers: Practitioner) -> None:
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


def _certify(world: World, registration: Registration) -> None:
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


def _register(world: World, site: Site, person: Practitioner, state: str, side: Region | None) -> Registration:
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
    _step(world, row, owner, f"{owner}:registration", person.user, state)
    return row


def _walk_in(world: World, site: Site, region: Region | None, by: User) -> None:
    owner = region.code if region else ABROAD
    row = WalkIn(session=site.session, site=site, region=region, added_at=timezone.now(), added_by=by)
    world.add(row, owner, f"{owner}:walk-in")


def _sessions_of(world: World, side: str) -> None:
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


def _minutes(world: World, session: Session, owner: str, thing: str, by: User, speaker: Practitioner) -> None:
    """Write minutes with a decision and a note; those of a closed session are published."""
    thing, today = f"{thing}:minutes", timezone.localdate()
    minutes = world.add(Minutes(session=session), owner, thing, presence={})
    revision = world.add(MinutesRevision(minutes=minutes, number=1, written_on=today), owner, thing)
    world.add(Decision(revision=revision, position=1), owner, thing)
    statement = world.add(Statement(minutes=minutes, noted_on=today), owner, thing)
    now = timezone.now()
    world.add(Attribution(revision=revision, written_by=by, written_at=now), owner, thing)
    world.add(Attribution(statement=statement, written_by=by, written_at=now, speaker=speaker), owner, thing)
    _step(world, minutes, owner, thing, by, "draft")
    if session.state == SessionState.CLOSED:
        minutes.state, minutes.published_revision, minutes.published_on = "published", revision, today
        minutes.save()


def _joint_sessions(world: World) -> None:
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


def _broadcast(world: World, session: Session, side: str, by: User) -> None:
    """Add a message that was tried by its author, and so can be sent; without a side it is the national coordinator's."""
    now = timezone.now()
    row = Broadcast(
        session=session, side=world.regions.get(side), written_at=now, written_by=by, tried_at=now, tried_by=by, state="tried",
    )  # fmt: skip
    world.add(row, side, f"{side}:broadcast")


def _answers(world: World, session: Session, owner: str, side: Region | None) -> None:
    for _ in range(5):
        row = FeedbackAnswer(session=session, side=side, released=True, **dict.fromkeys(SCORES, 4))
        world.add(row, owner, f"{owner}:feedback")


def _around(world: World) -> None:
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


def _planned(world: World) -> None:
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


def _cases(world: World, side: str) -> None:
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
        _step(world, case, side, thing, leader.user, state)


def _media(world: World) -> None:
    """An entry of the media log that everybody reads, and one that is a draft, of outlets of two sides."""
    now, by = timezone.now(), world.staff["national"]
    for name, side in (("published", "west"), ("draft", "east")):
        thing, public = f"{JOINT}:{name}-appearance", name == "published"
        outlet = world.add(Outlet(medium="radio", region=world.regions[side]), JOINT, thing)
        row = Appearance(
            state=name, outlet=outlet, day=now.date(), created_at=now, changed_at=now, published_at=now if public else None
        )  # fmt: skip
        row = world.add(row, JOINT, thing, slug=world.birds.new(JOINT, thing, "campaigns.appearance.slug"))
        world.appearances[thing] = row
        world.add(Speaker(appearance=row), JOINT, thing)
        _step(world, row, JOINT, thing, by, name)


def _strangers(world: World) -> None:
    """Notices to addresses that have no account."""
    now = timezone.now()
    row = Message(kind="account", channel="email", language="en", created_at=now, due_at=now, state="gave_up")
    world.add(row, NOBODY, "stranger", kind="account", recipient_id=None)
